"""The line between two columns; its colour says whose edge it is."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

TONES = ("plain", "focus", "typing", "attention")


class Bar(Widget):
    """A vertical line, one cell wide, each cell of a tone of its own."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"bar--{tone}" for tone in TONES}

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
        return Strip([Segment(glyph, self.get_component_rich_style(f"bar--{tone}"))], 1)
