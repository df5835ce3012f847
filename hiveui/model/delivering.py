"""Decides what is done next to bring a prompt to its agent. Pure: what is seen comes in, one deed comes out.

Waiting, typed, entered, left: a prompt goes on only where the step before is proven, is tried again where it is
proven that nothing happened, and is flagged with a sentence where neither can be told.
"""

import shlex
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hiveui.model import resets
from hiveui.model.agent import Agent
from hiveui.model.budget import exhausted
from hiveui.model.prompts import Step
from hiveui.model.signs import AgentState, Confidence
from hiveui.model.state import Workspace
from hiveui.model.weighing import ASKING, BUSY, RESTING

QUIET = 1.5
"""Seconds for which nobody has to have typed into a pane."""
BEFORE_ENTER = 0.15
"""Seconds between a text and enter: programs take what follows at once for a part of the paste."""
SEEN_WITHIN = 8.0
"""Seconds in which a program has to show what was typed."""
GONE_AFTER = 1.0
"""Seconds for which what was seen has to be gone: programs redraw in steps."""
ENTER_AGAIN = 2.0
"""Seconds after which enter is pressed again where the composer holds the text still."""
ENTERS = 3
"""Times that enter is pressed, at most."""
UNTOLD_WITHIN = 45.0
"""Seconds in which a turn has to begin where the composer is not told from the rest of the screen (OpenCode): what
stands there may be the prompt as it was taken, and the program may install something before its first turn."""
TURN_WITHIN = 4.0
"""Seconds in which a turn has to begin; a prompt that begins none (a command of the program's) has left by then."""


class Act(StrEnum):
    """What is done with a prompt."""

    HOLD = "hold"
    """Nothing, until something changes."""
    LOOK = "look"
    """Nothing, and look again in a moment."""
    TYPE = "type"
    SEEN = "seen"
    """Note that it stands in the composer."""
    ENTER = "enter"
    BACK = "back"
    """Note that nothing of it was typed, and begin anew."""
    FLAG = "flag"
    """Leave it to the person, and say why."""
    LEAVE = "leave"
    """Note that it arrived, and what proves it."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One act, with the sentence that belongs to it."""

    act: Act
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of an agent while a prompt is delivered to it."""

    agent: Agent
    enters: int | None = None
    """Times that enter was pressed in this pane since the prompt was typed there; None: it was not typed there."""
    empty: bool | None = None
    """Its composer is empty; None where that is not known."""
    holds: bool = False
    """Its composer holds the text."""
    quiet: bool = True
    """Nobody typed into its pane for a moment."""
    touched: bool = False
    """Somebody typed into its pane since the prompt was."""
    told: bool = False
    """Its program said something new since enter was pressed, or took this very text (a hook's word)."""
    shown: AgentState = AgentState.IDLE
    """What its signs come to at this moment; its record follows a little later."""
    asks: bool = False
    """Its screen shows a dialog, be it one that its program tells nothing of: its own help, a menu."""
    shell: bool = False
    """Its program would run the text in a shell."""
    forced: bool = False
    """The person wants it typed whatever the agent does."""
    budget: str = ""
    """Why it is to be sent nothing unasked: a budget is used up."""
    lifted: bool = False
    """The limit of use that it waits for is over by the clock; its program says nothing of that by itself."""
    waited: float = 0.0
    """Seconds since the last act."""


def holding(workspace: Workspace, agent: Agent, now: datetime, *, forced: bool = False) -> str:
    """Say why nothing is typed for an agent at a time: its record tells, or a budget is used up; '' where nothing does.

    What is `forced` is typed whatever it does, unless it asks something.
    """
    why = obstacle(agent, forced=forced, lifted=resets.over(agent.reading, now))
    return why or ("" if forced else paused(workspace, agent))


def paused(workspace: Workspace, agent: Agent) -> str:
    """Say what holds an agent's queue, a budget or the person, and what lets it go on; '' where nothing does."""
    why = workspace.radar.holds.get(agent.role, "")
    if why:
        return f"{why}; `hive queue {shlex.quote(agent.role)} go` lets it go on"
    found = exhausted(workspace, agent)
    if found is None:
        return ""
    whose = f" {shlex.quote(found.role)}" if found.role else ""
    return f"{found.why}; `hive budget allow{whose}` lets it go on"


def obstacle(agent: Agent, *, forced: bool = False, lifted: bool = False) -> str:
    """Say why nothing is typed for an agent, as far as its record tells; '' where it is at rest.

    What is `forced` is typed whatever it does, unless it asks something. `lifted`: its limit of use is over.
    """
    reading = agent.reading
    if agent.pid is None:
        return "its program does not run"
    if reading.dialog is not None or reading.state in ASKING:
        return "it asks something: answer that first"
    if forced:
        return ""
    if reading.state is AgentState.UNSURE or reading.confidence is Confidence.GUESS:
        return "its state is not known; send it anyway with --now"
    if reading.state is AgentState.RATE_LIMITED:
        return "" if lifted else _limited(reading.resets)
    return "" if reading.state in RESTING else f"it is {reading.state.value}"


def _limited(ends: str) -> str:
    return f"it is rate-limited, and goes on when that {'resets ' + ends if ends else 'is over'}; --now sends it anyway"


def next_deed(step: Step, sight: Sight) -> Deed:
    """Decide what is done next with the first prompt of a queue."""
    if step is Step.WAITING:
        return _begin(sight)
    if sight.agent.pid is None or sight.enters is None:
        if step is Step.ENTERING:
            return Deed(Act.FLAG, "its program ended while it was submitted: it may or may not have arrived")
        return Deed(Act.BACK)
    if sight.told or (sight.enters and _begun(sight)):
        return Deed(Act.LEAVE, "a turn began")
    return _submit(step, sight) if sight.enters == 0 else _entered(sight)


def _begin(sight: Sight) -> Deed:
    why = obstacle(sight.agent, forced=sight.forced, lifted=sight.lifted) or ("" if sight.forced else sight.budget)
    if why:
        return Deed(Act.HOLD, why)
    if sight.shown not in _free(sight) and not sight.forced:
        return Deed(Act.LOOK, f"it is {sight.shown.value}")
    if sight.shell and not sight.forced:
        return Deed(Act.FLAG, "its program would run it in a shell, unasked: --now sends it all the same")
    if sight.asks:
        return Deed(Act.LOOK, "a dialog stands on its screen: answer or close that first")
    if not sight.quiet:
        return Deed(Act.LOOK, "somebody types into its pane")
    if sight.empty is False:
        return Deed(Act.LOOK, "something else stands in its composer")
    return Deed(Act.TYPE)


def _submit(step: Step, sight: Sight) -> Deed:
    """Press enter once the text is seen; it was typed, and enter was not pressed."""
    if not sight.holds:
        return _unseen(step, sight)
    if sight.touched:
        return Deed(Act.FLAG, "somebody typed into its pane after it: look at it there")
    if step is Step.TYPING:
        return Deed(Act.SEEN)
    why = obstacle(sight.agent, forced=sight.forced, lifted=sight.lifted)
    if why:
        return Deed(Act.HOLD, f"it stands in the composer; {why}")
    return Deed(Act.ENTER) if sight.waited >= BEFORE_ENTER else Deed(Act.LOOK)


def _unseen(step: Step, sight: Sight) -> Deed:
    """Wait for a text that was typed and is not seen, for as long as that may be."""
    if sight.touched and _begun(sight):
        return Deed(Act.LEAVE, "it was submitted in its pane")
    if sight.waited < (SEEN_WITHIN if step is Step.TYPING else GONE_AFTER):
        return Deed(Act.LOOK, "it was typed, and is not seen yet")
    return Deed(Act.FLAG, "it was typed, but does not stand in the composer: look at it there")


def _entered(sight: Sight) -> Deed:
    """See the text leave the composer after enter was pressed, or press it again.

    A command of the program's own (`/help`) begins no turn, and what it opens may stand in the composer's place.
    """
    if sight.asks:
        return Deed(Act.LEAVE, "it opened a dialog")
    if not sight.holds:
        return Deed(Act.LEAVE, "its composer took it") if sight.waited >= TURN_WITHIN else Deed(Act.LOOK)
    if sight.waited < ENTER_AGAIN:
        return Deed(Act.LOOK)
    if (sight.enters or 0) >= ENTERS or sight.touched or obstacle(sight.agent, lifted=sight.lifted):
        if sight.empty is None and not sight.touched and sight.waited < UNTOLD_WITHIN:
            return Deed(Act.LOOK)
        return Deed(Act.FLAG, "enter was pressed, but it stands in the composer still: look at it there")
    return Deed(Act.ENTER)


def _begun(sight: Sight) -> bool:
    """Tell whether an agent, at rest when enter was pressed, has begun something since."""
    return sight.agent.reading.state in (BUSY | ASKING) - {AgentState.STARTING} - _free(sight)


def _free(sight: Sight) -> frozenset[AgentState]:
    """Give the states in which an agent is at rest: waiting for a limit that is over is one."""
    return RESTING | {AgentState.RATE_LIMITED} if sight.lifted else RESTING
