"""What one pane shows: rows as they came over the wire, made into lines of a widget's size."""

from collections.abc import Mapping, Sequence
from typing import Any

from hiveui.model.rows import Cursor, Modes, Row
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

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines that the program has."""
        return self.columns, len(self.rows)

    def update(self, frame: Mapping[str, Any]) -> list[int]:
        """Take a `pane/rows` notification and give the lines that changed.

        Raises KeyError, TypeError or ValueError where it has another shape, and takes nothing of it then.
        """
        columns, lines = map(int, frame["size"])
        rows = {int(key): Row(str(ansi), int(width)) for key, (ansi, width) in frame["rows"].items()}
        x, y, shown, shape = frame["cursor"]
        cursor, modes = Cursor(int(x), int(y), bool(shown), int(shape)), Modes(**frame["modes"])
        history = int(frame["history"])
        gone = range(lines, len(self.rows))
        if (columns, lines) != self.size:
            self.columns = columns
            self.rows = [Row()] * lines
            self._place = (0, 0, 0)
        changed = [line for line in rows if 0 <= line < lines]
        for line in changed:
            self.rows[line] = rows[line]
        self.cursor, self.modes, self.history = cursor, modes, history
        width, height, column = self._place
        for line in changed:
            if line < min(height, len(self._strips)):
                self._strips[line] = fit(self.rows[line], width, column)
        return [*changed, *gone]

    def replace(self, columns: int, rows: Sequence[Row]) -> None:
        """Show other rows altogether."""
        self.columns = columns
        self.rows = list(rows)
        self._place = (0, 0, 0)

    def strips(self, width: int, height: int, column: int) -> list[RawStrip]:
        """Give exactly `height` lines of `width` cells, for a widget at `column` of the screen.

        A screen of another size is cropped, or filled with blanks.
        """
        if self._place != (width, height, column):
            self._place = (width, height, column)
            self._strips = [fit(row, width, column) for row in self.rows[:height]]
            self._strips += [fit(Row(), width, column)] * (height - len(self._strips))
        return self._strips
