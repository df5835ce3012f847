"""Rows with some of their cells in another look: what is selected, what was found, where the cursor is. Pure."""

from collections.abc import Sequence
from itertools import groupby

from hiveui.model.rows import Row
from hiveui.tui.strips import RESET, SGR, split

Mark = tuple[int, int, str]
"""Cells from one to before another, and the SGR that they are drawn in."""


def marked(row: Row, marks: Sequence[Mark]) -> Row:
    """Draw cells of a row in other looks, a later one over those before it; a row that is too short gets blanks."""
    looks: list[str] = [""] * row.width
    for start, end, look in marks:
        looks += [""] * (end - len(looks))
        looks[start:end] = [look] * (end - start)
    if not any(looks):
        return row
    runs = [(look, len(list(cells))) for look, cells in groupby(looks)]
    edges, at = [], 0
    for _, length in runs:
        at += length
        edges.append(at)
    body = row.ansi + RESET + " " * (len(looks) - row.width)
    parts = split(body, edges)
    return Row(
        "".join(
            f"{RESET}{look}{SGR.sub('', part)}{RESET}" if look else part
            for (look, _), part in zip(runs, parts, strict=True)
        ),
        len(looks),
    )
