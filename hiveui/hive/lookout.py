"""Looks at collisions beside the event loop: which lines, what merges would come to, what is over; tells the sides."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hiveui.errors import GitError, HiveError
from hiveui.hive.bus import Bus
from hiveui.hive.foresight import Conflicts, Foresight
from hiveui.hive.parties import Parties
from hiveui.hive.radar import Radar, Tops
from hiveui.model.agent import WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.collisions import (
    Collision,
    CollisionSeen,
    CollisionTold,
    Part,
    Side,
    Sort,
    collision_id,
    covered,
    joined,
    side_order,
)
from hiveui.model.meeting import Key
from hiveui.model.state import Workspace
from hiveui.model.warning import warning

log = logging.getLogger(__name__)

PACE = 0.5
"""Seconds between two looks, at least."""
PART = 4
"""How many times as long as a look took the next one waits."""
TICK = 15.0
"""Seconds after which it is looked what time has brought."""
TRIAL = 5.0
"""Seconds between two trials of the merges of one repository, at least."""
FAILED = 300.0
"""Seconds between two trials where git failed."""
REST = 20
"""How many times as long as a trial took the next one waits."""
AT_ONCE = 50
"""Conflicts of two checkouts that become collisions, at most."""
UNKNOWN = timedelta(seconds=11)
"""Time in which it may become known who made a change."""
CALM = timedelta(minutes=10)
"""Without a new write for so long, those that were told have moved on, and what was read is out of mind."""
OLD = timedelta(hours=2)
"""Without a new write for so long, what nobody was told of is over."""
LOOKS = 10
"""Collisions that are looked at in one go, and again when time has passed: a commit is no write."""
_ALONE = "it works there alone"

Queue = Callable[..., Awaitable[Any]]
"""Has a text delivered to an agent (Telling.queue)."""
Call = Callable[[Sequence[tuple[Workspace, Collision]]], None]
"""Calls the person."""


class Lookout:
    """Follows the radar; `follow` is a task, the rest are steps of it or called by verbs."""

    def __init__(
        self,
        bus: Bus,
        radar: Radar,
        tops: Tops,
        foresight: Foresight,
        parties: Parties,
        *,
        queue: Queue,
        call: Call,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus = bus
        self._radar = radar
        self._tops = tops
        self._foresight = foresight
        self._parties = parties
        self._queue = queue
        self._call = call
        self._clock = clock
        self._foreseen: dict[WorkspaceId, dict[tuple[str, str], Conflicts]] = {}
        self._again: dict[tuple[WorkspaceId, str], float] = {}
        """By workspace and repository: from when on its merges may be tried, as the loop counts."""
        self._said = {
            one.id: one.grown for found in bus.state.workspaces.values() for one in found.radar.collisions if one.open
        }
        """By collision: how it had grown when the person was called for it."""
        self._calling: list[tuple[WorkspaceId, Collision]] = []
        """What the person is called for at the end of this look."""
        self._turn = 0
        """Which collision is looked at again first."""
        self._looking = asyncio.Lock()

    async def follow(self) -> None:
        """Look whenever there is something to look at, for ever."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._radar.woken.wait()
            self._radar.woken.clear()
            if loop.time() - looked >= TICK:
                looked = loop.time()
                self._look_again()
            began = loop.time()
            await self.look()
            await asyncio.sleep(max(PACE, PART * (loop.time() - began)))

    async def look(self) -> None:
        """Look once at all that is to be looked at."""
        for gone in self._foreseen.keys() - self._bus.state.workspaces.keys():
            del self._foreseen[gone]
        now = self._clock()
        self._radar.late(stamp(now - UNKNOWN))
        blame = self._foresight.blame
        async with self._looking:
            blame.again(await asyncio.to_thread(blame.look, blame.take(), now))
        await self._try_merges()
        for place in list(self._radar.dirty)[:LOOKS]:
            sides = self._radar.dirty.pop(place, None)
            if sides is not None:  # it was settled meanwhile
                await self._examine(*place, sides)
        if self._calling:
            there = self._bus.state.workspaces
            self._call([(there[id_], one) for id_, one in self._calling if id_ in there])
            self._calling.clear()
        self._pass_time(now)
        if self._radar.unknown or self._radar.changed or self._radar.dirty:
            self._radar.woken.set()

    # what there is to it

    async def _examine(self, workspace: WorkspaceId, id_: str, sides: tuple[Side, ...]) -> None:
        collision = self._find(workspace, id_)
        if collision is None:
            return
        known = replace(collision, sides=joined(collision.sides, sides))
        common = self._radar.common(known.sides[0].top)
        try:
            async with self._looking:
                looked = await asyncio.to_thread(self._foresight.look, common, known, self._conflicts(workspace))
        except GitError as error:
            log.warning("a collision was not looked at: %s", error)
            return
        again = self._find(workspace, id_)
        if again is None:
            return
        if looked.over:
            self._radar.settle(workspace, again, looked.over)
            return
        new = replace(looked.collision, sides=joined(again.sides, looked.collision.sides), told=again.told)
        if new.sort is not again.sort or not covered(new.lines, again.lines):
            new = replace(new, grown=stamp(self._clock()), told="")
        if new != again:
            self._bus.publish(CollisionSeen(workspace, new))
        await self._say(workspace, new)

    async def _say(self, workspace: WorkspaceId, collision: Collision) -> None:
        """Call the person, and tell the sides where the layout says so: once each time it grows."""
        if collision.calls and self._said.get(collision.id) != collision.grown:
            self._said[collision.id] = collision.grown
            self._calling.append((workspace, collision))
        found = self._bus.state.workspaces.get(workspace)
        wanted = found is not None and found.collisions == "tell"
        if wanted and not collision.told and not collision.quiet and collision.several:
            await self.tell(workspace, collision)

    async def tell(self, workspace: WorkspaceId, collision: Collision) -> list[str]:
        """Have each agent of a collision told of it; give the roles that will be. Raises HiveError if none can be."""
        told: list[str] = []
        problem: HiveError | None = None
        for side in {side.agent: side for side in collision.named}.values():
            agent = self._bus.workspace(workspace).agent(side.agent) if side.agent else None
            if agent is None:
                continue
            try:
                await self._queue(workspace=workspace, role=agent.role, text=warning(collision, side))
            except HiveError as error:
                problem = error
                log.info("%s was not told of a collision: %s", agent.role, error)
            else:
                told.append(agent.role)
        if not told and problem is not None:
            raise problem
        if told:
            self._bus.publish(CollisionTold(workspace, collision.id, stamp(self._clock())))
        return told

    async def shown(self, workspace: WorkspaceId, collision: Collision) -> Any:
        """Give what the sides of a collision changed, and the conflict that git foresees. Raises GitError."""
        common = self._radar.common(collision.sides[0].top)
        async with self._looking:
            return await asyncio.to_thread(self._foresight.shown, common, collision, self._conflicts(workspace))

    # merges

    async def _try_merges(self) -> None:
        loop = asyncio.get_running_loop()
        for place, changed in list(self._radar.changed.items()):
            workspace, common = place
            if self._again.get(place, 0.0) > loop.time():
                continue
            del self._radar.changed[place]
            if workspace not in self._bus.state.workspaces or not common:
                continue
            tops = [top for top, who in self._tops(workspace).items() if who and self._radar.common(top) == common]
            if len(tops) < 2:
                continue
            began = loop.time()
            try:
                async with self._looking:
                    found = await asyncio.to_thread(self._foresight.conflicts, common, tops, changed)
            except GitError as error:
                log.warning("merges were not tried: %s", error)
                self._again[place] = loop.time() + FAILED
                continue
            self._again[place] = loop.time() + max(TRIAL, REST * (loop.time() - began))
            self._take(workspace, common, tops, found)

    def _take(self, workspace: WorkspaceId, common: str, tops: Iterable[str], found: Iterable[Conflicts]) -> None:
        """Take what was foreseen: collisions open where there was none, and others are looked at again."""
        if workspace not in self._bus.state.workspaces:
            return
        there, kept = set(tops), self._foreseen.setdefault(workspace, {})
        for pair in [pair for pair in kept if not set(pair) <= there and self._radar.common(pair[0]) == common]:
            del kept[pair]
        for one in found:
            before = kept.get(one.tops)
            kept[one.tops] = one
            old = before.found.paths if before is not None else ()
            for path in (*one.found.paths[:AT_ONCE], *old):
                self._meet(workspace, (common, path), one)

    def _meet(self, workspace: WorkspaceId, key: Key, one: Conflicts) -> None:
        """Take one conflict; what was settled stays so until somebody writes there again."""
        last = self._bus.workspace(workspace).radar.find(collision_id(*key))
        traces = self._radar.traces(workspace, key).values()
        if last is not None and not any(t.wrote is not None and t.wrote.time > last.settled for t in traces):
            self._radar.again(workspace, key)
            return
        sides = [side for top in one.tops for side in self._sides(workspace, key, top)]
        if key[1] in one.found.paths and len({side.party for side in sides}) > 1:
            self._radar.came(workspace, key, Sort.MERGE, tuple(sorted(sides, key=side_order)))
        else:
            self._radar.again(workspace, key)

    def _sides(self, workspace: WorkspaceId, key: Key, top: str) -> list[Side]:
        """Give who changed a path in a checkout: who was seen at it, else the one who works there."""
        traces = self._radar.traces(workspace, key).items()
        wrote = [t.wrote.side for (where, party), t in traces if where == top and party and t.wrote is not None]
        if wrote:
            return wrote
        found, who = self._bus.workspace(workspace), self._tops(workspace).get(top, ())
        agents = [agent for id_ in who if (agent := found.agent(id_)) is not None]
        parties = {self._parties.of(workspace, agent.id, top): agent for agent in agents}
        if len(parties) != 1:
            return []
        ((party, agent),) = parties.items()
        return [Side(party, agent.id, agent.role, top, Part.WROTE, stamp(self._clock()), evidence=_ALONE)]

    # what time brings

    def _look_again(self) -> None:
        """Have those looked at that were not for longest."""
        standing = [
            (workspace.id, one.id)
            for workspace in self._bus.state.workspaces.values()
            for one in workspace.radar.collisions
            if one.open
        ]
        self._turn = (self._turn + LOOKS) % max(1, len(standing))
        for workspace_id, id_ in (standing[self._turn :] + standing[: self._turn])[:LOOKS]:
            self._radar.dirty.setdefault((workspace_id, id_), ())
            self._foresee_again(workspace_id, id_)

    def _foresee_again(self, workspace: WorkspaceId, id_: str) -> None:
        """Have the merges of a conflict tried that an earlier daemon foresaw."""
        collision, known = self._find(workspace, id_), {one.tops for one in self._conflicts(workspace)}
        tops = {side.top for side in collision.sides} if collision is not None and collision.conflict else set()
        if tops and not any(set(pair) <= tops for pair in known):
            common = self._radar.common(next(iter(tops)))
            self._radar.changed.setdefault((workspace, common), set()).update(tops)

    def _pass_time(self, now: datetime) -> None:
        for workspace in list(self._bus.state.workspaces.values()):
            for collision in workspace.radar.collisions:
                why = _faded(collision, now) if collision.open else ""
                if why:
                    self._radar.settle(workspace.id, collision, why)

    def _find(self, workspace: WorkspaceId, id_: str) -> Collision | None:
        found = self._bus.state.workspaces.get(workspace)
        collision = found.radar.find(id_) if found is not None else None
        return collision if collision is not None and collision.open else None

    def _conflicts(self, workspace: WorkspaceId) -> list[Conflicts]:
        return list(self._foreseen.get(workspace, {}).values())


def _faded(collision: Collision, now: datetime) -> str:
    """Say why a collision that nobody went on with is over; '' while it is not."""
    if collision.conflict:
        return ""
    still = now - datetime.fromisoformat(max(collision.newest, collision.grown, collision.told))
    if collision.told and still > CALM:
        return "all were told, and nobody wrote since"
    if collision.sort is Sort.READ and still > CALM:
        return "nobody wrote since"
    return "nobody wrote for two hours" if still > OLD else ""
