"""Who is looked at, and at what rate: turns "pane dirty" marks into captures.

A key just typed is echoed at once; the pane with the focus runs at 30 frames a second, the others at 15; a few
captures are under way at once and no more, so that tmux is never flooded with questions.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

FOCUSED = 1 / 30
OTHERS = 1 / 15
ECHO = 0.004
"""Seconds between captures of a pane that was just typed into."""
TYPED = 0.15
"""Seconds for which a pane counts as just typed into."""
AT_ONCE = 4


@dataclass(slots=True)
class _Watch:
    interval: float
    dirty: bool = True
    running: bool = False
    last: float = -1.0
    typed: float = -1.0
    timer: asyncio.TimerHandle | None = None


def tick_after(last: float, interval: float) -> float:
    """Give the first common tick after `last`: panes of one rate are captured, sent and painted together."""
    return (last // interval + 1) * interval if interval else last


class Pump:
    """Paces the captures of the panes of one control connection."""

    def __init__(self, capture: Callable[[str], Awaitable[None]], spawn: Callable[[Awaitable[None]], None]) -> None:
        self._capture = capture
        self._spawn = spawn
        self._watched: dict[str, _Watch] = {}
        self._running = 0
        self._loop = asyncio.get_running_loop()

    @property
    def watched(self) -> frozenset[str]:
        """Panes that somebody looks at."""
        return frozenset(self._watched)

    def watch(self, pane: str, interval: float) -> None:
        """Look at a pane, with at least `interval` seconds between frames."""
        watch = self._watched.get(pane)
        if watch is None:
            self._watched[pane] = _Watch(interval)
        else:
            watch.interval = interval
        self._consider(pane)

    def unwatch(self, pane: str) -> None:
        """Stop looking at a pane."""
        watch = self._watched.pop(pane, None)
        if watch is not None and watch.timer is not None:
            watch.timer.cancel()

    def stop(self) -> None:
        """Stop looking at all of them."""
        for pane in list(self._watched):
            self.unwatch(pane)

    def dirty(self, pane: str) -> None:
        """Note that a pane printed."""
        watch = self._watched.get(pane)
        if watch is not None:
            watch.dirty = True
            self._consider(pane)

    def typed(self, pane: str) -> None:
        """Note that a person typed into a pane: its next change is wanted at once."""
        watch = self._watched.get(pane)
        if watch is not None:
            watch.typed = self._loop.time()

    def hot(self, pane: str) -> bool:
        """Tell whether somebody waits for the pane's echo."""
        watch = self._watched.get(pane)
        return watch is not None and self._loop.time() - watch.typed < TYPED

    def _consider(self, pane: str) -> None:
        watch = self._watched.get(pane)
        if watch is None or not watch.dirty or watch.running:
            return
        now = self._loop.time()
        hot = self.hot(pane)
        due = watch.last + ECHO if hot else tick_after(watch.last, watch.interval)
        if watch.timer is not None:
            watch.timer.cancel()
            watch.timer = None
        if now < due:
            watch.timer = self._loop.call_at(due, self._consider, pane)
        elif self._running >= AT_ONCE and not hot:
            watch.timer = self._loop.call_later(0.002, self._consider, pane)
        else:
            watch.dirty = False
            watch.running = True
            watch.last = now
            self._running += 1
            self._spawn(self._run(pane, watch))

    async def _run(self, pane: str, watch: _Watch) -> None:
        try:
            await self._capture(pane)
        finally:
            watch.running = False
            self._running -= 1
            self._consider(pane)
