"""The borders between panes, and what moving one does to a tree.

Between columns the border is the bar; between rows it is the first line of what is below, a pane's title.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from hiveui.model.layout import Direction, Leaf, Node, Rect, Split, divide, needed, roles
from hiveui.model.tree import reduced


@dataclass(frozen=True, slots=True)
class Border:
    """A border of a tree, wherever that is placed."""

    path: tuple[int, ...]
    """Which child leads to its split, from the root."""
    index: int
    """The child of that split before it."""


def borders(root: Node, area: Rect, path: tuple[int, ...] = ()) -> Iterator[tuple[Border, Rect]]:
    """Give all borders of a tree in `area` with the cells on which they lie, outer ones first."""
    if isinstance(root, Leaf):
        return
    parts, _ = divide(root, area)
    for i, (one, other) in enumerate(pairwise(parts)):
        end = one.x + one.width
        bar = Rect(end, area.y, other.x - end, area.height)
        line = Rect(area.x, other.y, area.width, min(1, other.height))
        yield Border(path, i), bar if root.direction == "columns" else line
    for i, (child, part) in enumerate(zip(root.children, parts, strict=True)):
        yield from borders(child, part, (*path, i))


def at(root: Node, area: Rect, x: int, y: int) -> Border | None:
    """Find the border on a cell."""
    for border, place in borders(root, area):
        if place.x <= x < place.x + place.width and place.y <= y < place.y + place.height:
            return border
    return None


def moved(root: Node, area: Rect, border: Border, x: int, y: int) -> Node:
    """Move a border onto a cell of `area`, or as near as the panes beside it can become small."""
    if isinstance(root, Leaf):
        return root
    parts, _ = divide(root, area)
    if border.path:
        first, *rest = border.path
        inner = moved(root.children[first], parts[first], Border(tuple(rest), border.index), x, y)
        return replace(root, children=(*root.children[:first], inner, *root.children[first + 1 :]))
    columns = root.direction == "columns"
    cells = [part.width if columns else part.height for part in parts]
    i = border.index
    least, other = (needed(child)[0 if columns else 1] for child in root.children[i : i + 2])
    both = cells[i] + cells[i + 1]
    wanted = x - parts[i].x if columns else y - parts[i].y
    size = max(least, min(both - other, wanted))
    if size == cells[i] or least + other > both or min(cells) < 1:
        return root
    cells[i : i + 2] = size, both - size
    return replace(root, sizes=reduced(cells))


def pushed(root: Node, area: Rect, role: str, direction: Direction, by: int) -> Node:
    """Move the border after a role's pane by cells; that before it where there is none after it."""
    border = nearest(root, role, direction)
    if border is None:
        return root
    place = dict(borders(root, area))[border]
    return moved(root, area, border, place.x + by, place.y + by)


def nearest(root: Node, role: str, direction: Direction) -> Border | None:
    """Find the border between columns, or rows, that lies next to a role's pane: after it if it can be."""
    if isinstance(root, Leaf):
        return None
    i = next((i for i, child in enumerate(root.children) if role in roles(child)), None)
    if i is None:
        return None
    inner = nearest(root.children[i], role, direction)
    if inner is not None:
        return Border((i, *inner.path), inner.index)
    return Border((), min(i, len(root.children) - 2)) if root.direction == direction else None


def splits(root: Node) -> Iterator[Split]:
    """Give every split of a tree."""
    if isinstance(root, Split):
        yield root
        for child in root.children:
            yield from splits(child)
