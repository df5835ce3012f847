"""A page over the panes of which one line is chosen."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Page


class Listing(ABC):
    """A page over the panes of which one line, that has an id, is chosen."""

    place: Place

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._chosen = ""

    def open(self, chosen: str = "") -> None:
        """Show it, from the newest line, or from one."""
        self._chosen = chosen or next(iter(self._ids()), "")
        self._show()

    def move(self, by: int) -> None:
        """Go to another line."""
        ids = self._ids()
        at = ids.index(self._chosen) if self._chosen in ids else 0
        self._chosen = ids[max(0, min(at + by, len(ids) - 1))] if ids else ""
        self._show()

    def follow(self) -> None:
        """Keep what is shown up to date."""
        if self._overlay.chooses(self.place):
            self._show()

    def _show(self) -> None:
        page, line = self._page()
        self._overlay.choose(page, line, self.place)

    @abstractmethod
    def _ids(self) -> Sequence[str]:
        """Give the ids of the lines, from the top."""

    @abstractmethod
    def _page(self) -> tuple[Page, int]:
        """Give what is shown, and its line that is chosen."""
