"""What code is made of, found by Pygments a few lines at a time: only what is about to be seen."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

Span = tuple[int, int, str]
"""Characters of a line, from and before which, and their tone."""

LONGEST = 400
"""Characters of a line that are looked at: a longer one was not written by hand."""
TONES: Mapping[str, str] = {
    "Token.Keyword.Constant": "number",
    "Token.Keyword": "keyword",
    "Token.Operator.Word": "keyword",
    "Token.Name.Function": "function",
    "Token.Name.Class": "type",
    "Token.Name.Tag": "keyword",
    "Token.Name.Attribute": "type",
    "Token.Name.Builtin": "type",
    "Token.Name.Exception": "type",
    "Token.Name.Decorator": "function",
    "Token.Name.Namespace": "type",
    "Token.Literal.Number": "number",
    "Token.Literal": "string",
    "Token.Comment.Preproc": "keyword",
    "Token.Comment": "comment",
    "Token.Generic.Heading": "function",
    "Token.Generic.Subheading": "function",
    "Token.Generic.Strong": "keyword",
}
"""The tone of each kind of token, or of the nearest one that it belongs to."""


class Syntax:
    """Colours code by the names of its files."""

    def __init__(self) -> None:
        self.ready = False
        """Pygments is loaded: a first look at a file costs milliseconds, not a tenth of a second."""

    def load(self) -> None:
        """Load what takes long."""
        lexer_of("a.py")
        self.ready = True

    def spans(self, path: str, lines: Sequence[str]) -> list[list[Span]]:
        """Find the tones of lines that follow each other in a file; none for a file of an unknown kind."""
        found: list[list[Span]] = [[] for _ in lines]
        lexer = lexer_of(path)
        if lexer is None:
            return found
        cut = [line[:LONGEST] for line in lines]
        starts, at = [], 0
        for line in cut:
            starts.append(at)
            at += len(line) + 1
        row = 0
        for start, kind, text in lexer.get_tokens_unprocessed("\n".join(cut) + "\n"):
            tone = _tone(kind)
            while row + 1 < len(starts) and starts[row + 1] <= start:
                row += 1
            if tone:
                _add(found, row, start - starts[row], text, tone)
        return found


def _add(found: list[list[Span]], row: int, column: int, text: str, tone: str) -> None:
    """Add a token, which may go on over several lines."""
    for part in text.split("\n"):
        if row < len(found) and part:
            found[row].append((column, column + len(part), tone))
        row, column = row + 1, 0


@lru_cache(maxsize=256)
def lexer_of(path: str) -> Any:
    """Find what reads a file of such a name; None for an unknown kind."""
    from pygments.lexers import (  # type: ignore[import-untyped]  # noqa: PLC0415  the first paint need not wait
        get_lexer_for_filename,
    )
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        return get_lexer_for_filename(PurePosixPath(path).name, stripnl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=512)
def _tone(kind: Any) -> str:
    names = str(kind).split(".")
    return next((tone for n in range(len(names), 1, -1) if (tone := TONES.get(".".join(names[:n])))), "")
