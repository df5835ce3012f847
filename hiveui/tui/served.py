"""The screen for a client from outside: over a connection that it was given, and another one where that is lost."""

import asyncio
import os
import sys

from hiveui.gateway.client import HiveClient
from hiveui.gateway.door import Way
from hiveui.model.agent import WorkspaceId
from hiveui.model.seat import Role
from hiveui.paths import Paths
from hiveui.tui.app import HiveApp
from hiveui.tui.preferences import Choices
from hiveui.tui.premises import Kiosk, Premises
from hiveui.tui.settings import Settings, terminal

USUAL = (120, 32)
"""Columns and rows of a screen that nobody sees."""
FRAMES = 10
"""A second, until whoever serves the screen tells otherwise."""


def rehearse() -> None:
    """Show a screen that never connects, on no terminal, until it is drawn."""

    async def connect() -> HiveClient:
        app.call_after_refresh(app.exit, 0)
        await asyncio.Event().wait()
        raise AssertionError

    async def ensure() -> None:
        """Nothing."""

    app = HiveApp(connect, ensure, WorkspaceId(""), Settings(), premises=Kiosk({}))
    app.run(headless=True, size=USUAL)


def show(door: Way, seat: Role, workspace: WorkspaceId, at: str, choices: Choices) -> int:
    """Show a workspace on this terminal until the person leaves, and the role `at` alone first; gives the exit status.

    The screen acts on this machine for its owner alone.
    """

    async def connect() -> HiveClient:
        client = await asyncio.to_thread(door)
        return await HiveClient.on_socket(client.socket, client.daemon)

    async def ensure() -> None:
        """Nothing: whoever opens the door starts the daemon."""

    choices.look()
    terminal_ = terminal(os.environ)
    premises = Premises(os.environ, Paths.find(os.environ)) if seat is Role.OWNER else Kiosk(os.environ)
    app = HiveApp(connect, ensure, workspace, Settings(), premises=premises, choices=choices, terminal=terminal_, at=at)
    app.here = False
    app.workbench.sight.pace(FRAMES)
    code = app.run()
    if app.farewell:
        sys.stdout.write(f"{app.farewell}\n")
    return code or 0
