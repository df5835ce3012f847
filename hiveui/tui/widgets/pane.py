"""The widget that shows one agent's screen."""

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rich.cells import cell_len
from rich.color import ColorSystem
from textual.geometry import Region
from textual.strip import Strip

from hiveui.model.rows import Cursor, Row
from hiveui.tui.screenful import Screenful
from hiveui.tui.widgets.toned import Toned

LOOKS = ("found", "current", "selected", "cursor", "label")
"""How cells are marked while the person looks back."""


class Pane(Toned):
    """One agent's screen: no border, no padding, its lines go to the terminal as they came."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role
        self.live = Screenful()
        self.past: Screenful | None = None
        """What is shown instead while the person looks back."""
        self.resized: Callable[[], None] = lambda: None
        """Hears of another size, while the person looks back."""

    @property
    def shown(self) -> Screenful:
        """What the person sees."""
        return self.live if self.past is None else self.past

    @property
    def top(self) -> int:
        """The first row of the program's screen that is shown: not 0 where the screen is higher than the pane."""
        return self.live.top(self.size.height)

    def take(self, frame: Mapping[str, Any]) -> list[int]:
        """Take a `pane/rows` notification and give the lines that look different now."""
        changed = self.live.update(frame)
        return changed if self.past is None else []

    def sequences(self, lines: Iterable[int]) -> str:
        """Give the text that draws lines where they stand on the terminal."""
        x, y, width, height = self.region
        strips = self.shown.strips(width, height, x)
        return "".join(
            f"\x1b[{y + line + 1};{x + 1}H{strips[line].text_for_terminal}" for line in lines if line < height
        )

    def refresh_lines(self, lines: Iterable[int]) -> None:
        """Have Textual draw lines with its next update."""
        width, height = self.size
        regions = [Region(0, line, width, 1) for line in lines if line < height]
        if regions:
            self.refresh(*regions)

    @property
    def blank(self) -> bool:
        """No frame has come: the program's screen is not known."""
        return self.live.columns == 0

    def say(self, text: str, columns: int) -> None:
        """Show lines where there is no screen, each on as many as it takes; `text` is safe."""
        lines = [part for line in text.split("\n") for part in textwrap.wrap(line, max(1, columns - 4))]
        rows = [Row(), *(Row(f"  {line}", 2 + cell_len(line)) for line in lines)]
        if self.live.rows != rows:
            self.live.replace(0, rows)
            self.refresh()

    def look(self, name: str) -> str:
        """Give the SGR of one of `LOOKS`."""
        style = self.tone(f"pane--{name}")
        drawn = (style.without_color if self.app.no_color else style).render(" ", color_system=ColorSystem.TRUECOLOR)
        return drawn.partition(" ")[0]

    def on_resize(self) -> None:
        """Tell whoever shows what is past here."""
        if self.past is not None:
            self.resized()

    def cursor(self) -> Cursor | None:
        """Give the program's cursor in cells of the screen, or None where it is hidden or out of sight."""
        cursor = self.live.cursor
        x, y, width, height = self.region
        line = cursor.y - self.top
        if self.past is not None or not cursor.visible or cursor.x > width or not 0 <= line < height:
            return None
        return Cursor(x + min(cursor.x, width - 1), y + line, visible=True, shape=cursor.shape)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Give strips as they are: Textual's own styling would parse and repaint each of them."""
        width, height = self.size
        strips = self.shown.strips(width, height, self.region.x)[crop.y : crop.bottom]
        return [strip.crop(crop.x, crop.right) for strip in strips]
