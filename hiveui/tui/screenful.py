"""What one pane shows: rows as they came over the wire, made into lines of a widget's size."""

from collections.abc import Mapping, Sequence
from typing import Any

from hiveui.model.rows import Cursor, Modes, Row, plain
from hiveui.tui.strips import RawStrip, fit


class Screenful:
    """Rows of one screen, and the strips made of them for one place."""

    def __init__(self) -> None:
        self.columns = 0
        self.rows: list[Row] = []
        self.cursor = Cursor(visible=False)
        self.modes = Modes()
        self.history = 0
        """Lines above the screen."""
        self._strips: list[RawStrip] = []
        self._place = (0, 0, 0)
        self._top = 0
        """The first row that the strips are made of."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines that the program has."""
        return self.columns, len(self.rows)

    def update(self, frame: Mapping[str, Any]) -> list[int]:
        """Take a `pane/rows` notification and give the lines of the place that look different.

        Raises KeyError, TypeError or ValueError where it has another shape, and takes nothing of it then.
        """
        columns, lines = map(int, frame["size"])
        rows = {int(key): Row(str(ansi), int(width)) for key, (ansi, width) in frame["rows"].items()}
        x, y, shown, shape = frame["cursor"]
        cursor, modes = Cursor(int(x), int(y), bool(shown), int(shape)), Modes(**frame["modes"])
        history = int(frame["history"])
        before = len(self.rows)
        if anew := (columns, lines) != self.size:
            self.columns = columns
            self.rows = [Row()] * lines
            self._place = (0, 0, 0)
        changed = [line for line in rows if 0 <= line < lines]
        for line in changed:
            self.rows[line] = rows[line]
        self.cursor, self.modes, self.history = cursor, modes, history
        if anew:
            return list(range(max(before, lines)))
        width, height, column = self._place
        if self.top(height) != self._top:
            self._place = (0, 0, 0)
            return list(range(height))
        seen = [line - self._top for line in changed if 0 <= line - self._top < len(self._strips)]
        for line in seen:
            self._strips[line] = fit(self.rows[self._top + line], width, column)
        return seen

    def replace(self, columns: int, rows: Sequence[Row]) -> None:
        """Show other rows altogether."""
        self.columns = columns
        self.rows = list(rows)
        self._place = (0, 0, 0)

    def top(self, height: int) -> int:
        """Give the first row that is shown where there is room for `height`.

        What a program asks stands at the end of what it printed, so the end is shown; where its cursor stands far
        above, the cursor is in the middle. Words in place of a screen begin at their beginning.
        """
        spare = len(self.rows) - height
        if spare <= 0 or not height or not self.columns:
            return 0
        last = next((y for y in range(len(self.rows) - 1, -1, -1) if plain(self.rows[y])), 0)
        at = self.cursor.y if self.cursor.visible else 0
        top = max(last, at) + 1 - height
        if self.cursor.visible and at < top:
            top = at - height // 2
        return max(0, min(spare, top))

    def strips(self, width: int, height: int, column: int) -> list[RawStrip]:
        """Give exactly `height` lines of `width` cells, for a widget at `column` of the screen.

        A screen of another size is cropped, or filled with blanks.
        """
        if self._place != (width, height, column):
            self._place, self._top = (width, height, column), self.top(height)
            self._strips = [fit(row, width, column) for row in self.rows[self._top : self._top + height]]
            self._strips += [fit(Row(), width, column)] * (height - len(self._strips))
        return self._strips
