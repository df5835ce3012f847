"""The error tree. Each error carries one sentence for the person and, where there is one, the mend.

HiveError
├── UsageError          the person asked for something that is not there or not allowed
├── FileError           a file that a person wrote cannot be used; carries file, line and column
│   ├── LayoutError     a layout
│   └── ConfigError     configuration, a theme, a kind of agents
├── TmuxError           tmux is missing, too old, or answered with an error
│   └── HostError       another host, and with it the tmux there, cannot be reached, or lacks what is needed
├── StorageError        a file could not be read or kept
├── GitError            git is missing, or answered with an error
├── GatewayError        the daemon answered with an error, or cannot be reached
└── MachineError        this operating system cannot do what was asked
"""


class HiveError(Exception):
    """Something the person should be told: `str(error)` is the sentence, `hint` the mend or ''."""

    exit_code = 1

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class UsageError(HiveError):
    """The person asked for something that is not there or not allowed."""

    exit_code = 2


class FileError(HiveError):
    """A file that a person wrote cannot be used. `line` and `column` count from 1, 0 where unknown."""

    exit_code = 2

    def __init__(self, sentence: str, hint: str = "", *, file: str = "", line: int = 0, column: int = 0) -> None:
        where = f"{file}:{line}:{column}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + sentence, hint)
        self.file = file
        self.line = line
        self.column = column


class LayoutError(FileError):
    """A layout file cannot be used."""


class ConfigError(FileError):
    """A configuration file cannot be used, or what several of them choose does not go together."""

    about: tuple[str, ...] = ()
    """The settings that it is about, from which a reader of files finds the place."""


class TmuxError(HiveError):
    """Tmux is missing, too old, or answered with an error."""


class StorageError(HiveError):
    """A file could not be read or kept."""


class GitError(HiveError):
    """Git is missing, or answered with an error."""


class HostError(TmuxError):
    """Another host cannot be reached, or lacks what is needed there; `final` where trying again cannot help."""

    def __init__(self, sentence: str, hint: str = "", *, final: bool = False) -> None:
        super().__init__(sentence, hint)
        self.final = final


class GatewayError(HiveError):
    """The daemon answered with an error (`code`, JSON-RPC 2.0, section 5.1), or cannot be reached (0)."""

    def __init__(self, sentence: str, hint: str = "", *, code: int = 0) -> None:
        super().__init__(sentence, hint)
        self.code = code


class MachineError(HiveError):
    """This operating system cannot do what was asked."""
