"""Who changed a file: what is known about a moment, and what that allows to be said. Never a guess.

An agent's hooks tell when a tool's use begins and when it is over, each a little later than it was so. So a use spans
the longest time that it may have taken, and a change belongs to an agent only where no other may have made it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hiveui.model.agent import AgentId
from hiveui.model.changes import How
from hiveui.model.reach import Lines, Reach, holds

NEAR = 3.0
"""Seconds before it is over in which a tool writes: before, it may have waited for leave."""
SETTLED = 0.6
"""Seconds after a change within which all that happened up to it is told of."""
MERGED = 0.5
"""Seconds within which several writes may be told of as one change: that of the last."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a path changed: not before, and not after. Seconds since 1970."""

    earliest: float
    latest: float

    def meets(self, other: "Moment") -> bool:
        """Tell whether both may have been at once."""
        return self.earliest <= other.latest and other.earliest <= self.latest


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a tool by an agent, from when it may have begun until it was surely over. Times are seconds."""

    agent: AgentId
    role: str
    reach: Reach
    began: float
    over: float | None = None
    """None while it goes on, or nobody told of its end."""
    held: bool = False
    """It waits for the person, and writes nothing yet."""
    sure: bool = True
    """That it succeeded is told, where it is over; else it may have failed."""

    def spans(self, moment: Moment) -> bool:
        """Tell whether a change may have been made while it went on."""
        return self.began <= moment.latest and (self.over is None or moment.earliest <= self.over)


@dataclass(frozen=True, slots=True)
class Author:
    """An agent, as it is spoken of."""

    agent: AgentId
    role: str


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of one change."""

    path: str
    """Absolute, links followed."""
    top: str
    moment: Moment
    new: bool
    """It was not there before."""
    uses: Sequence[Use]
    """Of every agent, near that moment."""
    moments: Sequence[Moment] = ()
    """All that this path changed of late, this one too; one write that was told of twice counts once."""
    owner: Author | None = None
    """Who has the checkout as a worktree of its own, and runs."""
    writers: Sequence[Author] = ()
    """Whose processes were seen with the file open to write."""
    doubts: Sequence[str] = ()
    """Who else may have written there, unseen, in words: `shell, which does not tell what it does`."""
    others: str = ""
    """Who is at work there beside every agent: `git`, or OURS; or ''."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose a change is."""

    by: AgentId | None = None
    role: str = ""
    how: How = How.UNKNOWN
    evidence: str = ""
    lines: Lines | None = None
    """Added and removed, where the tool said it."""
    wait: bool = False
    """More is about to be told: ask again."""


def judge(case: Case, now: float) -> Verdict:
    """Say whose a change is, by the surest that is known."""
    if case.others == OURS:
        return Verdict(evidence="HiveUI wrote it, as it was told to")
    uses = [use for use in case.uses if use.spans(case.moment)]
    named = [use for use in uses if case.path in use.reach.names]
    for rule in (_tool, _process, _worktree, _command):
        verdict = rule(case, uses, named, now)
        if verdict is not None:
            return verdict
    return Verdict(evidence=_nobody(case, uses))


OURS = "HiveUI"


def _tool(case: Case, uses: Sequence[Use], named: Sequence[Use], now: float) -> Verdict | None:
    """Believe a use that named the path and succeeded, where nobody else can have made the change."""
    if not named:
        return None
    agents = {use.agent for use in named}
    if len(agents) > 1:
        return Verdict(evidence=f"{_listed(use.role for use in named)} were writing it at once")
    if all(use.over is None for use in named):
        waits = now - case.moment.latest < NEAR
        return Verdict(evidence="a tool that named it is not over yet", wait=True) if waits else None
    use = next((use for use in named if use.over is not None and use.over - NEAR <= case.moment.latest), None)
    if use is None:
        return None
    rivals = _rivals(case, uses, use.agent)
    if rivals and not use.sure:
        return None
    if rivals:
        if use.over is not None and now < use.over + SETTLED:
            return Verdict(evidence="another may have written it too", wait=True)
        span = Moment(max(use.began, (use.over or now) - NEAR), use.over or now)
        if sum(Moment(moment.earliest - MERGED, moment.latest).meets(span) for moment in case.moments) > 1:
            return Verdict(evidence=f"{use.role} wrote it, and so may have {_listed(rivals)}")
    how = How.COMMAND if use.reach.command else How.TOOL
    said = "says so" if use.reach.command else "named it"
    lines = use.reach.names.get(case.path) if case.new or not use.reach.whole else None
    return Verdict(use.agent, use.role, how, f"{use.reach.what} {said}", lines)


def _process(case: Case, uses: Sequence[Use], _named: Sequence[Use], _now: float) -> Verdict | None:
    """Believe that who has a file open to write has written it, where no other agent's tool may have."""
    found = {writer.agent: writer for writer in case.writers}
    if len(found) > 1:
        return Verdict(evidence=f"processes of {_listed(writer.role for writer in found.values())} had it open")
    writer = next(iter(found.values()), None)
    if writer is None or _rivals(case, uses, writer.agent, doubts=False):
        return None
    return Verdict(writer.agent, writer.role, How.PROCESS, "a process of its pane had the file open to write")


def _worktree(case: Case, uses: Sequence[Use], _named: Sequence[Use], _now: float) -> Verdict | None:
    """Take the place for whose it is, where no other agent is known to be at work in it."""
    if case.owner is None or _rivals(case, uses, case.owner.agent, doubts=False):
        return None
    evidence = "in its own worktree, where nobody else was seen"
    return Verdict(case.owner.agent, case.owner.role, How.WORKTREE, evidence)


def _command(case: Case, uses: Sequence[Use], _named: Sequence[Use], _now: float) -> Verdict | None:
    """Take the one agent whose tool was running there, where no other can have been."""
    able = [use for use in uses if not use.held and use.reach.may_write(case.path, certain=True)]
    agents = {use.agent for use in able}
    if len(agents) != 1 or case.others:
        return None
    use = able[-1]
    if _rivals(case, uses, use.agent):
        return None
    place = "there" if use.reach.command and holds(use.reach.covers[0], case.path) else "with words that cover it"
    return Verdict(use.agent, use.role, How.COMMAND, f"only {use.reach.what} was running {place}")


def _rivals(case: Case, uses: Sequence[Use], agent: AgentId, *, doubts: bool = True) -> list[str]:
    """Give who else may have written a path, in words."""
    others = [use.role for use in uses if use.agent != agent and use.reach.may_write(case.path)]
    others += [writer.role for writer in case.writers if writer.agent != agent]
    return list(dict.fromkeys([*others, *(case.doubts if doubts else ())]))


def _nobody(case: Case, uses: Sequence[Use]) -> str:
    able = list(dict.fromkeys(use.role for use in uses if use.reach.may_write(case.path)))
    if len(able) > 1:
        return f"{_listed(able)} had tools running there at once"
    if able and case.doubts:
        return f"{able[0]} had a tool running there, and so may have written {_listed(case.doubts)}"
    if able and case.others:
        return f"{case.others} was at work there just then, for whom is not seen"
    return "no agent is known to have written it: it may have been you"


def _listed(roles: Iterable[str]) -> str:
    *most, last = dict.fromkeys(roles)
    return f"{', '.join(most)} and {last}" if most else last
