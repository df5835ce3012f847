"""Hears what agents' hooks left in the spool, and passes it on to whoever watches over them."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hiveui.agents.hooks.payloads import read_payload
from hiveui.agents.hooks.spool import Record, Spool
from hiveui.errors import UsageError
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.turns import Happening, Hooked, Turns

log = logging.getLogger(__name__)

Asked = Callable[[Supervisor, Agent, Hooked, Callable[[], Turns]], object]
Took = Callable[[AgentId, str], None]
Told = Callable[[Supervisor, Agent, Hooked], None]
Watch = Callable[[str], int | None]
LOOK = 0.04
"""Seconds between two looks at the spool where the kernel does not tell that something is there."""
AT_LEAST = 2.0
"""Seconds between two looks where it does."""
BREATH = 0.005
"""Seconds between two looks however often it tells: a program can write as fast as it likes."""
BELL = 1 << 16
"""Bytes that are read of what the kernel tells: only that it does matters."""


class Hearing:
    """What all agents' own events say of their turns."""

    def __init__(
        self,
        spool: Spool,
        supervisors: Mapping[WorkspaceId, Supervisor],
        asked: Asked,
        took: Took = lambda *_: None,
        *,
        told: Sequence[Told] = (),
        watch: Watch = lambda _: None,
    ) -> None:
        """`asked` hears each event that asks leave for something, with what gives the turns at any time after it.

        `took` hears of each prompt that a program says it took, whole; each of `told` of every event. `watch` gives
        what can be read when something was written to a folder (Machine).
        """
        self._told = told
        self._watch = watch
        self._rung = asyncio.Event()
        self._bells: dict[Path, int | None] = {}
        """By folder: what can be read when something was written there; None where the kernel does not tell."""
        self._took = took
        self._spool = spool
        self._asked = asked
        self._supervisors = supervisors
        self._turns: dict[AgentId, tuple[int | None, Turns]] = {}
        """By agent: its program's pid, and what that told."""
        self._said = 0
        self._since = 0.0
        """When the last look but one at the spool began: what is heard now was not told before."""
        self.events = 0
        """Events that were heard."""
        self.unread = 0
        """Events that could not be read, or are of no agent that is there."""

    def turns(self, agent: Agent) -> Turns:
        """Give what the agent's program told of its turns since it was started."""
        pid, turns = self._turns.get(agent.id, (agent.pid, Turns()))
        return turns if pid == agent.pid else Turns()

    def figures(self) -> dict[str, Any]:
        """Give what `daemon/status` says of the hooks."""
        return {"heard": self.events, "unread": self.unread, **self._spool.lost}

    async def listen(self) -> None:
        """Hear what comes, for ever."""
        loop = asyncio.get_running_loop()
        looked = 0.0
        try:
            while True:
                self._rung.clear()
                self._hang(loop)
                self._since, looked = looked, time.time()
                for record in self._spool.read():
                    self._hear(record)
                    await asyncio.sleep(0)
                if self._spool.lost or self.unread:
                    self._say_losses()
                await asyncio.sleep(BREATH)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK if None in self._bells.values() else AT_LEAST):
                        await self._rung.wait()
        finally:
            self._spool.close()
            for bell in filter(None, self._bells.values()):
                loop.remove_reader(bell)
                os.close(bell)
            self._bells = {}

    def _hang(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have a bell at each folder that hooks write to: those of sandboxes come and go."""
        for folder in self._spool.folders():
            if folder not in self._bells:
                bell = self._bells[folder] = self._watch(str(folder))
                if bell is not None:
                    loop.add_reader(bell, self._ring, bell)

    def _ring(self, bell: int) -> None:
        """Look at the spool: something is there."""
        os.read(bell, BELL)
        self._rung.set()

    def _hear(self, record: Record) -> None:
        found = self._find(AgentId(record.agent))
        launch = found[0].launches.get(found[1].id) if found else None
        waits = launch is not None and launch.hooks is not None and launch.hooks.prompts_wait
        heard = read_payload(record.event, record.payload, cut=record.cut, waits=waits)
        if found is None or heard is None:
            self.unread += 1
            return
        self.events += 1
        supervisor, agent = found
        heard = replace(heard, since=self._since)
        turns = self.turns(agent).apply(heard)
        self._turns[agent.id] = (agent.pid, turns)
        supervisor.at(agent).census.heard(agent, turns)
        for told in self._told:
            told(supervisor, agent, heard)
        if heard.happening is Happening.PROMPT and heard.prompt is not None:
            self._took(agent.id, heard.prompt)
        if heard.happening is Happening.APPROVAL:
            self._asked(supervisor, agent, heard, lambda: self.turns(agent))

    def _find(self, id_: AgentId) -> tuple[Supervisor, Agent] | None:
        for supervisor in self._supervisors.values():
            with contextlib.suppress(UsageError):  # of a workspace that is being closed
                agent = supervisor.workspace.agent(id_)
                if agent is not None:
                    return supervisor, agent
        return None

    def _say_losses(self) -> None:
        """Put it into the log where records were lost; never what stands in them."""
        lost = sum(self._spool.lost.values()) + self.unread
        if lost != self._said:
            self._said = lost
            log.warning("events of agents that were not read so far: %s", {"unread": self.unread, **self._spool.lost})
