"""What calls the person away from other things: one alert for each need, and none for what is in front of them.

A need is one state of one agent since one moment. One that was put off is a need again when that ends, since the
person asked to be called then.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from hiveui.model.agent import Agent, AgentId, PaneId
from hiveui.model.attention import Need, stamp
from hiveui.model.signs import NEEDS_PERSON, AgentState
from hiveui.model.state import State
from hiveui.model.text import counted, fitted, visible, width

NAMED = 4
"""Agents that one alert names; of more it says how many."""
NAME_CELLS = 40
DETAIL_CELLS = 120


class Level(StrEnum):
    """What a person is called for."""

    OFF = "off"
    NEEDS = "needs"
    """What waits for them, and goes on no more without them."""
    ALL = "all"
    """Also turns that ended, and limits that were reached."""


SAYS: Mapping[AgentState, str] = {
    AgentState.APPROVAL: "asks for approval",
    AgentState.QUESTION: "asks a question",
    AgentState.STUCK: "is stuck",
    AgentState.ERROR: "met an error",
    AgentState.FAILED: "failed its check",
    AgentState.DONE: "is done",
    AgentState.RATE_LIMITED: "waits for its rate limit",
}
"""What an agent is said to do; those that come first are named first."""
CALLS: Mapping[Level, frozenset[AgentState]] = {
    Level.OFF: frozenset(),
    Level.NEEDS: NEEDS_PERSON,
    Level.ALL: frozenset(SAYS),
}
_ORDER = tuple(SAYS)

HOURS = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])-((?:[01][0-9]|2[0-3]):[0-5][0-9])")


class Hours(NamedTuple):
    """A part of each day by the clock on the wall: its beginning, and its end, which is before that over midnight."""

    begin: time
    end: time

    @classmethod
    def read(cls, text: str) -> "Hours":
        """Read `22:00-07:00`. Raises ValueError."""
        found = HOURS.fullmatch(text)
        if found is None or found[1] == found[2]:
            raise ValueError(text)
        return cls(time.fromisoformat(found[1]), time.fromisoformat(found[2]))

    def __str__(self) -> str:
        """Write them as they are read."""
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"

    def hold(self, moment: datetime) -> bool:
        """Tell whether a moment of the person's own time lies in them."""
        clock = moment.time()
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


@dataclass(frozen=True, slots=True)
class Rules:
    """What a person wants to be called for, and when."""

    level: Level = Level.NEEDS
    roles: Mapping[str, Level] = field(default_factory=dict)
    """By role, whatever else is said."""
    quiet: Hours | None = None

    def calls(self, agent: Agent) -> bool:
        """Tell whether an agent's state is worth a call. A layout says no more than the person where they said off."""
        said = agent.spec.notify if agent.spec is not None else ""
        level = Level(said) if said and self.level is not Level.OFF else self.level
        return agent.reading.state in CALLS[self.roles.get(agent.role, level)]


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal that shows the hive."""

    focused: bool = True
    """It has the focus, and its person does something there now and then."""
    panes: frozenset[PaneId] = frozenset()
    """What it shows."""
    saw: frozenset[tuple[AgentId, str]] = frozenset()
    """What was in front of the person when it began, also where they have left since: the agent, and since when."""

    def faces(self, agent: Agent) -> bool:
        """Tell whether an agent is in front of the person, or was when its state began."""
        return (self.focused and agent.pane in self.panes) or (agent.id, agent.reading.since) in self.saw


Called = Mapping[AgentId, tuple[str, str]]
"""What the person was called for last by each agent: since when it stood, and until when it had been put off."""


class Decision(NamedTuple):
    """Who is called for what."""

    outside: Sequence[Need]
    """What is for programs beside the terminals: nobody looks at it."""
    terminals: Mapping[int, Sequence[Need]]
    """What each terminal tells, by its key."""
    called: Called
    """What counts as called for after that."""


class Alert(NamedTuple):
    """A call in words; both are one line, and safe."""

    title: str
    """How many there are. It holds nothing from outside."""
    text: str
    """Who, and why."""


def met(state: State) -> Called:
    """Take everything that stands as called for: the daemon that begins is not the first that saw it."""
    return {agent.id: _key(agent) for workspace in state.workspaces.values() for agent in workspace.agents}


def fresh(state: State, called: Called, rules: Rules, now: str) -> list[Need]:
    """List the needs that the person was not called for, at a time (RFC 3339, UTC), the most urgent first."""
    every = (Need(workspace, agent) for workspace in state.workspaces.values() for agent in workspace.agents)
    found = (need for need in every if _stands(need.agent, rules, now) and not _was_called(need.agent, called))
    return sorted(found, key=lambda need: (_ORDER.index(need.agent.reading.state), need.agent.reading.since))


def decide(state: State, called: Called, rules: Rules, terminals: Mapping[int, Terminal], moment: datetime) -> Decision:
    """Decide who is called at a moment, given in the person's own time.

    What is in front of the person counts as called for. What else comes in quiet hours waits for their end; what
    stands by then is told together. Where a terminal shows an agent to its person, others tell of it only where their
    own person is: they have the focus, too.
    """
    found = fresh(state, called, rules, stamp(moment))
    quiet = rules.quiet is not None and rules.quiet.hold(moment)
    faced = {need.agent.id for need in found if any(t.faces(need.agent) for t in terminals.values())}
    told = [need for need in found if not quiet or need.agent.id in faced]
    there = {agent.id for workspace in state.workspaces.values() for agent in workspace.agents}
    kept = {id_: key for id_, key in called.items() if id_ in there}
    after = {**kept, **{need.agent.id: _key(need.agent) for need in told}}
    if quiet:
        return Decision((), {}, after)
    each = {
        key: [n for n in told if not t.faces(n.agent) and (t.focused or n.agent.id not in faced)]
        for key, t in terminals.items()
    }
    outside = [need for need in told if need.agent.id not in faced]
    return Decision(outside, {key: needs for key, needs in each.items() if needs}, after)


def alert(needs: Sequence[Need], detail: Callable[[Agent], str] = lambda _: "") -> Alert:
    """Say what calls. Of what agents say themselves it holds what `detail` gives, cut and made visible."""
    calling = sum(need.agent.reading.state in NEEDS_PERSON for need in needs)
    title = (
        f"{calling} agent{'s need' if calling != 1 else ' needs'} you"
        if calling
        else f"News of {counted(len(needs), 'agent')}"
    )
    said = [_said(need, detail(need.agent)) for need in needs[:NAMED]]
    more = len(needs) - len(said)
    return Alert(title, ", ".join(said) + (f", and {more} more" if more else ""))


def standing(state: State, needs: Iterable[Need]) -> list[Need]:
    """Give those of some needs that stand still, as they are now."""
    found = []
    for need in needs:
        workspace = state.workspaces.get(need.workspace.id)
        agent = workspace.agent(need.agent.id) if workspace is not None else None
        if workspace is not None and agent is not None and _key(agent)[0] == _key(need.agent)[0]:
            found.append(Need(workspace, agent))
    return found


def _stands(agent: Agent, rules: Rules, now: str) -> bool:
    return rules.calls(agent) and not agent.muted and not agent.snoozed > now


def _key(agent: Agent) -> tuple[str, str]:
    return agent.reading.since, agent.snoozed


def _was_called(agent: Agent, called: Called) -> bool:
    since, snoozed = called.get(agent.id, ("", ""))
    return agent.id in called and since == agent.reading.since and agent.snoozed <= snoozed


def _said(need: Need, detail: str) -> str:
    state, role, name = need.agent.reading.state, _short(need.agent.role), _short(need.workspace.name)
    return f"{role} {SAYS[state]} ({name})" + (f": {_short(detail, DETAIL_CELLS)}" if detail else "")


def _short(text: str, cells: int = NAME_CELLS) -> str:
    """Give a text from outside, safe and in at most so many cells."""
    shown = visible(text[: 4 * cells])
    return fitted(shown, min(cells, width(shown)))
