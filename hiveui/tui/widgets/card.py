"""What may lie over the panes, one at a time: a question, a text to read, a prompt being written."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget

from hiveui.model.keys import Key
from hiveui.tui.commands import Place
from hiveui.tui.widgets.line import Line, Words

Ends = tuple[Words, Words]


class Card(Line):
    """Lines over the panes. While it is open, keys are looked up in its place."""

    place = Place.READ

    def __init__(self, heading: Words, body: Sequence[Ends]) -> None:
        super().__init__(classes="card")
        self._heading = heading
        self._body = list(body)
        self._top = 0

    def on_resize(self) -> None:
        """Fill the new size."""
        self.scroll_lines(0)

    def scroll_lines(self, by: int) -> None:
        """Scroll by lines, as far as there are any."""
        room = max(0, self.size.height - 2)
        self._top = max(0, min(self._top + by, len(self._body) - room))
        more = len(self._body) - self._top - room
        note: Words = ((f"{more} more ", "quiet"),) if more > 0 else ()
        self.say((self._heading, note), ((), ()), *self._body[self._top :])


class Question(Card):
    """Asks for a yes or a no."""

    place = Place.ASK


class Composer(Widget):
    """Where a prompt is written."""

    place = Place.WRITE

    def __init__(self, heading: Words, text: str) -> None:
        super().__init__(classes="card composer")
        from textual.widgets import TextArea  # noqa: PLC0415  20 ms that the first paint need not wait for

        self._heading = heading
        self._area = TextArea(text, soft_wrap=True, highlight_cursor_line=False)

    def compose(self) -> ComposeResult:
        """Put the heading over the text."""
        heading = Line(classes="heading")
        heading.say((self._heading, ()))
        yield heading
        yield self._area

    def on_mount(self) -> None:
        """Take the focus, the cursor behind the text."""
        self._area.focus()
        self._area.move_cursor(self._area.document.end)

    @property
    def text(self) -> str:
        """What was written."""
        return self._area.text

    def insert(self, text: str) -> None:
        """Put text in at the cursor."""
        self._area.insert(text)

    def press(self, key: Key) -> None:
        """Take a key that is no command here."""
        text = key.text if not key.chord.startswith(("ctrl", "alt", "super")) else ""
        self._area.post_message(events.Key(key.chord, text or None))
