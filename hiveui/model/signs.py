"""Signs: what one source says of an agent; and the reading that they come to when they are weighed."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum


class AgentState(StrEnum):
    """What an agent does, in the words of `hive status --json`."""

    STARTING = "starting"
    WORKING = "working"
    APPROVAL = "approval"
    QUESTION = "question"
    DONE = "done"
    IDLE = "idle"
    RATE_LIMITED = "rate-limited"
    RETRYING = "retrying"
    ERROR = "error"
    FAILED = "check-failed"
    """It is at rest and says that it is done, and its check says otherwise."""
    STUCK = "stuck"
    EXITED = "exited"
    UNSURE = "unsure"


class Confidence(StrEnum):
    """How far a state is to be believed."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


NEEDS_PERSON = frozenset(
    {AgentState.APPROVAL, AgentState.QUESTION, AgentState.ERROR, AgentState.FAILED, AgentState.STUCK}
)

_SPINNING = re.compile("[\u2800-\u28ff]")


class Source(StrEnum):
    """Where a sign comes from. One is believed before those that stand after it."""

    PROGRAM = "osc 7501"
    """The program's own status reports."""
    REPORT = "report"
    """What the agent says of itself over the gateway."""
    HOOK = "hook"
    """The program's hooks and event streams."""
    NOTICE = "notice"
    """Its title, OSC 9, 99 and 777, the bell."""
    SCREEN = "screen"
    """What stands on its screen, read by rules."""
    PROCESS = "process"
    """Whether its program runs."""
    ACTIVITY = "activity"
    """That it prints, or writes files."""
    GUARD = "guard"
    """That what it does leads nowhere (`runaway`): it says of one that works that it is stuck, and nothing else."""
    CHECK = "check"
    """That what it did passes no check: it says so of one that is at rest, and nothing else."""


CLICK = "click"
"""Stands among chords for a click on the label where it stands on the screen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a program offers."""

    label: str
    """As it stands on the screen, hostile until shown through the sanitiser."""
    keys: tuple[str, ...]
    """Chords that give this answer, in their order: `("2",)`, `("down", "enter")`, or CLICK.

    They start from where the choice stood that was marked on this screen: answer with the keys of the screen read
    last. Empty where the screen does not tell them: the person is to answer in the pane.
    """
    lasting: bool = False
    """It answers for times to come too: "always", "don't ask again"."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """What a program asks a person, as its screen shows it."""

    question: str
    """The question with what it is about (a command, a path), in one line."""
    choices: tuple[Choice, ...] = ()
    free: bool = False
    """It takes a text of the person's own too."""

    @property
    def fingerprint(self) -> str:
        """Tell one dialog from another: the same while only its marker or a spinner moves, another for any other word.

        An answer given to a dialog is for the dialog of the same fingerprint, and for no other.
        """
        asked = "\0".join([self.question, *(choice.label for choice in self.choices), str(self.free)])
        return hashlib.sha256(_SPINNING.sub("", asked).encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Sign:
    """What one source says of an agent's state."""

    source: Source
    state: AgentState
    evidence: str
    """What it rests on, in one line; hostile until shown through the sanitiser."""
    dialog: Dialog | None = None
    resets: str = ""
    """When a limit ends, as the program writes it; '' where it does not say."""
    holds: bool = False
    """It holds although the screen looks at rest: work goes on in the background."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An agent's state with what it rests on: what its signs come to."""

    state: AgentState = AgentState.STARTING
    source: Source = Source.PROCESS
    confidence: Confidence = Confidence.CERTAIN
    evidence: str = ""
    since: str = ""
    """RFC 3339, UTC."""
    dialog: Dialog | None = None
    """What it asks, where that is known."""
    resets: str = ""
    """When a limit ends, as the program writes it; '' where it does not say."""
