"""The terminal's own cursor: it stands where the program put it while a person types into the program."""

from textual.geometry import Offset
from textual.screen import Screen

from hiveui.model.rows import Cursor

HIDE = "\x1b[?25l"
SHOW = "\x1b[?25h"


class Caret:
    """Moves, shapes and hides the cursor (xterm, DECTCEM and DECSCUSR), writing only what changed."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._shown: Cursor | None = None

    def aim(self, cursor: Cursor | None) -> None:
        """Have the next paint leave the cursor at its place."""
        if cursor is not None:
            self._screen.app.cursor_position = Offset(cursor.x, cursor.y)

    def show(self, cursor: Cursor | None) -> None:
        """Bring the cursor to its place, or hide it, where that is not so already."""
        if cursor == self._shown:
            return
        driver = self._screen.app._driver  # noqa: SLF001  the only way to the terminal
        if driver is None or self._screen.app.is_headless:
            return
        if cursor is None:
            driver.write(HIDE)
        else:
            before = self._shown
            shape = f"\x1b[{cursor.shape} q" if before is None or before.shape != cursor.shape else ""
            driver.write(f"\x1b[{cursor.y + 1};{cursor.x + 1}H{shape}{SHOW if before is None else ''}")
        driver.flush()
        self._shown = cursor
