"""Watching one checkout: what changes in it is told within a tenth of a second, whatever the file system does."""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hiveui.model.changes import Batch, Change
from hiveui.watch.kernel import Kernel
from hiveui.watch.source import Heard, Source

log = logging.getLogger(__name__)

SETTLE = 0.01
"""Seconds from the first change to its batch, in which what belongs together comes together."""
PAUSE = 0.05
"""Seconds between batches."""
LOOK = 2.0
"""Seconds after which it is looked whether the top is still there."""
BACK = 1.0
"""Seconds between looks for a top that is not there."""


class Watcher:
    """Tells what changes below one top."""

    def __init__(self, top: Path) -> None:
        self._top = Path(os.path.realpath(top))

    async def run(self, told: Callable[[Batch], None]) -> None:
        """Tell, on the loop, until cancelled. The first batch has `rescan`: what came before it is not known.

        So it is after whatever was missed, a top that comes back, and rules of git that changed.
        """
        thread = ThreadPoolExecutor(1, "watch")
        try:
            while True:
                await self._run(told, thread)
                await asyncio.sleep(BACK)
        finally:
            thread.shutdown(wait=False)

    async def _run(self, told: Callable[[Batch], None], thread: ThreadPoolExecutor) -> None:
        """Tell until the top is gone, or cannot be watched as it is."""
        loop = asyncio.get_running_loop()
        place = _place(self._top)
        source: Source | None = None
        try:
            source = Kernel(self._top)
            await loop.run_in_executor(thread, source.begin)
            while _place(self._top) == place:
                batch = self._batch(await loop.run_in_executor(thread, source.take))
                if batch is not None:
                    told(batch)
                await asyncio.sleep(PAUSE)
                await source.stirred(LOOK)
                await asyncio.sleep(SETTLE)
        except OSError as error:
            log.info("%s is not watched: %s", self._top, error)
        finally:
            if source is not None:
                thread.submit(source.close)

    def _batch(self, heard: Heard) -> Batch | None:
        if not heard.changes and not heard.untold:
            return None
        changes = tuple(Change(path, deed) for path, deed in heard.changes.items())
        return Batch(str(self._top), changes, rescan=heard.untold)


def _place(top: Path) -> tuple[int, int] | None:
    """Give what tells a folder from another at the same path; None where there is none."""
    try:
        found = os.lstat(top)
    except OSError:
        return None
    return found.st_dev, found.st_ino
