"""Rows with some of their cells in another look: what is selected, what was found, where the cursor is. Pure."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from hiveui.model.rows import Row
from hiveui.tui.strips import RESET, SGR, split


class Mark(NamedTuple):
    """Cells in another look."""

    start: int
    end: int
    """The cell after the last."""
    look: str
    """The SGR that they are drawn in."""
    label: str = ""
    """ASCII that stands in them instead."""


def marked(row: Row, marks: Sequence[Mark]) -> Row:
    """Draw cells of a row in other looks, a later one over those before it; a row that is too short gets blanks."""
    cells: list[tuple[str, str]] = [("", "")] * row.width
    for start, end, look, label in marks:
        cells += [("", "")] * (end - len(cells))
        cells[start:end] = [(look, letter) for letter in label] if label else [(look, "")] * (end - start)
    if not any(look for look, _ in cells):
        return row
    runs = [(look, list(run)) for (look, _), run in groupby(cells, lambda cell: (cell[0], cell[1] != ""))]
    edges, at = [], 0
    for _, run in runs:
        at += len(run)
        edges.append(at)
    parts = split(row.ansi + RESET + " " * (len(cells) - row.width), edges)
    drawn = []
    for (look, run), part in zip(runs, parts, strict=True):
        label = "".join(letter for _, letter in run)
        drawn.append(f"{RESET}{look}{label or SGR.sub('', part)}{RESET}" if look else part)
    return Row("".join(drawn), len(cells))
