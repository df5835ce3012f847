"""Where agents meet: hears what they write and read, decides who collides, says so, and forgets what is over."""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from hiveui.git.repository import common_of
from hiveui.hive.bus import Bus
from hiveui.hive.foresight import Foresight
from hiveui.hive.parties import Parties
from hiveui.model import changes
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.attribution import OURS
from hiveui.model.changes import Write
from hiveui.model.collisions import (
    MOST,
    Collision,
    CollisionSeen,
    CollisionSettled,
    Part,
    PathsReleased,
    Side,
    Sort,
    collision_id,
    grew,
    joined,
    side_order,
    worse,
)
from hiveui.model.events import AgentRead, Event, WorkspaceClosed
from hiveui.model.generated import is_generated
from hiveui.model.meeting import Key, Memory, Traces, Visit, meet
from hiveui.model.weighing import RESTING

BULK = 20
"""Files that somebody who is not known changes at once: more are no person at a keyboard, but a switch of branches."""
WRITTEN = 10_000
"""Writes that wait to be compared with what is reserved, at most."""
LOOKED_AT = 1000
"""Of them, those that are looked at together: the daemon waits for that when it ends."""
AT_ONCE = 50
"""Collisions that open by what is heard at once, at most."""

Tops = Callable[[WorkspaceId], Mapping[str, tuple[AgentId, ...]]]
"""Gives each checkout that is watched for a workspace, and who works in it."""


class Radar:
    """Hears, decides and publishes; what there is to a collision is looked at beside it (hive.lookout)."""

    def __init__(
        self,
        bus: Bus,
        tops: Tops,
        parties: Parties,
        foresight: Foresight,
        *,
        holder: Callable[[WorkspaceId, Side, str], Side | None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`holder` gives who else has reserved what a write changed."""
        self._bus = bus
        self._tops = tops
        self._parties = parties
        self._foresight = foresight
        self._holder = holder
        self._clock = clock
        self._memories: dict[WorkspaceId, Memory] = {}
        self._commons: dict[str, str] = {}
        self._written: dict[tuple[WorkspaceId, str, Key, str], Visit] = {}
        """What was written and is not yet compared with what is reserved."""
        self.unknown: dict[tuple[WorkspaceId, str, str], Visit] = {}
        """Writes of somebody, until it cannot become known any more whose they are; by workspace, checkout and path."""
        self.dirty: dict[tuple[WorkspaceId, str], tuple[Side, ...]] = {}
        """Collisions that are to be looked at, with what their sides did since."""
        self.changed: dict[tuple[WorkspaceId, str], set[str]] = {}
        """By workspace and repository: checkouts that changed since their merges were tried."""
        self.woken = asyncio.Event()
        """Something is to be looked at."""
        bus.listen(self._hear)

    # what is heard

    def wrote(self, workspace: WorkspaceId, writes: Sequence[Write]) -> None:
        """Take in writes that were noticed together."""
        if workspace not in self._bus.state.workspaces:
            return
        unknown = [write for write in writes if write.by is None and not self._explained(workspace, write)]
        known = [write for write in writes if write.by is not None]
        shared = {top for top, who in self._tops(workspace).items() if len(who) > 1}
        visits = []
        for write in known + (unknown if len(unknown) <= BULK else []):
            visit = self._visit(workspace, write)
            if write.top in shared:
                new = write.deed is changes.Deed.ADDED
                self._foresight.blame.wrote((write.top, write.path), visit.party, write.time, new=new)
            place = (workspace, write.top, write.path)
            if write.by is None:
                self.unknown[place] = visit
                continue
            if place in self.unknown and self.unknown[place].time <= visit.time:
                del self.unknown[place]
            visits.append(visit)
        for write in writes:
            self.changed.setdefault((workspace, self.common(write.top)), set()).add(write.top)
        self.take(workspace, visits)
        self.woken.set()

    def read(self, workspace: WorkspaceId, agent: Agent, top: str, path: str) -> None:
        """Take in that an agent has read a file."""
        evidence = "its own tool named it"
        party = self._parties.of(workspace, agent.id, top)
        key, now = (self.common(top) or top, path), stamp(self._clock())
        self.take(workspace, [Visit(key, top, party, agent.id, agent.role, Part.READ, now, changes.How.TOOL, evidence)])

    def _hear(self, event: Event) -> None:
        """Settle what was nothing but a write into what another held, once that is released; forget what is closed.

        A folder without a repository may have one once a turn has ended.
        """
        if isinstance(event, WorkspaceClosed):
            self._memories.pop(event.id, None)
        if isinstance(event, AgentRead) and event.reading.state in RESTING:
            self._commons = {top: common for top, common in self._commons.items() if common}
        found = self._bus.state.workspaces.get(event.workspace) if isinstance(event, PathsReleased) else None
        for one in found.radar.collisions if found is not None else ():
            writers = [side for side in one.sides if side.part is Part.WROTE]
            if found is None or not one.open or one.sort is not Sort.RESERVED or len({w.party for w in writers}) > 1:
                continue
            if not any(self._holder(found.id, writer, one.path) for writer in writers):
                self.settle(found.id, one, "it is not reserved any more")

    def _explained(self, workspace: WorkspaceId, write: Write) -> bool:
        """Tell whether a write of nobody's is none: HiveUI's own, or of a file unchanged since an agent wrote it."""
        if write.evidence.startswith(OURS):
            return True
        traces = self.traces(workspace, (self.common(write.top) or write.top, write.path))
        newest = max(
            (t.wrote.time for (top, party), t in traces.items() if party and top == write.top and t.wrote), default=""
        )
        try:
            changed = os.lstat(f"{write.top}/{write.path}").st_mtime if newest else 0.0
        except (OSError, ValueError):
            return False
        return bool(newest) and changed <= datetime.fromisoformat(newest).timestamp()

    def late(self, before: str) -> None:
        """Take writes as somebody's of which it cannot become known any more whose they are: noticed before a time."""
        for place, visit in [(place, visit) for place, visit in self.unknown.items() if visit.time < before]:
            del self.unknown[place]
            if place[0] in self._bus.state.workspaces:
                self.take(place[0], [visit])

    def traces(self, workspace: WorkspaceId, key: Key) -> Traces:
        """Give who was in a path."""
        memory = self._memories.get(workspace)
        return memory.at(key) if memory is not None else {}

    def _visit(self, workspace: WorkspaceId, write: Write) -> Visit:
        party = self._parties.of(workspace, write.by, write.top) if write.by is not None else ""
        key = (self.common(write.top) or write.top, write.path)
        return Visit(key, write.top, party, write.by, write.role, Part.WROTE, write.time, write.how, write.evidence)

    def common(self, top: str) -> str:
        """Give the repository of a checkout by its common folder; '' where there is none."""
        if top not in self._commons:
            found = common_of(Path(top))
            self._commons[top] = str(found) if found is not None else ""
            self._foresight.knows(top, self._commons[top])
        return self._commons[top]

    def take(self, workspace: WorkspaceId, visits: Sequence[Visit]) -> None:
        if not visits:
            return
        memory = self._memories.setdefault(workspace, Memory())
        for key in memory.take(visits)[:AT_ONCE]:
            self._decide(workspace, key, memory)
        if self._bus.workspace(workspace).radar.reservations:
            written = {
                (workspace, visit.top, visit.key, visit.party): visit for visit in visits if visit.part is Part.WROTE
            }
            self._written |= dict(islice(written.items(), max(0, WRITTEN - len(self._written))))
            self.woken.set()

    async def see_held(self) -> None:
        """See which of the writes went where another had reserved; aside, for that is many globs for many paths."""
        written = {place: self._written.pop(place) for place in list(islice(self._written, LOOKED_AT))}
        if self._written:
            self.woken.set()

        def held() -> list[tuple[WorkspaceId, Visit, Side]]:
            asked = ((place[0], visit) for place, visit in written.items())
            found = ((id_, visit, self._holder(id_, visit.side, visit.key[1])) for id_, visit in asked)
            return [(id_, visit, one) for id_, visit, one in found if one is not None and one.time <= visit.time]

        for workspace, visit, holder in await asyncio.to_thread(held) if written else ():
            if workspace in self._bus.state.workspaces:
                self.came(workspace, visit.key, Sort.RESERVED, tuple(sorted((holder, visit.side), key=side_order)))

    # what is decided

    def _decide(self, workspace: WorkspaceId, key: Key, memory: Memory) -> None:
        last = self._bus.workspace(workspace).radar.find(collision_id(*key))
        found = meet(memory.at(key), after=last.settled if last else "", turns=self._parties.turns)
        if found is not None:
            self.came(workspace, key, found.sort, found.sides)
        elif last is not None and last.open and last.sort is Sort.READ:
            self.settle(workspace, last, "it was read again")

    def came(self, workspace: WorkspaceId, key: Key, sort: Sort, sides: tuple[Side, ...]) -> None:
        """Open a collision, or have it grow; while as many stand as are kept, no other opens."""
        id_, now = collision_id(*key), stamp(self._clock())
        last = self._bus.workspace(workspace).radar.find(id_)
        if last is not None and last.open:
            new = replace(last, sort=worse(last.sort, sort), sides=joined(last.sides, sides))
            if grew(last, new):
                self._bus.publish(CollisionSeen(workspace, replace(new, grown=now, told="")))
        elif last is None or last.settled < max(side.time for side in sides):
            if sum(one.open for one in self._bus.workspace(workspace).radar.collisions) >= MOST:
                return
            new = Collision(id_, key[1], sort, sides, now, now, quiet=is_generated(key[1]))
            self._bus.publish(CollisionSeen(workspace, new))
        else:
            return
        self.dirty[workspace, id_] = joined(self.dirty.get((workspace, id_), ()), sides)
        self.woken.set()

    def again(self, workspace: WorkspaceId, key: Key) -> None:
        """Have what meets in a path looked at again, if anything does."""
        last = self._bus.workspace(workspace).radar.find(collision_id(*key))
        if last is not None and last.open:
            self.dirty.setdefault((workspace, last.id), ())
            self.woken.set()

    def settle(self, workspace: WorkspaceId, collision: Collision, why: str) -> None:
        self._bus.publish(CollisionSettled(workspace, collision.id, stamp(self._clock()), why))
        self.dirty.pop((workspace, collision.id), None)
