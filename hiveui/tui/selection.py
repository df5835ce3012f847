"""What is selected in a pane, and the text that is copied: no padding, and lines that wrapped in one piece. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from hiveui.tui.lines import Lines, plain


class Shape(StrEnum):
    """How what lies between two ends is selected."""

    CHARACTERS = "characters"
    LINES = "lines"
    BLOCK = "block"


class Spot(NamedTuple):
    """A cell of a still."""

    line: int
    """Row, from the oldest."""
    cell: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything between two cells, both of them in it."""

    anchor: Spot
    head: Spot
    shape: Shape = Shape.CHARACTERS

    def rows(self, lines: Lines) -> range:
        """Give the rows in which something is selected; a line is selected whole, however many rows it has."""
        first, last = sorted((self.anchor.line, self.head.line))
        if self.shape is Shape.LINES:
            first, last = lines.whole(first)[0], lines.whole(last)[1]
        return range(first, last + 1)

    def span(self, lines: Lines, number: int) -> tuple[int, int]:
        """Give the cells selected in one of `rows`, from one to before another: whole characters, perhaps blanks."""
        row = lines[number].cells
        first, last = sorted((self.anchor, self.head))
        start, end = 0, max(len(row), 1)
        match self.shape:
            case Shape.CHARACTERS:
                start = first.cell if number == first.line else 0
                end = last.cell + 1 if number == last.line else end
            case Shape.BLOCK:
                start, end = min(first.cell, last.cell), max(first.cell, last.cell) + 1
            case Shape.LINES:
                pass
        while 0 < start < len(row) and not row[start]:
            start -= 1
        while end < len(row) and not row[end]:
            end += 1
        return start, end

    def text(self, lines: Lines) -> str:
        """Give what is copied: no newline ends it, so that nothing runs where it is pasted."""
        return "".join(self._parts(lines))

    def _parts(self, lines: Lines) -> Iterator[str]:
        rows = self.rows(lines)
        for number in rows:
            line = lines[number]
            start, end = self.span(lines, number)
            text = plain(line.cells[start:end])
            joined = line.wrapped and self.shape is not Shape.BLOCK and end >= len(line.cells)
            if joined and number != rows[-1]:
                yield text
            else:
                inside = end <= line.last and self.shape is Shape.CHARACTERS
                yield text if inside else text.rstrip()
                if number != rows[-1]:
                    yield "\n"
