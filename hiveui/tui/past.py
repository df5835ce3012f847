"""Looking back over what panes printed."""

from typing import Any

from hiveui.tui.ground import Ground
from hiveui.tui.lookback import LookBack
from hiveui.tui.widgets.pane import Pane


class Past:
    """Moves through the history of one pane or another (`commands.at.Past`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._screen = ground.screen

    def move(self, lines: int) -> None:
        """Scroll the pane with the focus by lines, up if negative; down past the end returns to the present."""
        self.move_in(self._ground.desk.role, lines)

    def leave(self) -> None:
        """Return the pane with the focus to the present."""
        back = self._screen.backs.pop(self._ground.desk.role, None)
        if back is not None:
            back.close()
        self._screen.dress()

    def page(self) -> int:
        """Lines that the pane with the focus has."""
        pane = self._screen.pane()
        return max(1, pane.size.height - 1) if pane else 1

    def move_in(self, role: str, lines: int) -> None:
        """Scroll a pane over its history."""
        pane, agent = self._screen.pane(role), self._ground.workspace.role(role)
        back = self._screen.backs.get(role)
        if pane is None or agent is None or not agent.pane:
            return
        if back is None and pane.live.modes.alternate:
            self._screen.notice("This program fills the screen and keeps no history; it scrolls by its own keys.")
        elif back is None and (lines > 0 or not pane.live.history):
            if lines < 0:
                self._screen.notice("Nothing has scrolled off this pane yet.")
        else:
            back = back or self._screen.backs.setdefault(role, self._back(pane, agent.pane))
            if back.move(lines):
                self._ground.run("reading history", back.show())
            else:
                self._screen.backs.pop(role).close()
        self._screen.dress()

    def _back(self, pane: Pane, id_: str) -> LookBack:
        async def fetch(start: int, count: int) -> Any:
            return await self._ground.link.call("pane/history", pane=id_, start=start, count=count)

        return LookBack(pane, fetch)
