"""What a person has begun in a workspace and will go on with: prompts that are not sent, panes that are scrolled."""

from hiveui.hive.bus import Bus, named
from hiveui.model.agent import WorkspaceId
from hiveui.model.events import LookedBack, PromptDrafted
from hiveui.model.state import Workspace

DRAFT = 1 << 15
"""Characters of a prompt that are kept; of a longer one its screen keeps the rest."""


class Unfinished:
    """Keeps what is begun, so that it outlives the screen and the daemon. Its public methods are verbs."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def draft(self, *, workspace: str, role: str, text: str) -> None:
        """Keep a prompt as it is now; the empty one is forgotten."""
        found, text = self._of(workspace, role), text[:DRAFT]
        if found.drafts.get(role, "") != text:
            self._bus.publish(PromptDrafted(found.id, role, text))

    def scroll(self, *, workspace: str, role: str, line: int | None = None) -> None:
        """Keep the line of its history that a pane is scrolled to, or that it shows the present."""
        found = self._of(workspace, role)
        if found.backs.get(role) != line:
            self._bus.publish(LookedBack(found.id, role, line))

    def _of(self, workspace: str, role: str) -> Workspace:
        found = self._bus.workspace(WorkspaceId(workspace))
        named(found, role)
        return found
