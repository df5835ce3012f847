"""Where panes are scrolled back to, kept for the next time."""

from collections.abc import Callable, Mapping

from hiveui.tui.ground import Ground
from hiveui.tui.lookback import LookBack

KEPT_WITHIN = 1.0
"""Seconds after which the line that a pane is scrolled to would outlive this screen."""


class Bookmarks:
    """Has the daemon remember the lines, and returns to those that it remembered."""

    def __init__(self, ground: Ground, look_back: Callable[[str, int], None]) -> None:
        """`look_back` shows the history of a role's pane from a line on, counted from the oldest."""
        self._ground = ground
        self._screen = ground.screen
        self._look_back = look_back
        self._unkept: set[str] = set()
        self._unseen: dict[str, int] = {}
        """Lines that panes were scrolled to when this screen came, of those that it has no frame of yet."""

    def remember(self, backs: Mapping[str, int]) -> None:
        """Look back where the person did when they left, once the panes are seen; not where others did."""
        self._unseen = dict(backs) if self._ground.link.drives else {}

    def seen(self, id_: str) -> None:
        """Take note of a frame of a pane: the first one tells whether the line is still there to look back to."""
        role = next((a.role for a in self._ground.workspace.agents if a.pane == id_), "") if self._unseen else ""
        line = self._unseen.pop(role, None)
        if line is not None:
            self._screen.call_after_refresh(self._return, role, line)

    def _return(self, role: str, line: int) -> None:
        pane = self._screen.pane(role)
        if pane is not None and line < pane.live.history and not pane.live.modes.alternate:
            self._look_back(role, line)

    def moved(self, role: str) -> None:
        """Have it kept soon where a pane is scrolled to, at most once a second."""
        self._unseen.pop(role, None)
        if not self._unkept:
            self._screen.set_timer(KEPT_WITHIN, self.keep)
        self._unkept.add(role)

    def keep(self) -> None:
        """Have it kept where panes are scrolled to."""
        for role in self._unkept:
            back: LookBack | None = self._screen.backs.get(role)
            line = {"line": back.top} if back is not None else {}
            self._ground.link.tell("workspace/scroll", workspace=self._ground.workspace.id, role=role, **line)
        self._unkept.clear()
