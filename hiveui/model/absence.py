"""What changed while the person was away: told from the event log alone, in one sentence for each agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hiveui.model.agent import WorkspaceId
from hiveui.model.events import AgentExited, AgentRead, AgentSpent, AgentStarted, FileWritten, Record
from hiveui.model.signs import AgentState, Dialog, Reading
from hiveui.model.state import State
from hiveui.model.text import counted
from hiveui.model.usage import dollars

ASKING = frozenset({AgentState.APPROVAL, AgentState.QUESTION})
BUSY = frozenset({AgentState.WORKING, AgentState.RETRYING, AgentState.RATE_LIMITED, AgentState.STUCK, *ASKING})
"""States out of which an agent goes to rest when its turn ends."""
REST = frozenset({AgentState.DONE, AgentState.IDLE, AgentState.FAILED})
NOW: Mapping[AgentState, str] = {
    AgentState.STARTING: "it starts",
    AgentState.WORKING: "it works",
    AgentState.APPROVAL: "it waits for an approval",
    AgentState.QUESTION: "it waits for an answer",
    AgentState.DONE: "it is done",
    AgentState.IDLE: "it is idle",
    AgentState.RATE_LIMITED: "it waits for its rate limit",
    AgentState.RETRYING: "it tries again",
    AgentState.ERROR: "it stands with an error",
    AgentState.FAILED: "it says that it is done, and fails its check",
    AgentState.STUCK: "it is stuck",
    AgentState.EXITED: "its program has ended",
    AgentState.UNSURE: "what it does is not known",
}


@dataclass(slots=True)
class Change:
    """What became of one agent."""

    role: str
    workspace: WorkspaceId
    now: AgentState = AgentState.UNSURE
    turns: int = 0
    asked: int = 0
    answered: int = 0
    files: list[str] = field(default_factory=list)
    """What its own tools wrote, the first first, each once."""
    errors: int = 0
    last_error: str = ""
    started: int = 0
    ended: int = 0
    usd: float = 0.0
    known: AgentState | None = None
    """Its state after what was told so far; None before anything was."""
    dialog: Dialog | None = None

    @property
    def quiet(self) -> bool:
        """Nothing happened that a person would want to hear."""
        return not (self.turns or self.asked or self.files or self.errors or self.started or self.ended or self.usd)

    @property
    def sentence(self) -> str:
        """Say it plainly."""
        unanswered = self.asked - self.answered
        said = [
            _often("was started", self.started),
            f"finished {counted(self.turns, 'turn')}" if self.turns else "",
            _often("asked", self.asked) + (f" ({unanswered} unanswered)" if unanswered else ""),
            _wrote(self.files),
            _often("met an error", self.errors) + (f" ({self.last_error})" if self.last_error else ""),
            _often("ended", self.ended),
            f"cost {dollars(self.usd)}" if self.usd else "",
        ]
        told = ", ".join(filter(None, said)) or "did nothing new"
        return f"{self.role} {told}; {NOW[self.now]} now."


def _wrote(files: list[str]) -> str:
    """Name the files that were written, two at most."""
    named = ", ".join(file.rpartition("/")[2] for file in files[:2])
    if len(files) > 2:
        return f"wrote {len(files)} files ({named}, …)"
    return f"wrote {named}" if files else ""


def _often(words: str, count: int) -> str:
    """Say how many times something happened; '' where it did not, and no more than it where it did once."""
    return ("", words, f"{words} twice")[count] if count < 3 else f"{words} {count} times"


def changes(state: State, records: Iterable[Record]) -> list[Change]:
    """Tell what `records`, oldest first, did to the agents that are there now, in the order of their workspaces."""
    found = {
        agent.id: Change(agent.role, workspace.id, agent.reading.state)
        for workspace in state.workspaces.values()
        for agent in workspace.agents
        if agent.child_of is None
    }
    for record in records:
        match record.event:
            case AgentRead(id=id_, reading=reading) if id_ in found:
                _read(found[id_], reading)
            case AgentStarted(id=id_, reading=reading) if id_ in found:
                found[id_].started += 1
                found[id_].known = reading.state
            case AgentExited(id=id_, reading=reading) if id_ in found:
                found[id_].ended += 1
                found[id_].known = reading.state
            case FileWritten(id=id_, path=path) if id_ in found:
                found[id_].files += [path] if path not in found[id_].files else []
            case AgentSpent(id=id_, added=added) if id_ in found:
                found[id_].usd += added
            case _:
                pass
    return list(found.values())


def _alike(one: Dialog, other: Dialog) -> bool:
    """Tell whether two dialogs ask the same: a narrow pane wraps and cuts what a wide one does not."""
    short, long = sorted(("".join(dialog.question.split()) for dialog in (one, other)), key=len)
    same = long.startswith(short.removesuffix("…")) if short.endswith("…") else long == short
    return same and len(one.choices) == len(other.choices)


def _read(change: Change, reading: Reading) -> None:
    before, after, dialog = change.known, reading.state, change.dialog
    change.known, change.dialog = after, reading.dialog
    if before is after:
        if after in ASKING and dialog is not None and reading.dialog is not None and not _alike(dialog, reading.dialog):
            change.asked += 1  # one dialog gave way to the next
            change.answered += 1
        return
    if (after in REST and before in BUSY) or (after is AgentState.DONE and before is None):
        change.turns += 1
    if after in ASKING:
        change.asked += 1
    elif before in ASKING:
        change.answered += change.answered < change.asked
    if after is AgentState.ERROR:
        change.errors += 1
        change.last_error = reading.evidence[:80]
