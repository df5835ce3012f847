"""Everything that can happen, and its JSON form. State changes by these and by nothing else."""

import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.changes import How
from hiveui.model.claims import AgentChecked
from hiveui.model.codec import from_json, to_json
from hiveui.model.collisions import CollisionEvent
from hiveui.model.contracts import ContractEvent
from hiveui.model.hosts import HostEvent
from hiveui.model.layout import Tab
from hiveui.model.merging import MergeEvent
from hiveui.model.ownership import OwnershipEvent
from hiveui.model.prompts import Prompt, Step
from hiveui.model.review import ReviewEvent
from hiveui.model.sandbox import SandboxEvent
from hiveui.model.signs import Reading
from hiveui.model.usage import Spend


@dataclass(frozen=True, slots=True)
class WorkspaceOpened:
    """A workspace came to life, or was adopted."""

    id: WorkspaceId
    name: str
    path: str
    layout: str
    layout_hash: str
    tabs: tuple[Tab, ...]
    scratch: str = ""
    """A folder that belongs to the workspace and is removed when it is taken down, or ''."""
    budget: float | None = None
    """USD that its agents may use together."""
    collisions: str = ""
    """`tell` where agents that meet are told so unasked."""


@dataclass(frozen=True, slots=True)
class WorkspaceClosed:
    """A workspace was taken down and forgotten; one that can be restored has lost its session."""

    id: WorkspaceId


@dataclass(frozen=True, slots=True)
class TabsArranged:
    """The geometry changed."""

    workspace: WorkspaceId
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, slots=True)
class LayoutSaved:
    """A workspace was saved to a layout's file, and is of that layout from then on."""

    workspace: WorkspaceId
    layout: str
    layout_hash: str


@dataclass(frozen=True, slots=True)
class ViewMoved:
    """A person moved to another tab or pane, or zoomed."""

    workspace: WorkspaceId
    tab: int
    role: str
    zoomed: bool


@dataclass(frozen=True, slots=True)
class LookedBack:
    """A person scrolled a pane to a line of its history, counted from the oldest; None is the present."""

    workspace: WorkspaceId
    role: str
    line: int | None


@dataclass(frozen=True, slots=True)
class PromptDrafted:
    """A person wrote on a prompt, and has not sent it; the empty one is gone."""

    workspace: WorkspaceId
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptQueued:
    """A prompt waits for an agent, or its record was replaced as a whole."""

    workspace: WorkspaceId
    role: str
    prompt: Prompt
    place: int | None = None
    """Where it stands in the queue, from 0; at the end if None. One that is there stays where it is."""


@dataclass(frozen=True, slots=True)
class PromptStepped:
    """A prompt is about to come to another step, or is flagged."""

    workspace: WorkspaceId
    role: str
    id: str
    step: Step
    note: str = ""


@dataclass(frozen=True, slots=True)
class PromptLeft:
    """A prompt waits no more."""

    workspace: WorkspaceId
    role: str
    id: str
    delivered: bool
    """False where the person took it out."""
    proof: str = ""
    """What shows that it arrived."""


@dataclass(frozen=True, slots=True)
class AgentAdded:
    """An agent joined a workspace, or its record was replaced as a whole."""

    workspace: WorkspaceId
    agent: Agent
    place: int | None = None
    """Where it stands among the agents, from 0; at the end if None. One that is there stays where it is."""


@dataclass(frozen=True, slots=True)
class AgentRemoved:
    """An agent left its workspace."""

    workspace: WorkspaceId
    id: AgentId


@dataclass(frozen=True, slots=True)
class AgentStarted:
    """An agent's program runs in a pane."""

    workspace: WorkspaceId
    id: AgentId
    pane: PaneId
    pid: int
    reading: Reading
    conversation: str | None = None
    """The one it begins or goes on with, '' where its program does not tell; None: that of before."""


@dataclass(frozen=True, slots=True)
class AgentRead:
    """An agent's state was read anew."""

    workspace: WorkspaceId
    id: AgentId
    reading: Reading


@dataclass(frozen=True, slots=True)
class AgentExited:
    """An agent's program ended, or its pane is gone (`status` None)."""

    workspace: WorkspaceId
    id: AgentId
    status: int | None
    reading: Reading
    note: str = ""


@dataclass(frozen=True, slots=True)
class AgentLearned:
    """A fact about an agent became known."""

    workspace: WorkspaceId
    id: AgentId
    branch: str | None = None
    conversation: str | None = None


@dataclass(frozen=True, slots=True)
class AgentHushed:
    """The person wants to hear of an agent later, or never; neither is: from now on."""

    workspace: WorkspaceId
    id: AgentId
    snoozed: str = ""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class AgentSpent:
    """What an agent used so far became known; not said of every request."""

    workspace: WorkspaceId
    id: AgentId
    spend: Spend
    added: float = 0.0
    """USD of it that were not known before."""


@dataclass(frozen=True, slots=True)
class FileWritten:
    """An agent wrote a file; said once in a turn."""

    workspace: WorkspaceId
    id: AgentId
    path: str
    """In the agent's folder, or absolute; hostile until shown through the sanitiser."""
    how: How = How.TOOL
    """How that is known."""


@dataclass(frozen=True, slots=True)
class BudgetRaised:
    """The person lets an agent, or with no role a whole workspace, use more than its layout says."""

    workspace: WorkspaceId
    role: str
    usd: float
    """What it may use, all together."""


@dataclass(frozen=True, slots=True)
class PersonReturned:
    """The person did something, after minutes in which they did nothing."""

    away: str
    """Since when, RFC 3339, UTC."""


@dataclass(frozen=True, slots=True)
class SessionLost:
    """The tmux session that held a workspace's agents is gone."""

    workspace: WorkspaceId
    note: str
    saved: str = ""
    """When what is known of it was kept last, RFC 3339, UTC."""
    generation: int = 0
    """Number of the event that was the last one kept of it; 0 where that is not known."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """One line for the person."""

    text: str
    level: str = "info"
    """`info`, `warning` or `error`."""


WorkEvent = CollisionEvent | ContractEvent | MergeEvent | OwnershipEvent | ReviewEvent | SandboxEvent
"""What agents, and the person, do about what agents change."""

Event = (
    WorkspaceOpened
    | WorkspaceClosed
    | TabsArranged
    | LayoutSaved
    | ViewMoved
    | LookedBack
    | PromptDrafted
    | PromptQueued
    | PromptStepped
    | PromptLeft
    | AgentAdded
    | AgentRemoved
    | AgentStarted
    | AgentRead
    | AgentExited
    | AgentLearned
    | AgentHushed
    | AgentSpent
    | AgentChecked
    | FileWritten
    | BudgetRaised
    | PersonReturned
    | SessionLost
    | Noticed
    | HostEvent
    | WorkEvent
)

EVENTS: Mapping[str, type[Any]] = {event.__name__: event for event in typing.get_args(Event)}


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its place in the log."""

    seq: int
    time: str
    """RFC 3339, UTC; order is by `seq`, never by time."""
    event: Event
    trace_id: str = ""
    """W3C trace context, 32 hex digits, or ''."""
    span_id: str = ""


def event_to_json(event: Event) -> dict[str, Any]:
    """Encode one event: its type's name under `type`, its fields beside it."""
    return {"type": type(event).__name__, **to_json(event)}


def event_from_json(data: Mapping[str, Any]) -> Event:
    """Invert `event_to_json`. Raises ValueError for an unknown type or field."""
    body = dict(data)
    kind = EVENTS.get(str(body.pop("type", "")))
    if kind is None:
        raise ValueError(f"unknown event type {data.get('type')!r}")
    return typing.cast("Event", from_json(kind, body))
