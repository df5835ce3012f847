"""Who owns which paths of a checkout, what is written outside of that, and what holds an agent to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.changes import Deed, How
from hiveui.model.globs import Globs, read_globs
from hiveui.model.layout import AgentSpec
from hiveui.model.names import quoted
from hiveui.model.overlap import witness

MOST = 200
"""Trespasses that are remembered of one workspace; those that the person has seen go first."""


class Mode(StrEnum):
    """What becomes of a write outside of what a role owns."""

    WARN = "warn"
    """It is said."""
    ASK = "ask"
    """The program asks before its tools write there, where it can; else it is said."""
    BLOCK = "block"
    """The system forbids it, where it can; else it is said."""


class Wall(StrEnum):
    """What holds an agent to what it owns."""

    NONE = ""
    HOOK = "hook"
    """Its program asks the person, by a hook."""
    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How a running agent is held to what it owns."""

    wall: Wall = Wall.NONE
    notes: tuple[str, ...] = ()
    """Sentences on what is not enforced, and why."""


@dataclass(frozen=True, slots=True)
class Trespass:
    """One write outside of what the writer's role owns."""

    id: str
    agent: AgentId
    role: str
    path: str
    """Below the place where the agent works, or absolute where it is outside of that; hostile."""
    deed: Deed
    time: str
    """RFC 3339, UTC."""
    owners: tuple[str, ...] = ()
    """Roles that own the path."""
    how: How = How.UNKNOWN
    note: str = ""
    """How it came there where that is not plain: through a link, under another name."""
    seen: bool = False
    """The person has."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """What is known of one workspace."""

    trespasses: tuple[Trespass, ...] = ()
    """The oldest first."""
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    """By role, of those that were started with a mode."""

    def unseen(self, role: str = "") -> list[Trespass]:
        """List those that the person has not seen, of one role or of all."""
        return [t for t in self.trespasses if not t.seen and role in {"", t.role}]


@dataclass(frozen=True, slots=True)
class Trespassed:
    """An agent wrote outside of what its role owns; said once in a turn of each path."""

    workspace: WorkspaceId
    trespass: Trespass


@dataclass(frozen=True, slots=True)
class TrespassesSeen:
    """The person has seen what there was, of a role or ('') of all."""

    workspace: WorkspaceId
    role: str = ""


@dataclass(frozen=True, slots=True)
class AgentBounded:
    """It became known how an agent that starts is held to what it owns; None: it owns nothing in particular."""

    workspace: WorkspaceId
    role: str
    bounds: Bounds | None


OwnershipEvent = Trespassed | TrespassesSeen | AgentBounded


def fold(ownership: Ownership, event: OwnershipEvent) -> Ownership:
    """Give what is known after an event."""
    match event:
        case Trespassed():
            return replace(ownership, trespasses=_bounded((*ownership.trespasses, event.trespass)))
        case TrespassesSeen():
            seen = (replace(t, seen=t.seen or event.role in {"", t.role}) for t in ownership.trespasses)
            return replace(ownership, trespasses=tuple(seen))
        case AgentBounded():
            others = {role: bounds for role, bounds in ownership.bounds.items() if role != event.role}
            return replace(ownership, bounds=others if event.bounds is None else {**others, event.role: event.bounds})


def _bounded(trespasses: tuple[Trespass, ...]) -> tuple[Trespass, ...]:
    if len(trespasses) <= MOST:
        return trespasses
    first = next((i for i, trespass in enumerate(trespasses) if trespass.seen), 0)
    return trespasses[:first] + trespasses[first + 1 :]


def mode_of(spec: AgentSpec) -> Mode | None:
    """Give what becomes of an agent's writes outside; None where it may write anywhere."""
    return None if spec.owns is None else Mode(spec.mode or Mode.WARN)


def described(spec: AgentSpec) -> str:
    """Say what a role owns."""
    if spec.owns is None:
        return "it may write anywhere"
    return f"it owns {', '.join(spec.owns)}" if spec.owns else "it is read-only"


def owners(path: str, specs: Iterable[AgentSpec], *, but: str, fold_case: bool = False) -> tuple[str, ...]:
    """Name the roles, `but` one, that own a path."""
    return tuple(s.role for s in specs if s.role != but and s.owns and read_globs(s.owns, fold=fold_case).covers(path))


def trespasses(path: str, spec: AgentSpec, *, fold_case: bool = False) -> bool:
    """Tell whether a role writes outside of what it owns. `path` is below its place; absolute: it is not there."""
    if spec.owns is None:
        return False
    return path.startswith("/") or not read_globs(spec.owns, fold=fold_case).covers(path)


class Overlap(NamedTuple):
    """Two roles that can own one path."""

    one: str
    other: str
    path: str
    """Such a path."""


def overlaps(specs: Sequence[AgentSpec]) -> list[Overlap]:
    """List every two roles that can own one path. Replicas of one entry share theirs by design."""
    known = [(spec, Globs(spec.owns)) for spec in specs if spec.owns]
    found = (
        (one.role, other.role, "" if _twins(one, other) else witness(mine, theirs))
        for i, (one, mine) in enumerate(known)
        for other, theirs in known[i + 1 :]
    )
    return [Overlap(one, other, path) for one, other, path in found if path]


def overlapping(found: Iterable[Overlap]) -> str:
    """Say which roles can own one path; '' where none can."""
    said = [f"{one} and {other} (say {quoted(path)})" for one, other, path in found]
    return f"These can own the same path: {', '.join(said)}." if said else ""


def _twins(one: AgentSpec, other: AgentSpec) -> bool:
    """Tell whether two agents differ in nothing but their number, and where they run."""
    return replace(one, role="", host="") == replace(other, role="", host="")


def specs_of(agents: Iterable[Agent]) -> list[AgentSpec]:
    """Give how agents were declared."""
    return [agent.spec for agent in agents if agent.spec is not None]
