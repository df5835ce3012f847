"""Watching one checkout: what changes in it is told within a tenth of a second, whatever the file system does."""

import asyncio
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path

from hiveui.machine import Machine, this_machine
from hiveui.model.changes import Batch, Change
from hiveui.watch import places
from hiveui.watch.aside import Aside
from hiveui.watch.kernel import Kernel
from hiveui.watch.looking import Looking
from hiveui.watch.source import Checkout, Heard, Source
from hiveui.watch.tree import Tree

SETTLE = 0.01
"""Seconds from the first change to its batch, in which what belongs together comes together."""
PAUSE = 0.05
"""Seconds between batches."""
LOOK = 2.0
"""Seconds after which it is looked whether the top is still there."""
BACK = 1.0
"""Seconds between looks for a top that is not there."""
RETRY = 300.0
"""Seconds for which changes are looked for where the kernel would not tell; then it is asked again."""


class Watcher:
    """Tells what changes below one top. What git ignores is not told, nor anything of `.git` or another repository."""

    def __init__(
        self, top: Path, machine: Machine | None = None, tracked: Callable[[], Collection[str]] = frozenset
    ) -> None:
        """`tracked` is asked in another thread for the paths that git tracks although it ignores them."""
        self._top = Path(os.path.realpath(top))
        self._checkout = Checkout(self._top, tracked)
        self._machine = machine or this_machine()
        self._notice = ""
        """Goes with every batch while it holds."""

    async def run(self, told: Callable[[Batch], None]) -> None:
        """Tell, on the loop, until cancelled. The first batch has `rescan`: what came before it is not known.

        So has one after something that was missed, a top that comes back, rules of git that changed, and with each
        other notice.
        """
        aside = Aside("watch")
        try:
            while True:
                await self._watch(told, aside)
                if _place(self._top) is None:
                    self._say(places.GONE, told)
                    while _place(self._top) is None:
                        await asyncio.sleep(BACK)
        finally:
            aside.end()

    async def _watch(self, told: Callable[[Batch], None], aside: Aside) -> None:
        """Tell until the top is gone, or something else is to be tried."""
        kind = await aside.do(lambda: self._machine.file_system(str(self._top)))
        notice = places.of_file_system(kind)
        if not notice:
            try:
                await self._follow(Tree if self._machine.watches_trees else Kernel, "", told, aside)
            except FileNotFoundError:
                await asyncio.sleep(PAUSE)  # the top is gone, though another may be there by now
            except OSError as error:
                notice = places.of_failure(error)
        if notice and _place(self._top) is not None:
            try:
                await self._follow(Looking, notice, told, aside, time.monotonic() + RETRY)
            except OSError as error:
                self._say(places.of_failure(error), told)
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
        place = _place(self._top)
        source = kind(self._checkout)
        try:
            await aside.do(source.begin)
            self._notice = notice
            while _place(self._top) == place and time.monotonic() < until:
                batch = await aside.do(lambda: self._batch(source.take()))
                if batch.changes or batch.rescan:
                    told(batch)
                await asyncio.sleep(PAUSE)
                await source.stirred(LOOK)
                await asyncio.sleep(SETTLE)
        finally:
            aside.later(source.close)

    def _batch(self, heard: Heard) -> Batch:
        changes = tuple(Change(path, deed) for path, deed in heard.changes.items())
        return Batch(str(self._top), changes, rescan=heard.untold, notice=self._notice)

    def _say(self, notice: str, told: Callable[[Batch], None]) -> None:
        self._notice = notice
        told(Batch(str(self._top), rescan=True, notice=notice))


def _place(top: Path) -> tuple[int, int] | None:
    """Give what tells a folder from another at the same path; None where there is none."""
    try:
        found = os.stat(top)  # noqa: PTH116  it is asked often
    except OSError:
        return None
    return found.st_dev, found.st_ino
