"""Signs: what one source says of an agent, before the sources are weighed against each other."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from hiveui.model.agent import AgentState

_SPINNING = re.compile("[\u2800-\u28ff]")


class Source(StrEnum):
    """Where a sign comes from. One is believed before those that stand after it."""

    PROGRAM = "program"
    """The program's own status reports, OSC 7501."""
    HOOK = "hook"
    """Its hooks and event streams, and what it reports over the gateway."""
    NOTICE = "notice"
    """Its title, OSC 9, 99 and 777, the bell."""
    SCREEN = "screen"
    """What stands on its screen, read by rules."""
    PROCESS = "process"
    """Whether its program runs."""
    ACTIVITY = "activity"
    """That it prints, or writes files."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a program offers."""

    label: str
    """As it stands on the screen, hostile until shown through the sanitiser."""
    keys: tuple[str, ...]
    """Chords that give this answer, in their order: `("2",)`, `("down", "enter")`.

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
