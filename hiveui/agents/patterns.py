r"""Patterns for rules about screens: literal text with a few wildcards, matched in one pass whatever the pattern says.

    text        stands for itself; a run of blanks in a row is one blank
    *           any text, also none
    #           a number: `3`, `1,234`, `2.5`
    {a|b}       one of these texts
    <word>      a run without blanks; `<time>` as in `1m 2s`; `<line>` a drawn edge; `<spinner>` one frame of one;
                `<name>` one glyph of the set of that name in the file's `[glyphs]`
    ^           the beginning of a row, after blanks and frames; `^^` the left edge of the screen itself
    $           the end of a row
    \x          the character x, whatever it means otherwise

A pattern with `^` or `$` is held against each row; any other against the rows joined to one line, so that it finds
what a program wrapped at another width. The first place where it fits counts, and nothing is tried twice: each piece
between two wildcards is searched for once, forward, so that no pattern can hold up who reads the screen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hiveui.model.names import nearest

MAX_PATTERN = 200
"""Characters of a pattern."""
EDGE = "\u200b"
"""Begins a row that stands at the left edge of the screen (a frame does not count as text)."""
CLASSES: Mapping[str, str] = {
    "word": r"\S{1,60}+",
    "time": r"\d{1,4}+(?:\.\d{1,2}+)?+(?:ms|[smhd])(?: \d{1,2}+[smh]){0,3}+",
    "line": r"[─━═▔▁▀▄╭╮╰╯┌┐└┘┬┴▐▌]{8,}+",
    "spinner": r"[\u2800-\u28ff◐◓◑◒◴◷◶◵|/\\-]",
}
_NUMBER = r"\d{1,12}+(?:[.,]\d{1,6}+){0,3}+"
_TOKEN = re.compile(r"\\(.)|(\^\^?)|(\$)|(\*+)|(#)|\{([^{}]*)\}|<([a-z-]+)>|(.)")


class PatternError(ValueError):
    """A pattern that says nothing, or something that is not known; `hint` is the mend."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Text:
    """Rows of a screen in both forms that patterns are held against."""

    rows: str
    """Rows under each other."""
    line: str
    """The same rows joined to one."""

    @classmethod
    def of(cls, rows: Sequence[str]) -> "Text":
        """Take rows as `screens.plain` gives them."""
        return cls("\n".join(rows), " ".join(row.lstrip(EDGE) for row in rows if row))


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled pattern."""

    source: str
    by_row: bool
    regex: re.Pattern[str]

    def found(self, text: Text) -> str | None:
        """Give what it matched, with the whole of the row where it is held against rows; None where it fits nowhere."""
        match = self.regex.search(text.rows) if self.by_row else self.regex.match(text.line)
        if match is None:
            return None
        if not self.by_row:
            return text.line[match.start("from") : match.end()]
        end = text.rows.find("\n", match.end())
        return text.rows[match.start() : end if end >= 0 else None].lstrip(EDGE)

    def rest(self, text: Text) -> str | None:
        """Give what its last `*` stands for; None where it fits nowhere, or has none."""
        match = self.regex.search(text.rows) if self.by_row else self.regex.match(text.line)
        return match["rest"] if match is not None and "rest" in self.regex.groupindex else None


def compile_pattern(source: str, glyphs: Mapping[str, str] | None = None) -> Pattern:
    """Compile one pattern; `glyphs` are sets of characters by name. Raises PatternError."""
    if len(source) > MAX_PATTERN:
        raise PatternError(f"a pattern is at most {MAX_PATTERN} characters long")
    head, pieces = _pieces(source, glyphs or {})
    if not any(piece for piece in pieces):
        raise PatternError(f"the pattern {source!r} fits everything", "Say some of the text.")
    by_row = head != "" or pieces[-1].endswith("$")
    start = head or ("^" + EDGE + "?" if by_row else r"\A")
    return Pattern(source, by_row, re.compile(start + _joined(pieces, bool(head)), re.MULTILINE))


def _pieces(source: str, glyphs: Mapping[str, str]) -> tuple[str, list[str]]:
    """Translate a pattern into its anchor and the pieces that stand between its `*`, as regular expressions."""
    head = ""
    pieces = [""]
    for match in _TOKEN.finditer(source):
        escaped, begin, end, any_text, number, either, name, plain = match.groups()
        if begin:
            if match.start():
                raise PatternError(f"`^` stands within {source!r}", "It is to be the first character, or `\\^`.")
            head = "^" + EDGE if begin == "^^" else f"^{EDGE}?"
        elif end:
            if match.end() != len(source):
                raise PatternError(f"`$` stands within {source!r}", "It is to be the last character, or `\\$`.")
            pieces[-1] += "$"
        elif any_text:
            pieces.append("")
        elif number:
            pieces[-1] += _NUMBER
        elif either is not None:
            words = sorted(either.split("|"), key=len, reverse=True)
            pieces[-1] += "(?>" + "|".join(map(re.escape, words)) + ")"
        elif name:
            pieces[-1] += _class(name, glyphs)
        else:
            pieces[-1] += re.escape(escaped or plain)
    return head, pieces


def _class(name: str, glyphs: Mapping[str, str]) -> str:
    if name in glyphs:
        return "[" + "".join(map(re.escape, glyphs[name])) + "]"
    if name not in CLASSES:
        raise PatternError(f"nothing is known for <{name}>", nearest(name, [*CLASSES, *glyphs]))
    return CLASSES[name]


def _joined(pieces: Sequence[str], anchored: bool) -> str:
    """Search for each piece after the one before, without ever going back (`(?>…)`)."""
    regex = f"(?P<from>{pieces[0]})" if anchored else f"(?>.*?(?P<from>{pieces[0]}))"
    last = len(pieces) - 1
    for i, piece in enumerate(pieces[1:], 1):
        gap = "(?P<rest>.*?)" if i == last else ".*?"
        regex += f"(?>{gap}{piece})" if piece else gap.replace(".*?", ".*+")
    return regex
