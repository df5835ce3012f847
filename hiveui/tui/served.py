"""The screen for a client from outside: over a connection that it was given, and another one where that is lost."""

import asyncio
import os
import sys

from hiveui.gateway.client import HiveClient
from hiveui.gateway.door import Way
from hiveui.model.agent import WorkspaceId
from hiveui.tui.app import HiveApp
from hiveui.tui.preferences import Choices
from hiveui.tui.settings import Settings, terminal

FRAMES = 10
"""A second, until whoever serves the screen tells otherwise."""


def show(door: Way, workspace: WorkspaceId, role: str, choices: Choices) -> int:
    """Show a workspace on this terminal until the person leaves, and `role` alone at first; gives the exit status."""

    async def connect() -> HiveClient:
        client = await asyncio.to_thread(door)
        return await HiveClient.on_socket(client.socket, client.daemon)

    async def ensure() -> None:
        """Nothing: whoever opens the door starts the daemon."""

    choices.look()
    app = HiveApp(connect, ensure, workspace, Settings(), choices=choices, terminal=terminal(os.environ), at=role)
    app.workbench.sight.pace(FRAMES)
    code = app.run()
    if app.farewell:
        sys.stdout.write(f"{app.farewell}\n")
    return code or 0
