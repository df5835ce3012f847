"""The terminal's own cursor: it stands where the program put it while a person types into the program."""

from textual.geometry import Offset
from textual.screen import Screen

from hiveui.model.rows import Cursor

HIDE = "\x1b[?25l"
SHOW = "\x1b[?25h"


class Caret:
    """Moves, shapes and hides the cursor (xterm, DECTCEM and DECSCUSR)."""

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen
        self._shown: Cursor | None = None

    def sequences(self, cursor: Cursor | None, *, moved: bool) -> str:
        """Give what brings the cursor to its place, or hides it; '' where it is so already.

        `moved` says that something was written since, which took the cursor along. Textual is told, so that
        what it draws later leaves the cursor there too.
        """
        before, self._shown = self._shown, cursor
        if cursor is None:
            return "" if before is None else HIDE
        if cursor == before and not moved:
            return ""
        self._screen.app.cursor_position = Offset(cursor.x, cursor.y)
        shape = f"\x1b[{cursor.shape} q" if before is None or before.shape != cursor.shape else ""
        return f"\x1b[{cursor.y + 1};{cursor.x + 1}H{shape}{SHOW if before is None else ''}"
