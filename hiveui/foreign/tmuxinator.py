"""Sessions of tmuxinator: `name`, `root` and `windows`, each a map of one name (tmuxinator's README)."""

from collections.abc import Sequence

from hiveui.foreign.data import Data, at, fields
from hiveui.foreign.session import NoSessionError, Pane, Session, Window, lines

_SESSION = ("name", "project_name", "root", "project_root", "windows", "tabs", "pre_window", "pre_tab", "rbenv", "rvm")
_WINDOW = ("layout", "root", "pre", "panes")
_VERSIONS = (("rbenv", "rbenv shell"), ("rvm", "rvm use"))


def session(found: Data) -> Session:
    """Read a session. Raises NoSessionError."""
    name = _first(found, "name", "project_name")
    windows = at(found, "windows") or at(found, "tabs")
    if not name or not isinstance(windows, list):
        raise NoSessionError("It has no `name` and `windows`.")
    made = Session(name, _first(found, "root", "project_root"))
    made.pass_over("the session", fields(found), _SESSION)
    versions = [f"{command} {at(found, key)}" for key, command in _VERSIONS if isinstance(at(found, key), str)]
    before = [*versions, *lines(at(found, "pre_window") or at(found, "pre_tab"))]
    for window in windows:
        named = fields(window) or ({window: None} if isinstance(window, str) else {})
        made.windows += [_window(made, title, body, before) for title, body in named.items()]
    return made


def _window(made: Session, title: str, body: Data, before: list[str]) -> Window:
    if not isinstance(body, dict):
        return Window(title, (Pane((*before, *lines(body))),), "tiled")
    made.pass_over(title, body, _WINDOW)
    before = before + lines(body.get("pre"))
    panes = body.get("panes")
    parts = panes if isinstance(panes, list) and panes else [None]
    layout = _first(body, "layout") or "tiled"
    return Window(title, tuple(_pane(part, before) for part in parts), layout, _first(body, "root"))


def _pane(found: Data, before: Sequence[str]) -> Pane:
    """Read a pane: a command, several of them, or a name over either."""
    if isinstance(found, dict) and len(found) == 1:
        ((name, typed),) = found.items()
        return Pane((*before, *lines(typed)), name)
    return Pane((*before, *lines(found)))


def _first(found: Data, *keys: str) -> str:
    return next((value for key in keys if isinstance(value := at(found, key), str)), "")
