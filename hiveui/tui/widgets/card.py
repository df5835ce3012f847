"""What may lie over the panes, one at a time: a question, a text to read, a prompt being written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from hiveui.model.keys import Key
from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.widgets.line import Line, Words

Ends = tuple[Words, Words]

EDITS: Mapping[str, str] = {
    "backspace": "delete_left",
    "delete": "delete_right",
    "left": "cursor_left",
    "right": "cursor_right",
    "home": "cursor_line_start",
    "end": "cursor_line_end",
    "ctrl+u": "delete_to_start_of_line",
    "ctrl+w": "delete_word_left",
}
"""What keys do to a text that is being written: actions of Textual's TextArea."""

_TONES: Mapping[str, str] = {"+": "done", "-": "attention", "@": "quiet"}
ALONE = 100
"""Below so many columns a page covers the panes: a strip of them beside it would tell nothing."""


class Page(NamedTuple):
    """What a card shows."""

    heading: Words
    body: Sequence[Ends] = ()
    wide: bool = False
    """Over the whole width of the screen."""


def difference(lines: Iterable[str]) -> list[Ends]:
    """Write lines of a difference, in tones by their first character, which says the same."""
    return [(((f" {visible(line)}", _TONES.get(line[:1], "plain")),), ()) for line in lines]


class Card(Line):
    """A page over the panes. While it is open, keys are looked up in its place.

    One card serves every page, hidden in between: to mount and style a widget takes longer than to show one.
    """

    place = Place.READ

    def __init__(self) -> None:
        super().__init__(classes="card")
        self.display = False
        self._page = Page(())
        self._top = 0

    def turn_to(self, page: Page) -> None:
        """Show another page, from its top."""
        self._page = page
        self._top = 0
        self.set_class(page.wide or self.app.size.width < ALONE, "-wide")
        self.refresh()

    def renew(self, page: Page) -> None:
        """Show the page as it is now, scrolled as it was: to its end where that was seen."""
        top, ended = self._top, self._top >= self._last
        self.turn_to(page)
        self._top = self._last if ended else min(top, self._last)

    def shows(self, page: Page) -> bool:
        """Tell whether it was turned to this page last."""
        return self._page is page

    def scroll_lines(self, by: int) -> None:
        """Scroll by lines, as far as there are any."""
        self._top = max(0, min(self._top + by, self._last))
        self.refresh()

    def words(self, y: int) -> Ends:
        """Give the heading, an empty line, and the body from where it is scrolled to."""
        top = min(self._top, self._last)
        if y == 0:
            more = self._last - top
            return self._page.heading, ((f"{more} more ", "quiet"),) if more else ()
        line = top + y - 2
        return self._page.body[line] if top <= line < len(self._page.body) else ((), ())

    @property
    def _last(self) -> int:
        """The first line of the body when it is scrolled to its end."""
        return max(0, len(self._page.body) - max(0, self.size.height - 2))


class Question(Card):
    """Asks for a yes or a no."""

    place = Place.ASK


class Choice(Card):
    """A page of which one line is chosen; its place says what for."""

    def turn_to_line(self, page: Page, line: int, last: int | None = None) -> None:
        """Show another page, scrolled no further than it takes to see one line of its body, or those up to `last`."""
        top, height = self._top, max(1, self.size.height - 2)
        self.turn_to(page)
        self._top = min(max(top, (line if last is None else last) - height + 1), line)


class Composer(Widget):
    """Where a prompt is written."""

    place = Place.WRITE

    def __init__(self, heading: Words, text: str) -> None:
        super().__init__(classes="card composer")
        from hiveui.tui.widgets.area import Area  # noqa: PLC0415  20 ms that the first paint need not wait for

        self._heading = heading
        self._area = Area(text)
        self._area.move_cursor(self._area.document.end)  # keys may come before it is mounted

    def compose(self) -> ComposeResult:
        """Put the heading over the text."""
        heading = Line(classes="heading")
        heading.say((self._heading, ()))
        yield heading
        yield self._area

    def on_mount(self) -> None:
        """Take the focus."""
        self._area.focus()

    @property
    def text(self) -> str:
        """What was written."""
        return self._area.written

    def insert(self, text: str) -> None:
        """Put text in at the cursor."""
        self._area.insert(self._area.held(text))

    def settle(self, then: Callable[[], None]) -> None:
        """Call `then` once all keys that were pressed so far stand in the text."""
        self._area.call_later(then)

    def press(self, key: Key) -> None:
        """Take a key that is no command here, at once: what is typed before enter stands in the text by then."""
        text = key.text if not key.chord.startswith(("ctrl", "alt", "super")) else ""
        if text:
            self._area.replace(self._area.held(text), *self._area.selection)
        elif key.chord in EDITS:
            getattr(self._area, f"action_{EDITS[key.chord]}")()
        else:
            self._area.post_message(events.Key(key.chord, None))


class Naming(Composer):
    """Where a name is written: a composer of one line."""

    place = Place.NAME
