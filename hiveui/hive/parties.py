"""Who counts as one: an agent with all that it starts, and those that share a worktree; whose turn runs."""

from collections.abc import Callable, Mapping

from hiveui.agents.launch import Launch
from hiveui.hive.bus import Bus
from hiveui.hive.tops import tree_of
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import AgentExited, AgentRead, AgentRemoved, Event
from hiveui.model.signs import AgentState
from hiveui.model.state import Workspace
from hiveui.model.weighing import ASKING, BUSY

_TURN = (BUSY | ASKING) - {AgentState.STARTING}
Launches = Callable[[WorkspaceId], Mapping[AgentId, Launch]]


class Parties:
    """Follows the state; `turns` gives since when the turn of each party runs."""

    def __init__(self, bus: Bus, launches: Launches) -> None:
        """`launches` gives how a workspace's agents are started, as far as that is known."""
        self._bus = bus
        self._launches = launches
        self.turns: dict[str, str] = {}
        bus.listen(self._hear)

    def of(self, workspace: WorkspaceId, agent: AgentId, top: str) -> str:
        """Give the party of an agent that does something in a checkout."""
        tree = tree_of(self._launches(workspace), agent)
        if tree is not None and tree.path == top:
            return f"tree {top}"
        return root(self._bus.state.workspaces.get(workspace), agent)

    def _hear(self, event: Event) -> None:
        match event:
            case AgentRead() if event.reading.state in _TURN:
                for party in self._parties(event.workspace, event.id):
                    self.turns.setdefault(party, event.reading.since)
            case AgentRead() | AgentExited() | AgentRemoved():
                for party in self._parties(event.workspace, event.id):
                    if party in self.turns and not self._works(event.workspace, party):
                        del self.turns[party]
            case _:
                pass

    def _works(self, workspace: WorkspaceId, party: str) -> bool:
        """Tell whether the turn of anybody in a party runs."""
        known = self._bus.state.workspaces.get(workspace)
        busy = [agent for agent in known.agents if agent.reading.state in _TURN] if known is not None else []
        return any(party in self._parties(workspace, agent.id) for agent in busy)

    def _parties(self, workspace: WorkspaceId, agent: AgentId) -> tuple[str, ...]:
        """Give the names under which an agent is a party: by itself, and by its worktree."""
        tree = tree_of(self._launches(workspace), agent)
        own = root(self._bus.state.workspaces.get(workspace), agent)
        return (own, f"tree {tree.path}") if tree is not None else (own,)


def root(workspace: Workspace | None, agent: AgentId) -> AgentId:
    """Give the agent from which another comes, or itself."""
    seen: list[Agent] = []
    found = workspace.agent(agent) if workspace is not None else None
    while workspace is not None and found is not None and found.child_of is not None and found not in seen:
        seen.append(found)
        agent, found = found.child_of, workspace.agent(found.child_of)
    return agent
