"""Watching one checkout: what changes in it is told within a tenth of a second, whatever the file system does."""

import asyncio
import os
import time
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from typing import TypeVar

from hiveui.machine import Machine, this_machine
from hiveui.model.changes import Batch, Change
from hiveui.watch import places
from hiveui.watch.aside import Aside
from hiveui.watch.kernel import Kernel
from hiveui.watch.looking import Looking
from hiveui.watch.places import Reason
from hiveui.watch.source import Checkout, Source
from hiveui.watch.tree import Tree

T = TypeVar("T")

SETTLE = 0.01
"""Seconds from the first change to its batch, in which what belongs together comes together."""
PAUSE = 0.05
"""Seconds between batches."""
LOOK = 2.0
"""Seconds after which it is looked whether the top is still there."""
BACK = 1.0
"""Seconds between looks for a top that is not there."""
SLOW = 30.0
"""Seconds after which it is said that the disk does not answer."""
RETRY = 300.0
"""Seconds for which changes are looked for where the kernel refused to tell; then it is asked again. A file system of
which it is never told is looked at for as long as it is there."""


class Watcher:
    """Tells what changes below one top. What git ignores is not told, nor anything of `.git` or another repository.

    Everything that asks the disk is done aside: it may be a server's that does not answer.
    """

    def __init__(
        self, top: Path, machine: Machine | None = None, tracked: Callable[[Path], Collection[str]] = lambda _: ()
    ) -> None:
        """`tracked` is asked in another thread for the paths below a top that git tracks although it ignores them."""
        self._top = top
        self._machine = machine or this_machine()
        self._tracked = tracked
        self._notice = ""
        """Goes with every batch while it holds."""

    async def run(self, told: Callable[[Batch], None]) -> None:
        """Tell, on the loop, until cancelled. The first batch has `rescan`: what came before it is not known.

        So has one after something that was missed, a top that comes back, rules of git that changed, and with each
        other notice.
        """
        aside = Aside("watch")
        try:
            self._top = Path(await aside.do(lambda: os.path.realpath(self._top)))
            while True:
                await self._watch(told, aside)
                if await aside.do(self._place) is None:
                    self._say(places.GONE, told)
                    while await aside.do(self._place) is None:
                        await asyncio.sleep(BACK)
        finally:
            aside.end()

    async def _watch(self, told: Callable[[Batch], None], aside: Aside) -> None:
        """Tell until the top is gone, or something else is to be tried."""
        reason = places.of_file_system(await aside.do(lambda: self._machine.file_system(str(self._top))))
        retry = RETRY if reason is None else float("inf")
        if reason is None:
            try:
                await self._follow(Tree if self._machine.watches_trees else Kernel, "", told, aside)
            except FileNotFoundError:
                await asyncio.sleep(PAUSE)  # the top is gone, though another may be there by now
            except OSError as error:
                reason = places.of_failure(error)
        if reason is not None and await aside.do(self._place) is not None:
            try:
                await self._follow(Looking, reason.notice, told, aside, time.monotonic() + retry)
            except OSError as error:
                self._say(places.of_failure(error), told)
                until = time.monotonic() + RETRY
                while time.monotonic() < until and await aside.do(self._place) is not None:
                    await asyncio.sleep(BACK)

    async def _follow(
        self,
        kind: Callable[[Checkout], Source],
        notice: str,
        told: Callable[[Batch], None],
        aside: Aside,
        until: float = float("inf"),
    ) -> None:
        """Tell what a source tells until the top is gone. Raises OSError where the source can tell no more."""
        place = await aside.do(self._place)
        source = kind(Checkout(self._top, self._tracked))
        try:
            await self._patiently(aside.do(source.begin), told)
            self._notice = notice
            while time.monotonic() < until:
                batch = await self._patiently(aside.do(lambda: self._take(source, place)), told)
                if batch is None:
                    return
                if batch.changes or batch.rescan:
                    told(batch)
                await asyncio.sleep(PAUSE)
                await source.stirred(LOOK)
                await asyncio.sleep(SETTLE)
        finally:
            aside.later(source.close)

    def _take(self, source: Source, place: tuple[int, int] | None) -> Batch | None:
        """Give what a source tells; None where the top is not the one that it was."""
        if self._place() != place:
            return None
        heard = source.take()
        changes = tuple(Change(path, deed) for path, deed in heard.changes.items())
        return Batch(str(self._top), changes, rescan=heard.untold, notice=self._notice)

    def _place(self) -> tuple[int, int] | None:
        """Give what tells the top from another at the same path; None where there is none."""
        try:
            found = os.stat(self._top)  # noqa: PTH116  it is asked often
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def _patiently(self, work: Coroutine[None, None, T], told: Callable[[Batch], None]) -> T:
        """Wait for work that is done aside, and say where that takes long."""
        task = asyncio.ensure_future(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=SLOW)
            if not done:
                told(Batch(str(self._top), notice=places.SILENT.notice))
            found = await task
            if not done:
                told(Batch(str(self._top), notice=self._notice))
            return found
        finally:
            task.cancel()

    def _say(self, reason: Reason, told: Callable[[Batch], None]) -> None:
        self._notice = reason.notice
        told(Batch(str(self._top), rescan=True, notice=self._notice))
