"""Whether two roles' globs can match one path, and which."""

import sys
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from hiveui.model.globs import MANY, Glob, Globs, Segment, Token, Wild

_FILLERS = ("any", "x1", "_")
"""What stands in a witness where anything may: more than one, for a glob may take one of them away."""
_TRIES = 64
"""Paths that are tried for two globs."""
_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_ANYTHING: tuple[Token, ...] = (Wild(MANY),)


def witness(one: Globs, other: Globs) -> str | None:
    """Give a path that both match, or None. One that is given is such a path.

    Where None is given there is none, unless a negated glob takes away each of the paths that were tried.
    """
    pairs = product((g for g in one.globs if not g.negated), (g for g in other.globs if not g.negated))
    for mine, theirs in pairs:
        for filler in _FILLERS:
            for names in islice(_paths(_from_top(mine), _from_top(theirs), filler), _TRIES):
                path = "/".join(names)
                if path and one.covers(path) and other.covers(path):
                    return path
    return None


def _from_top(glob: Glob) -> tuple[Segment, ...]:
    """Give the segments of all that a glob takes in: what it matches, and what is below; None is any number of them."""
    below = (_ANYTHING, None) if glob.folders else (None,)
    *first, last = glob.segments
    return (*first, _ANYTHING if last is None else last, *below)


def _paths(one: tuple[Segment, ...], other: tuple[Segment, ...], filler: str) -> Iterator[tuple[str, ...]]:
    """Give paths that both lists of segments match; none for lists that nobody writes."""
    if len(one) + len(other) > _DEEPEST:
        return
    leads: dict[tuple[int, int], bool] = {}
    for i in range(len(one), -1, -1):
        for j in range(len(other), -1, -1):
            steps = _ways(one, other, i, j, filler)
            leads[i, j] = not any((*one[i:], *other[j:])) or any(leads.get(there, False) for there, _ in steps)

    def rest(i: int, j: int) -> Iterator[tuple[str, ...]]:
        if not any((*one[i:], *other[j:])):
            yield ()
            return
        for there, name in _ways(one, other, i, j, filler):
            if leads[there]:
                yield from ((*name, *more) for more in rest(*there))

    yield from rest(0, 0)


_DEEPEST = 200
"""Segments of two globs that are followed, at most."""
_Way = tuple[tuple[int, int], tuple[str, ...]]


def _ways(one: tuple[Segment, ...], other: tuple[Segment, ...], i: int, j: int, filler: str) -> Iterator[_Way]:
    """Give the places that are reached from a place in two lists, each by a name or by none."""
    mine, theirs = one[i : i + 1], other[j : j + 1]
    if mine == (None,):
        yield (i + 1, j), ()
    if theirs == (None,):
        yield (i, j + 1), ()
    if not mine or not theirs or mine == theirs == (None,):
        return
    name = _name(mine[0] or _ANYTHING, theirs[0] or _ANYTHING, filler)
    if name:
        yield (i + (mine != (None,)), j + (theirs != (None,))), (name,)


@lru_cache(4096)
def _name(one: tuple[Token, ...], other: tuple[Token, ...], filler: str) -> str:
    """Give the shortest name that both match; '' for none."""
    if set(one) == set(other) == {Wild(MANY)}:
        return filler
    reached = {(0, 0): ""}
    todo = deque([(0, 0)])
    while todo:
        at = todo.popleft()
        for there, char in _steps(one, other, at):
            if there not in reached:
                reached[there] = reached[at] + char
                put = todo.append if char else todo.appendleft
                put(there)
    return reached.get((len(one), len(other)), "")


def _steps(
    one: tuple[Token, ...], other: tuple[Token, ...], at: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Give the places that are reached from a place in two names, each by a character or by none."""
    i, j = at
    mine = one[i] if i < len(one) else None
    theirs = other[j] if j < len(other) else None
    many = Wild(MANY)
    if mine == many:
        yield (i + 1, j), ""
    if theirs == many:
        yield (i, j + 1), ""
    if mine is None or theirs is None:
        return
    char = _char(mine, theirs)
    if char:
        yield (i + (mine != many), j + (theirs != many)), char


def _char(one: Token, other: Token) -> str:
    """Give a character that two tokens take; '' for none. If any does, one does that stands at the edge of a span."""
    known = "".join(
        t if isinstance(t, str) else "".join(low + _after(high) for low, high in t.spans) for t in (one, other)
    )
    return next((char for char in known + _CHARS if _takes(one, char) and _takes(other, char)), "")


def _after(char: str) -> str:
    return chr(min(ord(char) + 1, sys.maxunicode))


def _takes(token: Token, char: str) -> bool:
    return token.takes(char) if isinstance(token, Wild) else token == char
