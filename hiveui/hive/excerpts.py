"""What a pane printed: captured at once, so that no line is lost while the pane scrolls, and given a page at a time."""

import asyncio
import itertools
import re
from typing import Any

from hiveui.errors import UsageError
from hiveui.screen.sgr import Pen, read_row

PAGE = 256 * 1024
"""Characters of one page, about: more of them would hold the event loop up."""
CONTINUED = 1 << 40
"""A `start` from here on is a place in a capture that was begun; one below counts lines from the oldest."""
PLACES = 1 << 24
"""Places in one capture, at most."""
MOST = 4
"""Captures of one client that are kept; the one that was read longest ago goes first."""
KEPT_FOR = 30.0
"""Seconds that a capture waits for whoever reads it to ask for the next page."""
RESET = "\x1b[0m"
_SGR = re.compile(r"\x1b\[[0-9;:]*m")


class Excerpt:
    """One capture of a pane."""

    def __init__(self, lines: tuple[bytes, ...], first: int, total: int) -> None:
        """Take captured lines, which may carry SGR on; the number of the first; and how many there are in all."""
        self._lines = lines
        self._pen = Pen()
        self._at = 0
        self._first = first
        self._total = total

    @property
    def at(self) -> int:
        """The place of the next line, -1 where all were given."""
        return self._at if self._at < len(self._lines) else -1

    def page(self, *, ansi: bool) -> dict[str, Any]:
        """Give the next page: `first`, `total` and `lines`."""
        first, texts, size = self._first + self._at, [], 0
        while self._at < len(self._lines) and size < PAGE:
            row, self._pen = read_row(self._lines[self._at], self._pen)
            text = (row.ansi + RESET if ansi and row.ansi else _SGR.sub("", row.ansi)).rstrip()
            texts.append(text)
            size += len(text) + 1
            self._at += 1
        return {"first": first, "total": self._total, "lines": texts}


class Excerpts:
    """Captures that are given in pages; `whose` are those of one client."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, Excerpt]] = {}
        """By their number, and whose they are; the one that was read last at the end."""
        self._numbers = itertools.count(1)

    def begin(self, whose: int, excerpt: Excerpt, *, ansi: bool) -> dict[str, Any]:
        """Give the first page of a capture; `next` is where the following one starts, or None."""
        return self._give(next(self._numbers), whose, excerpt, ansi=ansi)

    def go_on(self, whose: int, start: int, *, ansi: bool) -> dict[str, Any]:
        """Give the page that starts at `next` of the one before. Raises UsageError where that was long ago."""
        number, place = divmod(start - CONTINUED, PLACES)
        kept, excerpt = self._kept.get(number, (whose, None))
        if kept != whose or excerpt is None or excerpt.at != place:
            raise UsageError("What was being read is not kept any more.", "Read it again from its beginning.")
        del self._kept[number]
        return self._give(number, whose, excerpt, ansi=ansi)

    def leave(self, whose: int) -> None:
        """Forget those of a client that is gone."""
        self._keep(whose, 0)

    def _keep(self, whose: int, most: int) -> None:
        mine = [number for number, (kept, _) in self._kept.items() if kept == whose]
        for number in mine[: max(0, len(mine) - most)]:
            del self._kept[number]

    def _give(self, number: int, whose: int, excerpt: Excerpt, *, ansi: bool) -> dict[str, Any]:
        page = excerpt.page(ansi=ansi)
        if excerpt.at < 0:
            return page | {"next": None}
        self._keep(whose, MOST - 1)
        self._kept[number] = whose, excerpt
        asyncio.get_running_loop().call_later(KEPT_FOR, self._forget, number, excerpt.at)
        return page | {"next": CONTINUED + number * PLACES + excerpt.at}

    def _forget(self, number: int, place: int) -> None:
        if number in self._kept and self._kept[number][1].at == place:
            del self._kept[number]
