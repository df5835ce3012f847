"""Saving the workspace as its layout, once the person has seen what that changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.preview import layouts_page
from hiveui.tui.widgets.card import Card, Ends, Page

AROUND = 4
"""Lines of the screen that a list does not have: its heading, the lines above and below."""
TONES: Mapping[str, str] = {"+": "done", "-": "attention", "@": "quiet"}
"""How a line of a difference is shown, by its first character, which says the same."""


class Difference(Card):
    """What saving would change, and the question whether to."""

    place = Place.SAVE


class Listing(Card):
    """The layouts that there are."""

    place = Place.LAYOUTS


class Library:
    """Layouts: the workspace's own, and those that there are (`commands.at.Library`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._card = Difference()
        self._agreed_to = ""
        self._listing = Listing()
        self._found: Sequence[Mapping[str, Any]] = ()
        self._chosen = 0

    def show(self) -> None:
        """List those that there are."""
        self._ground.run("looking for layouts…", self._show())

    def choose(self, by: int) -> None:
        """Look at another one of them."""
        self._chosen = max(0, min(len(self._found) - 1, self._chosen + by))
        lines = self._ground.screen.size.height - AROUND
        self._listing.turn_to(layouts_page(self._found, self._chosen, self._ground.workspace.layout, lines))

    def compare(self) -> None:
        """Show what saving would change, and ask."""
        self._ground.run("comparing with the layout…", self._compare())

    def save(self) -> None:
        """Save what was shown."""
        self._overlay.close()
        self._ground.run("saving the layout…", self._save())

    async def _show(self) -> None:
        answer = await self._ground.link.call("layout/list", workspace=self._ground.workspace.id)
        self._found = answer["layouts"]
        names = [one["name"] for one in self._found]
        running = self._ground.workspace.layout
        self._chosen = names.index(running) if running in names else 0
        self.choose(0)
        self._overlay.lay(self._listing)

    async def _compare(self) -> None:
        shown = await self._ground.link.call("layout/diff", workspace=self._ground.workspace.id)
        if shown["same"]:
            self._ground.screen.notice(f"{visible(shown['file'])} says what runs: there is nothing to save.")
            return
        self._agreed_to = shown["hash"]
        self._card.turn_to(difference_page(shown))
        self._overlay.lay(self._card)

    async def _save(self) -> None:
        saved = await self._ground.link.call("layout/save", workspace=self._ground.workspace.id, hash=self._agreed_to)
        self._ground.screen.notice(" ".join([f"Saved {visible(saved['file'])}.", *map(visible, saved["notes"])]))


def difference_page(shown: Mapping[str, Any]) -> Page:
    """Show a difference from the answer of `layout/diff`."""
    lines = [visible(line) for line in shown["diff"][2:]] or ["It would be a copy of the one that runs."]
    body: list[Ends] = [(((f" {line}", TONES.get(line[:1], "plain")),), ()) for line in lines]
    return Page(((f" Save {visible(shown['file'])}?", "attention"),), body, wide=True)
