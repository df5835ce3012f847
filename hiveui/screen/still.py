"""A still: the history and the screen of one pane at one moment. What the pane prints later does not move its rows."""

import mmap
import os
import re
from array import array
from collections.abc import Sequence
from pathlib import Path

from hiveui.model.cells import clean
from hiveui.model.rows import Row
from hiveui.screen.sgr import RowReader
from hiveui.screen.wraps import lines_of, wrapped

_SGR = re.compile(r"\x1b\[[0-9;:]*m")


class Still:
    """Rows of a pane; the text of all of them is in files that have no name any more, and go with the process."""

    def __init__(self, pane: str, paths: Sequence[Path], skipped: int, reader: RowReader) -> None:
        """Open the files of `tmux.commands.still`, less the first `skipped` rows, and take their names away.

        Raises OSError or ValueError where they are not there, or empty.
        """
        self.pane = pane
        recent, plain, joined = paths
        self.files = [_opened(plain), _opened(joined)]
        """Of the plain rows and of the joined lines, for the process that searches."""
        self.skipped = skipped
        self._plain = mmap.mmap(self.files[0], 0, access=mmap.ACCESS_READ)
        self._starts = array("q", [0, *(found.end() for found in re.finditer(b"\n", self._plain))])
        if self._starts[-1] == len(self._plain):
            self._starts.pop()
        joined_lines = lines_of(os.pread(self.files[1], os.fstat(self.files[1]).st_size, 0))
        self._wrapped = wrapped(lines_of(self._plain[:]), joined_lines)
        self._recent = reader.read(tuple(lines_of(recent.read_bytes())))
        self.total = len(self._starts) - skipped
        """Rows there are."""
        self.older = max(0, self.total - len(self._recent))
        """How many of them have no colours here."""

    def rows(self, start: int, count: int, older: Sequence[Row] = ()) -> list[tuple[Row, bool]]:
        """Give rows from the oldest, each with whether the next one continues it.

        `older` are rows from `start` on as the pane has them now: their colours are taken where the text is the same.
        """
        rows = []
        for number in range(start, min(start + count, self.total)):
            row = self._recent[number - self.total] if number >= self.older else self._bare(number)
            at = number - start
            if number < self.older and at < len(older) and _SGR.sub("", older[at].ansi) == row.ansi:
                row = older[at]
            rows.append((row, bool(self._wrapped[number + self.skipped])))
        return rows

    def close(self) -> None:
        """Let go of the files."""
        self._plain.close()
        for file in self.files:
            os.close(file)
        self.files.clear()

    def _bare(self, number: int) -> Row:
        at = number + self.skipped
        end = self._starts[at + 1] if at + 1 < len(self._starts) else len(self._plain)
        line = self._plain[self._starts[at] : end].removesuffix(b"\n")
        return Row(*clean(line.decode("utf-8", "replace")))


def _opened(path: Path) -> int:
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    path.unlink()
    return file
