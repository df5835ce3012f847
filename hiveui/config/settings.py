"""What a person may choose, with what holds where nothing was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hiveui.model import runaway


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices that hold now. The fields are the keys of `config.yaml` (`options.options`)."""

    theme: str = "auto"
    """A shipped theme, one of the person's own, or `auto`: dark or light as the terminal says it is."""
    motion: bool = True
    """False: the spinner stands still."""
    notice_seconds: int = 10
    """Seconds that a notice stays which no key takes away."""
    bell: bool = False
    """The terminal's bell rings when an agent begins to need the person."""
    keys_preset: str = "default"
    """Of `presets.PRESETS`."""
    back: tuple[str, ...] = ("ctrl+]", "f12")
    """Chords that lead back from Interact; pressed twice they are typed."""
    prefix: str | None = None
    """A chord after which one Supervise key works anywhere; '' for none, None for the preset's."""
    alt_keys: bool = True
    """Alt with a digit goes to an agent from Interact; False leaves alt to the program."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Chords by the id of a command, in place of those that it has."""
    layout: str = "pair"
    """What `hive` opens in a folder where nothing was opened before."""
    kind: str = "shell"
    """What an agent runs whose layout names no kind."""
    stuck_calls: int = runaway.CALLS
    """Times that the same call of a tool is made before an agent counts as stuck; 0: never for that."""
    stuck_errors: int = runaway.ERRORS
    """The same for times that it meets the same error."""
    stuck_minutes: int = runaway.MINUTES
    """The same for minutes without output."""
    stuck_tokens: int = runaway.TOKENS
    """The same for tokens that it writes without a new call."""
    on_stuck: str = "flag"
    """`flag`, or `interrupt`: its program's key that ends a turn is pressed, once."""
