"""Telling an agent something: a prompt that waits for it, where anything tells when it is at rest."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hiveui.errors import HiveError, UsageError
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import WorkspaceId
from hiveui.model.names import quoted

MOST = 20
"""Messages that one agent gets within WITHIN: agents that answer each change with another would never end."""
WITHIN = 600.0
"""Seconds."""


class Queueing(Protocol):
    """The verb that queues a prompt (prompts.Prompts.queue)."""

    async def __call__(self, *, workspace: str, role: str, text: str) -> dict[str, Any]:
        """Have a text typed and submitted when its agent is at rest."""


class Telling:
    """Queues messages for agents that nobody typed. What they quote was written by agents.

    So none is typed into a pane of which nobody knows what it does: a shell would run it, a dialog take it as answer.
    """

    def __init__(
        self,
        supervisors: Mapping[WorkspaceId, Supervisor],
        queue: Queueing,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._supervisors = supervisors
        self._queue = queue
        self._clock = clock
        self._told: dict[tuple[str, str], deque[float]] = defaultdict(lambda: deque(maxlen=MOST))
        """By workspace and role: when it was told something."""

    async def queue(self, *, workspace: str, role: str, text: str) -> dict[str, Any]:
        """Queue a message. Raises HiveError where the role is not told, and says why."""
        supervisor = self._supervisors.get(WorkspaceId(workspace))
        agent = supervisor.workspace.role(role) if supervisor is not None else None
        if supervisor is None or agent is None:
            raise UsageError(f"There is no agent {quoted(role)} here.")
        if agent.person or agent.child_of is not None:
            raise UsageError("It is no agent.")
        if not supervisor.at(agent).census.told(agent):
            raise UsageError("Nothing tells when it is at rest.", f"Tell it yourself: hive send {role!r} TEXT.")
        times, now = self._told[workspace, role], self._clock()
        if len(times) == MOST and now - times[0] < WITHIN:
            raise UsageError(f"It was told {MOST} things of late.", "See what goes in circles.")
        answer = await self._queue(workspace=workspace, role=role, text=text)
        times.append(now)
        return answer

    async def tell(self, workspace: WorkspaceId, role: str, text: str) -> tuple[str, str]:
        """Queue a message; the prompt's id, or '' and why the role is not told."""
        try:
            answer = await self.queue(workspace=workspace, role=role, text=text)
        except HiveError as error:
            said = str(error).removesuffix(".")
            return "", said[:1].lower() + said[1:]
        return str(answer["prompt"]), ""
