"""The card in which one of many things is found by a few letters."""

from hiveui.model.keys import Key, Mods
from hiveui.tui.commands.table import Place
from hiveui.tui.finding import Finding
from hiveui.tui.widgets.card import Card, Ends


class Finder(Card):
    """Shows a list that shrinks as it is typed into."""

    place = Place.PALETTE

    def __init__(self) -> None:
        super().__init__()
        self.add_class("finder")
        self.finding = Finding(())

    def begin(self, finding: Finding) -> None:
        """Show another list."""
        self.finding = finding
        self.refresh()

    def press(self, key: Key) -> None:
        """Take a key that is no command here: it types."""
        if key.text and not key.mods & ~Mods.SHIFT:
            self.insert(key.text)

    def insert(self, text: str) -> None:
        """Type a text."""
        self.finding.type(text)
        self.refresh()

    def scroll_lines(self, by: int) -> None:
        """Choose another entry."""
        self.finding.move(by)
        self.refresh()

    def point(self, x: int, y: int) -> bool:
        """Choose the entry at a cell of the screen; tell whether there is one."""
        line = y - self.region.y - 1
        if not self.display or not self.region.contains(x, y) or line < 0:
            return False
        return self.finding.choose(line, self._lines_shown)

    @property
    def _lines_shown(self) -> int:
        return max(1, self.size.height - 1)

    def words(self, y: int) -> Ends:
        """Give what was typed, and the entries under it."""
        if y == 0:
            return self.finding.heading()
        rows = self.finding.rows(self._lines_shown, self.size.width)
        return rows[y - 1] if y <= len(rows) else ((), ())
