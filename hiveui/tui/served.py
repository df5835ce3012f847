"""The screen for a client from outside: over a connection that it was given, and another one where that is lost."""

import asyncio
import os
import sys

from hiveui.gateway.blocking import BlockingClient
from hiveui.gateway.client import HiveClient
from hiveui.gateway.door import Way
from hiveui.model.agent import WorkspaceId
from hiveui.model.seat import Role
from hiveui.paths import Paths
from hiveui.tui.app import HiveApp
from hiveui.tui.preferences import Choices
from hiveui.tui.premises import Kiosk, Premises
from hiveui.tui.settings import Settings, terminal

FRAMES = 10
"""A second, until whoever serves the screen tells otherwise."""


def show(first: BlockingClient, door: Way, workspace: WorkspaceId, at: str, choices: Choices) -> int:
    """Show a workspace on this terminal until the person leaves, and the role `at` alone first; gives the exit status.

    The screen takes over the connection `first`, and asks `door` for those after it. It acts on this machine for its
    owner alone.
    """
    given = [first]

    async def connect() -> HiveClient:
        return await HiveClient.after(given.pop() if given else await asyncio.to_thread(door))

    async def ensure() -> None:
        """Nothing: whoever opens the door starts the daemon."""

    choices.look()
    terminal_ = terminal(os.environ)
    owner = Role(first.daemon["role"]) is Role.OWNER
    premises = Premises(os.environ, Paths.find(os.environ)) if owner else Kiosk(os.environ)
    app = HiveApp(connect, ensure, workspace, Settings(), premises=premises, choices=choices, terminal=terminal_, at=at)
    app.here = False
    app.workbench.sight.pace(FRAMES)
    code = app.run()
    if app.farewell:
        sys.stdout.write(f"{app.farewell}\n")
    return code or 0
