"""Which files of the checkouts agents' own tools have read."""

import os
from collections.abc import Callable
from pathlib import Path

from hiveui.hive.radar import Tops
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.reads import files_read
from hiveui.model.turns import Hooked

Read = Callable[[WorkspaceId, Agent, str, str], None]
"""Takes a workspace, an agent, a checkout's top and a path below it."""


class Reads:
    """Hears of tools' uses."""

    def __init__(self, tops: Tops, read: Read) -> None:
        self._tops = tops
        self._read = read

    def heard(self, supervisor: Supervisor, agent: Agent, event: Hooked) -> None:
        """Take what an agent's hook told."""
        paths = files_read(event)
        if not paths:
            return
        workspace = supervisor.workspace.id
        tops = sorted(self._tops(workspace), key=len, reverse=True)
        for path in paths:
            place = os.path.realpath(Path(event.folder or agent.dir) / path)
            top = next((top for top in tops if place.startswith(top.rstrip("/") + "/")), None)
            if top is not None and os.path.isfile(place):  # noqa: PTH113  unlike Path's, False where it may not be seen
                self._read(workspace, agent, top, os.path.relpath(place, top))
