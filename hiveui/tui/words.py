"""How an agent's state and its age are said: always a glyph and a word, never a colour alone."""

import signal
from datetime import UTC, datetime
from typing import NamedTuple

from hiveui.model.agent import Agent
from hiveui.model.attention import needs_person
from hiveui.model.claims import claim
from hiveui.model.signs import NEEDS_PERSON, AgentState


class Word(NamedTuple):
    """A state as it is shown; `tone` names a component class in app.tcss."""

    glyph: str
    word: str
    tone: str


WORDS: dict[AgentState, Word] = {
    AgentState.STARTING: Word("◌", "starting", "quiet"),
    AgentState.WORKING: Word("◐", "working", "working"),
    AgentState.APPROVAL: Word("▲", "approval", "attention"),
    AgentState.QUESTION: Word("▲", "question", "attention"),
    AgentState.DONE: Word("●", "done", "done"),
    AgentState.IDLE: Word("○", "idle", "quiet"),
    AgentState.RATE_LIMITED: Word("◷", "rate-limited", "warning"),
    AgentState.RETRYING: Word("↻", "retrying", "warning"),
    AgentState.ERROR: Word("▲", "error", "attention"),
    AgentState.FAILED: Word("▲", "check failed", "attention"),
    AgentState.STUCK: Word("▲", "stuck", "attention"),
    AgentState.EXITED: Word("✕", "exited", "ended"),
    AgentState.UNSURE: Word("?", "unsure", "quiet"),
}
CLAIMS: dict[str, Word] = {
    "claims done": Word("●", "claims done", "plain"),
    "check waits": Word("◎", "check waits", "plain"),
    "checking": Word("◎", "checking", "working"),
    "done, checked": Word("✓", "done, checked", "done"),
    "checked": Word("✓", "checked", "quiet"),
    "check failed": Word("✗", "check failed", "warning"),
    "check ended": Word("●", "check ended", "warning"),
}
"""How far the word of an agent is proven that says that it is done, in place of that state (`model.claims`)."""
SPINNER = "◐◓◑◒"


def word(agent: Agent | None, turn: int = 0, now: str = "") -> Word:
    """Say an agent's state; `turn` counts the spinner's steps, `now` tells whether it is snoozed still."""
    if agent is None:
        return Word("·", "not started", "quiet")
    said = CLAIMS.get(claim(agent)) or WORDS[agent.reading.state]
    if agent.reading.state is AgentState.WORKING:
        return said._replace(glyph=SPINNER[turn % len(SPINNER)])
    if agent.reading.state in NEEDS_PERSON and not needs_person(agent, now):
        return Word("△", f"{said.word}, {'muted' if agent.muted else 'snoozed'}", "quiet")
    if agent.reading.state is AgentState.EXITED and agent.exit_status is not None:
        return said._replace(word=_ended(agent.exit_status))
    return said


def _ended(status: int) -> str:
    """Say an exit status; one below 0 is minus a signal's number."""
    names = {number.value: number.name for number in signal.Signals}
    return f"exited {status}" if status >= 0 else names.get(-status, f"signal {-status}")


def age(since: str, now: datetime, step: int = 1) -> str:
    """Say how long ago an RFC 3339 time was, in one unit: `9s`, `4m`, `3h`, `2d`; '' where unknown.

    From ten seconds on, seconds are counted in steps of `step`.
    """
    try:
        then = datetime.fromisoformat(since)
    except ValueError:
        return ""
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds - seconds % step if seconds >= 10 else seconds}s"


def pace(agent: Agent) -> int:
    """Give the seconds that an agent's age moves by: one while it matters, ten while nothing happens."""
    state = agent.reading.state
    return 1 if state in NEEDS_PERSON or state is AgentState.WORKING else 10
