"""A whole tree by one watch of `watchfiles`, filtered: where the kernel tells of trees, as on macOS (FSEvents)."""

import asyncio
import contextlib
import os
import threading
from pathlib import Path

from hiveui.watch.folders import Folders
from hiveui.watch.source import Checkout, Heard

DEBOUNCE, STEP, TIMEOUT = 50, 10, 500
"""Milliseconds: what is told at once, what is waited for more, and after which it is seen that one is to stop."""
BURST = 1_000
"""Changes at once from which on some may be lacking: `watchfiles` 1.3 does not say where the kernel left some out."""


class Tree:
    """A Source. Its folders are known by their inodes; those that git ignores are told of, and passed over."""

    def __init__(self, checkout: Checkout) -> None:
        self._top = checkout.top
        self._folders = Folders(checkout, lambda folder: os.lstat(folder).st_ino, lambda _: None)
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._failed = False
        self._stopped = threading.Event()
        self._ready = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def begin(self) -> None:
        """Watch, then list everything."""
        from watchfiles._rust_notify import RustNotify  # noqa: PLC0415  30 ms, and 130 for its package

        watch = RustNotify([str(self._top)], False, False, 0, True, True)
        threading.Thread(target=self._listen, args=(watch,), name="tree", daemon=True).start()
        self._folders.look_at_all()

    async def stirred(self, within: float) -> None:
        """Wait for `watchfiles`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ready.wait(), within)
        self._ready.clear()

    def take(self) -> Heard:
        """Look at the paths that were named. Raises OSError where `watchfiles` failed: it is begun anew."""
        with self._lock:
            paths, self._paths = self._paths, set()
        if self._failed:
            raise OSError(0, "watchfiles failed")
        before = len(self._top.parts)
        for path in sorted(paths):
            folder, _, name = "/".join(Path(path).parts[before:]).rpartition("/")
            known = self._folders.at(folder)
            if known is not None and name:
                self._folders.look_at(known, name)
        if len(paths) > BURST:
            self._folders.overflowed()
        if self._folders.stale:
            self._folders.look_at_all()
        return Heard(*self._folders.told())

    def close(self) -> None:
        """Let the thread that listens end."""
        self._stopped.set()

    def _listen(self, watch: "RustNotify") -> None:  # type: ignore[name-defined]  # noqa: F821
        """Gather paths until stopped. What is no UTF-8 ends `watchfiles`; on macOS no name is like that."""
        with watch:
            while not self._stopped.is_set():
                try:
                    told = watch.watch(DEBOUNCE, STEP, TIMEOUT, self._stopped)
                except RuntimeError:
                    self._failed = True
                    self._stopped.set()
                    told = set()
                if isinstance(told, set):
                    with self._lock:
                        self._paths.update(path for _, path in told)
                    with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                        self._loop.call_soon_threadsafe(self._ready.set)
