"""Drawing on the main screen: lines that stay, and below them a live part that is painted anew."""

import re

from hiveui.agents.rehearsal.cells import cells
from hiveui.agents.rehearsal.terminal import Terminal

_SGR = re.compile(r"\x1b\[[0-9;]*m")


def styled(style: str, text: str) -> str:
    """Colour text by SGR parameters; '' leaves it as it is."""
    return f"\x1b[{style}m{text}\x1b[0m" if style and text else text


class Inline:
    """Where the live part stands. No line given to it may be wider than the terminal less one."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._live: list[str] = []
        self._cursor = (0, 0)
        self._columns = 0

    def show(self, printed: list[str], live: list[str], cursor: tuple[int, int] | None = None) -> None:
        """Print lines that stay, then the live part; `cursor` is (row, column) in it, None hides it."""
        columns, rows = self._terminal.size
        hidden = max(0, len(live) - (rows - 1))
        live = live[hidden:]
        row, column = cursor or (len(live) - 1 + hidden, 0)
        at = (max(0, row - hidden), min(column, columns - 1))
        if not printed and (live, at, columns) == (self._live, self._cursor, self._columns):
            return
        up = self._rows_above_cursor(columns)
        out = ["\x1b[?25l\r", f"\x1b[{up}A" if up else "", "\x1b[J"]
        out += [f"{line}\r\n" for line in printed]
        out.append("\r\n".join(live))
        down = len(live) - 1 - at[0]
        out += ["\r", f"\x1b[{down}A" if down > 0 else "", f"\x1b[{at[1]}C" if at[1] else ""]
        out.append("\x1b[?25h" if cursor else "")
        self._terminal.write("".join(out))
        self._live, self._cursor, self._columns = live, at, columns

    def _rows_above_cursor(self, columns: int) -> int:
        """Rows between the live part's top and the cursor, after the terminal wrapped it to `columns`."""
        row, column = self._cursor
        above = (cells(_SGR.sub("", line)) for line in self._live[:row])
        return sum(max(1, -(-width // columns)) for width in above) + column // columns
