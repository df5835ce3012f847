"""Which files agents' own tools write, noted in the event log."""

from hiveui.hive.bus import Bus
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, AgentId
from hiveui.model.events import FileWritten
from hiveui.model.turns import Happening, Hooked

MOST = 500
"""Files of one turn that are noted."""
LONGEST = 1000
"""Characters of a path that are kept."""


class Writing:
    """Hears of tools that wrote a file; each file is noted once in a turn."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._noted: dict[AgentId, set[str]] = {}
        """By agent: what its running turn wrote so far."""

    def heard(self, supervisor: Supervisor, agent: Agent, event: Hooked) -> None:
        """Take what an agent's hook told."""
        if event.happening is Happening.PROMPT:
            self._noted.pop(agent.id, None)
        if not event.written:
            return
        path = event.written.removeprefix(agent.dir.rstrip("/") + "/")[:LONGEST]
        noted = self._noted.setdefault(agent.id, set())
        if path not in noted and len(noted) < MOST:
            noted.add(path)
            self._bus.publish(FileWritten(supervisor.workspace.id, agent.id, path))
