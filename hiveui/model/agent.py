"""One agent: a role in a workspace, of a kind, in a pane."""

from dataclasses import dataclass, field
from typing import NewType

from hiveui.model.checks import Outcome
from hiveui.model.hosts import LOCAL
from hiveui.model.layout import AgentSpec
from hiveui.model.signs import Reading
from hiveui.model.usage import Spend

AgentId = NewType("AgentId", str)
"""Generated, `[a-z0-9-]{1,32}`: the window's name in tmux and `HIVE_AGENT_ID` in the agent's environment."""
WorkspaceId = NewType("WorkspaceId", str)
"""Generated, `[a-z0-9-]{1,32}`: the session's name in tmux."""
PaneId = NewType("PaneId", str)
"""Tmux's own, `%3`; of another host `HOST%3`."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Facts about one agent that every client shares. Secret values never stand here."""

    id: AgentId
    role: str
    """The person's name for it; unique in the workspace, hostile until shown through the sanitiser."""
    kind: str
    dir: str
    """Absolute folder in which the program is started; on another host `HOST:FOLDER`, which is none here."""
    argv: tuple[str, ...] = ()
    host: str = LOCAL
    pane: PaneId | None = None
    pid: int | None = None
    reading: Reading = field(default_factory=Reading)
    exit_status: int | None = None
    """Exit status, or minus the signal's number."""
    branch: str | None = None
    """What its folder is on; '' for a commit that is no branch's, None where that was never known."""
    conversation: str | None = None
    """The id by which its program goes on with what was said; None where none is known."""
    conversations: tuple[str, ...] = ()
    """Every conversation that it is known to have had, the newest first."""
    spec: AgentSpec | None = None
    """How the layout declared it. Of its environment only the names stand here."""
    child_of: AgentId | None = None
    """Set for a window or pane that an agent made for itself."""
    added: bool = False
    """The person added it beside what the layout declares."""
    person: bool = False
    """It counts as the person, who may do more than an agent: a shell."""
    newline: str = "ctrl+j"
    """The chord that means "new line, do not send" to this kind."""
    snoozed: str = ""
    """Until when it does not ask for the person in this state of its, RFC 3339, UTC; '' for now."""
    muted: bool = False
    """It never asks for the person."""
    spend: Spend = field(default_factory=Spend)
    """What it used, of all its conversations."""
    proof: Outcome = field(default_factory=Outcome)
    """What its check came to last."""
    model: str = ""
    note: str = ""
    """A sentence for the person: why it could not start, that it was an orphan, …"""

    @property
    def here(self) -> bool:
        """It runs on this host: its process and its folder are of this one."""
        return self.host == LOCAL
