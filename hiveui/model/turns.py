"""What an agent's own events say of its turns, folded: from one event after the other to what it does now."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from hiveui.model.signs import AgentState, Dialog, Sign, Source

REMEMBERED = 64
"""Payloads, and turns and tasks, that are remembered to know what is said again."""
EVIDENCE = 512
"""Characters of evidence that are kept."""


class Happening(StrEnum):
    """What an event of a program means, whatever the program calls it."""

    SESSION = "session"
    """A conversation began, or is gone on with."""
    PROMPT = "prompt"
    """A prompt was taken: a turn begins, or the prompt waits behind the turn that runs."""
    BUSY = "busy"
    """The turn goes on."""
    TOOL = "tool"
    """A tool is about to be used."""
    TOOL_OVER = "tool-over"
    USE = "use"
    """A tool is about to be used, by a program that says in another way what it does."""
    USE_OVER = "use-over"
    APPROVAL = "approval"
    QUESTION = "question"
    ANSWERED = "answered"
    """The person answered a dialog."""
    RETRY = "retry"
    """The model could not be reached and is asked again."""
    DONE = "done"
    """The turn ended."""
    FAILED = "failed"
    """The turn ended by an error."""
    LIMITED = "limited"
    """The turn ended by a limit of use."""
    INTERRUPTED = "interrupted"
    """The person ended the turn."""
    REST = "rest"
    """The program waits for a prompt, whatever was said before."""
    TASK = "task"
    """Work beside the main thread began, or goes on."""
    TASK_OVER = "task-over"
    ENDED = "ended"
    """The conversation was left."""
    NOTE = "note"
    """Nothing that changes a state."""


ASKS = {Happening.APPROVAL: AgentState.APPROVAL, Happening.QUESTION: AgentState.QUESTION}
REPEATABLE = frozenset({Happening.PROMPT, Happening.TASK, *ASKS})
"""What a program may say twice in the same words and mean twice: the same prompt, the same command asked for again."""


@dataclass(frozen=True, slots=True)
class Hooked:
    """One event of a program, read. Everything in it is hostile until shown through the sanitiser."""

    happening: Happening
    event: str = ""
    """As the program calls it."""
    digest: str = ""
    """Of the payload as it came: the same twice is a replay."""
    conversation: str = ""
    """The main thread's id; '' where the event does not say, or is not of the main thread."""
    transcript: str = ""
    turn: str = ""
    """The program's id of the turn; '' where it has none."""
    task: str = ""
    """The id of the sub-agent that it is of; '' for the main thread."""
    tool: str = ""
    tool_input: Mapping[str, Any] = field(default_factory=dict)
    """What is passed to the tool: the one thing that rules may be matched against."""
    folder: str = ""
    """Where the program is at work, absolute; '' where it does not say."""
    call: str = ""
    """The id of the tool's use, or of a dialog; '' where the program gives none."""
    prompt: str | None = None
    """The prompt that was taken, whole: proof that it arrived."""
    waits: bool = False
    """A prompt that is given while a turn runs waits behind it, and nothing tells when its own turn begins."""
    dialog: Dialog | None = None
    text: str = ""
    """What the program says: an error, its last message."""
    written: tuple[str, ...] = ()
    """The files that the tool wrote, as its program names them; none for one that writes none, or failed."""
    failure: str = ""
    """What went wrong with a tool's use; '' where it went well, or that is not told."""
    tasks: frozenset[str] | None = None
    """Ids of the work beside the main thread that runs; None where the event does not say."""
    resets: str = ""
    """When a limit ends, as the program writes it."""
    cut: bool = False
    """The payload was too large, and only what stands first in it is known."""
    since: float = 0.0
    """It was not told before, seconds since 1970; 0 where that is not known."""

    @property
    def use(self) -> str:
        """What a tool's use is known by: its id, else what it is of what."""
        if self.call or not self.tool:
            return self.call
        given = json.dumps(self.tool_input, sort_keys=True, default=str)
        return f"{self.tool} {hashlib.sha256(given.encode('utf-8', 'replace')).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Ask:
    """A dialog that is open."""

    state: AgentState
    dialog: Dialog | None
    tool: str = ""
    use: str = ""
    """The use of the tool that waits for it (Hooked.use); '' where that has not begun, or is not known."""


@dataclass(frozen=True, slots=True)
class Turns:
    """What is known of one agent's turns by its events alone.

    Programs do not tell everything. A turn that the person interrupts and a dialog that is declined may end without a
    word (Claude Code), an error too (Codex). So `working` and dialogs hold until another source knows better, and
    `done` and errors until the next event.
    """

    state: AgentState | None = None
    """None while the events do not tell."""
    evidence: str = ""
    resets: str = ""
    conversation: str = ""
    runs: bool = False
    """A turn runs, as far as the events tell."""
    turn: str = ""
    """The id of the turn that runs, or ran last; '' where the program gives none."""
    begun: int = 0
    """Turns that began."""
    over: int = 0
    """Turns that ended."""
    queued: int = 0
    """Prompts that were given while the turn ran, since a tool's use ended last: they wait for its end."""
    mixed: bool = False
    """Prompts were given before that: Claude Code 2.1.329 takes them into the turn, and tells nothing of it."""
    uses: tuple[tuple[str, str], ...] = ()
    """Tools of the main thread that run: the use and the tool."""
    asks: tuple[Ask, ...] = ()
    """Dialogs that are open, the first one first."""
    tasks: frozenset[str] = frozenset()
    """Work beside the main thread that runs."""
    past: tuple[str, ...] = ()
    """Turns and tasks that are over, the newest first."""
    heard: tuple[str, ...] = ()
    """Digests of payloads, the newest first."""

    @property
    def sign(self) -> Sign | None:
        """What the events say of the agent's state now; None where they do not tell."""
        if self.state is None:
            return None
        dialog = self.asks[0].dialog if self.asks else None
        holds = self.state is AgentState.WORKING and bool(self.tasks)
        return Sign(Source.HOOK, self.state, self.evidence[:EVIDENCE], dialog, self.resets, holds)

    def apply(self, event: Hooked) -> "Turns":
        """Take one event in. Any order is taken, and a replayed event changes no state."""
        if event.digest and event.digest in self.heard and event.happening not in REPEATABLE:
            return self
        known = replace(self, heard=(event.digest, *self.heard)[:REMEMBERED]) if event.digest else self
        if event.conversation not in ("", self.conversation):
            if self.conversation and (self.runs or event.happening not in (Happening.SESSION, Happening.PROMPT)):
                return self  # of a conversation beside this one
            kept = Turns(begun=self.begun, over=self.over, past=self.past, heard=known.heard)
            known = replace(kept if self.conversation else known, conversation=event.conversation)
        step = _BESIDE.get(event.happening, _nothing) if event.task else _STEPS[event.happening]
        return step(known, event)


def _nothing(turns: Turns, _: Hooked) -> Turns:
    return turns


def _session(turns: Turns, _: Hooked) -> Turns:
    """A conversation begins at rest; one that is compacted goes on. A dialog of work beside the old one is over."""
    if turns.runs:
        return turns
    known = replace(turns, uses=(), asks=(), queued=0)
    return replace(known, state=None, evidence="") if turns.asks else known


def _prompt(turns: Turns, event: Hooked) -> Turns:
    if event.turn and event.turn in turns.past:
        return turns
    if turns.runs and event.waits and (event.turn == turns.turn or not turns.turn):
        if event.turn and turns.turn:
            return replace(turns, queued=turns.queued + 1)
        return replace(turns, turn=event.turn, mixed=True)
    if turns.runs and event.turn and event.turn == turns.turn:
        return turns
    over = replace(turns, queued=0, mixed=False, uses=(), asks=())
    fresh = replace(over, turn=event.turn, begun=turns.begun + 1, runs=True)
    return _works(fresh, "it took a prompt")


def _busy(turns: Turns, event: Hooked) -> Turns:
    return _works(_running(turns, event), f"it reported {event.event}")


def _tool(turns: Turns, event: Hooked) -> Turns:
    uses = (*(use for use in turns.uses if use[0] != event.use), (event.use, event.tool))
    asks = tuple(ask for ask in turns.asks if ask.use or ask.tool not in ("", event.tool))
    return _works(replace(_running(turns, event), uses=uses, asks=asks), f"it uses {event.tool or 'a tool'}")


def _tool_over(turns: Turns, event: Hooked) -> Turns:
    known = replace(turns, uses=tuple(use for use in turns.uses if use[0] != event.use), asks=_left(turns, event))
    if event.turn and event.turn in turns.past:
        return _still_asking(turns, known)
    mixed = known.mixed or known.queued > 0
    return _works(replace(_running(known, event), queued=0, mixed=mixed), f"its use of {event.tool or 'a tool'} ended")


def _still_asking(turns: Turns, known: Turns) -> Turns:
    """Say what goes on where a turn that is over closed dialogs that stood open after it."""
    if known.asks == turns.asks:
        return known
    goes_on = known.asks or known.runs or known.tasks
    return _works(known, "its dialog is closed") if goes_on else replace(known, state=None, evidence="")


def _left(turns: Turns, event: Hooked) -> tuple[Ask, ...]:
    """Give the dialogs that are open still once a tool's use, or a dialog, is over."""
    return tuple(ask for ask in turns.asks if (ask.use != event.use if ask.use else ask.tool not in ("", event.tool)))


def _ask(turns: Turns, event: Hooked) -> Turns:
    if event.turn and event.turn in turns.past:
        return turns
    known = turns if event.task else _running(turns, event)
    asked = {ask.use for ask in known.asks}
    free = [use for use, tool in known.uses if use not in asked and event.tool in ("", tool)]
    use = event.call or (event.use if event.use in free else next(reversed(free), ""))
    ask = Ask(ASKS[event.happening], event.dialog, event.tool, use)
    others = tuple(other for other in known.asks if not (use and other.use == use) and other != ask)
    return _works(replace(known, asks=(*others, ask)), "")


def _answered(turns: Turns, event: Hooked) -> Turns:
    if all(ask.use != event.call for ask in turns.asks):
        return turns
    return _works(replace(turns, asks=_left(turns, event)), "its dialog was answered")


def _retry(turns: Turns, event: Hooked) -> Turns:
    known = _running(turns, event)
    return replace(known, state=AgentState.RETRYING, evidence=event.text or "it asks its model again", asks=())


def _done(turns: Turns, event: Hooked) -> Turns:
    return _ended(turns, event, AgentState.DONE, f"its turn ended: {event.text}" if event.text else "its turn ended")


def _failed(turns: Turns, event: Hooked) -> Turns:
    return _ended(turns, event, AgentState.ERROR, event.text or "its turn ended by an error")


def _limited(turns: Turns, event: Hooked) -> Turns:
    limited = _ended(turns, event, AgentState.RATE_LIMITED, event.text or "its turn ended by a limit of use")
    return replace(limited, resets=event.resets)


def _interrupted(turns: Turns, event: Hooked) -> Turns:
    return _ended(replace(turns, queued=0, mixed=False), event, AgentState.IDLE, "the person interrupted it")


def _rest(turns: Turns, event: Hooked) -> Turns:
    if turns.tasks or turns.state in (AgentState.DONE, AgentState.IDLE, AgentState.ERROR, AgentState.RATE_LIMITED):
        return turns
    state = AgentState.DONE if turns.begun else AgentState.IDLE
    return _ended(replace(turns, queued=0, mixed=False), event, state, event.text or "it waits for a prompt")


def _left_off(turns: Turns, event: Hooked) -> Turns:
    return replace(
        _ended(replace(turns, queued=0, mixed=False), event, AgentState.IDLE, ""), state=None, tasks=frozenset()
    )


def _task(turns: Turns, event: Hooked) -> Turns:
    if event.task in turns.past:
        return turns
    known = replace(turns, tasks=turns.tasks | {event.task}, asks=_left(turns, event))
    return _works(known, "a sub-agent works")


def _task_over(turns: Turns, event: Hooked) -> Turns:
    known = replace(turns, tasks=turns.tasks - {event.task}, past=(event.task, *turns.past)[:REMEMBERED])
    if known.runs or known.tasks or turns.state is not AgentState.WORKING:
        return known
    return replace(known, state=AgentState.DONE, evidence="its turn ended, and the work beside it")


def _running(turns: Turns, event: Hooked) -> Turns:
    """Give the turns with one that runs, be it that its beginning was not heard."""
    if turns.runs:
        return turns if turns.turn else replace(turns, turn=event.turn)
    return replace(turns, runs=True, turn=event.turn or turns.turn, begun=max(turns.begun, turns.over + 1))


def _works(turns: Turns, evidence: str) -> Turns:
    """Say that it works, or that it asks where a dialog is open."""
    if not turns.asks:
        return replace(turns, state=AgentState.WORKING, evidence=evidence, resets="")
    first = turns.asks[0]
    shown = first.dialog.question if first.dialog else first.tool or "a dialog"
    return replace(turns, state=first.state, evidence=f"it asks: {shown}", resets="")


def _ended(turns: Turns, event: Hooked, state: AgentState, evidence: str) -> Turns:
    """Say that the turn ended, and what follows from what waits behind it and runs beside it."""
    turn = event.turn or turns.turn
    again = not turns.runs and (turn in turns.past or not event.turn)
    running = turns.tasks if event.tasks is None else event.tasks
    known = replace(
        turns,
        runs=False,
        turn=turn,
        over=turns.over if again else turns.over + 1,
        queued=0,
        mixed=False,
        uses=(),
        asks=(),
        tasks=running.difference(turns.past),
        past=tuple(id_ for id_ in dict.fromkeys((turn, *turns.past)) if id_)[:REMEMBERED],
    )
    known = replace(known, begun=max(known.begun, known.over), state=state, evidence=evidence, resets="")
    if turns.mixed and not turns.queued:
        return replace(known, state=None, evidence="")
    if turns.queued:
        mixed = turns.mixed or turns.queued > 1
        next_ = replace(known, begun=known.begun + 1, runs=True, turn="", mixed=mixed)
        return _works(next_, "its turn ended, and a prompt that waited is next")
    if known.tasks and state is AgentState.DONE:
        return replace(known, state=AgentState.WORKING, evidence=f"its turn ended; beside it go on: {len(known.tasks)}")
    return known


Step = Callable[[Turns, Hooked], Turns]

_STEPS: Mapping[Happening, Step] = {
    Happening.SESSION: _session,
    Happening.PROMPT: _prompt,
    Happening.BUSY: _busy,
    Happening.TOOL: _tool,
    Happening.TOOL_OVER: _tool_over,
    Happening.APPROVAL: _ask,
    Happening.QUESTION: _ask,
    Happening.ANSWERED: _answered,
    Happening.RETRY: _retry,
    Happening.DONE: _done,
    Happening.FAILED: _failed,
    Happening.LIMITED: _limited,
    Happening.INTERRUPTED: _interrupted,
    Happening.REST: _rest,
    Happening.TASK: _nothing,
    Happening.TASK_OVER: _nothing,
    Happening.ENDED: _left_off,
    Happening.USE: _nothing,
    Happening.USE_OVER: _nothing,
    Happening.NOTE: _nothing,
}
_BESIDE: Mapping[Happening, Step] = {
    Happening.TASK: _task,
    Happening.BUSY: _task,
    Happening.TOOL: _task,
    Happening.TOOL_OVER: _task,
    Happening.APPROVAL: _ask,
    Happening.QUESTION: _ask,
    Happening.TASK_OVER: _task_over,
}
"""What an event of a sub-agent does: it works, or asks in the main thread's place."""
