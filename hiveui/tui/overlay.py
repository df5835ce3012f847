"""What lies over the panes: one card at a time, and the performance display."""

from collections.abc import Callable, Iterator

from textual.geometry import Region
from textual.screen import Screen

from hiveui.tui.finding import Finding
from hiveui.tui.meter import Meter
from hiveui.tui.widgets.card import Card, Composer, Page, Question
from hiveui.tui.widgets.finder import Finder
from hiveui.tui.widgets.gauge import Ask, Gauge
from hiveui.tui.widgets.line import Words
from hiveui.tui.widgets.parting import put_away


class Overlay:
    """Lays cards over a screen and takes them away."""

    def __init__(self, screen: Screen[None], changed: Callable[[], None]) -> None:
        """`changed` hears of every card that came or went."""
        self.card: Card | Composer | None = None
        self.page, self.question, self.finder = Card(), Question(), Finder()
        """Mounted by the screen, hidden until they are needed."""
        self._screen = screen
        self._changed = changed
        self._gauge: Gauge | None = None

    def read(self, page: Page) -> None:
        """Lay a page over the panes, in place of any other card."""
        self.page.turn_to(page)
        self._open(self.page)

    def ask(self, question: Words) -> None:
        """Put a question, in place of any other card."""
        self.question.turn_to(Page(question))
        self._open(self.question)

    def find(self, finding: Finding) -> None:
        """Have something found by its name, in place of any other card."""
        self.finder.begin(finding)
        self._open(self.finder)

    def write(self, heading: Words, text: str) -> None:
        """Have a prompt written, in place of any other card."""
        composer = Composer(heading, text)
        self._screen.mount(composer)
        self._open(composer)

    def close(self) -> None:
        """Take the card away."""
        card, self.card = self.card, None
        if isinstance(card, Composer):
            self._screen.set_focus(None)
            put_away(card)
        elif card is not None:
            card.display = False
        self._changed()

    def toggle_gauge(self, meter: Meter, ask: Ask) -> None:
        """Show or hide the performance display."""
        if self._gauge is not None:
            put_away(self._gauge)
            self._gauge = None
        else:
            self._gauge = Gauge(meter, ask)
            self._screen.mount(self._gauge)

    def regions(self) -> Iterator[Region]:
        """Give what is covered, in cells of the screen."""
        return (widget.region for widget in (self.card, self._gauge) if widget is not None)

    def _open(self, card: Card | Composer) -> None:
        self.close()
        self.card = card
        card.display = True
        self._changed()
