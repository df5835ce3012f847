"""Collisions: what agents do to one path that one of them will undo. Records, their events, and the fold of these."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.changes import How
from hiveui.model.reservations import Reservation

MOST = 200
"""Collisions that are kept of one workspace; the oldest settled ones go first."""

Span = tuple[int, int]
"""The first and the last of some lines, counted from 1."""


class Sort(StrEnum):
    """What a collision is, the worst first."""

    LINES = "lines"
    """Two changed the same lines."""
    MERGE = "merge"
    """Git foresees a conflict between two checkouts."""
    RESERVED = "reserved"
    """One wrote what another holds."""
    PATH = "path"
    """Two changed the same path."""
    READ = "read"
    """One changed what another had just read."""


WORDS: Mapping[Sort, str] = {
    Sort.LINES: "same lines",
    Sort.MERGE: "merge would conflict",
    Sort.RESERVED: "reserved",
    Sort.PATH: "same path",
    Sort.READ: "read, then changed",
}
CALLING = frozenset({Sort.LINES, Sort.MERGE, Sort.RESERVED})
"""What the person is called for; the rest is shown."""
_ORDER = tuple(Sort)


class Part(StrEnum):
    """What a side did."""

    WROTE = "wrote"
    READ = "read"
    HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Side:
    """One of those who meet. All texts are hostile until shown through the sanitiser."""

    party: str
    """An agent and all that it starts are one party; '' for somebody who is not known, the person perhaps."""
    agent: AgentId | None
    role: str
    top: str
    """The checkout."""
    part: Part
    time: str
    """When it did so last, RFC 3339, UTC."""
    how: How = How.UNKNOWN
    evidence: str = ""
    added: int | None = None
    """Lines that it changed, as far as that is known."""
    removed: int | None = None


@dataclass(frozen=True, slots=True)
class Collision:
    """What meets in one path."""

    id: str
    path: str
    """Below the top of each checkout."""
    sort: Sort
    sides: tuple[Side, ...]
    opened: str
    grown: str
    """When another came to it, it got worse, or more lines were hit."""
    lines: tuple[Span, ...] = ()
    """Those that two of them changed."""
    conflict: bool = False
    """Git foresees that a merge of its checkouts would conflict there."""
    quiet: bool = False
    """Its path is of a kind that machines write."""
    told: str = ""
    """When the sides were told of it as it stands; '' where they were not."""
    settled: str = ""
    why: str = ""
    """How it was settled, in words."""

    @property
    def open(self) -> bool:
        """Tell whether it stands still."""
        return not self.settled

    @property
    def newest(self) -> str:
        """When a side did something last."""
        return max(side.time for side in self.sides)

    @property
    def named(self) -> tuple[Side, ...]:
        """The sides that are agents."""
        return tuple(side for side in self.sides if side.agent is not None)

    @property
    def ranked(self) -> Sequence[Side]:
        """The agents, who did something there last first; who wrote comes before who read."""
        return sorted(self.named, key=lambda side: (side.part is Part.WROTE, side.time), reverse=True)

    @property
    def latest(self) -> Side | None:
        """The agent that comes first of them."""
        return next(iter(self.ranked), None)

    @property
    def several(self) -> bool:
        """Tell whether more than one agent is in it."""
        return len({side.agent for side in self.named}) > 1

    @property
    def calls(self) -> bool:
        """Tell whether the person is to be called: agents meet, and one will undo what another did."""
        return self.open and not self.quiet and self.sort in CALLING and self.several


def collision_id(repository: str, path: str) -> str:
    """Name what meets in a path of a repository: the same at every time."""
    return hashlib.sha256(f"{repository}\0{path}".encode("utf-8", "surrogateescape")).hexdigest()[:12]


def worse(one: Sort, other: Sort) -> Sort:
    """Give the worse of two sorts."""
    return min(one, other, key=_ORDER.index)


def severity(collision: Collision) -> tuple[bool, bool, int]:
    """Rank: open before settled, what is to be seen before what is quiet, the worse before the better."""
    return (not collision.open, collision.quiet, _ORDER.index(collision.sort))


def joined(old: tuple[Side, ...], new: tuple[Side, ...]) -> tuple[Side, ...]:
    """Give the sides of both; of one that stands in both the later, which knows no fewer lines."""
    sides = {_place(side): side for side in old}
    for side in new:
        before = sides.get(_place(side))
        if before is None or _rank(side) >= _rank(before):
            added, removed = (before.added, before.removed) if before is not None else (None, None)
            kept = replace(side, added=added, removed=removed) if side.added is None else side
            sides[_place(side)] = kept
    return tuple(sorted(sides.values(), key=side_order))


def side_order(side: Side) -> tuple[bool, str, str, str]:
    """Order the sides of a collision: by their names, somebody last."""
    return side.agent is None, side.role, side.top, side.party


def _place(side: Side) -> tuple[str, str, bool]:
    """Give what a side is one by: who holds a path may change it, too."""
    return side.party, side.top, side.part is Part.HOLDS


def _rank(side: Side) -> tuple[bool, str]:
    """Order what one side did: who wrote has more at stake than who read."""
    return side.part is not Part.READ, side.time


def grew(old: Collision, new: Collision) -> bool:
    """Tell whether there is more to it than before: another side, something worse, lines that were not hit."""
    before = {(side.party, side.top, side.part) for side in old.sides}
    after = {(side.party, side.top, side.part) for side in new.sides}
    worsened = _ORDER.index(new.sort) < _ORDER.index(old.sort)
    return worsened or not after <= before or not covered(new.lines, old.lines)


def covered(spans: Iterable[Span], by: tuple[Span, ...]) -> bool:
    """Tell whether each span touches one of others: lines that move a little are the same lines."""
    return all(any(a <= last + 1 and b >= first - 1 for first, last in by) for a, b in spans)


# events


@dataclass(frozen=True, slots=True)
class CollisionSeen:
    """A collision opened or grew, or what is known of it: its record as a whole."""

    workspace: WorkspaceId
    collision: Collision


@dataclass(frozen=True, slots=True)
class CollisionTold:
    """The agents that meet were told of it."""

    workspace: WorkspaceId
    id: str
    time: str


@dataclass(frozen=True, slots=True)
class CollisionSettled:
    """A collision stands no more."""

    workspace: WorkspaceId
    id: str
    time: str
    why: str


@dataclass(frozen=True, slots=True)
class PathsReserved:
    """Somebody holds paths."""

    workspace: WorkspaceId
    reservation: Reservation


@dataclass(frozen=True, slots=True)
class PathsReleased:
    """A reservation is over."""

    workspace: WorkspaceId
    id: str
    why: str


@dataclass(frozen=True, slots=True)
class QueueHeld:
    """The person holds the prompts that wait for an agent; with no reason, they go on."""

    workspace: WorkspaceId
    role: str
    why: str


CollisionEvent = CollisionSeen | CollisionTold | CollisionSettled | PathsReserved | PathsReleased | QueueHeld


@dataclass(frozen=True)
class Radar:
    """What meets in one workspace, and what is reserved there. What follows from that is worked out once."""

    collisions: tuple[Collision, ...] = ()
    """In the order in which they opened."""
    reservations: tuple[Reservation, ...] = ()
    holds: Mapping[str, str] = field(default_factory=dict)
    """Why an agent's prompts wait, by role."""

    def find(self, id_: str) -> Collision | None:
        """Find a collision."""
        return next((one for one in self.collisions if one.id == id_), None)

    @cached_property
    def standing(self) -> tuple[Collision, ...]:
        """The open ones that are not quiet, the worst first, the newest first among those as bad."""
        shown = [one for one in self.collisions if one.open and not one.quiet]
        return tuple(sorted(sorted(shown, key=lambda one: one.newest, reverse=True), key=severity))

    @cached_property
    def met(self) -> frozenset[AgentId]:
        """The agents that are in one of these."""
        return frozenset(side.agent for one in self.standing for side in one.sides if side.agent is not None)


def fold(radar: Radar, event: CollisionEvent) -> Radar:
    """Give the radar after an event."""
    match event:
        case CollisionSeen():
            return replace(radar, collisions=_kept(radar.collisions, event.collision))
        case CollisionTold():
            return _changed(radar, event.id, lambda one: replace(one, told=event.time))
        case CollisionSettled():
            return _changed(radar, event.id, lambda one: replace(one, settled=event.time, why=event.why))
        case PathsReserved():
            return replace(radar, reservations=(*radar.reservations, event.reservation))
        case PathsReleased():
            return replace(radar, reservations=tuple(one for one in radar.reservations if one.id != event.id))
        case QueueHeld():
            others = {role: why for role, why in radar.holds.items() if role != event.role}
            return replace(radar, holds={**others, event.role: event.why} if event.why else others)


def _changed(radar: Radar, id_: str, change: Callable[[Collision], Collision]) -> Radar:
    return replace(radar, collisions=tuple(change(one) if one.id == id_ else one for one in radar.collisions))


def _kept(collisions: tuple[Collision, ...], new: Collision) -> tuple[Collision, ...]:
    if any(one.id == new.id and one.opened == new.opened for one in collisions):
        return tuple(new if one.id == new.id else one for one in collisions)
    kept = [*(one for one in collisions if one.id != new.id), new]
    if len(kept) > MOST:
        kept.remove(min(kept, key=lambda one: (one.open, one.newest)))
    return tuple(kept)
