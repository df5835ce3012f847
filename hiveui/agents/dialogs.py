"""The dialog at the bottom of a screen: its question, its choices, and the keys that give each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hiveui.agents.patterns import EDGE, Pattern, Text
from hiveui.agents.screens import Screen
from hiveui.model.signs import Choice

BELOW = 6
"""Rows with text under its choices at most: what has more is no dialog any more, but text that stands there."""
WRAPPED = 3
"""Rows that the last choice takes at most beside its first."""
REACH = 9
"""Rows between two numbered choices at most: a choice may be described, or wrapped."""
HINT = 2
"""Rows that a hint takes at most; it is the last on the screen."""
_NUMBERED = re.compile(r"(\d{1,2})[.)] (.*)")
_LINE = re.compile(r"[─━═╌┄▔▁╭╮╰╯┌┐└┘─ -]+|[^\w\s]{6,}")
_TOGGLE = re.compile(r"\[.?\]|[☐☑☒]")
_MULTIPLE = 10
"""The first number for which one digit is not enough."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How one kind of program draws its dialogs."""

    marker: str = "❯›●>"
    """Glyphs, one of which stands before the choice that Enter gives; '' where only a colour tells."""
    digits: bool = True
    """A digit gives the choice of that number at once."""
    begin: tuple[Pattern, ...] = ()
    """Rows at which a dialog begins; without one, where two empty rows stand."""
    drop: tuple[Pattern, ...] = ()
    """Rows that are no part of the question: tips, clocks."""
    lasting: tuple[Pattern, ...] = ()
    """Choices that hold for times to come too."""
    free: tuple[Pattern, ...] = ()
    """Choices that take a text of one's own."""


@dataclass(frozen=True, slots=True)
class Found:
    """A dialog in parts."""

    question: str
    choices: tuple[Choice, ...]
    free: bool
    texts: dict[str, Text]
    """`question`, `choices` and `hint`: what stands above the choices, they, and the last rows under them."""


@dataclass(frozen=True, slots=True)
class _Option:
    first: int
    number: int
    label: str


def find_dialog(screen: Screen, manner: Manner) -> Found | None:
    """Find the dialog of a screen on which one cannot type; None where no choice is marked."""
    if screen.composer is not None:
        return None
    bare = [row.lstrip(EDGE) for row in screen.rows]
    marked = next((i for i in range(len(bare) - 1, -1, -1) if _marked(bare[i], manner.marker)), None)
    if marked is None:
        return None
    options, end = _numbered(bare, marked, manner.marker) or _listed(screen, bare, marked)
    below = [row for row in screen.rows[end:] if row and not _LINE.fullmatch(row.lstrip(EDGE))]
    if len(below) > BELOW:
        return None
    top = options[0].first
    begin = _begin(screen, top, manner)
    body = [row for row in screen.rows[begin:top] if not _LINE.fullmatch(row.lstrip(EDGE))]
    question = [row for row in body if row and not any(p.found(Text.of([row])) for p in manner.drop)]
    texts = {
        "question": Text.of(body),
        "choices": Text.of(screen.rows[top:end]),
        "hint": Text.of(below[-HINT:]),
    }
    chosen = next(i for i, option in enumerate(options) if option.first == marked)
    choices = tuple(_choice(option, i - chosen, manner) for i, option in enumerate(options))
    free = any(_says(manner.free, option.label) for option in options)
    return Found(Text.of(question).line, choices, free, texts)


def _marked(row: str, marker: str) -> bool:
    if not marker:
        return _NUMBERED.match(row) is not None
    return len(row) > 1 and row[0] in marker and row[1] == " "


def _numbered(rows: Sequence[str], marked: int, marker: str) -> tuple[list[_Option], int] | None:
    """Read choices `1. …` around the marked one; give them and the row after the last."""
    here = _NUMBERED.match(rows[marked][2:] if marker else rows[marked])
    if here is None:
        return None
    found = {int(here[1]): (marked, here[2])}
    for step in (-1, 1):
        number, at = int(here[1]), marked
        while (near := _next(rows, at, number + step, step)) is not None:
            number, (at, _) = number + step, near
            found[number] = near
    ordered = sorted(found.items())
    if ordered[0][0] != 1 and _marked(rows[ordered[0][1][0]], marker) and len(ordered) == 1:
        return None
    ends = [at for _, (at, _) in ordered[1:]] + [_paragraph_end(rows, ordered[-1][1][0])]
    options = [
        _Option(at, number, " ".join([label, *_more(rows[at + 1 : end])]))
        for (number, (at, label)), end in zip(ordered, ends, strict=True)
    ]
    return options, ends[-1]


def _next(rows: Sequence[str], at: int, number: int, step: int) -> tuple[int, str] | None:
    """Find the choice of a number near another, on one side of it."""
    for i in range(at + step, at + step * (REACH + 1), step):
        if not 0 <= i < len(rows):
            return None
        match = _NUMBERED.match(rows[i])
        if match is not None:
            return (i, match[2]) if int(match[1]) == number else None
    return None


def _paragraph_end(rows: Sequence[str], first: int) -> int:
    last = min(first + 1 + WRAPPED, len(rows))
    return next((i for i in range(first + 1, last) if not rows[i] or _LINE.fullmatch(rows[i])), last)


def _more(rows: Sequence[str]) -> list[str]:
    return [row for row in rows if row and not _LINE.fullmatch(row)]


def _listed(screen: Screen, rows: Sequence[str], marked: int) -> tuple[list[_Option], int]:
    """Read choices without numbers: the rows around the marked one whose text begins in the same column."""
    column = screen.columns[marked] + 2
    first = marked
    while first > 0 and rows[first - 1] and screen.columns[first - 1] == column:
        first -= 1
    end = marked + 1
    while end < len(rows) and rows[end] and screen.columns[end] == column:
        end += 1
    options = [_Option(i, 0, rows[i][2:] if i == marked else rows[i]) for i in range(first, end)]
    return options, end


def _begin(screen: Screen, top: int, manner: Manner) -> int:
    """Find where the question begins: at a row that says so, or under two empty ones."""
    said = max((echo for echo in screen.echoes if echo < top), default=-1)
    for i in range(top - 1, said, -1):
        if any(pattern.found(Text.of([screen.rows[i]])) for pattern in manner.begin):
            return i
        if not manner.begin and i and not screen.rows[i] and not screen.rows[i - 1]:
            return i + 1
    return said + 1


def _choice(option: _Option, distance: int, manner: Manner) -> Choice:
    """Name the keys: the number where a digit is enough, else the way from the marked choice, then Enter."""
    if _TOGGLE.match(option.label):
        keys: tuple[str, ...] = ()
    elif manner.digits and 0 < option.number < _MULTIPLE:
        keys = (str(option.number),)
    else:
        keys = (("down",) * distance if distance > 0 else ("up",) * -distance) + ("enter",)
    return Choice(option.label, keys, _says(manner.lasting, option.label))


def _says(patterns: Sequence[Pattern], label: str) -> bool:
    text = Text.of([label])
    return any(pattern.found(text) is not None for pattern in patterns)
