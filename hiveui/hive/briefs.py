"""Briefs of agents whose program takes none at its start: they are the first prompt of each new conversation."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from hiveui.errors import HiveError
from hiveui.hive.bus import Bus
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import AgentStarted, Event, Noticed


class Prompts(Protocol):
    """Tells agents something, once they are at rest."""

    async def queue(self, *, workspace: str, role: str, text: str, place: int | None = None) -> Any:
        """Have a text typed and submitted."""


class Briefs:
    """What every agent was given to read, and by which way."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        prompts: Prompts,
        spawn: Callable[[Awaitable[None]], None],
    ) -> None:
        self._bus = bus
        self._supervisors = supervisors
        self._prompts = prompts
        self._spawn = spawn
        bus.listen(self._happened)

    def given(self, supervisor: Supervisor, agent: Agent) -> dict[str, str]:
        """Give the text that an agent's program was given, and the way in which it was."""
        launch = supervisor.launches.get(agent.id)
        if launch is None:
            return {"text": "", "way": "how it was started is not known any more"}
        return {"text": launch.brief, "way": launch.briefed}

    def _happened(self, event: Event) -> None:
        if isinstance(event, AgentStarted):
            supervisor = self._supervisors.get(event.workspace)
            launch = supervisor.launches.get(event.id) if supervisor is not None else None
            if supervisor is not None and launch is not None and launch.first_prompt:
                self._spawn(self._say(supervisor, event.id, launch.brief))

    async def _say(self, supervisor: Supervisor, id_: AgentId, text: str) -> None:
        """Queue a brief before all that waits; there it stays for as long as nothing tells that it can be typed."""
        agent = supervisor.workspace.agent(id_)
        if agent is None or id_ in supervisor.at(agent).census.resumed:
            return
        try:
            await self._prompts.queue(workspace=supervisor.id, role=agent.role, text=text, place=0)
        except HiveError as error:
            self._bus.publish(Noticed(f"{agent.role} was not given its brief: {error}", "warning"))
