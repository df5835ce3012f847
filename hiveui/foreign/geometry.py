"""Tmux's layouts as trees: the named ones of select-layout, and the strings of `list-windows` (tmux(1))."""

import re
from collections.abc import Callable, Mapping, Sequence

from hiveui.model.layout import Direction, Leaf, Node, Split

MAX_PANES = 128
MAX_DEPTH = 16

_HEAD = re.compile(r"(?:[0-9a-fA-F]{1,4},)?(?=\d)")
_CELL = re.compile(r"(\d{1,5})x(\d{1,5}),\d{1,5},\d{1,5}(?:,\d{1,9})?(?![\dx])")
"""Columns, rows, place, and the number of the pane (layout-custom.c)."""
_OPEN: Mapping[str, tuple[Direction, str]] = {"{": ("columns", "}"), "[": ("rows", "]")}


def named(layout: str, roles: Sequence[str]) -> Node | None:
    """Give the tree of one of tmux's named layouts over some roles; None where tmux has none of that name."""
    make = _NAMED.get(layout)
    return make(roles) if make else None


def custom(layout: str, roles: Sequence[str]) -> Node | None:
    """Give the tree of a layout string; None where it is none, or is one of another number of panes."""
    head = _HEAD.match(layout)
    if head is None:
        return None
    try:
        cells = _Cells(layout, list(roles))
        tree, _, end = cells.read(head.end(), 0)
    except ValueError:
        return None
    return tree if end == len(layout) and not cells.roles else None


class _Cells:
    """Reads a layout string from left to right, and gives each cell a role."""

    def __init__(self, text: str, roles: list[str]) -> None:
        self._text = text
        self.roles = roles
        """Those that have no cell yet."""

    def read(self, at: int, depth: int) -> tuple[Node, tuple[int, int], int]:
        """Read a cell: its tree, its columns and rows, and where it ends. Raises ValueError."""
        found = _CELL.match(self._text, at)
        if found is None or depth > MAX_DEPTH:
            raise ValueError(at)
        size = (int(found[1]), int(found[2]))
        opened = _OPEN.get(self._text[found.end() : found.end() + 1])
        if opened is None:
            if not self.roles:
                raise ValueError(at)
            return Leaf(self.roles.pop(0)), size, found.end()
        direction, closing = opened
        children: list[Node] = []
        sizes: list[int] = []
        end = found.end()
        while self._text[end : end + 1] != closing:
            if children and self._text[end : end + 1] != ",":
                raise ValueError(end)
            child, (columns, rows), end = self.read(end + 1, depth + 1)
            children.append(child)
            sizes.append(max(1, min(1000, columns if direction == "columns" else rows)))
        return _split(direction, children, sizes), size, end + 1


def _split(direction: Direction, children: Sequence[Node], sizes: Sequence[int] = ()) -> Node:
    if len(children) == 1:
        return children[0]
    return Split(direction, tuple(children), tuple(sizes) or (1,) * len(children))


def _even(direction: Direction) -> Callable[[Sequence[str]], Node]:
    return lambda roles: _split(direction, [Leaf(role) for role in roles])


def _main(outer: Direction, inner: Direction, *, first: bool) -> Callable[[Sequence[str]], Node]:
    """Make a layout with one large pane and the others beside it; tmux gives the main one about two thirds."""

    def make(roles: Sequence[str]) -> Node:
        main, *others = roles
        if not others:
            return Leaf(main)
        parts: list[Node] = [Leaf(main), _even(inner)(others)]
        return _split(outer, parts, (2, 1)) if first else _split(outer, parts[::-1], (1, 2))

    return make


def _tiled(roles: Sequence[str]) -> Node:
    """Give rows of columns, as even as can be (layout-set.c, layout_set_tiled)."""
    rows = columns = 1
    while rows * columns < len(roles):
        rows += 1
        if rows * columns < len(roles):
            columns += 1
    lines = [roles[start : start + columns] for start in range(0, len(roles), columns)]
    return _split("rows", [_even("columns")(line) for line in lines])


_NAMED: Mapping[str, Callable[[Sequence[str]], Node]] = {
    "even-horizontal": _even("columns"),
    "even-vertical": _even("rows"),
    "main-horizontal": _main("rows", "columns", first=True),
    "main-horizontal-mirrored": _main("rows", "columns", first=False),
    "main-vertical": _main("columns", "rows", first=True),
    "main-vertical-mirrored": _main("columns", "rows", first=False),
    "tiled": _tiled,
}
