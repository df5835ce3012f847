"""The line between two columns; its colour says whose edge it is."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from hiveui.tui.widgets.toned import Toned

TONES = ("plain", "focus", "typing", "attention")


class Bar(Toned):
    """A vertical line, one cell wide, each cell of a tone of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._tones: tuple[str, ...] = ()

    def colour(self, tones: Sequence[str]) -> None:
        """Give each cell its tone, top first."""
        if tuple(tones) != self._tones:
            self._tones = tuple(tones)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one cell."""
        tone = self._tones[y] if y < len(self._tones) else "plain"
        glyph = "│" if tone == "plain" else "┃"
        return Strip([Segment(glyph, self.tone(f"bar--{tone}"))], 1)
