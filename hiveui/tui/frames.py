"""Frames of panes, painted when they come, and the cursor that goes with them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

from hiveui.model.rows import Cursor
from hiveui.tui.caret import Caret
from hiveui.tui.meter import Meter
from hiveui.tui.paint import paint
from hiveui.tui.widgets.pane import Pane


class Frames:
    """Gathers the frames of one read from the daemon and paints them together."""

    def __init__(self, screen: Screen[None], cursor: Callable[[], Cursor | None]) -> None:
        """`cursor` tells where the terminal's cursor should stand now."""
        self.meter = Meter()
        self._screen = screen
        self._cursor = cursor
        self._caret = Caret(screen)
        self._dirty: dict[Widget, list[Region]] = {}
        self._panes: list[str] = []

    def take(self, pane: Pane, params: Mapping[str, Any]) -> None:
        """Take a `pane/rows` notification for a pane."""
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self._paint)
        self._dirty.setdefault(pane, []).extend(pane.take(params))
        self._panes.append(params["pane"])

    def place_cursor(self) -> None:
        """Bring the terminal's cursor to where it should stand."""
        cursor = self._cursor()
        self._caret.aim(cursor)
        self._caret.show(cursor)

    def _paint(self) -> None:
        dirty, self._dirty = self._dirty, {}
        panes, self._panes = self._panes, []
        self._caret.aim(self._cursor())
        paint(self._screen, dirty)
        self.place_cursor()
        self.meter.painted(panes)
