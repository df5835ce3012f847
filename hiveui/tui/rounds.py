"""Going round those that need the person, over all tabs and workspaces, and back."""

from collections.abc import Callable
from dataclasses import replace

from hiveui.model.agent import WorkspaceId
from hiveui.model.attention import stamp, tour, walk
from hiveui.model.state import State
from hiveui.tui import chrome
from hiveui.tui import desk as places
from hiveui.tui.asking import matter
from hiveui.tui.ground import Ground

LEADS = {True: ("⇄ collision in", "c shows both."), False: ("⊘ wrote", "O shows it.")}
"""What is said of where agents collide, and of where one wrote outside: before it, and which key goes on."""


class Rounds:
    """Leads to agents of any workspace (`commands.calls.Rounds`)."""

    def __init__(self, ground: Ground, state: Callable[[], State], cross: Callable[[WorkspaceId], None]) -> None:
        """`state` gives all that there is, `cross` shows another workspace on this screen."""
        self._ground = ground
        self._cross = cross
        self._left: tuple[WorkspaceId, str] | None = None
        """The workspace and the role that the person crossed from."""
        self.state = state

    def next(self, by: int) -> None:
        """Go to the next one that needs the person, or the one before (-1); whoever types goes on typing."""
        here = self._ground.agent
        ranked = tour(self.state(), stamp(chrome.now()))
        there = walk(ranked, here.id if here else None, by)
        if there is not None:
            self.go(there.workspace.id, there.agent.role)
            if not there.asks:
                what, leads = LEADS[there.meets is not None]
                self._ground.screen.notice(f"{what} {matter(there)}. {leads}", "attention")
        else:
            self._ground.screen.notice("Nobody else needs you." if ranked else "Nobody needs you.")

    def go(self, workspace: WorkspaceId, role: str) -> None:
        """Go to an agent, in whatever workspace it is."""
        typing = self._ground.desk.typing
        if workspace == self._ground.workspace.id:
            self._ground.move(places.go(self._ground.workspace, self._ground.desk, role))
        else:
            self._cross(workspace)
            desk = places.go(self._ground.workspace, self._ground.desk, role)
            self._ground.move(replace(desk, last="", typing=typing))

    def back(self) -> None:
        """Go back to the pane that the person came from, in another workspace too."""
        desk = self._ground.desk
        if desk.last:
            self._ground.move(places.go(self._ground.workspace, desk, desk.last))
        elif self._left is not None and self._left[0] in self.state().workspaces:
            self.go(*self._left)

    def leave(self) -> None:
        """Remember this place: another workspace is about to be shown."""
        self._left = (self._ground.workspace.id, self._ground.desk.role)
