"""What the kernel tells of the folders of a checkout."""

import asyncio
import contextlib
import errno
import os
import time

from hiveui.watch.folders import Folder, Folders
from hiveui.watch.inotify import DELETE_SELF, MOVE_SELF, OVERFLOW, Inotify
from hiveui.watch.source import Checkout, Heard

SELDOM = 10
"""Times as long as a look at everything took, nothing of the like is done again."""
AT_LEAST = 1.0


class Kernel:
    """Every folder that git does not ignore, each watched by inotify(7): a Source."""

    def __init__(self, checkout: Checkout) -> None:
        """Raise OSError where the user has no queue left."""
        self._inotify = Inotify()
        self._folders = Folders(checkout, self._inotify.add, self._inotify.remove)
        self._look_again = 0.0

    def begin(self) -> None:
        """Watch, then list, every folder."""
        began = time.monotonic()
        self._folders.look_at_all()
        now = time.monotonic()
        self._look_again = now + max(AT_LEAST, SELDOM * (now - began))

    async def stirred(self, within: float) -> None:
        """Wait for the kernel, or until everything is to be looked at again."""
        if self._folders.stale:
            within = min(within, max(0.0, self._look_again - time.monotonic()))
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._inotify.fd, ready.set)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), within)
        finally:
            loop.remove_reader(self._inotify.fd)

    def take(self) -> Heard:
        """Look at what the kernel named."""
        names: dict[tuple[Folder, str], None] = {}
        for watch, mask, name in self._inotify.read():
            folder = self._folders.watched(watch)
            if mask & OVERFLOW:
                self._folders.overflowed()
            elif folder is not None and name:
                names[folder, name] = None
            elif folder is not None and not folder.path and mask & (DELETE_SELF | MOVE_SELF):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        for folder, name in names:
            self._folders.look_at(folder, name)
        if self._folders.stale and time.monotonic() >= self._look_again:
            self.begin()
        return Heard(*self._folders.told())

    def close(self) -> None:
        """Give the queue back."""
        self._inotify.close()
