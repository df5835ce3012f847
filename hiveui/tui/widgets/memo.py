"""A Markdown text over the panes: read as it looks, or written with how it will look beside it."""

from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer

from hiveui.model.keys import Key
from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.widgets.card import Composer
from hiveui.tui.widgets.line import Line, Words

BESIDE = 120
"""Columns from which what is written and how it looks stand side by side."""
SETTLED = 0.15
"""Seconds after the last key in which how it looks follows."""
SHOWN = 64 * 1024
"""Characters that are shown as they look."""


class Memo(Composer):
    """Reads a text, or writes it; links in it lead nowhere."""

    place = Place.MEMORY

    def __init__(self, heading: Words, text: str) -> None:
        super().__init__(heading, text)
        from markdown_it import MarkdownIt  # noqa: PLC0415  60 ms that the first paint need not wait for
        from textual.widgets import Markdown  # noqa: PLC0415

        self.add_class("memo")
        self._title = Line(classes="heading")
        # entities stay as they are written: what they stand for would not be safe any more
        parser = partial(MarkdownIt("gfm-like").disable, "entity")
        self._look = Markdown(safe(text), open_links=False, parser_factory=parser)
        self._behind: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the heading over the text and its look."""
        self._title.say((self._heading, ()))
        yield self._title
        with Horizontal():
            yield self._area
            with VerticalScroll(can_focus=False):
                yield self._look

    def on_mount(self) -> None:
        """Begin reading."""
        self._show()

    def on_resize(self) -> None:
        """Stand side by side, or not."""
        self._show()

    def on_text_area_changed(self) -> None:
        """Have the look follow what is written, once it rests."""
        if self._behind is not None:
            self._behind.stop()
        self._behind = self.set_timer(SETTLED, self._follow)

    async def _follow(self) -> None:
        await self._look.update(safe(self.text))

    @property
    def writing(self) -> bool:
        """Whether it is written."""
        return self.place is Place.MEMORY_WRITE

    def write(self, heading: Words, text: str) -> None:
        """Write a text."""
        self.place = Place.MEMORY_WRITE
        self._turn(heading, text)
        self._area.focus()

    def read(self, heading: Words, text: str) -> None:
        """Read a text."""
        self.place = Place.MEMORY
        self.screen.set_focus(None)
        self._turn(heading, text)

    def press(self, key: Key) -> None:
        """Take a key that is no command here, while it is written."""
        if self.writing:
            super().press(key)

    def insert(self, text: str) -> None:
        """Put text in at the cursor, while it is written."""
        if self.writing:
            super().insert(text)

    def scroll_lines(self, by: int) -> None:
        """Scroll what is read."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def _turn(self, heading: Words, text: str) -> None:
        self._heading = heading
        self._title.say((heading, ()))
        if text != self.text:
            self._area.load(text)
        self._show()

    def _show(self) -> None:
        wide = self.app.size.width >= BESIDE
        self._area.display = self.writing
        self.query_one(VerticalScroll).display = not self.writing or wide
        self.set_class(self.writing and wide, "-beside")


def safe(text: str) -> str:
    """Give a text that only looks: what would act on a terminal, or hide, is spelled out."""
    return "\n".join(visible(line.expandtabs(4)) for line in text[:SHOWN].splitlines())
