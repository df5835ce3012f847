"""What a shell offers after tab: asked of the daemon if one runs, and never for long. Nothing is started by it."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import click

from hiveui.errors import HiveError
from hiveui.model.names import NAME
from hiveui.model.state import State, Workspace
from hiveui.paths import Paths

PATIENCE = 0.3
"""Seconds that a daemon has to answer: who pressed tab waits."""


def roles(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Give the roles of the workspace that is named, or of this folder's, or of all."""
    workspaces = list(_state().workspaces.values())
    named = ctx.params.get("workspace")
    chosen = [w for w in workspaces if w.name == named] if named else _around(workspaces)
    return _fitting((agent.role for w in chosen for agent in w.agents), incomplete)


def workspaces(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Give the workspaces that are open."""
    return _fitting((w.name for w in _state().workspaces.values()), incomplete)


def layouts(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Give the layouts that a name leads to here."""
    with contextlib.suppress(OSError):
        places = Paths.find(os.environ).layout_places(Path.cwd())
        return _fitting((file.stem for place in places for file in place.glob("*.y*ml")), incomplete)
    return []


def _around(workspaces: list[Workspace]) -> list[Workspace]:
    """Give the workspaces of this folder or above it; all where there are none."""
    from hiveui.cli.reach import at_folder  # noqa: PLC0415  only where there is a daemon

    with contextlib.suppress(OSError):
        return at_folder(workspaces, Path.cwd()) or workspaces
    return workspaces


def _state() -> State:
    """Ask a daemon that runs; an empty state where none answers soon."""
    socket = Paths.find(os.environ).hive_socket
    if not socket.exists():
        return State()
    from importlib.metadata import version  # noqa: PLC0415  slow to import

    from hiveui.gateway.blocking import BlockingClient  # noqa: PLC0415  only where there is a daemon
    from hiveui.gateway.transport import dial  # noqa: PLC0415
    from hiveui.model.codec import from_json  # noqa: PLC0415

    with contextlib.suppress(HiveError, ValueError), BlockingClient(dial(socket)) as client:
        client.initialize("hive", version("hiveui"), os.environ.get("HIVE_TOKEN"), patience=PATIENCE)
        state: State = from_json(State, client.call("state/subscribe", patience=PATIENCE)["state"])
        return state
    return State()


def _fitting(names: Iterable[str], incomplete: str) -> list[str]:
    """Leave out what does not fit, and names that a shell would take apart."""
    return sorted({name for name in names if name.startswith(incomplete) and NAME.fullmatch(name) and " " not in name})
