"""Who wrote what, as those ask for it who look after agents' work; hive.files.Files knows."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from hiveui.model.agent import WorkspaceId
from hiveui.model.changes import Write


class Writes(Protocol):
    """The writes of all checkouts."""

    def writes(self, workspace: WorkspaceId, *, role: str = "", path: str = "", after: str = "") -> Sequence[Write]:
        """Give those that are remembered, the newest first: an agent's, a path's, those after a time."""

    def acting(self, top: str) -> AbstractContextManager[None]:
        """Take what changes in a checkout meanwhile for HiveUI's own doing."""
