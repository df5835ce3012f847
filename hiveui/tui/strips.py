"""Strips that reach the terminal as tmux wrote them, exactly as wide as their widget."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from rich.cells import set_cell_size
from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

from hiveui.model.cells import clusters
from hiveui.model.rows import Row

SGR = re.compile(r"(\x1b\[[0-9;:]*m)")
UNSAFE = re.compile(
    r"\x1b(?!\[[0-9;:]*m)|[\x00-\x1a\x1c-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What may not stand in a row: everything but printable text and SGR."""
RESET = "\x1b[0m"
WRAP, NO_WRAP = "\x1b[?7h", "\x1b[?7l"
_RESETS = frozenset({RESET, "\x1b[m"})


class RawStrip(Strip):
    """One line of a pane, kept as SGR text: nothing is parsed, so no attribute is lost.

    Under an overlay it is cut into further raw strips. Its segments, for whoever asks, are plain text.
    """

    __slots__ = ("_body", "_column", "_text_width", "text_for_terminal")

    def __init__(self, body: str, text_width: int, width: int, column: int) -> None:
        """Hold `body`, safe and `text_width` cells wide, as a line of `width` cells that starts at `column`.

        `column` counts from 0 on the whole screen. A line with other than ASCII erases its cells first and ends
        by an absolute move (ECMA-48, ECH and CHA): nothing rests on how wide its text is counted, so that a
        terminal that disagrees on a width spoils this line and no other.
        """
        super().__init__((), width)
        self._body = body
        self._text_width = text_width
        self._column = column
        line = body + RESET if "\x1b" in body else body
        self.text_for_terminal: str
        if body.isascii():
            self.text_for_terminal = line + " " * (width - text_width)
        else:
            if text_width == width and _ends_in_mark(body):
                line = f"{WRAP}{line}{NO_WRAP}"
            self.text_for_terminal = f"\x1b[{width}X{line}\x1b[{column + width + 1}G"

    @property
    def _segments(self) -> list[Segment]:
        plain = SGR.sub("", self._body)
        return [Segment(set_cell_size(plain, self._cell_length or 0))]

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Take what the base class sets at first; the body is the only truth."""

    def render(self, console: Console) -> str:  # noqa: ARG002  nothing depends on its colours
        """Give the text for the terminal."""
        return self.text_for_terminal

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Cut at cell positions, the last of which ends the last part."""
        edges = list(cuts)
        if not edges:
            return []
        width = self._cell_length or 0
        if edges == [width]:
            return [self]
        parts: list[Strip] = []
        start = 0
        for edge, body in zip(edges, split(self._body, edges), strict=True):
            text_width = max(0, min(self._text_width, edge) - start)
            parts.append(RawStrip(body, text_width, edge - start, self._column + start))
            start = edge
        return parts

    def crop(self, start: int, end: int | None = None) -> Strip:
        """Keep the cells from `start` to before `end`."""
        width = self._cell_length or 0
        first = max(0, start)
        last = width if end is None else min(width, end)
        if first == 0 and last == width:
            return self
        if last <= first:
            return Strip([], 0)
        return self.divide([first, last])[1] if first else self.divide([last])[0]


def _ends_in_mark(body: str) -> bool:
    """Tell whether the last character of SGR text has no cell of its own.

    tmux adds such a one, in the screen's last column, to the column before, unless the terminal wraps lines
    (DECAWM), which Textual switches off. No pane has the screen's last line, so that nothing scrolls.
    """
    last = SGR.sub("", body[-64:])[-1:]
    return unicodedata.category(last or " ") in ("Mn", "Me", "Cf")


def fit(row: Row, width: int, column: int) -> RawStrip:
    """Make a row exactly `width` cells wide, standing at `column` of the screen."""
    body, text_width = row.ansi, row.width
    if UNSAFE.search(body):
        body = UNSAFE.sub("", body)
        text_width = sum(width for _, width in clusters(SGR.sub("", body)))
    if text_width > width:
        body, text_width = split(body, [width])[0], width
    return RawStrip(body, text_width, width, column)


def split(body: str, edges: Sequence[int]) -> list[str]:
    """Cut SGR text at ascending cell positions; each part begins with the attributes in force there.

    A wide character that stands across an edge becomes a blank on either side. What stands beyond the last
    edge is dropped.
    """
    parts: list[str] = []
    part: list[str] = []
    attributes = ""
    at = 0
    for token in SGR.split(body):
        if token.startswith("\x1b"):
            attributes = "" if token in _RESETS else attributes + token
            part.append(token)
            continue
        for cluster, width in _clusters(token, edges[len(parts)] - at):
            while at >= edges[len(parts)]:
                parts.append("".join(part))
                part = [attributes]
                if len(parts) == len(edges):
                    return parts
            over = at + width - edges[len(parts)]
            part.append(" " * (width - over) if over > 0 else cluster)
            if over > 0 and len(parts) + 1 < len(edges):
                parts.append("".join(part))
                part = [attributes, " " * over]
            at += width
    parts.append("".join(part))
    return parts + [""] * (len(edges) - len(parts))


def _clusters(text: str, room: int) -> Iterable[tuple[str, int]]:
    """Take text apart where it may be cut; plain text that fits in `room` cells stays whole."""
    return [(text, len(text))] if text.isascii() and 0 < len(text) <= room else clusters(text)
