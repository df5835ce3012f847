"""The performance display, measured once a second while it is open."""

from collections.abc import Awaitable, Callable
from typing import Any

from hiveui.errors import HiveError
from hiveui.tui.meter import Meter, lines
from hiveui.tui.widgets.line import Line

Ask = Callable[[], Awaitable[Any]]
"""`daemon/status`."""


class Gauge(Line):
    """A few figures at the upper right, over the panes; keys go past it."""

    def __init__(self, meter: Meter, ask: Ask) -> None:
        super().__init__(classes="gauge")
        self._meter = meter
        self._ask = ask

    def on_mount(self) -> None:
        """Begin with a fresh second."""
        self._meter.report()
        self.say(*(((((line, "quiet")),), ()) for line in lines(self._meter.report(), {})))
        self.set_interval(1.0, self._measure)

    async def _measure(self) -> None:
        try:
            daemon = await self._ask()
        except HiveError:
            daemon = {}
        known = daemon if isinstance(daemon, dict) else {}
        self.say(*((((line, "plain"),), ()) for line in lines(self._meter.report(), known)))
