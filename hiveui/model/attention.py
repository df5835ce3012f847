"""Who needs the person: every such agent, ranked by what waits on it, how risky waiting is, and for how long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hiveui.model.agent import Agent
from hiveui.model.signs import NEEDS_PERSON, AgentState
from hiveui.model.state import State, Workspace

URGENCY: Mapping[AgentState, int] = {
    AgentState.APPROVAL: 0,
    AgentState.QUESTION: 0,
    AgentState.STUCK: 1,
    AgentState.ERROR: 2,
}
"""What asks comes before what runs on for nothing, and that before what stands still."""


@dataclass(frozen=True, slots=True)
class Need:
    """One agent that needs the person."""

    workspace: Workspace
    agent: Agent


def needs(state: State, now: str) -> list[Need]:
    """List who needs the person at a time (RFC 3339, UTC), in all workspaces, the most urgent first."""
    every = (Need(workspace, agent) for workspace in state.workspaces.values() for agent in workspace.agents)
    return sorted((need for need in every if needs_person(need.agent, now)), key=lambda need: _rank(need.agent))


def needing(agents: Iterable[Agent], now: str) -> list[Agent]:
    """List those of some agents that need the person, the most urgent first."""
    return sorted((agent for agent in agents if needs_person(agent, now)), key=_rank)


def needs_person(agent: Agent, now: str) -> bool:
    """Tell whether an agent asks for the person, and is to."""
    return agent.reading.state in NEEDS_PERSON and not agent.muted and not agent.snoozed > now


def unread(agents: Iterable[Agent]) -> list[Agent]:
    """List those whose turn ended while nobody looked, the oldest first."""
    done = (agent for agent in agents if agent.reading.state is AgentState.DONE and not agent.muted)
    return sorted(done, key=lambda agent: agent.reading.since)


def snoozed(agents: Iterable[Agent], now: str) -> list[Agent]:
    """List those that would need the person, and are not to for now."""
    return [agent for agent in agents if agent.reading.state in NEEDS_PERSON and not needs_person(agent, now)]


def _rank(agent: Agent) -> tuple[int, str]:
    return URGENCY[agent.reading.state], agent.reading.since
