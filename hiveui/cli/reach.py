"""How a command reaches the hive: its folders, its daemon, and the workspace that is meant."""

import os
import signal
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from hiveui.cli.output import agreed, at_terminal, chosen, waiting
from hiveui.errors import GatewayError, UsageError
from hiveui.gateway.blocking import BlockingClient, connect
from hiveui.gateway.faults import VersionError
from hiveui.gateway.transport import dial
from hiveui.machine import this_machine
from hiveui.model.codec import from_json
from hiveui.model.state import State, Workspace
from hiveui.paths import Paths

REPLACED_WITHIN = 10.0
"""Seconds that a daemon has to end when it is replaced."""


def here() -> Path:
    """Give the current folder. Raises UsageError where it was deleted."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise UsageError("The current folder is gone.", "cd to one that is there.") from None


def find_paths() -> Paths:
    """Find the folders of this person's hive."""
    return Paths.find(os.environ)


def refuse_agents(what: str) -> None:
    """Raise UsageError where an agent calls what is for the person. It stops mistakes; a sandbox is the boundary."""
    if os.environ.get("HIVE_TOKEN"):
        raise UsageError(f"An agent may not {what}: that is for the person.", "Ask the person to do it.")


def ensure(paths: Paths) -> None:
    """Start the daemon if none answers. Raises HiveError."""
    from hiveui.daemon.lifecycle import ensure_daemon  # noqa: PLC0415  most commands find it running

    with waiting("Starting the daemon…"):
        ensure_daemon(paths)


def reach() -> BlockingClient:
    """Connect to the daemon, which is started if it does not run; under a seat, as the context of click has it.

    Raises HiveError.
    """
    seated = _seated()
    if seated is not None:
        return seated()
    paths = find_paths()
    ensure(paths)
    return _connect(paths)


def reach_current(*, yes: bool) -> BlockingClient:
    """Connect as `reach` does; a daemon of an older version is replaced if the person agrees. Raises HiveError.

    Where nobody can be asked it stays, and serves if it can.
    """
    paths = find_paths()
    ensure(paths)
    ours, (theirs, serves) = version("hiveui"), _daemon_version(paths)
    other = f"version {theirs}" if theirs not in ("", ours) else "another version"
    question = f"The daemon is {other}, this is {ours}. Replace it? Agents go on."
    older = _newer(ours, theirs) or not (serves or _newer(theirs, ours))
    if older and (yes or at_terminal()) and agreed(question, yes=yes, hint="`--yes` replaces it."):
        _end_daemon(paths)
        ensure(paths)
    return _connect(paths)


def reach_if_there() -> BlockingClient | None:
    """Connect where a daemon or agents of one are alive; None on a machine where nothing runs. Raises HiveError."""
    paths = find_paths()
    if _seated() is None and not paths.hive_socket.exists() and not paths.tmux_socket.exists():
        return None
    return reach()


def is_outside() -> bool:
    """Tell whether the command is run for somebody from outside, who is told nothing of paths of this machine."""
    return _seated() is not None


def _seated() -> Callable[[], BlockingClient] | None:
    """Give what connects a command that is run for somebody from outside (`cli.orders`)."""
    context = click.get_current_context(silent=True)
    seated: Callable[[], BlockingClient] | None = context.obj if context is not None else None
    return seated


def _connect(paths: Paths) -> BlockingClient:
    return connect(paths.hive_socket, "hive", version("hiveui"), os.environ.get("HIVE_TOKEN"))


def _daemon_version(paths: Paths) -> tuple[str, bool]:
    """Give the daemon's version, '' where it is not known, and whether it serves this one."""
    try:
        with _connect(paths) as client:
            return str(client.daemon["version"]), True
    except VersionError as error:
        return error.version, False


def _newer(ours: str, theirs: str) -> bool:
    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split(".") if part.isdecimal())

    return numbers(ours) > numbers(theirs)


def _end_daemon(paths: Paths) -> None:
    """End the daemon by the signal that every version understands. Raises GatewayError."""
    machine = this_machine()
    with dial(paths.hive_socket) as sock:
        pid = machine.peer(sock).pid
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + REPLACED_WITHIN
    while machine.alive(pid):
        if time.monotonic() > deadline:
            raise GatewayError(f"The daemon (pid {pid}) does not end.", f"kill -9 {pid}; agents go on.")
        time.sleep(0.02)


def state_of(client: BlockingClient) -> State:
    """Ask for the state; events follow on the same connection."""
    snapshot: dict[str, Any] = client.call("state/subscribe")
    state: State = from_json(State, snapshot["state"])
    return state


def pick(state: State, name: str | None, *, gone: bool = False) -> Workspace:
    """Find the workspace that is meant: by name, else by the current folder, else by asking. Raises UsageError.

    Of several, those that run are meant; with `gone`, those whose agents are gone.
    """
    everyone = sorted(state.workspaces.values(), key=lambda w: (w.name, w.path))
    if not everyone:
        raise UsageError("No workspace is open.", "`hive up` opens one here.")
    fitting = [w for w in everyone if name in {w.name, w.id}] if name is not None else everyone
    if not fitting:
        names = ", ".join(w.name for w in everyone)
        raise UsageError(f"There is no workspace {name!r}.", f"There are: {names}.")
    around = at_folder(fitting, here()) if name is None or len(fitting) > 1 else fitting
    if len(around) == 1:
        return around[0]
    several = around or fitting
    options = [w for w in several if bool(w.note) == gone] or several
    if len(options) == 1:
        return options[0]
    listed = [f"{w.name}  {w.path}" for w in options]
    return options[chosen("Which workspace?", listed, "Name one: `-w NAME`.")]


def at_folder(workspaces: list[Workspace], folder: Path) -> list[Workspace]:
    """Give the workspaces of a folder, or of the nearest one above it that has any."""
    for place in (folder, *folder.parents):
        found = [w for w in workspaces if Path(w.path) == place]
        if found:
            return found
    return []


def place_of(client: BlockingClient, workspace: str | None) -> dict[str, Any]:
    """Give the workspace that is meant; an agent is in its own, which the daemon knows."""
    return {} if os.environ.get("HIVE_TOKEN") else {"workspace": pick(state_of(client), workspace).id}
