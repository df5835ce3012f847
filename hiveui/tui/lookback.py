"""Looking back: the lines above a pane's screen, fetched as they are looked at."""

from collections.abc import Awaitable, Callable
from typing import Any

from hiveui.model.rows import Row
from hiveui.tui.screenful import Screenful
from hiveui.tui.widgets.pane import Pane

Fetch = Callable[[int, int], Awaitable[Any]]
"""`fetch(start, count)`: the answer of `pane/history`."""


class LookBack:
    """Where a person is in one pane's history. The newest wish wins; at most one question is under way."""

    def __init__(self, pane: Pane, fetch: Fetch) -> None:
        self._pane = pane
        self._fetch = fetch
        self._busy = False
        self.top = pane.live.history
        """The first line shown, counted from the oldest."""

    @property
    def place(self) -> str:
        """Say where: lines from the end, of all."""
        return f"{self._pane.live.history - self.top} of {self._pane.live.history} back"

    def move(self, lines: int) -> bool:
        """Go down by lines, up if negative. False where that leads past the end: there is the present."""
        bottom = self._pane.live.history
        self.top = max(0, min(bottom, self.top + lines))
        return self.top < bottom

    async def show(self) -> None:
        """Fetch what is to be seen until it is, and show it."""
        if self._busy:
            return
        self._busy = True
        shown = -1
        try:
            while shown != self.top:
                shown = self.top
                height = self._pane.size.height
                page = await self._fetch(shown, height)
                rows = [Row(ansi, width) for ansi, width in page["rows"]]
                live = self._pane.live
                past = self._pane.past or Screenful()
                past.replace(live.columns, (rows + live.rows)[:height])
                self._pane.past = past
                self._pane.refresh()
        finally:
            self._busy = False

    def close(self) -> None:
        """Return to the present."""
        self._pane.past = None
        self._pane.refresh()
