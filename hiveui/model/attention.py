"""Who needs the person: every such agent, ranked by what waits on it, how risky waiting is, and for how long."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hiveui.model.agent import Agent, AgentId
from hiveui.model.budget import held, over_budget
from hiveui.model.collisions import Collision
from hiveui.model.ownership import Trespass
from hiveui.model.signs import NEEDS_PERSON, AgentState, Dialog
from hiveui.model.state import State, Workspace

URGENCY: Mapping[AgentState, int] = {
    AgentState.APPROVAL: 0,
    AgentState.QUESTION: 0,
    AgentState.STUCK: 1,
    AgentState.ERROR: 2,
    AgentState.FAILED: 3,
}
"""What asks comes before what runs on for nothing, and that before what stands still."""


@dataclass(frozen=True, slots=True)
class Need:
    """One agent that needs the person."""

    workspace: Workspace
    agent: Agent
    held: str = ""
    """Why prompts that wait for it are held until the person lets it go on; '' where they are not."""
    meets: Collision | None = None
    """Where it undoes another's work, if it is here for that."""
    outside: tuple[Trespass, ...] = ()
    """What it wrote outside of what its role owns and the person has not seen, if it is here for that."""

    @property
    def id(self) -> str:
        """Tell it from what else the same agent has for the person."""
        return f"{self.agent.id} {self.meets.id if self.meets else ''} {'outside' if self.outside else ''}"

    @property
    def asks(self) -> bool:
        """Tell whether it is here for what the agent itself says."""
        return self.meets is None and not self.outside

    @property
    def dialog(self) -> Dialog | None:
        """What it asks, if it is here for that."""
        return self.agent.reading.dialog if self.asks else None


def needs(state: State, now: str) -> list[Need]:
    """List who needs the person at a time (RFC 3339, UTC), in all workspaces, the most urgent first."""
    every = (Need(workspace, agent) for workspace in state.workspaces.values() for agent in workspace.agents)
    return sorted((need for need in every if needs_person(need.agent, now)), key=_rank)


def collided(state: State, now: str) -> list[Need]:
    """List where agents undo one another's work, the worst of each workspace first, each with who wrote there last.

    That is the last that is still there and not put off.
    """
    return [
        Need(workspace, agent, meets=one)
        for workspace in state.workspaces.values()
        for one in workspace.radar.standing
        if one.calls and (agent := writer(workspace, one, now)) is not None
    ]


def outside(state: State, now: str) -> list[Need]:
    """List who wrote outside of what their role owns and is not put off, as far as the person has not seen it."""
    return [
        Need(workspace, agent, outside=tuple(unseen))
        for workspace in state.workspaces.values()
        for agent in workspace.agents
        if not put_off(agent, now) and (unseen := workspace.ownership.unseen(agent.role))
    ]


def tour(state: State, now: str) -> list[Need]:
    """List where the person is to go: who needs them, then where agents collide, then who wrote outside; each once."""
    found: dict[AgentId, Need] = {}
    for need in (*needs(state, now), *collided(state, now), *outside(state, now)):
        found.setdefault(need.agent.id, need)
    return list(found.values())


def writer(workspace: Workspace, collision: Collision, now: str) -> Agent | None:
    """Give who of a collision the person is called for: of those who are there and not put off, the last who wrote."""
    there = (workspace.agent(side.agent) for side in collision.ranked if side.agent is not None)
    return next((agent for agent in there if agent is not None and not put_off(agent, now)), None)


def put_off(agent: Agent, now: str) -> bool:
    """Tell whether the person wants to hear nothing of an agent, for ever or at a time."""
    return agent.muted or agent.snoozed > now


def walk(ranked: Sequence[Need], here: AgentId | None, by: int) -> Need | None:
    """Give who comes after, or before, the agent where the person is, around the end; the most urgent from elsewhere.

    None where nobody else needs them.
    """
    ids = [need.agent.id for need in ranked]
    if here not in ids:
        return ranked[0] if ranked else None
    there = ranked[(ids.index(here) + by) % len(ids)]
    return there if there.agent.id != here else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The attention queue: everything that an agent has for the person, and what they put off."""

    needs: Sequence[Need]
    """Who needs them, the most urgent first."""
    held: Sequence[Need]
    """Whose prompts wait because a budget is used up."""
    unread: Sequence[Need]
    """Whose turn ended while they did not look, the oldest first."""
    snoozed: Sequence[Need]
    """Who would need them, and is not to for now."""
    muted: Sequence[Need]
    """Who is never to."""
    met: Sequence[Need] = ()
    """Where agents undo one another's work, the worst of each workspace first."""
    outside: Sequence[Need] = ()
    """Who wrote outside of what their role owns."""


def overview(state: State, now: str) -> Overview:
    """Give the attention queue at a time (RFC 3339, UTC)."""
    every = [(workspace, workspace.agents) for workspace in state.workspaces.values()]
    holds = [
        Need(workspace, agent, over_budget(workspace, agent))
        for workspace, _ in every
        for agent in held(workspace)
        if agent.reading.state not in NEEDS_PERSON and not agent.muted
    ]
    ids = {need.agent.id for need in holds}
    unread_ones = [Need(w, agent) for w, agents in every for agent in unread(agents) if agent.id not in ids]
    return Overview(
        needs(state, now),
        holds,
        sorted(unread_ones, key=lambda need: need.agent.reading.since),
        [Need(workspace, a) for workspace, agents in every for a in snoozed(agents, now) if not a.muted],
        [Need(workspace, agent) for workspace, agents in every for agent in agents if agent.muted],
        collided(state, now),
        outside(state, now),
    )


def stamp(moment: datetime) -> str:
    """Write a time as events carry it: RFC 3339, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def needing(agents: Iterable[Agent], now: str) -> list[Agent]:
    """List those of some agents that need the person."""
    return [agent for agent in agents if needs_person(agent, now)]


def needs_person(agent: Agent, now: str) -> bool:
    """Tell whether an agent asks for the person, and is to."""
    return agent.reading.state in NEEDS_PERSON and not put_off(agent, now)


def unread(agents: Iterable[Agent]) -> list[Agent]:
    """List those whose turn ended while nobody looked, the oldest first."""
    done = (agent for agent in agents if agent.reading.state is AgentState.DONE and not agent.muted)
    return sorted(done, key=lambda agent: agent.reading.since)


def snoozed(agents: Iterable[Agent], now: str) -> list[Agent]:
    """List those that would need the person, and are not to for now."""
    return [agent for agent in agents if agent.reading.state in NEEDS_PERSON and not needs_person(agent, now)]


def _rank(need: Need) -> tuple[int, int, str]:
    """Give what stands before what: by the state, by how many prompts wait behind it, by how long it has stood."""
    reading = need.agent.reading
    return URGENCY[reading.state], -len(need.workspace.queues.get(need.agent.role, ())), reading.since
