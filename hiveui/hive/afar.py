"""What agents on other hosts tell: one channel to each host that is reached.

What their hooks left in the spools there is appended to the spools here, where it is heard as that of agents here is
(Hearing). Whoever writes another agent's token there is found out as here: by the spool's name (Spool).
"""

import asyncio
import contextlib
import logging
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable

from hiveui.agents.hooks.spool import Spool
from hiveui.errors import UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.hosts import Hosts
from hiveui.hosts.channel import Channel
from hiveui.hosts.spools import Spools, spool_there
from hiveui.model.agent import AgentId
from hiveui.model.events import Event
from hiveui.model.hosts import HostForgotten, HostStood, Standing

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds before a channel that broke is opened again, while its host is reached."""
WAITING = 16_000_000
"""Bytes of an agent's that wait to be read here, at most, as in hook.sh: more is not taken."""


Looked = Callable[[str, str, bytes], None]
"""Hears what came of a look: the host, the name that the look was given, and what was printed."""


class Ear:
    """What is heard of one host (channel.Listener). It outlives channels, so that nothing is heard twice."""

    def __init__(
        self, name: str, spool: Spool, agents: Callable[[str], frozenset[AgentId]], looked: list[Looked]
    ) -> None:
        """`agents` gives those that are on a host; those in `looked` hear of looks."""
        self._name = name
        self._spool = spool
        self._agents = agents
        self._looked = looked
        self._spools = Spools()

    def part(self, name: str, offset: int, data: bytes) -> None:
        """Append what is new to the spool here, for agents that are there."""
        part = self._spools.take(name, offset, data)
        if part is None or part.agent not in self._agents(self._name):
            return
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            file = os.open(self._spool.file(part.agent), flags, 0o600)
            try:
                if os.fstat(file).st_size < WAITING:
                    os.write(file, part.records)
            finally:
                os.close(file)
        except OSError as error:
            log.warning("what %s told on %s is lost: %s", part.agent, self._name, error.strerror)

    def over(self, name: str, size: int) -> bool:
        """Tell whether a spool there was taken whole."""
        return self._spools.over(name, size)

    def looked(self, name: str, data: bytes) -> None:
        """Pass on what came of a look."""
        for looked in self._looked:
            looked(self._name, name, data)


class Afar:
    """The channels to all hosts."""

    def __init__(self, bus: Bus, hosts: Hosts, spool: Spool, spawn: Callable[[Awaitable[None]], None]) -> None:
        self._bus = bus
        self._hosts = hosts
        self._spool = spool
        self._spawn = spawn
        self._ears: dict[str, Ear] = {}
        self._open: dict[str, asyncio.Task[None]] = {}
        self._channels: dict[str, Channel] = {}
        self._looked: list[Looked] = []
        self.since: defaultdict[str, float] = defaultdict(float)
        """By host: when its channel was opened last. What it was told before may never have come there."""
        bus.listen(self._hear)

    def listen(self, looked: Looked) -> None:
        """Call `looked` with what comes of each look."""
        self._looked.append(looked)

    def tell(self, name: str, *words: str) -> bool:
        """Tell the script on a host something; False where it cannot be told now."""
        return name in self._channels and self._channels[name].tell(*words)

    def close(self) -> None:
        """Let go of every channel; what agents tell meanwhile stays there."""
        for task in self._open.values():
            task.cancel()

    def _hear(self, event: Event) -> None:
        match event:
            case HostStood(link=link) if link.standing is Standing.UP:
                self._end(event.name)
                self._spawn(self._follow(event.name))
            case HostStood() | HostForgotten():
                self._end(event.name)
            case _:
                pass

    def _end(self, name: str) -> None:
        if name in self._open:
            self._open.pop(name).cancel()

    def _on(self, name: str) -> frozenset[AgentId]:
        workspaces = self._bus.state.workspaces.values()
        return frozenset(agent.id for one in workspaces for agent in one.agents if agent.host == name)

    async def _follow(self, name: str) -> None:
        """Hold the channel to a host open for as long as that is reached."""
        me = asyncio.current_task()
        with contextlib.suppress(UsageError):  # it is forgotten just now
            host = self._hosts.find(name)
            if me is None or host.found is None or not host.up or name in self._open:
                return
            self._open[name] = me
            ear = self._ears.setdefault(name, Ear(name, self._spool, self._on, self._looked))
            while True:
                self.since[name] = time.time()
                self._channels[name] = Channel(host.line, host.found.env, spool_there(host.found.folder.path), ear)
                why = await self._channels[name].run()
                log.info("the channel to %s is opened again: %s", name, why)
                await asyncio.sleep(AGAIN)
