"""A line of words: what is left stays left, what is right stays right, and it never moves by a cell."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from hiveui.tui.widgets.toned import Toned

Words = tuple[tuple[str, str], ...]
"""Safe text with its tone: `line--TONE` is its class in `app.tcss`."""

TONES = (
    "plain",
    "quiet",
    "strong",
    "lit",
    "typing",
    "working",
    "done",
    "ended",
    "warning",
    "attention",
    "key",
    "chosen",
    "added",
    "removed",
)


class Line(Toned):
    """One or more lines of words in tones; the widget repaints only what differs."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: tuple[tuple[Words, Words], ...] = ()

    def say(self, *lines: tuple[Words, Words]) -> None:
        """Show lines, each of words at the left and words at the right."""
        if lines != self._lines:
            self._lines = lines
            self.refresh()

    def words(self, y: int) -> tuple[Words, Words]:
        """Give the words of one line."""
        return self._lines[y] if y < len(self._lines) else ((), ())

    def render_line(self, y: int) -> Strip:
        """Give one line, exactly as wide as the widget."""
        width = self.size.width
        left, right = self.words(y)
        room = max(0, width - sum(cell_len(text) for text, _ in right))
        segments = [*self._fill(left, room), *self._fill(right, width - room)]
        return Strip(segments, width)

    def _fill(self, words: Words, room: int) -> list[Segment]:
        segments = []
        for text, tone in words:
            whole = cell_len(text) <= room
            shown = text if whole else set_cell_size(text, room - 1) + "…" if room else ""
            segments.append(Segment(shown, self.tone(f"line--{tone}")))
            room -= cell_len(shown)
            if not whole:
                break
        plain = self.tone("line--plain")
        return [*segments, Segment(" " * room, plain)] if room > 0 else segments
