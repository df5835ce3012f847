"""Looking back over what panes printed."""

from collections.abc import Mapping
from typing import Any

from hiveui.tui.ground import Ground
from hiveui.tui.lookback import LookBack
from hiveui.tui.widgets.pane import Pane

KEPT_WITHIN = 1.0
"""Seconds after which the line that a pane is scrolled to would outlive this screen."""


class Past:
    """Moves through the history of one pane or another (`commands.at.Past`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._screen = ground.screen
        self._unkept: set[str] = set()
        self._unseen: dict[str, int] = {}
        """Lines that panes were scrolled to when this screen came, of those that it has no frame of yet."""

    def move(self, lines: int) -> None:
        """Scroll the pane with the focus by lines, up if negative; down past the end returns to the present."""
        self.move_in(self._ground.desk.role, lines)

    def leave(self) -> None:
        """Return the pane with the focus to the present."""
        back = self._screen.backs.pop(self._ground.desk.role, None)
        if back is not None:
            back.close()
            self._moved(self._ground.desk.role)
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
            self._moved(role)
        self._screen.dress()

    def remember(self, backs: Mapping[str, int]) -> None:
        """Look back where the person did when they left, once the panes are seen."""
        self._unseen = dict(backs)

    def seen(self, id_: str) -> None:
        """Take note of a frame of a pane: the first one tells whether the line is still there to look back to."""
        role = next((a.role for a in self._ground.workspace.agents if a.pane == id_), "") if self._unseen else ""
        line = self._unseen.pop(role, None)
        if line is not None:
            self._screen.call_after_refresh(self._return, role, id_, line)

    def _return(self, role: str, id_: str, line: int) -> None:
        pane = self._screen.pane(role)
        if pane is not None and line < pane.live.history and not pane.live.modes.alternate:
            back = self._screen.backs.setdefault(role, self._back(pane, id_))
            back.move(line - back.top)
            self._ground.run("reading history", back.show())
            self._screen.dress()

    def _moved(self, role: str) -> None:
        """Have it kept soon where a pane is scrolled to, at most once a second."""
        self._unseen.pop(role, None)
        if not self._unkept:
            self._screen.set_timer(KEPT_WITHIN, self.keep)
        self._unkept.add(role)

    def keep(self) -> None:
        """Have it kept where panes are scrolled to."""
        for role in self._unkept:
            back = self._screen.backs.get(role)
            line = {"line": back.top} if back is not None else {}
            self._ground.link.tell("workspace/scroll", workspace=self._ground.workspace.id, role=role, **line)
        self._unkept.clear()

    def _back(self, pane: Pane, id_: str) -> LookBack:
        async def fetch(start: int, count: int) -> Any:
            return await self._ground.link.call("pane/history", pane=id_, start=start, count=count)

        return LookBack(pane, fetch)
