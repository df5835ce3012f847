"""A look from time to time, where the kernel cannot tell what changes."""

import asyncio
import os
import time

from hiveui.watch.folders import Folders
from hiveui.watch.source import Checkout, Heard

AT_LEAST = 2.0
"""Seconds between looks."""
SHARE = 0.015
"""Of one core that looking may take."""
PATIENCE = 4
"""Times as long as a look took, nothing is asked of the disk, or the server, again."""


class Looking:
    """A Source: every name's inode, size and times, compared with those of the look before."""

    def __init__(self, checkout: Checkout) -> None:
        self._top = checkout.top
        self._folders = Folders(checkout, lambda folder: os.lstat(folder).st_ino, lambda _: None)
        self._seen: dict[str, dict[str, int]] = {}
        """By folder and name, what tells a file from what it was before."""
        self._again = 0.0

    def begin(self) -> None:
        """Look for the first time."""
        began, used = time.monotonic(), time.thread_time()
        self._folders.look_at_all()
        self._know()
        self._rest(began, used)

    async def stirred(self, within: float) -> None:
        """Wait until it is time to look."""
        await asyncio.sleep(min(within, max(0.0, self._again - time.monotonic())))

    def take(self) -> Heard:
        """Look, where it is time to."""
        began, used = time.monotonic(), time.thread_time()
        if began >= self._again:
            before, self._seen = self._seen, {}
            for folder in self._folders.all():
                had, has = before.pop(folder.path, {}), self._look(folder.path)
                self._seen[folder.path] = has
                for name in sorted(had.keys() | has.keys()):
                    if had.get(name) != has.get(name):
                        self._folders.look_at(folder, name)
            self._folders.catch_up()
            self._know()
            self._rest(began, used)
        return Heard(*self._folders.told())

    def close(self) -> None:
        """Do nothing: nothing is open."""

    def _know(self) -> None:
        """Take in the folders that are new: what changes from here on is seen the next time."""
        for folder in self._folders.all():
            if folder.path not in self._seen:
                self._seen[folder.path] = self._look(folder.path)

    def _look(self, folder: str) -> dict[str, int]:
        """List a folder. Of a folder in it only its inode counts: what is in it is looked at apart."""
        seen: dict[str, int] = {}
        try:
            with os.scandir(self._top / folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        seen[entry.name] = entry.inode()
                        continue
                    try:
                        found = entry.stat(follow_symlinks=False)
                    except OSError:
                        continue  # gone meanwhile
                    seen[entry.name] = hash(
                        (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode)
                    )
        except OSError:
            pass  # gone meanwhile, or it may not be listed
        return seen

    def _rest(self, began: float, used: float) -> None:
        now = time.monotonic()
        cost = (time.thread_time() - used) / SHARE
        self._again = now + max(AT_LEAST, cost, PATIENCE * (now - began))
