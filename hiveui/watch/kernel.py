"""What the kernel tells of the folders of a checkout."""

import asyncio
import contextlib
import errno
import os

from hiveui.watch.folders import Folder, Folders
from hiveui.watch.inotify import DELETE_SELF, MOVE_SELF, OVERFLOW, Inotify
from hiveui.watch.source import Checkout, Heard


class Kernel:
    """Every folder that git does not ignore, each watched by inotify(7): a Source."""

    def __init__(self, checkout: Checkout) -> None:
        """Raise OSError where the user has no queue left."""
        self._inotify = Inotify()
        self._folders = Folders(checkout, self._inotify.add, self._inotify.remove)

    def begin(self) -> None:
        """Watch, then list, every folder."""
        self._folders.look_at_all()

    async def stirred(self, within: float) -> None:
        """Wait for the kernel, or until everything is to be looked at again."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_reader(self._inotify.fd, ready.set)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._folders.patience(within)):
                    await ready.wait()
        finally:
            loop.remove_reader(self._inotify.fd)

    def take(self) -> Heard:
        """Look at what the kernel named."""
        heard: dict[Folder, dict[str, None]] = {}
        for watch, mask, name in self._inotify.read():
            folder = self._folders.watched(watch)
            if mask & OVERFLOW:
                self._folders.overflowed()
            elif folder is not None and name:
                heard.setdefault(folder, {})[name] = None
            elif folder is not None and not folder.path and mask & (DELETE_SELF | MOVE_SELF):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        for folder, names in heard.items():
            for name in names:
                self._folders.look_at(folder, name)
        self._folders.catch_up()
        return Heard(*self._folders.told())

    def close(self) -> None:
        """Give the queue back."""
        self._inotify.close()
