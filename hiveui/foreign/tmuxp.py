"""Sessions of tmuxp: `session_name` and `windows` of `panes` (tmuxp's documentation, Configuration)."""

from hiveui.foreign.data import Data, at, fields
from hiveui.foreign.session import NoSessionError, Pane, Session, Window, lines, variables

_SESSION = ("session_name", "windows", "start_directory", "environment", "shell_command_before", "suppress_history")
_WINDOW = (
    "window_name",
    "panes",
    "layout",
    "start_directory",
    "environment",
    "shell_command_before",
    "suppress_history",
    "window_index",
    "focus",
)
_PANE = ("shell_command", "shell_command_before", "start_directory", "environment", "suppress_history", "focus")
_EMPTY = frozenset({"blank", "pane", "null", ""})
"""What a pane is called in which nothing is typed."""


def session(found: Data) -> Session:
    """Read a session. Raises NoSessionError."""
    name = at(found, "session_name")
    windows = at(found, "windows")
    if not isinstance(name, str) or not isinstance(windows, list):
        raise NoSessionError("It has no `session_name` and `windows`.")
    made = Session(name, _text(found, "start_directory"))
    made.pass_over("the session", fields(found), _SESSION)
    env, before = variables(at(found, "environment")), lines(at(found, "shell_command_before"))
    for number, window in enumerate(windows, 1):
        made.windows.append(_window(made, number, fields(window), env, before))
    return made


def _window(made: Session, number: int, found: dict[str, Data], env: dict[str, str], before: list[str]) -> Window:
    name = _text(found, "window_name")
    where = name or f"window {number}"
    made.pass_over(where, found, _WINDOW)
    env = env | variables(found.get("environment"))
    before = before + lines(found.get("shell_command_before"))
    panes = found.get("panes")
    parts = panes if isinstance(panes, list) and panes else [None]
    return Window(
        name,
        tuple(_pane(made, where, part, env, before) for part in parts),
        _text(found, "layout") or "even-vertical",
        _text(found, "start_directory"),
    )


def _pane(made: Session, where: str, found: Data, env: dict[str, str], before: list[str]) -> Pane:
    if not isinstance(found, dict):
        return Pane((*before, *_typed(found)), env=env)
    made.pass_over(f"a pane of {where}", found, _PANE)
    before = before + lines(found.get("shell_command_before"))
    return Pane(
        (*before, *_typed(found.get("shell_command"))),
        dir=_text(found, "start_directory"),
        env=env | variables(found.get("environment")),
    )


def _typed(found: Data) -> list[str]:
    return [line for line in lines(found) if line not in _EMPTY]


def _text(found: Data, key: str) -> str:
    value = at(found, key)
    return value if isinstance(value, str) else ""
