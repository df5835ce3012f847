"""Reservations: paths that an agent or the person holds for a while. Advisory: nothing keeps another from writing."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from hiveui.model.agent import AgentId
from hiveui.model.globs import Globs
from hiveui.model.overlap import witness

MOST = 50
"""Reservations that may stand in one workspace."""
LONGEST = 256
"""Characters of one glob, and of a reason."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Globs that somebody holds. Texts are hostile until shown through the sanitiser."""

    id: str
    globs: tuple[str, ...]
    """In gitignore's syntax, from a checkout's top; each means also what lies below what it matches."""
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
    wanted = read(tuple(globs))
    others = (one for one in standing if one.agent != of)
    return next((one for one in others if witness(wanted, read(one.globs)) is not None), None)


@lru_cache(maxsize=1024)
def read(globs: tuple[str, ...]) -> Globs:
    """Read the globs of a reservation: each begins at the top, and means also what lies below what it matches."""
    return Globs(f"/{glob}" for glob in globs)
