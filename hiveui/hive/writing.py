"""Which files agents wrote, noted in the event log."""

import os
from collections.abc import Sequence
from functools import lru_cache

from hiveui.hive.bus import Bus
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.changes import How, Write
from hiveui.model.events import AgentRead, AgentRemoved, AgentStarted, Event, FileWritten
from hiveui.model.turns import Happening, Hooked
from hiveui.model.weighing import STILL

MOST = 500
"""Files of one turn that are noted."""
LONGEST = 1000
"""Characters of a path that are kept."""


class Writing:
    """Hears of tools that wrote a file, and of changes of which it is known whose they are.

    Each file is noted once in a turn.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._noted: dict[AgentId, set[str]] = {}
        """By agent: what its running turn wrote so far."""
        self._resting: set[AgentId] = set()
        """Whose turn has ended: what they write from then on, once they work again, is another's."""
        bus.listen(self._happened)

    def heard(self, supervisor: Supervisor, agent: Agent, event: Hooked) -> None:
        """Take what an agent's hook told."""
        if event.happening is Happening.PROMPT:
            self._noted.pop(agent.id, None)
        for path in event.written:
            self._note(supervisor.workspace.id, agent, path, How.TOOL)

    def _happened(self, event: Event) -> None:
        """Follow the turns of programs that do not tell of them."""
        match event:
            case AgentStarted() | AgentRemoved():
                self._noted.pop(event.id, None)
                self._resting.discard(event.id)
            case AgentRead() if event.reading.state in STILL:
                self._resting.add(event.id)
            case AgentRead() if event.id in self._resting:
                self._noted.pop(event.id, None)
                self._resting.discard(event.id)
            case _:
                pass

    def wrote(self, workspace: WorkspaceId, writes: Sequence[Write]) -> None:
        """Take changes of which it was said whose they are."""
        known = self._bus.state.workspaces.get(workspace)
        for write in writes:
            agent = known.agent(write.by) if known is not None and write.by is not None else None
            if agent is not None:
                self._note(workspace, agent, f"{write.top}/{write.path}", write.how)

    def _note(self, workspace: WorkspaceId, agent: Agent, path: str, how: How) -> None:
        folders = (agent.dir.rstrip("/") + "/", _real(agent.dir) + "/")
        inside = next((path.removeprefix(folder) for folder in folders if path.startswith(folder)), path)[:LONGEST]
        noted = self._noted.setdefault(agent.id, set())
        if inside not in noted and len(noted) < MOST:
            noted.add(inside)
            self._bus.publish(FileWritten(workspace, agent.id, inside, how))


@lru_cache(256)
def _real(folder: str) -> str:
    """Follow the links of an agent's folder, once: writes are many."""
    return os.path.realpath(folder)
