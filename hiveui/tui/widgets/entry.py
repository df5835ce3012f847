"""A line over the panes that something is typed into, and a list of which something is chosen."""

from collections.abc import Sequence

from rich.cells import cell_len

from hiveui.model.keys import Key
from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.widgets.card import Card, Ends
from hiveui.tui.widgets.line import Words

LONGEST = 1000
"""Characters that are taken."""
_HEADING = 2
"""Lines above the list."""


class Entry(Card):
    """One line of text, with the cursor at its end."""

    place = Place.FIND

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._asked: Words = ()

    def ask(self, asked: Words, text: str) -> None:
        """Ask for a text, with another one to begin from."""
        self._asked, self.text = asked, text
        self.refresh()

    def insert(self, text: str) -> None:
        """Type a text, as one line."""
        self.text = (self.text + " ".join(text.splitlines()))[:LONGEST]
        self.refresh()

    def press(self, key: Key) -> None:
        """Take a key that is no command here."""
        match key.chord:
            case "backspace" | "ctrl+h":
                self.text = self.text[:-1]
            case "ctrl+u":
                self.text = ""
            case "ctrl+w":
                self.text = self.text.rstrip().rpartition(" ")[0]
            case _ if key.text and not key.chord.startswith(("ctrl", "alt", "super")):
                self.insert(key.text)
        self.refresh()

    def words(self, y: int) -> Ends:
        """Give the question, as much of the text's end as there is room for, and the cursor."""
        room = max(1, self.size.width - sum(cell_len(text) for text, _ in self._asked) - 1)
        text = visible(self.text)
        while cell_len(text) > room:
            text = text[1:]
        return ((*self._asked, (text, "strong"), (" ", "typing")) if y == 0 else ()), ()


class Opening(Card):
    """Asks whether a link is to be opened, and shows all of it that there is room for."""

    place = Place.OPEN


class Listing(Card):
    """A list, one line of which is chosen."""

    place = Place.FOUND

    def __init__(self) -> None:
        super().__init__()
        self.chosen = 0
        self._heading: Words = ()
        self._rows: Sequence[Words] = ()

    def show(self, heading: Words, rows: Sequence[Words], chosen: int = 0) -> None:
        """Show a list."""
        self._heading, self._rows = heading, rows
        self.set_class(True, "-wide")
        self.choose(chosen)

    def choose(self, at: int) -> None:
        """Choose another line."""
        self.chosen = max(0, min(len(self._rows) - 1, at))
        self.refresh()

    def words(self, y: int) -> Ends:
        """Give the heading, an empty line, and the list around what is chosen."""
        if y == 0:
            return self._heading, ((f"{self.chosen + 1} of {len(self._rows)} ", "quiet"),) if self._rows else ()
        height = max(1, self.size.height - _HEADING)
        top = max(0, min(self.chosen - height // 2, len(self._rows) - height))
        at = top + y - _HEADING
        if y < _HEADING or at >= len(self._rows):
            return (), ()
        chosen = at == self.chosen
        mark = (" ▸ ", "lit") if chosen else ("   ", "plain")
        return (mark, *((text, "lit" if chosen else tone) for text, tone in self._rows[at])), ()
