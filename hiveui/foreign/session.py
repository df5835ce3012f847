"""A tmux session as tmuxp and tmuxinator describe one, and the layout that comes nearest to it."""

import os.path
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hiveui.foreign import geometry
from hiveui.foreign.data import Data, texts
from hiveui.foreign.survey import role_name
from hiveui.model.layout import AgentSpec, Layout, Leaf, Node, Tab
from hiveui.model.names import one_line, quoted
from hiveui.model.variables import is_refused

MAX_WINDOWS = 64
MAX_PANES = 128
LONGEST = 30_000
"""Characters of the commands of one pane."""
SHELL = 'exec "${SHELL:-sh}"'
"""What stands behind a pane's commands: they were typed into a shell that stays."""


class NoSessionError(ValueError):
    """A file describes no session; `str(error)` is a sentence."""


@dataclass(frozen=True, slots=True)
class Pane:
    """A shell and what is typed into it."""

    commands: tuple[str, ...] = ()
    name: str = ""
    dir: str = ""
    """As it is written; relative to the window's."""
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """Panes, and how tmux is told to arrange them."""

    name: str
    panes: tuple[Pane, ...]
    layout: str
    dir: str = ""


@dataclass
class Session:
    """What a file describes; remarks on what it says and a layout does not."""

    name: str
    root: str = ""
    windows: list[Window] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)

    def remark(self, sentence: str) -> None:
        """Say what is not carried over."""
        self.remarks[sentence] = None

    def pass_over(self, where: str, found: Mapping[str, Data], known: Sequence[str]) -> None:
        """Say which fields are not carried over."""
        for key in found:
            if key not in known:
                self.remark(f"`{one_line(key, 40)}` of {where} is not carried over.")


def to_layout(session: Session, name: str, description: str) -> Layout:
    """Make the layout: a tab for each window, a shell for each pane. Raises NoSessionError where there is none."""
    if not session.windows:
        raise NoSessionError("It has no windows.")
    if len(session.windows) > MAX_WINDOWS or sum(len(window.panes) for window in session.windows) > MAX_PANES:
        raise NoSessionError(f"It has over {MAX_WINDOWS} windows or {MAX_PANES} panes.")
    root = _expanded(session.root)
    if root:
        session.remark(f"Its folder was {one_line(session.root)}: open the layout there.")
    specs: list[AgentSpec] = []
    tabs: list[Tab] = []
    taken: set[str] = set()
    for number, window in enumerate(session.windows, 1):
        title = one_line(window.name).strip() or str(number)
        roles = _roles(window, number, taken)
        specs += [_spec(session, role, pane, window, root) for role, pane in zip(roles, window.panes, strict=True)]
        tabs.append(Tab(title, _tree(session, window, title, roles)))
    return Layout(name, tuple(specs), tuple(tabs), description)


def _roles(window: Window, number: int, taken: set[str]) -> list[str]:
    """Name the panes of a window: as they are called, else as the window is, with numbers."""
    roles: list[str] = []
    for pane in window.panes:
        base = role_name(pane.name) or role_name(window.name) or f"window-{number}"
        tries = (base, *(f"{base}-{count}" for count in range(2, MAX_PANES + 2)))
        role = next(role for role in tries if role not in taken)
        taken.add(role)
        roles.append(role)
    return roles


def _tree(session: Session, window: Window, title: str, roles: list[str]) -> Node:
    found = geometry.named(window.layout, roles) or geometry.custom(window.layout, roles)
    if found is None:
        session.remark(f"The layout {quoted(window.layout)} of {title} is not one of {len(roles)} panes: it is tiled.")
        found = geometry.named("tiled", roles)
    return found or Leaf(roles[0])


def _spec(session: Session, role: str, pane: Pane, window: Window, root: str) -> AgentSpec:
    commands = "\n".join((*pane.commands, SHELL))
    argv: tuple[str, ...] = ("sh", "-c", commands) if pane.commands else ()
    if len(commands) > LONGEST or not all(part.isprintable() or part in "\n\t" for part in commands):
        session.remark(f"The commands of {role} hold invisible characters or are too long: they are left out.")
        argv = ()
    env = {}
    for name, value in pane.env.items():
        if (
            not name.isidentifier()
            or not name.isascii()
            or is_refused(name)
            or not value.isprintable()
            or len(value) > LONGEST
        ):
            session.remark(f"The variable {quoted(name)} of {role} is not carried over.")
        else:
            env[name] = value
    return AgentSpec(role, "shell", argv, _dir(session, role, (window.dir, pane.dir), root), env)


def _dir(session: Session, role: str, written: Sequence[str], root: str) -> str:
    """Give a pane's folder, relative to the session's where it is in it."""
    path = "."
    for part in map(_expanded, written):
        if any(mark in part for mark in "$`") or part.startswith("~") or not part.isprintable() or len(part) > 1000:
            session.remark(f"The folder {quoted(part)} of {role} is not carried over.")
        elif part:
            path = os.path.join(path, part)  # noqa: PTH118  text, never looked at
    path = os.path.normpath(path)
    if root.startswith("/") and Path(path).is_relative_to(root):
        path = os.path.relpath(path, root)
    return path


def _expanded(path: str) -> str:
    return os.path.expanduser(path) if path == "~" or path.startswith("~/") else path  # noqa: PTH111  text


def lines(data: Data) -> list[str]:
    """Give commands, however they are written: a text, texts, or maps with `cmd`."""
    parts = data if isinstance(data, list) else [data]
    found = [part.get("cmd") if isinstance(part, dict) else part for part in parts]
    return [line for line in texts(found) if line.strip()]


def variables(data: Data) -> dict[str, str]:
    """Give the variables of an environment."""
    return {str(key): value for key, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}
