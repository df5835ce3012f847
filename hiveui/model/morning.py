"""What restoring a workspace does with each agent, worked out from what was saved, what is there and what is wished."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hiveui.errors import UsageError
from hiveui.model.agent import Agent
from hiveui.model.names import nearest, quoted

ANEW, LEAVE = "anew", "leave"
"""Wishes, beside the ids of conversations."""


class Do(StrEnum):
    """What becomes of an agent."""

    RESUME = "resume"
    ANEW = "anew"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out about one saved agent."""

    obstacle: str = ""
    """Why its program cannot be started, or ''."""
    resumes: bool = False
    """Its program can go on with a conversation."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Its conversations that are there, each with when it changed last: RFC 3339, UTC; '' where unknown."""


@dataclass(frozen=True, slots=True)
class Step:
    """What restoring does with one agent."""

    role: str
    kind: str
    do: Do
    conversation: str = ""
    """The one it goes on with."""
    changed: str = ""
    """When that changed last, RFC 3339, UTC; '' where unknown."""
    conversations: tuple[str, ...] = ()
    """All that it could go on with, the newest first."""
    why: str = ""
    """Why it begins anew, where it had a conversation."""
    obstacle: str = ""
    """Why it will not run; its pane says so."""
    full: int | None = None
    """How full the context of the conversation is, in per cent; None where that is unknown."""


def step(agent: Agent, facts: Facts, wish: str = "") -> Step:
    """Decide on one agent. `wish` is `anew`, `leave`, the id of a conversation, or ''. Raises UsageError."""
    last = agent.conversation or ""
    do, conversation, why = Do.ANEW, "", ""
    if wish == LEAVE:
        do = Do.LEAVE
    elif wish and wish != ANEW:
        if wish not in facts.kept:
            raise UsageError(f"{agent.role} has no conversation {quoted(wish)}.", nearest(wish, facts.kept))
        do, conversation = Do.RESUME, wish
    elif not wish and facts.resumes and last in facts.kept:
        do, conversation = Do.RESUME, last
    elif not wish and facts.resumes and last:
        why = f"conversation {short(last)} is gone"
    changed = facts.kept.get(conversation, "")
    full = agent.spend.context if conversation and conversation == last else None
    return Step(agent.role, agent.kind, do, conversation, changed, tuple(facts.kept), why, facts.obstacle, full)


def plan(agents: Mapping[str, tuple[Agent, Facts]], wishes: Mapping[str, str]) -> tuple[Step, ...]:
    """Decide on all agents, by role. Raises UsageError for a wish that names nobody."""
    for role in wishes:
        if role not in agents:
            raise UsageError(f"There is no agent {quoted(role)} to restore.", nearest(role, agents))
    return tuple(step(agent, facts, wishes.get(role, "")) for role, (agent, facts) in agents.items())


def next_wish(step: Step) -> str:
    """Give the wish after what is decided: the next conversation; after the last one to begin anew; then the first."""
    wishes = (*step.conversations, ANEW)
    return wishes[(wishes.index(step.conversation or ANEW) + 1) % len(wishes)]


def sentence(step: Step) -> str:
    """Say what is done with an agent; how old its conversation is stands beside it."""
    if step.do is Do.LEAVE:
        return "leave it out"
    if step.obstacle:
        return step.obstacle
    if step.do is Do.RESUME:
        return f"resume {short(step.conversation)}"
    return f"start anew: {step.why}" if step.why else "start anew"


def short(conversation: str) -> str:
    """Give as much of an id as a person tells it by."""
    return conversation if len(conversation) <= 12 else f"{conversation[:8]}…"


def condition(step: Step, now: datetime) -> str:
    """Say how old the conversation is that an agent goes on with, and how full: `3 h old, 41 % full`."""
    return ", ".join(filter(None, (old(step.changed, now), f"{step.full} % full" if step.full is not None else "")))


def old(changed: str, now: datetime) -> str:
    """Say how old a conversation is: `3 h old`; '' where that is not known."""
    try:
        seconds = max(0, int((now - datetime.fromisoformat(changed)).total_seconds()))
    except ValueError:
        return ""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} old"
    return "just now"


def when(saved: str, now: datetime) -> str:
    """Say when something was saved, on this machine's clock: `saved yesterday 18:42`; '' where that is not known."""
    try:
        then = datetime.fromisoformat(saved).astimezone()
    except ValueError:
        return ""
    days = (now.astimezone().date() - then.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, then.strftime("%Y-%m-%d"))
    return f"saved {day} {then.strftime('%H:%M')}"
