"""What a workspace has on one host: its session in the tmux there, and how that is reached, adopted and let go of."""

import asyncio
import logging
from collections.abc import Callable, Mapping

from hiveui.agents.launch import Launch
from hiveui.errors import HiveError, TmuxError, UsageError
from hiveui.hive.census import Census
from hiveui.hive.host import Host
from hiveui.hive.surroundings import Surroundings
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.hosts import LOCAL

log = logging.getLogger(__name__)

RECONNECT = (0.0, 0.1, 0.3, 0.6)
"""Seconds before each attempt to reach tmux again; after the last one it is taken for gone."""
BREATH = 1.0
"""Seconds between two connections, at least: one that cannot last is not made as fast as it is lost."""
REACHED = 12.0
"""Seconds that a start waits for its host."""
CLEARED = 5
"""Looks at whether what an earlier connection left is gone."""


class Station:
    """The agents of one workspace on one host."""

    def __init__(
        self,
        id_: WorkspaceId,
        host: Host,
        around: Surroundings,
        launches: Mapping[AgentId, Launch],
        gone: Callable[["Station"], None],
    ) -> None:
        """`launches` says how agents are started; `gone` is told that the session is not there any more."""
        self.host = host
        self._id = id_
        self._around = around
        self._gone = gone
        self._connected = -BREATH
        self._arriving = asyncio.Lock()
        self.over = False
        """The session is gone or let go of."""
        self.census = Census(id_, host, around, launches, self._connection_lost)
        self.session = self.census.session

    async def open(self, columns: int, rows: int) -> None:
        """Have the session be there, and connect, if that was not done yet. Raises TmuxError, or UsageError."""
        await self.host.reached(REACHED)
        async with self._arriving:
            if self.over:
                raise UsageError("That workspace is closed.")
            if self._attached:
                return
            if self._id not in await self.host.server.sessions():
                await self.host.server.start(self._id, columns, rows)
            self.session.connect()

    @property
    def _attached(self) -> bool:
        return self.session.tap_pid is not None

    def connect(self) -> None:
        """Connect to a session that an earlier daemon left, or that is reached again. Raises TmuxError."""
        self._connected = asyncio.get_running_loop().time()
        self.session.connect()

    async def adopt(self) -> None:
        """Take over the agents that run in the session. Raises TmuxError."""
        await self.census.refresh()
        await self.session.learn_shapes([agent.pane for agent in self.census.agents if agent.pane and agent.pid])

    async def arrive(self) -> None:
        """Take up the session of a host that is reached (again), where there is one."""
        async with self._arriving:
            if self.over or self._attached or not self.host.up:
                return
            try:
                if self._id not in await self.host.server.sessions():
                    self._gone(self)
                    return
                await self._clear()
                self.connect()
            except TmuxError as error:
                log.info("%s on %s: %s", self._id, self.host.name, error)
                return
        try:
            await self.adopt()
        except HiveError as error:  # it is lost again, or the workspace is closed meanwhile
            log.info("%s on %s: %s", self._id, self.host.name, error)

    async def _clear(self) -> None:
        """End the control clients that a lost connection left: what it still brings must not be typed any more.

        A prompt could come twice else, by a line that was cut and by the next one. Raises TmuxError.
        """
        for _ in range(CLEARED):
            left = await self.host.server.control_clients(self._id)
            if not left:
                return
            await self.host.server.line.run(["kill", "-KILL", *map(str, left)])
        raise TmuxError(f"What was connected to {self.host.name} before cannot be ended.")

    def depart(self) -> None:
        """Let go of the connection to a host that is lost: whoever asks is refused until it is back."""
        self.session.close()

    async def close(self) -> None:
        """End every program and the session. Raises TmuxError."""
        pids = [agent.pid for agent in self.census.agents if agent.pid is not None]
        self.detach()
        async with self._arriving:  # a session that is just being made ends too
            await self.host.server.end(self._id)
        await self.host.programs.end(pids)

    def ended(self, why: str) -> None:
        """Say of its agents that they ended."""
        for agent in self.census.agents:
            if agent.pid is not None:
                self.census.ended(agent, None, why)

    def unstarted(self, id_: AgentId, why: str) -> None:
        """Say of an agent that it was not started, unless its program runs."""
        for agent in self.census.agents:
            if agent.id == id_ and agent.pid is None:
                self.census.ended(agent, None, f"it was not started: {why}")

    def detach(self) -> None:
        """Let go of the session; agents go on."""
        self.over = True
        self.census.attention.stop()
        self.session.close()

    def housekeeping(self, quiet: Callable[[Agent], bool]) -> None:
        """Look after what no event tells of; `quiet` tells of whom nothing is read while nobody looks."""
        self.session.check()
        self.census.time_passed()
        hushed = {str(agent.pane): quiet(agent) for agent in self.census.agents if agent.pane and agent.pid}
        self.session.hold_hidden(lambda pane: hushed.get(pane, False), list(hushed))
        waits = self.host.name != LOCAL and self.host.up and not self._attached
        if hushed and waits and not self._arriving.locked():
            self._around.spawn(self.arrive())

    def _connection_lost(self, reason: str) -> None:
        """Reach tmux again, or find that it is gone."""
        if not self.over:
            self._around.spawn(self._reach_again(reason))

    async def _reach_again(self, reason: str) -> None:
        if asyncio.get_running_loop().time() - self._connected < BREATH:
            await asyncio.sleep(BREATH)
        for wait in RECONNECT:
            await asyncio.sleep(wait)
            if self.over or self._attached or not self.host.up:  # one that is lost is arrived at again
                return
            try:
                there = self._id in await self.host.server.sessions()
            except TmuxError as error:
                log.warning("%s: %s", self._id, error)
                self._connection_lost(reason)
                return
            if there:
                log.info("the tap of %s was replaced: %s", self._id, reason)
                self.connect()
                await self.adopt()
                return
        self._gone(self)
