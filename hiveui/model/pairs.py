"""The two sides of a hunk beside each other, and what changed within a line."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from hiveui.model.diff import Line
from hiveui.model.effort import effort

Span = tuple[int, int]
"""Characters of a line, from and before which."""
Pair = tuple[int | None, int | None]
"""Places in a hunk's lines: what stands at the left and at the right; the same one where nothing changed."""

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
MOST = 300
"""Words of a line that are compared; a longer one is another line."""
EFFORT = 4000
"""Pairs of equal words of two lines, at most: the screen waits for it."""
ALIKE = 0.4
"""The share of two lines that is the same, from which they count as one that was changed (difflib's ratio)."""


def pairs(lines: Sequence[Line]) -> Iterator[Pair]:
    """Stand the lines of a hunk side by side: those taken away beside those that came in their place."""
    gone: list[int] = []
    come: list[int] = []

    def row() -> Iterator[Pair]:
        for i in range(max(len(gone), len(come))):
            yield gone[i] if i < len(gone) else None, come[i] if i < len(come) else None
        gone.clear()
        come.clear()

    for at, line in enumerate(lines):
        if line.mark == "+":
            come.append(at)
            continue
        if line.mark == " " or come:
            yield from row()
        if line.mark == " ":
            yield at, at
        else:
            gone.append(at)
    yield from row()


def changed(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Give what differs between two lines that stand side by side; nothing where they are two lines altogether."""
    before, after = _WORD.findall(old[: MOST * 8]), _WORD.findall(new[: MOST * 8])
    if max(len(before), len(after)) > MOST or effort(before, after) > EFFORT:
        return [], []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    same = sum(sum(map(len, before[a : a + size])) for a, _, size in matcher.get_matching_blocks())
    if 2 * same < ALIKE * (len(old) + len(new)):
        return [], []
    olds: list[Span] = []
    news: list[Span] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            _add(olds, before, a, b)
            _add(news, after, c, d)
    return olds, news


def _add(spans: list[Span], words: Sequence[str], first: int, last: int) -> None:
    """Add words to the spans; only blanks between two make them one."""
    if first == last:
        return
    start = sum(map(len, words[:first]))
    end = start + sum(map(len, words[first:last]))
    if spans and not "".join(words)[spans[-1][1] : start].strip():
        start = spans.pop()[0]
    spans.append((start, end))
