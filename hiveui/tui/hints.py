"""What on a screen is worth picking up: links, paths, places in files, git's hashes; and their labels. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from hiveui.tui.lines import Lines, plain
from hiveui.tui.selection import Spot

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
_NAME = r"[\w.@+-]+"
_PATTERN = re.compile(
    rf"""(?P<link> https?://[^\s<>"'`{{}}|\\^\x00-\x1f]+ )
    | (?<![\w.@+/~-]) (?P<path> (?: ~/ | /)? (?:{_NAME}/)+ {_NAME} (?: :\d+ (?: :\d+)? )?
        | ~?/{_NAME} | {_NAME}\.\w+ :\d+ (?: :\d+)? )
    | \b (?P<hash> (?=[0-9a-f]*[a-f]) (?=[0-9a-f]*\d) [0-9a-f]{{7,40}} ) \b""",
    re.VERBOSE,
)
"""A path has a slash, or a line number. Each begins where no name goes on, so that no text takes long."""
_TRAILING = ".,;:!?'\"…"


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing to pick up."""

    kind: str
    """`link`, `path` or `hash`."""
    text: str
    spot: Spot
    """Where it begins."""


def found(text: str) -> Iterator[tuple[int, str, str]]:
    """Find what can be picked up in a line: where, its kind, its text."""
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup or ""
        yield match.start(), kind, _trimmed(match[0])


def _trimmed(text: str) -> str:
    """Take off what belongs to the sentence around: full stops, and brackets that were not opened inside."""
    while text and (text[-1] in _TRAILING or _closes(text)):
        text = text[:-1]
    return text


def _closes(text: str) -> bool:
    """Tell whether a bracket at the end was opened before the text."""
    opening = {")": "(", "]": "["}.get(text[-1])
    return opening is not None and text.count(opening) < text.count(text[-1])


def on_screen(lines: Lines, top: int, height: int) -> list[Hint]:
    """Find what can be picked up in rows of a still, also where it goes on in the next row."""
    hints = []
    number = top
    while number < min(top + height, lines.total):
        first, last = lines.whole(number)
        text, spots = "", list[Spot]()
        for row in range(first, last + 1):
            for cell, cluster in enumerate(lines[row].cells):
                shown = plain((cluster,))
                text += shown
                spots += [Spot(row, cell)] * len(shown)
        hints += [Hint(kind, said, spots[at]) for at, kind, said in found(text) if spots[at].line >= top]
        number = last + 1
    return [hint for hint in hints if hint.spot.line < top + height]


def labels(hints: Sequence[Hint]) -> dict[str, list[Hint]]:
    """Give each text a label, those at the bottom first; all of one length, so that none begins another."""
    texts = list(dict.fromkeys(hint.text for hint in reversed(hints)))
    length = 1 if len(texts) <= len(LETTERS) else 2
    names = ("".join(letters) for letters in product(LETTERS, repeat=length))
    return {name: [hint for hint in hints if hint.text == text] for name, text in zip(names, texts, strict=False)}
