"""A whole tree by one watch of `watchfiles`, filtered: where the kernel tells of trees, as on macOS (FSEvents)."""

import asyncio
import contextlib
import logging
import os
import threading

from hiveui.watch.folders import Folders
from hiveui.watch.source import Checkout, Heard

DEBOUNCE, STEP, TIMEOUT = 50, 10, 100
"""Milliseconds: what is told at once, what is waited for more, and after which it is told that there is nothing."""
BURST = 1_000
"""Changes at once from which on some may be lacking: `watchfiles` 1.3 does not say where the kernel left some out."""


class Tree:
    """A Source. Its folders are known by their inodes; those that git ignores are told of, and passed over."""

    def __init__(self, checkout: Checkout) -> None:
        self._top = checkout.top
        self._folders = Folders(checkout, lambda folder: os.lstat(folder).st_ino, lambda _: None)
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._failure = ""
        self._begun, self._stopped = threading.Event(), threading.Event()
        self._ready = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def begin(self) -> None:
        """Watch, then list everything."""
        threading.Thread(target=self._listen, name="tree", daemon=True).start()
        self._begun.wait()
        self._check()
        self._folders.look_at_all()

    async def stirred(self, within: float) -> None:
        """Wait for `watchfiles`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._folders.patience(within)):
                await self._ready.wait()
        self._ready.clear()

    def take(self) -> Heard:
        """Look at the paths that were named. Raises OSError where `watchfiles` failed: it is begun anew."""
        with self._lock:
            paths, self._paths = self._paths, set()
        self._check()
        for path in sorted(paths):
            folder, _, name = path.removeprefix(f"{self._top}/").rpartition("/")
            known = self._folders.at(folder)
            if known is not None and name:
                self._folders.look_at(known, name)
        if len(paths) > BURST:
            self._folders.overflowed()
        self._folders.catch_up()
        return Heard(*self._folders.told())

    def close(self) -> None:
        """Let the thread that listens end."""
        self._stopped.set()

    def _check(self) -> None:
        if self._failure:
            raise OSError(0, self._failure)

    def _listen(self) -> None:
        """Gather paths until stopped. A name that is no UTF-8 ends `watchfiles`; on macOS none is like that."""
        from watchfiles import watch  # noqa: PLC0415  slow

        logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it has a line for each batch
        batches = watch(
            self._top,
            watch_filter=None,
            debounce=DEBOUNCE,
            step=STEP,
            rust_timeout=TIMEOUT,
            yield_on_timeout=True,
            stop_event=self._stopped,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        try:
            for batch in batches:
                self._begun.set()
                if batch:
                    with self._lock:
                        self._paths.update(path for _, path in batch)
                    self._wake()
        except (OSError, RuntimeError) as error:
            self._failure = str(error)
            self._wake()
        finally:
            self._begun.set()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            self._loop.call_soon_threadsafe(self._ready.set)
