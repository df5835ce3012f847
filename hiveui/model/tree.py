"""Operations on the split tree of one tab. Each gives a new tree; roles stand in it at most once.

Trees are canonical: no split has one child or a child of its own direction, and weights are reduced.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from hiveui.model.layout import Direction, Leaf, Node, Rect, Split, arrange, even_grid, roles

Side = Literal["left", "down", "up", "right"]

MAX_WEIGHT = 1000
"""What a layout file allows, too (storage.schema)."""
_TYPICAL = Rect(0, 0, 200, 50)
"""A screen on which the largest pane is looked for."""
_CELL = 2
"""Times that a cell is higher than wide."""


def join(direction: Direction, parts: Sequence[tuple[Node, int]]) -> Node:
    """Stand one or more canonical trees beside or below one another, with weights of at least 1."""
    inner = (sum(node.sizes) for node, _ in parts if isinstance(node, Split) and node.direction == direction)
    common = math.lcm(*inner)
    flat: list[tuple[Node, int]] = []
    for node, weight in parts:
        if isinstance(node, Split) and node.direction == direction:
            unit = weight * common // sum(node.sizes)
            flat += [(child, unit * size) for child, size in zip(node.children, node.sizes, strict=True)]
        else:
            flat.append((node, weight * common))
    if len(flat) == 1:
        return flat[0][0]
    return Split(direction, tuple(node for node, _ in flat), reduced([weight for _, weight in flat]))


def reduced(weights: Sequence[int]) -> tuple[int, ...]:
    """Give the smallest weights of the same proportion; at most MAX_WEIGHT, then nearly of the same."""
    common = math.gcd(*weights)
    largest = max(weights)
    if largest // common > MAX_WEIGHT:
        return tuple(max(1, weight * MAX_WEIGHT // largest) for weight in weights)
    return tuple(weight // common for weight in weights)


def tidy(node: Node) -> Node:
    """Make a tree canonical; panes stay where they are, to a cell or two."""
    if isinstance(node, Leaf):
        return node
    return join(node.direction, [(tidy(child), size) for child, size in zip(node.children, node.sizes, strict=True)])


def swap(root: Node, one: str, other: str) -> Node:
    """Have two roles change places."""
    return _renamed(root, {one: other, other: one})


def rotate(root: Node) -> Node:
    """Have each role take the place of the next in reading order, the last that of the first."""
    order = roles(root)
    return _renamed(root, dict(zip(order, (order[-1], *order[:-1]), strict=True)))


def split(root: Node, role: str, new: str, direction: Direction) -> Node:
    """Give half of a role's place to a new role, on the right or below."""
    halves = Split(direction, (Leaf(role), Leaf(new)), (1, 1))
    return tidy(_mapped(root, lambda leaf: halves if leaf.role == role else leaf))


def without(root: Node, role: str) -> Node | None:
    """Take a role out; its neighbour gets its place. None where nothing is left."""
    if isinstance(root, Leaf):
        return None if root.role == role else root
    left = [without(child, role) for child in root.children]
    sizes = list(root.sizes)
    if None in left:
        gone = left.index(None)
        sizes[gone - 1 if gone else 1] += sizes[gone]
    return join(root.direction, [(node, size) for node, size in zip(left, sizes, strict=True) if node is not None])


def to_edge(root: Node, role: str, side: Side) -> Node:
    """Stand a role, which may be new, along one side of the whole; it keeps its size where that side is its row's."""
    rest = without(root, role)
    if rest is None:
        return root
    direction: Direction = "columns" if side in ("left", "right") else "rows"
    first = side in ("left", "up")
    if isinstance(root, Split) and root.direction == direction:
        parts = list(zip(root.children, root.sizes, strict=True))
        own = [part for part in parts if part[0] == Leaf(role)]
        if own:
            others = [part for part in parts if part[0] != Leaf(role)]
            return join(direction, own + others if first else others + own)
    many = len(rest.children) if isinstance(rest, Split) and rest.direction == direction else 1
    ends: list[tuple[Node, int]] = [(rest, many), (Leaf(role), 1)]
    return join(direction, ends[::-1] if first else ends)


def beside_largest(root: Node, new: str) -> Node:
    """Give a new role half of the largest place, cut across its longer side."""
    places = arrange(root, _TYPICAL).panes
    host, place = max(places.items(), key=lambda item: item[1].width * item[1].height)
    return split(root, host, new, "columns" if place.width > _CELL * place.height else "rows")


def even(root: Node) -> Node:
    """Give the children of every split the same size."""
    if isinstance(root, Leaf):
        return root
    return Split(root.direction, tuple(map(even, root.children)), (1,) * len(root.children))


def main_left(root: Node, role: str) -> Node:
    """Give a role the left half, and the others the right one, below one another."""
    rest = without(root, role)
    if rest is None:
        return root
    others: list[tuple[Node, int]] = [(Leaf(other), 1) for other in roles(rest)]
    return join("columns", [(Leaf(role), 1), (join("rows", others), 1)])


def grid(root: Node) -> Node:
    """Stand all roles in a near-square grid."""
    return even_grid(roles(root))


def turn(root: Node, role: str) -> Node:
    """Make rows of the columns among which a role stands, and the other way round."""
    if isinstance(root, Leaf):
        return root
    children = tuple(turn(child, role) for child in root.children)
    turned: Direction = "rows" if root.direction == "columns" else "columns"
    return tidy(replace(root, children=children, direction=turned if Leaf(role) in root.children else root.direction))


def _renamed(root: Node, names: Mapping[str, str]) -> Node:
    return _mapped(root, lambda leaf: Leaf(names.get(leaf.role, leaf.role)))


def _mapped(root: Node, change: Callable[[Leaf], Node]) -> Node:
    if isinstance(root, Leaf):
        return change(root)
    return replace(root, children=tuple(_mapped(child, change) for child in root.children))
