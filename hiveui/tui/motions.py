"""How the cursor moves over rows: vi's motions, as functions of rows and place. Pure."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from hiveui.tui.lines import Lines
from hiveui.tui.selection import Spot

REACH = 100
"""Rows in which the end of a word is sought."""
BLANK = 0


class View(NamedTuple):
    """The rows on the screen."""

    top: int
    height: int


Motion = Callable[[Lines, View, Spot, int], Spot]
"""Gives where the cursor goes, from where it is, so many times."""


def kind(cell: str) -> int:
    """Tell blanks, words and the rest apart, as vi's `w` does."""
    return BLANK if not cell or cell.isspace() else 1 if cell[0].isalnum() or cell[0] == "_" else 2


def _forward(lines: Lines, spot: Spot) -> Iterator[tuple[Spot, int]]:
    """Go on from a cell, over the ends of rows: each character with its kind."""
    start = spot.cell
    for number in range(spot.line, min(lines.total, spot.line + REACH)):
        row = lines[number].cells
        for cell in range(start, len(row)):
            if row[cell]:
                yield Spot(number, cell), kind(row[cell])
        if not lines[number].wrapped:
            yield Spot(number, max(0, len(row) - 1)), BLANK
        start = 0


def _backward(lines: Lines, spot: Spot) -> Iterator[tuple[Spot, int]]:
    """Go back from before a cell."""
    for number in range(spot.line, max(-1, spot.line - REACH), -1):
        row = lines[number].cells
        if number < spot.line and not lines[number].wrapped:
            yield Spot(number, max(0, len(row) - 1)), BLANK
        for cell in range(min(spot.cell, len(row)) - 1 if number == spot.line else len(row) - 1, -1, -1):
            if row[cell]:
                yield Spot(number, cell), kind(row[cell])


def _word(lines: Lines, _view: View, spot: Spot, count: int) -> Spot:
    for _ in range(count):
        before = None
        for at, now in _forward(lines, spot):
            if before is not None and now not in (BLANK, before):
                spot = at
                break
            before = now
    return spot


def _end(lines: Lines, _view: View, spot: Spot, count: int) -> Spot:
    for _ in range(count):
        found = spot
        inside = BLANK
        for at, now in islice(_forward(lines, spot), 1, None):
            if inside and now != inside:
                break
            if now:
                found, inside = at, now
        spot = found
    return spot


def _back(lines: Lines, _view: View, spot: Spot, count: int) -> Spot:
    for _ in range(count):
        found = spot
        inside = BLANK
        for at, now in _backward(lines, spot):
            if inside and now != inside:
                break
            if now:
                found, inside = at, now
        spot = found
    return spot


def _along(by: int) -> Motion:
    def move(lines: Lines, _view: View, spot: Spot, count: int) -> Spot:
        row = lines[spot.line].cells
        cell = spot.cell
        for _ in range(min(count, len(row) + lines.columns)):
            cell += by
            while 0 < cell < len(row) and not row[cell]:
                cell += by
        return Spot(spot.line, max(0, cell))

    return move


def _across(by: int) -> Motion:
    return lambda lines, _view, spot, count: Spot(max(0, min(lines.total - 1, spot.line + by * count)), spot.cell)


def _start(_lines: Lines, _view: View, spot: Spot, _count: int) -> Spot:
    return Spot(spot.line, 0)


def _first(lines: Lines, _view: View, spot: Spot, _count: int) -> Spot:
    row = lines[spot.line].cells
    return Spot(spot.line, next((at for at, cell in enumerate(row) if kind(cell)), 0))


def _last(lines: Lines, _view: View, spot: Spot, _count: int) -> Spot:
    return Spot(spot.line, lines[spot.line].last)


def _oldest(lines: Lines, _view: View, _spot: Spot, count: int) -> Spot:
    return Spot(min(max(0, count - 1), lines.total - 1), 0)


def _newest(lines: Lines, _view: View, _spot: Spot, _count: int) -> Spot:
    return Spot(max(0, lines.total - 1), 0)


def _high(lines: Lines, view: View, _spot: Spot, count: int) -> Spot:
    return Spot(min(view.top + min(count, view.height) - 1, lines.total - 1), 0)


def _middle(lines: Lines, view: View, _spot: Spot, _count: int) -> Spot:
    return Spot(min(view.top + (view.height - 1) // 2, lines.total - 1), 0)


def _low(lines: Lines, view: View, _spot: Spot, count: int) -> Spot:
    return Spot(max(view.top, min(view.top + view.height - min(count, view.height), lines.total - 1)), 0)


MOTIONS: Mapping[str, Motion] = {
    "left": _along(-1),
    "right": _along(1),
    "up": _across(-1),
    "down": _across(1),
    "word": _word,
    "word back": _back,
    "word end": _end,
    "start": _start,
    "first": _first,
    "end": _last,
    "oldest": _oldest,
    "newest": _newest,
    "high": _high,
    "middle": _middle,
    "low": _low,
}
VERTICAL = frozenset({"up", "down"})
"""Motions that keep to the column that the cursor was led to last, also where a row between is shorter."""
