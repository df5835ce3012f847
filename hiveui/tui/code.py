"""Lines of code as they are shown: safe, with what changed within them and what they are made of."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from hiveui.model.comparison import Changed as ChangedFile
from hiveui.model.diff import Hunk
from hiveui.model.pairs import Span as Changed
from hiveui.model.pairs import changed, pairs
from hiveui.model.text import visible
from hiveui.tui.syntax import Span, Syntax

V = TypeVar("V")

TAB = 4
"""Cells from one stop of a tab to the next."""
CHUNK = 40
"""Lines that are coloured at once: about what is seen of a hunk."""
KEPT = 2_000
"""Answers of each sort that are kept."""


class Code:
    """What is known of the lines of one comparison, found when they are first seen."""

    def __init__(self, files: Sequence[ChangedFile], syntax: Syntax) -> None:
        """`files` may grow, and the hunks of its last file."""
        self._files = files
        self._syntax = syntax
        self._kept: dict[Hashable, object] = {}

    def forget(self) -> None:
        """Find everything anew: Pygments was loaded."""
        self._kept.clear()

    def text(self, file: int, hunk: int, at: int) -> str:
        """Give a line: tabs are blanks, what would act on a terminal is spelled out."""
        found = self._hunk(file, hunk)
        line = found.lines[at].text.expandtabs(TAB)
        if line.endswith("\r") and self._ends_alike(file, hunk):
            line = line[:-1]
        return visible(line)

    def words(self, file: int, hunk: int, at: int) -> Sequence[Changed]:
        """Give what differs in a line from the one that stands beside it."""
        return self._keep(("words", file, hunk, at), lambda: self._words(file, hunk, at))

    def tones(self, file: int, hunk: int, at: int) -> Sequence[Span]:
        """Give what a line is made of; nothing before Pygments is loaded."""
        if not self._syntax.ready:
            return ()
        old = self._hunk(file, hunk).lines[at].mark == "-"
        first = at // CHUNK * CHUNK
        chunk = self._keep(("tones", file, hunk, first, old), lambda: self._tones(file, hunk, first, old=old))
        return chunk.get(at, ())

    def _tones(self, file: int, hunk: int, first: int, *, old: bool) -> dict[int, Sequence[Span]]:
        lines = self._hunk(file, hunk).lines
        other = "+" if old else "-"
        side = [at for at in range(first, min(len(lines), first + CHUNK)) if lines[at].mark != other]
        spans = self._syntax.spans(self._files[file].file.path, [self.text(file, hunk, at) for at in side])
        return dict(zip(side, spans, strict=True))

    def _words(self, file: int, hunk: int, at: int) -> Sequence[Changed]:
        beside = self._beside(file, hunk).get(at)
        if beside is None:
            return ()
        old = self._hunk(file, hunk).lines[at].mark == "-"
        one, other = (at, beside) if old else (beside, at)
        spans = changed(self.text(file, hunk, one), self.text(file, hunk, other))
        return spans[0] if old else spans[1]

    def _beside(self, file: int, hunk: int) -> dict[int, int]:
        """Give which changed lines of a hunk stand beside each other."""
        lines = self._hunk(file, hunk).lines

        def beside() -> dict[int, int]:
            found = {a: b for a, b in pairs(lines) if a is not None and b is not None and a != b}
            return found | {b: a for a, b in found.items()}

        return self._keep(("beside", file, hunk, len(lines)), beside)

    def _ends_alike(self, file: int, hunk: int) -> bool:
        """Tell whether all lines of a hunk end in a carriage return: then it tells nothing."""
        lines = self._hunk(file, hunk).lines
        return self._keep(("ends", file, hunk, len(lines)), lambda: all(line.text.endswith("\r") for line in lines))

    def _hunk(self, file: int, hunk: int) -> Hunk:
        return self._files[file].file.hunks[hunk]

    def _keep(self, key: Hashable, find: Callable[[], V]) -> V:
        if key not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = find()
        return self._kept[key]  # type: ignore[return-value]
