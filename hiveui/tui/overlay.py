"""What lies over the panes: one card at a time, and the performance display."""

from collections.abc import Callable, Iterator

from textual.geometry import Region
from textual.screen import Screen

from hiveui.tui.commands.table import Place
from hiveui.tui.finding import Finding
from hiveui.tui.meter import Meter
from hiveui.tui.widgets.card import Card, Choice, Composer, Naming, Page, Question
from hiveui.tui.widgets.finder import Finder
from hiveui.tui.widgets.gauge import Ask, Gauge
from hiveui.tui.widgets.line import Words
from hiveui.tui.widgets.parting import put_away


class Overlay:
    """Lays cards over a screen and takes them away."""

    def __init__(self, screen: Screen[None], changed: Callable[[], None]) -> None:
        """`changed` hears of every card that came or went."""
        self.card: Card | Composer | None = None
        self.page, self.question, self.choice, self.finder = Card(), Question(), Choice(), Finder()
        """Mounted by the screen, hidden until they are needed."""
        self._under: list[Card | Composer] = []
        """Stay in sight below the card, and come back after it; the last one first."""
        self._screen = screen
        self._changed = changed
        self._gauge: Gauge | None = None

    def read(self, page: Page, place: Place = Place.READ) -> None:
        """Lay a page over the panes, in place of any other card; keys are looked up in `place`."""
        self.page.place = place
        self.page.turn_to(page)
        self._open(self.page)

    def lies(self, card: Card | Composer) -> bool:
        """Tell whether a card lies over the panes, though another lie above it."""
        return card is self.card or card in self._under

    def reads(self, place: Place) -> bool:
        """Tell whether a page lies over the panes, as `lies` has it, with its keys looked up in `place`."""
        return self.lies(self.page) and self.page.place is place

    def shows(self, page: Page) -> bool:
        """Tell whether a page is the one that lies over the panes."""
        return self.card is self.page and self.page.shows(page)

    def chooses(self, place: Place) -> bool:
        """Tell whether a page of which a line is chosen lies over the panes, as `reads` has it for other pages."""
        return self.lies(self.choice) and self.choice.place is place

    def ask(self, question: Words, place: Place = Place.ASK) -> None:
        """Put a question, in place of any other card; keys are looked up in `place`."""
        self.question.place = place
        self.question.turn_to(Page(question))
        self._open(self.question)

    def choose(self, page: Page, line: int, place: Place, last: int | None = None) -> None:
        """Lay a page over the panes of which one line is chosen, or turn to it where one lies there.

        `last` is the last line of what belongs to it.
        """
        self.choice.place = place
        self.choice.turn_to_line(page, line, last)
        if not self.lies(self.choice):
            self._open(self.choice)

    def find(self, finding: Finding) -> None:
        """Have something found by its name, in place of any other card."""
        self.finder.begin(finding)
        self._open(self.finder)

    def write(self, heading: Words, text: str) -> None:
        """Have a prompt written, in place of any other card."""
        composer = Composer(heading, text)
        self._screen.mount(composer)
        self._open(composer)

    def name(self, heading: Words, text: str, place: Place = Place.NAME) -> None:
        """Have a name written, in place of any other card; keys are looked up in `place`."""
        naming = Naming(heading, text)
        naming.place = place
        self._screen.mount(naming)
        self._open(naming)

    def lay(self, card: Card | Composer) -> None:
        """Lay a card of another module over the panes, in place of any other."""
        if not card.is_attached:
            self._screen.mount(card)
        self._open(card)

    def lay_above(self, card: Card | Composer) -> None:
        """Lay a card above the one that lies there, which stays in sight and comes back."""
        if self.card is not None:
            self._under.append(self.card)
            self.card = None
        if not card.is_attached:
            self._screen.mount(card)
        elif card is not self._screen.children[-1]:
            self._screen.move_child(card, after=-1)
        self._open(card)

    def close(self) -> None:
        """Take the card away; one that lies below it is the card again."""
        card, self.card = self.card, self._under.pop() if self._under else None
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
        return (widget.region for widget in (self.card, *self._under, self._gauge) if widget is not None)

    def _open(self, card: Card | Composer) -> None:
        while self.card is not None:
            self.close()
        self.card = card
        card.display = True
        self._changed()
