"""Reservations: paths that an agent or the person holds for a while. Advisory: nothing keeps another from writing."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from hiveui.model.agent import AgentId

MOST = 100
"""Reservations that may stand in one workspace."""
LONGEST = 256
"""Characters of one glob, and of a reason."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Globs that somebody holds. Texts are hostile until shown through the sanitiser."""

    id: str
    globs: tuple[str, ...]
    """Below a checkout's top, `/`-separated; each means also what lies below what it matches."""
    role: str
    """Whose it is; '' for the person."""
    agent: AgentId | None
    made: str
    ends: str = ""
    """RFC 3339, UTC; '' for no time."""
    turn: bool = False
    """It ends with the turn of its agent that runs."""
    why: str = ""

    def over(self, now: str) -> bool:
        """Tell whether its time is over at a time (RFC 3339, UTC)."""
        return bool(self.ends) and self.ends <= now


def in_the_way(globs: Iterable[str], of: AgentId | None, standing: Iterable[Reservation]) -> Reservation | None:
    """Give the first reservation of another that one of some globs overlaps."""
    wanted = list(globs)
    others = (one for one in standing if one.agent != of)
    return next((one for one in others if any(overlap(a, b) for a in wanted for b in one.globs)), None)


def overlap(one: str, other: str) -> bool:
    """Tell whether a path can be that two globs mean, each with all that lies below; `[…]` is taken for any character.

    `*` and `?` stop at a slash, `**` as a whole part of a path does not (gitignore(5)).
    """
    return _overlap(tuple(_parts(one)), tuple(_parts(other)))


def _parts(glob: str) -> list[str]:
    return [part for part in glob.split("/") if part not in ("", ".")]


@lru_cache(maxsize=4096)
def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if not one or not other:
        return True
    for a, b in ((one, other), (other, one)):
        if a[0] == "**":
            return _overlap(a[1:], b) or _overlap(a, b[1:])
    return _meet(one[0], other[0]) and _overlap(one[1:], other[1:])


def _meet(one: str, other: str) -> bool:
    """Tell whether two globs of one name can mean the same name."""
    a, b = _characters(one), _characters(other)
    row = [True] + [False] * len(b)
    for j, mark in enumerate(b):
        row[j + 1] = row[j] and mark == "*"
    for mark in a:
        above, row = row, [row[0] and mark == "*"]
        for j, theirs in enumerate(b):
            if "*" in (mark, theirs):
                row.append(above[j + 1] or row[j] or above[j])
            else:
                row.append(above[j] and ("?" in (mark, theirs) or mark == theirs))
    return row[-1]


def _characters(glob: str) -> list[str]:
    """Take a glob apart into characters, `?` for any one and `*` for any number; an escaped one is itself."""
    marks: list[str] = []
    at = 0
    while at < len(glob):
        end = glob.find("]", at + 2) if glob[at] == "[" else -1
        if end > 0:
            marks.append("?")
            at = end + 1
        elif glob[at] == "\\" and at + 1 < len(glob):
            marks.append("\\" + glob[at + 1] if glob[at + 1] in "*?" else glob[at + 1])
            at += 2
        else:
            marks.append(glob[at])
            at += 1
    return marks
