"""Rows of a still as a person moves and selects in them: cells, and lines that went on in the next row. Pure."""

from dataclasses import dataclass, field
from functools import lru_cache

from hiveui.model.cells import END_OF_CELL, clusters
from hiveui.model.rows import Row
from hiveui.tui.strips import SGR


@dataclass(frozen=True, slots=True)
class Line:
    """One row."""

    row: Row = field(default_factory=Row)
    wrapped: bool = False
    """The next row continues it: its text was too long."""

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in each cell; '' in the second cell of a wide character."""
        return cells(SGR.sub("", self.row.ansi))

    @property
    def last(self) -> int:
        """The last cell in which something is to be seen; 0 where there is none."""
        row = self.cells
        return next((at for at in range(len(row) - 1, -1, -1) if row[at] and not row[at].isspace()), 0)


@lru_cache(maxsize=4096)
def cells(text: str) -> tuple[str, ...]:
    """Take plain text apart into cells."""
    if text.isascii():
        return tuple(text)
    return tuple(part for cluster, width in clusters(text) for part in (cluster, *[""] * (width - 1))[: max(0, width)])


def plain(part: tuple[str, ...]) -> str:
    """Give the text of cells, as a program would have printed it."""
    return "".join(part).replace(END_OF_CELL, "")


class Lines:
    """The rows of a still, as far as they were fetched; one that was not is blank."""

    def __init__(self) -> None:
        self.total = 0
        self.columns = 0
        self._known: dict[int, Line] = {}

    def __getitem__(self, number: int) -> Line:
        return self._known.get(number, _BLANK)

    def __contains__(self, number: int) -> bool:
        return number in self._known

    def put(self, first: int, lines: list[Line]) -> None:
        """Take rows that were fetched."""
        self._known.update(enumerate(lines, first))

    def whole(self, number: int) -> tuple[int, int]:
        """Give the first and the last row of the line that a row belongs to."""
        first = last = number
        while first > 0 and self[first - 1].wrapped:
            first -= 1
        while last < self.total - 1 and self[last].wrapped:
            last += 1
        return first, last


_BLANK = Line()
