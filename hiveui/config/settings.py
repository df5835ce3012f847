"""What a person may choose, with what holds where nothing was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hiveui.model import runaway
from hiveui.model.alerts import Hours, Level
from hiveui.model.hosts import HostSpec

OFF = "off"


@dataclass(frozen=True, slots=True)
class Summary:
    """A small model that puts what agents did into words of its own."""

    model: str = OFF
    """Its name as its provider has it; `off`: none is asked, and nothing is sent anywhere."""
    base_url: str = ""
    """Where it is asked; '' for the provider's own, or what ANTHROPIC_BASE_URL says."""
    key_command: tuple[str, ...] = ()
    """What prints the key; where there is none, ANTHROPIC_API_KEY of the daemon's environment is it."""

    @property
    def on(self) -> bool:
        """Whether a model was chosen."""
        return self.model != OFF


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
    """The terminal's bell rings with every notification."""
    notify: Level = Level.NEEDS
    """What the person is notified of."""
    notify_roles: Mapping[str, Level] = field(default_factory=dict)
    """The same by role, whatever else is said."""
    notify_terminal: str = "auto"
    """How terminals that show the hive tell it: `osc9`, `osc99`, `osc777`, `bell`, `off`; auto: as they can."""
    notify_desktop: str = "auto"
    """Whether the desktop of the machine tells it: `on`, `off`, or where no terminal does."""
    notify_command: tuple[str, ...] = ()
    """A program of the person's that tells it, with its arguments."""
    notify_detail: bool = False
    """What agents ask stands in notifications."""
    quiet_hours: Hours | None = None
    """When nothing is told."""
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
    summary: Summary = field(default_factory=Summary)
    """What says in a sentence what agents did."""
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
    checks: int = 1
    """Checks of agents' work that are run at once."""
    check_minutes: int = 15
    """Minutes that one may take."""
    check_tries: int = 3
    """Times in a row that an agent is told that its check failed, before the person is."""
    hosts: Mapping[str, HostSpec] = field(default_factory=dict)
    """Other hosts that agents may run on, by name."""
