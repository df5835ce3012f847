"""Paths that agents and the person hold for a while: the verbs, who holds what is written, and when it is over."""

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.parties import Parties, root
from hiveui.hive.radar import Tops
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.codec import to_json
from hiveui.model.collisions import Part, PathsReleased, PathsReserved, Side
from hiveui.model.events import AgentExited, AgentRead, AgentRemoved, Event
from hiveui.model.names import quoted
from hiveui.model.reservations import LONGEST, MOST, Reservation, in_the_way, read
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.model.weighing import RESTING

PATHS = 20
"""Globs of one reservation, at most."""
STARS = 10
"""Stars of one glob, at most: to tell whether two overlap takes longer with each."""
DEEPEST = 40
"""Folders above a file that may be held: each write is compared with each glob, folder by folder."""
EACH = 10
"""Reservations of one agent, at most: there is to be room for others."""
MINUTES = 24 * 60
"""For so long, at most, may anybody hold anything."""
USUAL = 60
"""Minutes where nothing is said."""
NOBODY = AgentId("")
"""Who asks where it is the person."""
TICK = 2.0
"""Seconds between two looks at what is over."""


class Reservations:
    """Its public methods are verbs, which agents may call too (`by`), or called as their words say."""

    def __init__(
        self, bus: Bus, parties: Parties, tops: Tops, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`tops` gives the checkouts of a workspace with who works in them."""
        self._bus = bus
        self._parties = parties
        self._tops = tops
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        bus.listen(self._hear)

    # verbs

    async def reserve(
        self,
        *,
        paths: Sequence[str],
        folder: str,
        workspace: str = "",
        minutes: int = USUAL,
        why: str = "",
        turn: bool = False,
        by: AgentId = NOBODY,
    ) -> dict[str, Any]:
        """Hold paths, given from a folder. Raises UsageError where another holds one of them, and says who."""
        async with self._one_at_a_time:
            found, agent = self.whose(workspace, by)
            if not 0 < minutes <= MINUTES:
                raise UsageError(f"{minutes} minutes are too many, or none.", f"1 to {MINUTES} can be had.")
            if turn and agent is None:
                raise UsageError("Only an agent has a turn that ends.", "Say for how long: --for 30m.")
            globs = await asyncio.to_thread(self._globs, found, paths, folder)
            await self._see_free(found, globs, agent)
            now = self._clock()
            made = Reservation(
                id=secrets.token_hex(4),
                globs=globs,
                role=agent.role if agent is not None else "",
                agent=agent.id if agent is not None else None,
                made=stamp(now),
                ends=stamp(now + timedelta(minutes=minutes)),
                turn=turn,
                why=why[:LONGEST],
            )
            self._bus.publish(PathsReserved(found.id, made))
        return {"reservation": to_json(made)}

    async def _see_free(self, workspace: Workspace, globs: tuple[str, ...], agent: Agent | None) -> None:
        """Raise UsageError where another holds what some globs mean."""
        standing = [one for one in workspace.radar.reservations if not one.over(stamp(self._clock()))]
        if len(standing) >= MOST:
            raise UsageError(f"{MOST} reservations stand here already.", "`hive reserve --list` shows them.")
        if agent is not None and sum(one.agent == agent.id for one in standing) >= EACH:
            raise UsageError(
                f"{EACH} reservations of yours stand here already.", "Let go of one: hive reserve --release."
            )
        other = await asyncio.to_thread(in_the_way, globs, agent.id if agent is not None else None, standing)
        if other is not None:
            raise UsageError(f"{_held(other)}.", "Ask for it, or work on something else until then.")

    def release(self, *, workspace: str = "", reservation: str = "", by: AgentId = NOBODY) -> dict[str, Any]:
        """Let go of a reservation, else of all one's own. An agent lets go of its own only."""
        found, agent = self.whose(workspace, by)
        own = [one for one in found.radar.reservations if one.agent == (agent.id if agent is not None else None)]
        meant = [one for one in (found.radar.reservations if not by else own) if one.id == reservation]
        if reservation and not meant:
            raise UsageError(f"There is no reservation {quoted(reservation)} that is yours.", "hive reserve --list")
        for one in meant or own:
            self._bus.publish(PathsReleased(found.id, one.id, "it was released"))
        return {"released": [one.id for one in meant or own]}

    def list(self, *, workspace: str = "", by: AgentId = NOBODY) -> dict[str, Any]:
        """List what is held."""
        found, _ = self.whose(workspace, by)
        return {"reservations": to_json(found.radar.reservations)}

    # who holds what

    def holder(self, workspace: WorkspaceId, writer: Side, path: str) -> Side | None:
        """Give who else holds what was written; what the person holds, they may have written themselves."""
        found = self._bus.state.workspaces.get(workspace) if path.count("/") <= DEEPEST else None
        for one in found.radar.reservations if found is not None else ():
            own = self._parties.of(workspace, one.agent, writer.top) if one.agent is not None else ""
            if own != writer.party and read(one.globs).covers(path):
                return Side(own, one.agent, one.role, writer.top, Part.HOLDS, one.made, evidence=one.why)
        return None

    async def expire(self) -> None:
        """End what has lasted as long as it was to, for ever."""
        while True:
            await asyncio.sleep(TICK)
            self.time_passed()

    def time_passed(self) -> None:
        """End what has lasted as long as it was to."""
        now = stamp(self._clock())
        for workspace in list(self._bus.state.workspaces.values()):
            for one in workspace.radar.reservations:
                if one.over(now):
                    self._bus.publish(PathsReleased(workspace.id, one.id, "its time was over"))

    def _hear(self, event: Event) -> None:
        match event:
            case AgentExited() | AgentRemoved():
                self._end(event.workspace, event.id, "its agent ended", only_turns=False)
            case AgentRead() if event.reading.state in RESTING:
                self._end(event.workspace, event.id, "its turn ended", only_turns=True)
            case _:
                pass

    def _end(self, workspace: WorkspaceId, agent: AgentId, why: str, *, only_turns: bool) -> None:
        found = self._bus.state.workspaces.get(workspace)
        for one in found.radar.reservations if found is not None else ():
            if one.agent == agent and (one.turn or not only_turns):
                self._bus.publish(PathsReleased(workspace, one.id, why))

    # who asks

    def whose(self, workspace: str, by: AgentId) -> tuple[Workspace, Agent | None]:
        """Give the workspace that is meant, and the agent that asks; None for the person."""
        if not by:
            return self._bus.workspace(WorkspaceId(workspace)), None
        for found in self._bus.state.workspaces.values():
            agent = found.agent(root(found, by))
            if agent is not None:
                return found, agent
        raise UsageError("The agent that asks is in no workspace any more.")

    def _globs(self, workspace: Workspace, paths: Sequence[str], folder: str) -> tuple[str, ...]:
        """Give globs below the top of a checkout. Raises UsageError for one that leads out of it."""
        try:
            real = os.path.realpath(folder)
        except ValueError:  # a NUL, or half a character
            raise UsageError("No folder has such a name.", "Name it from `/` on.") from None
        if not 0 < len(paths) <= PATHS:
            raise UsageError(f"{len(paths)} paths are too many, or none.", f"1 to {PATHS} can be reserved at once.")
        tops = sorted({*self._tops(workspace.id), workspace.path}, key=len, reverse=True)
        found = []
        for path in paths:
            place = os.path.normpath(os.path.join(real, path))  # noqa: PTH118  a glob, no file
            if path.count("*") > STARS:
                raise UsageError(f"{quoted(path)} has over {STARS} stars.", "Name fewer paths at once.")
            top = next((top for top in tops if place == top or place.startswith(top.rstrip("/") + "/")), None)
            if top is None or len(path) > LONGEST or not path.isprintable():
                raise UsageError(
                    f"{quoted(path)} leads to no checkout of this workspace.", "Name paths of the repository."
                )
            found.append(os.path.relpath(place, top) if place != top else "**")
        return tuple(found)


def _held(one: Reservation) -> str:
    who = visible(one.role) or "The person"
    until = f" until {one.ends[11:16]} UTC" if one.ends else ""
    why = f" ({visible(one.why)})" if one.why else ""
    return f"{who} holds {', '.join(map(visible, one.globs[:3]))}{until}{why}"
