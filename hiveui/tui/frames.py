"""Frames of panes, on the terminal in the turn of the loop in which they come.

Textual's own way to the screen waits for a timer (14 ms) and composes every widget anew (3 ms a paint at
16 panes). A pane that nothing covers needs neither: its lines are written where they stand. All of
Textual's internals that this rests on (8.2: `Screen._layout_required`, `App._batch_count`,
`App._sync_available`, `App._driver`) are read in `_terminal`.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.geometry import Region
from textual.screen import Screen

from hiveui.model.rows import Cursor
from hiveui.tui.caret import Caret
from hiveui.tui.meter import Meter
from hiveui.tui.widgets.pane import Pane


class Frames:
    """Gathers the frames of one read from the daemon and paints them together."""

    def __init__(
        self,
        screen: Screen[None],
        cursor: Callable[[], Cursor | None],
        covers: Callable[[], Iterable[Region]],
    ) -> None:
        """`cursor` tells where the terminal's cursor should stand now, `covers` what lies over the panes."""
        self.meter = Meter()
        self._screen = screen
        self._cursor = cursor
        self._covers = covers
        self._caret = Caret(screen)
        self._dirty: dict[Pane, set[int]] = {}
        self._ids: list[str] = []

    def take(self, pane: Pane, params: Mapping[str, Any]) -> None:
        """Take a `pane/rows` notification for a pane."""
        if not self._ids:
            asyncio.get_running_loop().call_soon(self._paint)
        self._dirty.setdefault(pane, set()).update(pane.take(params))
        self._ids.append(params["pane"])

    def place_cursor(self) -> None:
        """Bring the terminal's cursor to where it should stand."""
        self._write("")

    def _paint(self) -> None:
        dirty, self._dirty = self._dirty, {}
        ids, self._ids = self._ids, []
        covers = list(self._covers())
        written = []
        for pane, lines in dirty.items():
            region = pane.region
            if self._hindered() or any(region.overlaps(cover) for cover in covers):
                pane.refresh_lines(lines)
            else:
                written.append(pane.sequences(lines))
        self._write("".join(written))
        self.meter.painted(ids)

    def _hindered(self) -> bool:
        """Tell whether Textual is about to draw everything anew."""
        screen = self._screen
        return bool(
            screen._layout_required  # noqa: SLF001
            or screen.app._batch_count  # noqa: SLF001
            or len(screen.app.screen_stack) > 1
        )

    def _write(self, text: str) -> None:
        app = self._screen.app
        driver = app._driver  # noqa: SLF001
        cursor = self._caret.sequences(self._cursor(), moved=bool(text))
        if driver is None or app.is_headless or not (text or cursor):
            return
        whole = app._sync_available and text  # noqa: SLF001
        driver.write(f"{SYNC_START}{text}{cursor}{SYNC_END}" if whole else text + cursor)
