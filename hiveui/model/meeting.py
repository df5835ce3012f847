"""Who met whom in a path: decided from what each party did to it last, so that the order of events does not matter."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from hiveui.model.agent import AgentId
from hiveui.model.changes import How
from hiveui.model.collisions import Part, Side, Sort, side_order

WINDOW = timedelta(minutes=30)
"""Two that change a path within this time of one another meet in it."""
JUST = timedelta(minutes=10)
"""What was read no longer ago is known by heart still, as is what was read in a turn that runs."""
MOST = 20_000
"""Paths of which it is remembered who was there."""

Key = tuple[str, str]
"""A repository, by its folder, and a path below the tops of its checkouts."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing that one party did to a path."""

    key: Key
    top: str
    party: str
    agent: AgentId | None
    role: str
    part: Part
    time: str
    """RFC 3339, UTC, milliseconds: such texts stand in the order of their times."""
    how: How = How.UNKNOWN
    evidence: str = ""

    @property
    def side(self) -> Side:
        """Give it as one side of a collision."""
        return Side(self.party, self.agent, self.role, self.top, self.part, self.time, self.how, self.evidence)


@dataclass(frozen=True, slots=True)
class Trace:
    """What one party did to one path in one checkout last."""

    wrote: Visit | None = None
    read: Visit | None = None

    def after(self, visit: Visit) -> "Trace":
        """Give the trace with one more visit; the later one stands, of two at one time always the same."""
        old = self.wrote if visit.part is Part.WROTE else self.read
        kept = visit if old is None else max(old, visit, key=_order)
        return replace(self, wrote=kept) if visit.part is Part.WROTE else replace(self, read=kept)


def _order(visit: Visit) -> tuple[str, str, str]:
    return visit.time, visit.how, visit.evidence


Traces = Mapping[tuple[str, str], Trace]
"""By checkout and party."""


class Meeting(NamedTuple):
    """Parties that meet."""

    sort: Sort
    sides: tuple[Side, ...]


@dataclass(slots=True)
class Memory:
    """Who was where last: bounded, the path that was left alone longest is forgotten first."""

    most: int = MOST
    _paths: OrderedDict[Key, dict[tuple[str, str], Trace]] = field(default_factory=OrderedDict)

    def take(self, visits: Iterable[Visit]) -> list[Key]:
        """Take visits in, in any order; the paths in which somebody may have met."""
        touched: dict[Key, None] = {}
        for visit in visits:
            traces = self._paths.setdefault(visit.key, {})
            traces[visit.top, visit.party] = traces.get((visit.top, visit.party), Trace()).after(visit)
            self._paths.move_to_end(visit.key)
            if len(traces) > 1:
                touched[visit.key] = None
        while len(self._paths) > self.most:
            self._paths.popitem(last=False)
        return list(touched)

    def at(self, key: Key) -> Traces:
        """Give who was in a path."""
        return self._paths.get(key, {})


def meet(traces: Traces, *, after: str = "", turns: Mapping[str, str] | None = None) -> Meeting | None:
    """Decide who meets in one path; None where nobody does.

    What was done until `after` counts no more. `turns` gives since when a party's turn runs. Somebody who is not
    known meets an agent in one checkout only.
    """
    wrote = [t.wrote for t in traces.values() if t.wrote is not None and t.wrote.time > after]
    meeting = [d for d in wrote if any(_write_at_once(d, other) for other in wrote)]
    if meeting:
        return Meeting(Sort.PATH, _sides(meeting))
    read = [t.read for t in traces.values() if t.read is not None and t.read.time > after]
    sides: list[Visit] = []
    for reader in read:
        own = traces[reader.top, reader.party].wrote
        behind = [writer for writer in wrote if _goes_stale(reader, own, writer, turns or {})]
        sides += [reader, *behind] if behind else []
    return Meeting(Sort.READ, _sides(sides)) if sides else None


def _write_at_once(one: Visit, other: Visit) -> bool:
    if one.party == other.party or apart(one.time, other.time) > WINDOW:
        return False
    return bool(one.party and other.party) or one.top == other.top


def _goes_stale(reader: Visit, own: Visit | None, writer: Visit, turns: Mapping[str, str]) -> bool:
    """Tell whether a reader knows a path as it was before a writer changed it, and will build on that."""
    if not writer.party or reader.party == writer.party or reader.top != writer.top or reader.time >= writer.time:
        return False
    if own is not None and own.time >= writer.time:
        return False
    runs_since = turns.get(reader.party, "")
    return apart(reader.time, writer.time) <= JUST or bool(runs_since and reader.time >= runs_since)


def _sides(visits: Iterable[Visit]) -> tuple[Side, ...]:
    return tuple(sorted({(visit.party, visit.top): visit.side for visit in visits}.values(), key=side_order))


def apart(one: str, other: str) -> timedelta:
    """Tell how far two times lie from one another."""
    return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other))
