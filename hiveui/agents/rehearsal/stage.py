"""What a person sees and types: printed blocks, the spinner, an open dialog, the prompt line."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from hiveui.agents.rehearsal.cells import cells, clean, cut, wrap
from hiveui.agents.rehearsal.composer import Composer
from hiveui.agents.rehearsal.dialog import Dialog
from hiveui.agents.rehearsal.inline import Inline, styled
from hiveui.agents.rehearsal.keys import Press
from hiveui.agents.rehearsal.terminal import Terminal

SPINNER = "✢✳✶✻✶✳"
FRAMES = 8
"""Spinner frames a second."""
TWICE_SECONDS = 2.0
"""A second ctrl+c within this time leaves."""


class Look(NamedTuple):
    """How a kind of block is drawn: its mark, the styles (SGR parameters) of mark and text, a gap above."""

    mark: str
    mark_style: str = ""
    style: str = ""
    gap: bool = False


LOOKS = {
    "head": Look("✻ ", "36", "1"),
    "note": Look("  ", "", "2"),
    "prompt": Look("❯ ", "36", "1", gap=True),
    "say": Look("● ", "", "", gap=True),
    "more": Look("  ", "", "", gap=True),
    "tool": Look("● ", "32", "1", gap=True),
    "tool failed": Look("● ", "31", "1", gap=True),
    "result": Look("  ⎿  ", "2", "2"),
    "result more": Look("     ", "", "2"),
    "added": Look("     ", "", "32"),
    "removed": Look("     ", "", "31"),
    "error": Look("● ", "31", "31", gap=True),
}


class Interrupted(Exception):  # noqa: N818  an event, not an error
    """The person pressed Escape while the agent worked."""


class Left(Exception):  # noqa: N818  an end, not an error
    """The person asked the agent to leave."""


def block(look: str, text: str, columns: int) -> list[str]:
    """Lay out one block, marks and colours included, each line narrower than `columns`."""
    mark, mark_style, style, gap = LOOKS[look]
    indent = cells(mark)
    first, *rest = wrap(clean(text), max(1, columns - 1 - indent))
    lines = [styled(mark_style, mark) + styled(style, first)]
    lines += [" " * indent + styled(style, line) if line else "" for line in rest]
    return ["", *lines] if gap else lines


class Stage:
    """The pane. Every wait listens to the keyboard, so keys and resizes are seen at once."""

    def __init__(self, terminal: Terminal, footer: str, speed: float) -> None:
        self._terminal = terminal
        self._inline = Inline(terminal)
        self._composer = Composer()
        self._footer = footer
        self._speed = speed
        self._dialog: Dialog | None = None
        self._page: list[str] | None = None
        self._printed: list[str] = []
        self._tail: tuple[str, str] | None = None
        self._activity = ""
        self._since = 0.0
        self._ctrl_c = float("-inf")
        self._prompts: deque[str] = deque()

    def say(self, look: str, text: str) -> None:
        """Print a block that stays."""
        self._printed += block(look, text, self._terminal.size[0])
        self._tail = None
        self._paint()

    def growing(self, look: str, text: str) -> None:
        """Show a block that is still being written; `say` it when it is whole."""
        self._tail = (look, text)

    @contextlib.contextmanager
    def working(self, activity: str = "Working") -> Iterator[None]:
        """Spin, with the seconds since the turn began; Escape raises Interrupted from a wait."""
        self._activity, self._since = activity, time.monotonic()
        try:
            yield
        finally:
            self._activity = ""

    def doing(self, activity: str) -> None:
        """Change the words beside the spinner."""
        self._activity = activity

    def wait(self, seconds: float) -> None:
        """Let time pass at the script's pace; with speed 0 none."""
        self.pause(self._paced(seconds))

    def pause(self, seconds: float) -> None:
        """Let real time pass."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            self.listen(max(0.0, left))
            if left <= 0:
                return

    def choose(self, dialog: Dialog) -> int:
        """Ask, and wait as long as it takes; give the chosen index."""
        self._dialog = dialog
        try:
            while dialog.answer is None:
                self.listen(None)
        finally:
            self._dialog = None
        return dialog.answer

    def next_prompt(self) -> str:
        """Wait for the next submitted prompt."""
        while not self._prompts:
            self.listen(None)
        return self._prompts.popleft()

    def page(self, text: str, seconds: float) -> None:
        """Fill the alternate screen until `q` is pressed, or for some seconds if that is not 0."""
        until = time.monotonic() + self._paced(seconds)
        self._page = clean(text).split("\n")
        with self._terminal.alternate():
            while self._page is not None:
                left = until - time.monotonic() if seconds else None
                self.listen(left)
                if left is not None and left <= 0:
                    self._page = None

    def report(self, sequence: str) -> None:
        """Send the terminal something that moves nothing: a title, a bell, a state report."""
        self._terminal.write(sequence)

    def close(self) -> None:
        """Leave the cursor below all that was printed, without the live part."""
        self._inline.show(self._printed, [])
        self._printed = []

    def listen(self, seconds: float | None, also: int = -1) -> bool:
        """Paint, then wait for a key, a resize, `also` being readable, the next frame, or the time."""
        self._paint()
        if self._spinning:
            seconds = 1 / FRAMES if seconds is None else min(seconds, 1 / FRAMES)
        presses, readable = self._terminal.listen(seconds, also)
        for press in presses:
            self._take(press)
        return readable

    def _paced(self, seconds: float) -> float:
        return seconds / self._speed if self._speed else 0.0

    @property
    def _spinning(self) -> bool:
        return bool(self._activity) and self._dialog is None and self._page is None

    def _take(self, press: Press) -> None:
        if self._page is not None:
            if press.name in {"escape", "enter", "ctrl+c"} or press.text == "q":
                self._page = None
        elif press.name == "ctrl+c":
            self._stop()
        elif self._dialog is not None and self._dialog.answer is None:
            self._dialog.feed(press)
        elif press.name == "escape" and self._activity:
            raise Interrupted
        elif press.name == "ctrl+d" and not self._composer.text:
            raise Left
        elif (prompt := self._composer.feed(press)) is not None:
            self._prompts.append(prompt)

    def _stop(self) -> None:
        """Ctrl+c: the first clears or interrupts, the second leaves."""
        now = time.monotonic()
        if now - self._ctrl_c < TWICE_SECONDS:
            raise Left
        self._ctrl_c = now
        self._composer = Composer()
        if self._activity:
            raise Interrupted

    def _paint(self) -> None:
        columns, rows = self._terminal.size
        if self._page is not None:
            screen = [cut(line, columns - 1) for line in self._page[:rows]]
            self._terminal.write("\x1b[H" + "\r\n".join(f"{line}\x1b[K" for line in screen) + "\x1b[J")
            return
        printed, self._printed = self._printed, []
        live = block(*self._tail, columns) if self._tail else []
        if self._dialog is not None:
            live += ["", *self._dialog.lines(columns - 1)]
            self._inline.show(printed, live)
            return
        if self._spinning:
            live += ["", self._spinner(columns - 1)]
        lines, (row, column) = self._composer.lines(max(1, columns - 3))
        cursor = (len(live) + 1 + row, column + 2)
        live += ["", *((styled("36", "❯ ") if i == 0 else "  ") + line for i, line in enumerate(lines))]
        if rows > 12:
            live += ["", styled("2", cut(self._hint(), columns - 1))]
        self._inline.show(printed, live, cursor)

    def _spinner(self, width: int) -> str:
        elapsed = time.monotonic() - self._since
        mark = SPINNER[int(elapsed * FRAMES) % len(SPINNER)]
        return styled("34", cut(f"{mark} {self._activity}… ({elapsed:.0f}s · esc to interrupt)", width))

    def _hint(self) -> str:
        if time.monotonic() - self._ctrl_c < TWICE_SECONDS:
            return "  ctrl+c again to leave"
        queued = f"{len(self._prompts)} queued · " if self._prompts else ""
        return f"  {queued}{self._footer} · ctrl+j new line"
