"""The state that every client mirrors, and the only function that changes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hiveui.model import collisions, contracts, hosts, merging, ownership, review, sandbox
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.claims import AgentChecked
from hiveui.model.collisions import CollisionEvent, Radar
from hiveui.model.contracts import Contracts
from hiveui.model.events import (
    AgentAdded,
    AgentExited,
    AgentHushed,
    AgentLearned,
    AgentRead,
    AgentRemoved,
    AgentSpent,
    AgentStarted,
    BudgetRaised,
    Event,
    FileWritten,
    LayoutSaved,
    LookedBack,
    Noticed,
    PersonReturned,
    PromptDrafted,
    PromptLeft,
    PromptQueued,
    PromptStepped,
    SessionLost,
    TabsArranged,
    ViewMoved,
    WorkEvent,
    WorkspaceClosed,
    WorkspaceOpened,
)
from hiveui.model.hosts import HostEvent, Hosts
from hiveui.model.layout import Tab
from hiveui.model.merging import MergeEvent, Trains
from hiveui.model.ownership import Ownership, OwnershipEvent
from hiveui.model.prompts import Queue, placed, stepped, without
from hiveui.model.review import Review, ReviewEvent
from hiveui.model.sandbox import Boxes, SandboxEvent
from hiveui.model.signs import AgentState, Reading

V = TypeVar("V")

CONVERSATIONS = 20
"""Conversations that are remembered of one agent."""


@dataclass(frozen=True, slots=True)
class View:
    """Where the person last was in a workspace."""

    tab: int = 0
    role: str = ""
    zoomed: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """A named project folder with its agents and their places."""

    id: WorkspaceId
    name: str
    path: str
    layout: str
    layout_hash: str = ""
    tabs: tuple[Tab, ...] = ()
    agents: tuple[Agent, ...] = ()
    """In the order of their numbers: the first is agent 1."""
    view: View = field(default_factory=View)
    scratch: str = ""
    budget: float | None = None
    """USD that its agents may use together; None for no bound."""
    raised: Mapping[str, float] = field(default_factory=dict)
    """Budgets that the person raised, in USD: by role, its own by ''."""
    note: str = ""
    """Why its agents are gone all together, or ''."""
    saved: str = ""
    """While they are gone: when what stands here was kept last, RFC 3339, UTC."""
    generation: int = 0
    """While they are gone: number of the event that was kept last; 0 where that is not known."""
    drafts: Mapping[str, str] = field(default_factory=dict)
    """Prompts that were not sent yet, by role."""
    queues: Mapping[str, Queue] = field(default_factory=dict)
    """Prompts that wait to be delivered, by role, the next one first."""
    backs: Mapping[str, int] = field(default_factory=dict)
    """Lines of history that panes are scrolled to, counted from the oldest, by role."""
    review: Review = field(default_factory=Review)
    """What the person said of its agents' changes."""
    trains: Trains = ()
    """Merges of agents' branches, the newest last."""
    radar: Radar = field(default_factory=Radar)
    """Where its agents meet, and what they hold."""
    collisions: str = ""
    """`tell` where agents that meet are told so unasked."""

    ownership: Ownership = field(default_factory=Ownership)
    """Writes outside of what roles own, and what holds agents to it."""
    boxes: Boxes = field(default_factory=dict)
    """Sandboxes that its agents were started in."""
    contracts: Contracts = field(default_factory=Contracts)
    """Files that its agents agree on, and their changes."""

    def agent(self, id_: AgentId) -> Agent | None:
        """Find an agent by id."""
        return next((agent for agent in self.agents if agent.id == id_), None)

    def role(self, role: str) -> Agent | None:
        """Find an agent by its role's name."""
        return next((agent for agent in self.agents if agent.role == role), None)


@dataclass(frozen=True, slots=True)
class State:
    """Everything at human speed. Pane rows never stand here."""

    workspaces: Mapping[WorkspaceId, Workspace] = field(default_factory=dict)
    hosts: Hosts = field(default_factory=dict)


def apply(state: State, event: Event) -> State:  # noqa: C901  one case for each event
    """Give the state after `event`. Pure; the same in the daemon and in every client."""
    if isinstance(event, WorkEvent):
        return _workspace(state, event.workspace, lambda w: _worked(w, event))
    if isinstance(event, HostEvent):
        return replace(state, hosts=hosts.fold(state.hosts, event))
    match event:
        case WorkspaceOpened():
            return replace(state, workspaces={**state.workspaces, event.id: _opened(state, event)})
        case WorkspaceClosed():
            return replace(state, workspaces={k: v for k, v in state.workspaces.items() if k != event.id})
        case TabsArranged():
            return _workspace(state, event.workspace, lambda w: replace(w, tabs=event.tabs or _kept(w)))
        case LayoutSaved():
            saved = lambda w: replace(w, layout=event.layout, layout_hash=event.layout_hash)  # noqa: E731
            return _workspace(state, event.workspace, saved)
        case ViewMoved():
            view = View(event.tab, event.role, event.zoomed)
            return _workspace(state, event.workspace, lambda w: replace(w, view=view))
        case LookedBack() | PromptDrafted():
            return _workspace(state, event.workspace, lambda w: _unfinished(w, event))
        case PromptQueued() | PromptStepped() | PromptLeft():
            return _workspace(state, event.workspace, lambda w: _queueing(w, event))
        case AgentAdded():
            return _workspace(state, event.workspace, lambda w: _with_agent(w, event.agent, event.place))
        case AgentRemoved():
            return _workspace(state, event.workspace, lambda w: _without_agent(w, event.id))
        case AgentStarted():
            return _workspace(state, event.workspace, lambda w: _with_started(w, event))
        case AgentRead():
            return _agent(state, event.workspace, event.id, lambda a: _reading(a, event.reading))
        case AgentHushed():
            hushed = lambda a: replace(a, snoozed=event.snoozed, muted=event.muted)  # noqa: E731
            return _agent(state, event.workspace, event.id, hushed)
        case AgentSpent():
            return _agent(state, event.workspace, event.id, lambda a: replace(a, spend=event.spend))
        case AgentChecked():
            return _agent(state, event.workspace, event.id, lambda a: replace(a, proof=event.proof))
        case BudgetRaised():
            return _workspace(state, event.workspace, lambda w: replace(w, raised={**w.raised, event.role: event.usd}))
        case AgentExited():
            return _agent(state, event.workspace, event.id, lambda a: _ended(a, event))
        case AgentLearned():
            return _agent(state, event.workspace, event.id, lambda a: _learned(a, event))
        case SessionLost():
            lost = lambda w: replace(w, note=event.note, saved=event.saved, generation=event.generation)  # noqa: E731
            return _workspace(state, event.workspace, lost)
        case FileWritten() | Noticed() | PersonReturned():
            return state


def _opened(state: State, event: WorkspaceOpened) -> Workspace:
    opened = Workspace(
        event.id,
        event.name,
        event.path,
        event.layout,
        event.layout_hash,
        event.tabs,
        scratch=event.scratch,
        budget=event.budget,
        collisions=event.collisions,
    )
    old = state.workspaces.get(event.id)
    if old is None:
        return opened
    kept = replace(opened, agents=old.agents, view=old.view, drafts=old.drafts, backs=old.backs, queues=old.queues)
    kept = replace(kept, raised=old.raised, radar=old.radar, review=old.review, trains=old.trains)
    return replace(kept, ownership=old.ownership, contracts=old.contracts, boxes=old.boxes)


def _kept(workspace: Workspace) -> tuple[Tab, ...]:
    """Give the tabs that stand where an event tells of none: no tabs are no arrangement of agents."""
    return workspace.tabs if workspace.agents else ()


def _workspace(state: State, id_: WorkspaceId, change: Callable[[Workspace], Workspace]) -> State:
    found = state.workspaces.get(id_)
    if found is None:
        return state
    return replace(state, workspaces={**state.workspaces, id_: change(found)})


def _queueing(workspace: Workspace, event: PromptQueued | PromptStepped | PromptLeft) -> Workspace:
    queue = workspace.queues.get(event.role, ())
    match event:
        case PromptQueued():
            queue = placed(queue, event.prompt, event.place)
        case PromptStepped():
            queue = stepped(queue, event.id, event.step, event.note)
        case PromptLeft():
            queue = without(queue, event.id)
    return replace(workspace, queues=_with(workspace.queues, event.role, queue or None))


def _unfinished(workspace: Workspace, event: LookedBack | PromptDrafted) -> Workspace:
    match event:
        case LookedBack():
            return replace(workspace, backs=_with(workspace.backs, event.role, event.line))
        case PromptDrafted():
            return replace(workspace, drafts=_with(workspace.drafts, event.role, event.text or None))


def _worked(workspace: Workspace, event: WorkEvent) -> Workspace:
    """Give the workspace after something that its agents, or the person, did about what they change."""
    if isinstance(event, CollisionEvent):
        return replace(workspace, radar=collisions.fold(workspace.radar, event))
    if isinstance(event, ReviewEvent):
        return replace(workspace, review=review.fold(workspace.review, event))
    if isinstance(event, MergeEvent):
        return replace(workspace, trains=merging.fold(workspace.trains, event))
    if isinstance(event, OwnershipEvent):
        return replace(workspace, ownership=ownership.fold(workspace.ownership, event))
    if isinstance(event, SandboxEvent):
        return replace(workspace, boxes=sandbox.fold(workspace.boxes, event))
    return replace(workspace, contracts=contracts.fold(workspace.contracts, event))


def _with_agent(workspace: Workspace, agent: Agent, place: int | None) -> Workspace:
    if workspace.agent(agent.id) is None:
        place = len(workspace.agents) if place is None else place
        return replace(workspace, agents=(*workspace.agents[:place], agent, *workspace.agents[place:]))
    return replace(workspace, agents=tuple(agent if a.id == agent.id else a for a in workspace.agents))


def _with_started(workspace: Workspace, event: AgentStarted) -> Workspace:
    """Give the workspace with an agent in a fresh pane, which has no history."""
    agent = workspace.agent(event.id)
    if agent is None:
        return replace(workspace, note="")
    started = replace(
        _conversing(agent, event.conversation),
        pane=event.pane,
        pid=event.pid,
        reading=event.reading,
        exit_status=None,
        note="",
    )
    backs = _with(workspace.backs, agent.role, None) if event.pane != agent.pane else workspace.backs
    return _with_agent(replace(workspace, note="", backs=backs), started, None)


def _without_agent(workspace: Workspace, id_: AgentId) -> Workspace:
    return replace(workspace, agents=tuple(agent for agent in workspace.agents if agent.id != id_))


def _with(kept: Mapping[str, V], role: str, value: V | None) -> Mapping[str, V]:
    """Give what is kept by role with one more value; None takes the role's out."""
    others = {name: old for name, old in kept.items() if name != role}
    return others if value is None else {**others, role: value}


def _conversing(agent: Agent, conversation: str | None) -> Agent:
    """Give an agent its conversation, '' for one without an id, None for that of before; those it had are kept."""
    if conversation is None:
        return agent
    had = tuple(c for c in agent.conversations if c != conversation)
    known = ((conversation, *had) if conversation else had)[:CONVERSATIONS]
    return replace(agent, conversation=conversation or None, conversations=known)


def _reading(agent: Agent, reading: Reading) -> Agent:
    """Give an agent that was read anew; what it asks next is no more snoozed."""
    before, after = (said.dialog.fingerprint if said.dialog else "" for said in (agent.reading, reading))
    goes_on = (agent.reading.state, before) == (reading.state, after)
    return replace(agent, reading=reading, snoozed=agent.snoozed if goes_on else "")


def _ended(agent: Agent, event: AgentExited) -> Agent:
    return replace(agent, pid=None, reading=event.reading, exit_status=event.status, note=event.note)


def _learned(agent: Agent, event: AgentLearned) -> Agent:
    branch = agent.branch if event.branch is None else event.branch
    return replace(_conversing(agent, event.conversation), branch=branch)


def _agent(state: State, workspace: WorkspaceId, id_: AgentId, change: Callable[[Agent], Agent]) -> State:
    def changed(w: Workspace) -> Workspace:
        return replace(w, agents=tuple(change(a) if a.id == id_ else a for a in w.agents))

    return _workspace(state, workspace, changed)


def tally(workspace: Workspace) -> Mapping[AgentState, int]:
    """Count agents by state."""
    counts: dict[AgentState, int] = {}
    for agent in workspace.agents:
        counts[agent.reading.state] = counts.get(agent.reading.state, 0) + 1
    return counts
