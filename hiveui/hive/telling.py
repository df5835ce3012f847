"""Telling an agent something: a prompt that waits for it, where anything tells when it is at rest."""

from collections.abc import Mapping
from typing import Any, Protocol

from hiveui.errors import HiveError
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import WorkspaceId


class Queueing(Protocol):
    """The verb that queues a prompt (prompts.Prompts.queue)."""

    async def __call__(self, *, workspace: str, role: str, text: str) -> dict[str, Any]:
        """Have a text typed and submitted when its agent is at rest."""


class Telling:
    """Queues messages for agents. Into a pane of which nobody knows what it does, a shell say, none is typed."""

    def __init__(self, supervisors: Mapping[WorkspaceId, Supervisor], queue: Queueing) -> None:
        self._supervisors = supervisors
        self._queue = queue

    async def tell(self, workspace: WorkspaceId, role: str, text: str) -> tuple[str, str]:
        """Queue a message; the prompt's id, or '' and why the role is not told."""
        supervisor = self._supervisors.get(workspace)
        agent = supervisor.workspace.role(role) if supervisor is not None else None
        if supervisor is None or agent is None:
            return "", "it is not here"
        if agent.person or agent.child_of is not None:
            return "", "it is no agent"
        if not supervisor.census.told(agent):
            return "", "nothing tells when it is at rest"
        try:
            answer = await self._queue(workspace=workspace, role=role, text=text)
        except HiveError as error:
            return "", str(error)
        return str(answer["prompt"]), ""
