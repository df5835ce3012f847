"""The title of the person's terminal: what calls them, also where the screen itself is hidden."""

from collections.abc import Callable, Iterable, Mapping

from hiveui.model.agent import WorkspaceId
from hiveui.model.attention import needing
from hiveui.model.state import State, Workspace
from hiveui.model.text import visible

LONGEST = 60
"""Characters of a workspace's name in a title."""


class Caption:
    """Says in the title how many agents need the person: `▲2 shop — hive`."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """`write` sends a sequence to the terminal."""
        self._write = write
        self._said = ""

    def say(self, state: State, here: WorkspaceId, now: str) -> None:
        """Say it, where that is news."""
        title = caption(state.workspaces, here, now)
        if title != self._said:
            self._said = title
            self._write(f"\x1b]2;{title}\x07")


def caption(workspaces: Mapping[WorkspaceId, Workspace], here: WorkspaceId, now: str) -> str:
    """Write the title; safe."""
    everyone: Iterable[Workspace] = workspaces.values()
    count = sum(len(needing(workspace.agents, now)) for workspace in everyone)
    workspace = workspaces.get(here)
    name = visible(workspace.name)[:LONGEST] if workspace else ""
    return " ".join(filter(None, (f"▲{count}" if count else "", f"{name} — hive" if name else "hive")))
