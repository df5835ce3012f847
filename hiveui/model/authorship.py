"""Whose lines stand in a file, told from one version of it after the other; and what two versions differ in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from hiveui.model.collisions import Span
from hiveui.model.effort import effort

MIDDLE = 800
"""Lines between what two versions begin and end with alike that are compared one by one; more are one edit."""
EFFORT = 40_000
"""Pairs of equal lines among them, at most; of more, blank lines say, it would take seconds."""


class Edit(NamedTuple):
    """Lines that became others; counted from 0, the last ones excluded."""

    old: int
    old_end: int
    new: int
    new_end: int


def edits(old: Sequence[str], new: Sequence[str]) -> tuple[Edit, ...]:
    """Tell in what two versions differ, in their order."""
    start, most = 0, min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if not before and not after:
        return ()
    if not before or not after or max(len(before), len(after)) > MIDDLE or effort(before, after) > EFFORT:
        return (Edit(start, start + len(before), start, start + len(after)),)
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return tuple(Edit(start + a, start + b, start + c, start + d) for tag, a, b, c, d in codes if tag != "equal")


def clashes(base: Sequence[str], one: Sequence[str], other: Sequence[str]) -> tuple[Span, ...]:
    """Give the lines of `base` that two versions both changed, each otherwise; the lines around an insertion are both.

    An insertion at one place by both counts as the line before it.
    """
    found: list[Span] = []
    theirs = edits(base, other)
    for mine in edits(base, one):
        for its in theirs:
            touch = mine.old <= its.old_end and its.old <= mine.old_end
            inside = mine.old < its.old_end and its.old < mine.old_end
            point = mine.old == its.old and (mine.old == mine.old_end or its.old == its.old_end)
            if touch and (inside or point) and not _alike(mine, its, one, other):
                first, last = max(mine.old, its.old), min(mine.old_end, its.old_end)
                found.append((max(1, first + (last > first)), max(1, last)))
    return merged(found)


def _alike(mine: Edit, its: Edit, one: Sequence[str], other: Sequence[str]) -> bool:
    return mine[:2] == its[:2] and one[mine.new : mine.new_end] == other[its.new : its.new_end]


def merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Give spans in their order, those that touch as one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


class Shown(NamedTuple):
    """One line of a difference as a person reads it."""

    number: int
    sign: str
    """`+`, `-` or ` `."""
    text: str


def difference(old: Sequence[str], new: Sequence[str], around: int = 1) -> Iterator[Shown]:
    """Give what one version became, with some lines around it; the numbers are those of the version they stand in."""
    told = 0
    for edit in edits(old, new):
        for at in range(max(told, edit.old - around), edit.old):
            yield Shown(at + 1, " ", old[at])
        for at in range(edit.old, edit.old_end):
            yield Shown(at + 1, "-", old[at])
        for at in range(edit.new, edit.new_end):
            yield Shown(at + 1, "+", new[at])
        told = edit.old_end


@dataclass(frozen=True, slots=True)
class Authored:
    """A file with the authors of its lines."""

    lines: tuple[str, ...]
    owners: tuple[str, ...]
    """The party that wrote each line; '' for what stood there before, or is nobody's that is known."""
    hit: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    """By party: lines of another that it changed, where they stood then."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """By party: lines of others, or of before, that it took away."""
    deeds: Mapping[str, tuple[Shown, ...]] = field(default_factory=dict)
    """By party: what it changed last."""

    def added(self, party: str) -> int:
        """Count the lines of a party that stand in it."""
        return self.owners.count(party)


DEEDS = 60
"""Lines of what a party changed that are kept."""


def begun(lines: Sequence[str]) -> Authored:
    """Take a file as it stands before anybody whom one knows has changed it."""
    return Authored(tuple(lines), ("",) * len(lines))


def written(before: Authored, lines: Sequence[str], party: str) -> Authored:
    """Give a file after a party wrote it."""
    owners: list[str] = []
    hit: list[Span] = []
    removed, at = 0, 0
    for edit in edits(before.lines, lines):
        owners += before.owners[at : edit.old]
        gone = before.owners[edit.old : edit.old_end]
        removed += sum(owner != party for owner in gone)
        if any(owner not in ("", party) for owner in gone):
            hit.append((edit.new + 1, max(edit.new + 1, edit.new_end)))
        owners += [party] * (edit.new_end - edit.new)
        at = edit.old_end
    owners += before.owners[at:]
    deeds = (*before.deeds.get(party, ()), *difference(before.lines, lines, around=0))[-DEEDS:]
    return Authored(
        tuple(lines),
        tuple(owners),
        {**before.hit, party: merged((*before.hit.get(party, ()), *hit))} if hit and party else before.hit,
        {**before.removed, party: before.removed.get(party, 0) + removed},
        {**before.deeds, party: deeds},
    )
