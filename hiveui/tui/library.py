"""The layouts that there are, and the workspace's own: looked at, opened, saved, renamed and deleted."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.finding import Entry
from hiveui.tui.ground import Ground
from hiveui.tui.opening import Opening
from hiveui.tui.preview import layouts_page
from hiveui.tui.widgets.card import Card, Ends, Naming, Page, difference

AROUND = 4
"""Lines of the screen that a list does not have: its heading, the lines above and below."""


class Difference(Card):
    """What saving would change, and the question whether to."""

    place = Place.SAVE


class Listing(Card):
    """The layouts that there are."""

    place = Place.LAYOUTS


class Library:
    """Layouts: the workspace's own, and those that there are (`commands.at.Library`)."""

    def __init__(self, ground: Ground, env: Mapping[str, str]) -> None:
        """`env` is what agents of a layout that is opened will get."""
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._card = Difference()
        self._listing = Listing()
        self._saving: Mapping[str, Any] = {}
        """The difference that was shown: its hash, and the name that it was asked for by."""
        self._found: Sequence[Mapping[str, Any]] = ()
        self._chosen = 0
        self._take: Callable[[str], None] = self._save_as
        """What the name that is being written is for."""
        self._agreed: Callable[[], None] = self.show
        """What a yes to the question does."""
        self.opening = Opening(ground, env, self._ask)

    def show(self) -> None:
        """List those that there are."""
        self._ground.run("looking for layouts…", self._show())

    def choose(self, by: int) -> None:
        """Look at another one of them."""
        self._chosen = max(0, min(len(self._found) - 1, self._chosen + by))
        columns, lines = self._ground.screen.size
        running = self._ground.workspace.layout
        self._listing.turn_to(layouts_page(self._found, self._chosen, running, columns, lines - AROUND))

    def compare(self) -> None:
        """Show what saving would change, and ask."""
        self._compare({})

    def save(self) -> None:
        """Save what was shown."""
        self._overlay.close()
        self._ground.run("saving the layout…", self._save())

    def ask_open(self) -> None:
        """Show what opening the chosen one would start, and ask."""
        self.opening.ask(self._one["name"])

    def ask_save_as(self) -> None:
        """Have a name written to save what runs under."""
        self._take = self._save_as
        self._overlay.name(((" Save what runs as", "strong"),), "", Place.LAYOUT_NAME)

    def ask_rename(self) -> None:
        """Have another name written for the chosen one; a shipped one stays as it is."""
        if self._may_change():
            name = self._one["name"]
            self._take = partial(self._move, self._one)
            self._overlay.name(((f" New name of {visible(name)}", "strong"),), name, Place.LAYOUT_NAME)

    def named(self) -> None:
        """Take the name that was written, once every key before this one stands in it."""
        card = self._overlay.card
        if isinstance(card, Naming):
            card.settle(lambda: self._named(card.text.strip()))

    def ask_delete(self) -> None:
        """Ask whether the chosen one is to be deleted; a shipped one stays as it is."""
        if self._may_change():
            said = "What is in it is kept in HiveUI's own folder, and you are told where."
            self._ask(f" Delete {visible(self._one['file'])}?", [said], partial(self._move, self._one, ""))

    def agree(self) -> None:
        """Do what was asked."""
        self._overlay.close()
        self._agreed()

    async def entries(self) -> list[Entry]:
        """Give the palette the layouts that can be opened here."""
        found = (await self._call("layout/list"))["layouts"]
        usable = [one for one in found if not (one["shadowed"] or one["error"])]
        return [
            Entry(
                f"Open the layout {visible(one['name'])}",
                visible(one["description"]),
                "",
                partial(self.opening.ask, one["name"]),
            )
            for one in usable
        ]

    @property
    def _one(self) -> Mapping[str, Any]:
        return self._found[self._chosen]

    def _may_change(self) -> bool:
        one = self._one
        if one["origin"] == "shipped":
            said = (
                f"{visible(one['name'])} came with HiveUI and stays as it is; a saves what runs under a name of yours."
            )
            self._ground.screen.notice(said, "warning")
        return bool(one["origin"] != "shipped")

    def _named(self, name: str) -> None:
        self._overlay.close()
        self._take(name) if name else self.show()

    def _ask(self, question: str, lines: Sequence[str], then: Callable[[], None]) -> None:
        self._agreed = then
        body: list[Ends] = [(((f"   {line}", "plain"),), ()) for line in lines]
        self._overlay.read(Page(((question, "attention"),), body, wide=True), Place.LAYOUT)

    def _save_as(self, name: str) -> None:
        self._compare({"name": name})

    def _move(self, one: Mapping[str, Any], name: str) -> None:
        self._ground.run("renaming the layout…" if name else "deleting the layout…", self._moved(one, name))

    def _compare(self, named: Mapping[str, str]) -> None:
        self._ground.run("comparing with the layout…", self._compared(named))

    def _call(self, method: str, **params: Any) -> Coroutine[Any, Any, Any]:
        return self._ground.link.call(method, workspace=self._ground.workspace.id, **params)

    async def _show(self) -> None:
        self._found = (await self._call("layout/list"))["layouts"]
        names = [one["name"] for one in self._found]
        running = self._ground.workspace.layout
        self._chosen = names.index(running) if running in names else 0
        self.choose(0)
        self._overlay.lay(self._listing)

    async def _moved(self, one: Mapping[str, Any], name: str) -> None:
        params = {"name": one["name"], "origin": one["origin"]} | ({"to": name} if name else {})
        moved = await self._call("layout/move", **params)
        if name:
            await self._show()
            self._ground.screen.notice(f"Renamed to {visible(moved['file'])}.")
            return
        said = ("What was in it is", f"  {visible(moved['kept'])}", "Copy that back to have it again.")
        body: list[Ends] = [(((f"   {line}", "plain"),), ()) for line in said]
        self._overlay.read(Page(((f" Deleted {visible(moved['file'])}", "lit"),), body, wide=True))

    async def _compared(self, named: Mapping[str, str]) -> None:
        shown = await self._call("layout/diff", **named)
        if shown["same"]:
            self._ground.screen.notice(f"{visible(shown['file'])} says what runs: there is nothing to save.")
            return
        self._saving = {**named, "hash": shown["hash"]}
        self._card.turn_to(difference_page(shown))
        self._overlay.lay(self._card)

    async def _save(self) -> None:
        saved = await self._call("layout/save", **self._saving)
        kept = [f"The version before is {visible(saved['kept'])}."] if saved["kept"] else []
        self._ground.screen.notice(" ".join([f"Saved {visible(saved['file'])}.", *kept, *map(visible, saved["notes"])]))


def difference_page(shown: Mapping[str, Any]) -> Page:
    """Show a difference from the answer of `layout/diff`."""
    lines = shown["diff"][2:] or ["It would be a copy of the one that runs."]
    return Page(((f" Save {visible(shown['file'])}?", "attention"),), difference(lines), wide=True)
