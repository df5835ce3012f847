"""Finding what panes printed: in the pane with the focus, or in all of them."""

from typing import Any, NamedTuple

from hiveui.model.text import counted, visible
from hiveui.tui import desk as places
from hiveui.tui.ground import Ground
from hiveui.tui.past import Past
from hiveui.tui.widgets.entry import Entry, Listing
from hiveui.tui.widgets.line import Words


class Found(NamedTuple):
    """One line of what was found in all panes."""

    role: str
    row: int
    text: str


class Search:
    """Asks for a pattern and shows where it stands (`commands.history.Search`)."""

    def __init__(self, ground: Ground, past: Past) -> None:
        self._ground = ground
        self._past = past
        self._entry = Entry()
        self._listing = Listing()
        self._pattern = ""
        self._regex = False
        self._up = False
        self._all = False
        self._found: list[Found] = []

    def ask(self, *, up: bool) -> None:
        """Ask what to find in the pane with the focus."""
        self._up, self._all = up, False
        self._open()

    def ask_all(self) -> None:
        """Ask what to find in all panes."""
        self._up, self._all = True, True
        self._open()

    def kind(self) -> None:
        """Take what is typed for a regular expression, or for a text again."""
        self._regex = not self._regex
        self._entry.ask(self._question(), self._entry.text)

    def go(self) -> None:
        """Find what was typed; nothing typed means what was sought last."""
        self._pattern = self._entry.text or self._pattern
        self._ground.screen.overlay.close()
        if not self._pattern:
            return
        if self._all:
            self._ground.run("searching all panes…", self._search_all())
        else:
            self._past.find(self._pattern, regex=self._regex, up=self._up)

    def choose(self, by: int) -> None:
        """Choose another line of what was found."""
        self._listing.choose(self._listing.chosen + by)

    def open(self) -> None:
        """Go to the line that is chosen."""
        self._ground.screen.overlay.close()
        if self._found:
            found = self._found[self._listing.chosen]
            self._past.leave_in(found.role)
            self._ground.move(places.go(self._ground.workspace, self._ground.desk, found.role))
            self._past.find_in(found.role, self._pattern, regex=self._regex, up=True, near=found.row)

    def _open(self) -> None:
        self._ground.screen.overlay.lay(self._entry)
        self._entry.ask(self._question(), "")

    def _question(self) -> Words:
        where = "Search all panes" if self._all else "Search up" if self._up else "Search down"
        kind = "regular expression" if self._regex else "text"
        return ((f" {where} ", "strong"), (f"({kind})  ", "quiet"))

    async def _search_all(self) -> None:
        workspace = self._ground.workspace
        params: dict[str, Any] = {"workspace": workspace.id, "pattern": self._pattern, "regex": self._regex}
        answer = await self._ground.link.call("workspace/search", **params)
        total = sum(found["count"] for found in answer["found"])
        if not total:
            self._ground.screen.notice("That stands in no pane.")
            return
        self._found = [
            Found(found["role"], match[0], str(match[4]))
            for found in answer["found"]
            for match in found["matches"][::-1]
        ]
        panes = len(answer["found"])
        heading = f" {total:,} match{'es' * (total != 1)} in {counted(panes, 'pane')} of “{visible(self._pattern)}”"
        rows = [
            (
                (f"{places.number(workspace, found.role):>2} {visible(found.role):<12} ", "quiet"),
                (visible(found.text), "plain"),
            )
            for found in self._found
        ]
        self._ground.screen.overlay.lay(self._listing)
        self._listing.show(((heading, "lit"),), rows)
