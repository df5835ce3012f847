"""All that agents changed, as of one moment: their checkouts, the files, in which order they are looked at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from hiveui.model.codec import from_json, to_json
from hiveui.model.diff import FileDiff, Hunk, Line
from hiveui.model.review import OPEN, Review
from hiveui.model.risk import HIGH, Risk

PAGE = 160_000
"""Characters of one page, about: a page is one frame, which is read and written at once."""
LONGEST = 2_000
"""Characters of a line that are passed on."""
UNKNOWN = "author not known"
"""Stands where the author of a change in a shared tree is not known."""


class Group(StrEnum):
    """By what changes are put together."""

    AGENT = "agent"
    FILE = "file"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Area:
    """One checkout, compared with where it began."""

    top: str
    roles: tuple[str, ...]
    """Who works in it."""
    against: str = ""
    """What it is compared with, in words: `main`, `HEAD`."""
    note: str = ""
    """A sentence on what is not shown of it, or why nothing is."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One changed file of one checkout."""

    area: int
    """Its place among the areas."""
    roles: tuple[str, ...]
    """Who changed it; none where that is not known."""
    file: FileDiff
    digests: tuple[str, ...]
    """Of its hunks (`model.diff.digests`)."""
    note: str = ""
    """Why it is not shown, in words, or ''."""
    risk: Risk = field(default_factory=Risk)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one agent changed, in figures."""

    role: str
    """'' for what nobody is known to have changed."""
    files: int = 0
    added: int = 0
    removed: int = 0
    hunks: int = 0
    unreviewed: int = 0
    """Hunks that the person has not seen as they are."""
    comments: int = 0
    """Comments that it owes an answer to."""


def author(changed: Changed) -> str:
    """Name who changed a file."""
    return ", ".join(changed.roles) or UNKNOWN


def tally(files: Iterable[Changed], roles: Sequence[str], review: Review) -> list[Tally]:
    """Count for each agent, and for nobody, what they changed; a file of several counts for each of them."""
    seen = set(review.reviewed)
    found = {role: Tally(role) for role in roles}
    for changed in files:
        left = sum(digest not in seen for digest in changed.digests)
        for role in changed.roles or ("",):
            one = found.get(role, Tally(role))
            found[role] = replace(
                one,
                files=one.files + 1,
                added=one.added + changed.file.added,
                removed=one.removed + changed.file.removed,
                hunks=one.hunks + len(changed.digests),
                unreviewed=one.unreviewed + left,
            )
    for comment in review.comments:
        if comment.stage in OPEN and comment.role in found:
            found[comment.role] = replace(found[comment.role], comments=found[comment.role].comments + 1)
    return list(found.values())


def heading(changed: Changed, group: Group) -> str:
    """Name the group that a file belongs to."""
    if group is Group.AGENT:
        return author(changed)
    if group is Group.FILE:
        return changed.file.path
    return "look closely" if changed.risk.score >= HIGH else "look" if changed.risk.score else "nothing unusual"


def ordered(files: Iterable[Changed], group: Group, roles: Sequence[str]) -> list[Changed]:
    """Put files in order: by agent as `roles` has them, by path, or the riskiest first."""
    places = {role: at for at, role in enumerate(roles)}

    def by_agent(one: Changed) -> tuple[Any, ...]:
        return (len(one.roles) != 1, [places.get(role, len(places)) for role in one.roles], one.area, one.file.path)

    keys = {
        Group.AGENT: by_agent,
        Group.FILE: lambda one: (one.file.path, one.area),
        Group.RISK: lambda one: (-one.risk.score, one.file.path, one.area),
    }
    return sorted(files, key=keys[group])


def pages(files: Sequence[Changed]) -> Iterator[list[dict[str, Any]]]:
    """Cut files into pages of pieces: each piece is a file with some of its hunks, the last of which may go on.

    A piece has `file` (its header, only where it begins one) and `hunks`: each with `head` (where it begins and how
    many lines it has on the old and on the new side, its heading) and `lines`; one that goes on has only `lines`. A
    line is its mark and its text, in a list of its own where no newline follows.
    """
    page: list[dict[str, Any]] = []
    room = PAGE
    for changed in files:
        if room <= 0:
            yield page
            page, room = [], PAGE
        piece: dict[str, Any] = {"file": header_to_json(changed), "hunks": []}
        page.append(piece)
        room -= 400 + 2 * len(changed.file.path) + 20 * len(changed.digests)
        for hunk in changed.file.hunks:
            told: dict[str, Any] = {"head": _head(hunk), "lines": []}
            piece["hunks"].append(told)
            for line in hunk.lines:
                if room <= 0:
                    yield page
                    told = {"lines": []}
                    piece, room = {"hunks": [told]}, PAGE
                    page = [piece]
                told["lines"].append(_line_to_json(line))
                room -= min(len(line.text), LONGEST) + 8
    yield page


def header_to_json(changed: Changed) -> dict[str, Any]:
    """Give all of a file but its hunks, and how many lines are more and fewer."""
    counts = {"added": changed.file.added, "removed": changed.file.removed}
    return {**to_json(replace(changed, file=replace(changed.file, hunks=()))), **counts}


class Reader:
    """Puts files together again from pages."""

    def __init__(self) -> None:
        self.files: list[Changed] = []
        """Those that have begun to come, with the hunks that came so far."""
        self.counts: list[tuple[int, int]] = []
        """Lines that each has more and fewer, all in all."""

    def take(self, page: Sequence[Mapping[str, Any]]) -> int:
        """Take the next page; the place of the first file that it changed. Raises ValueError, KeyError."""
        first = len(self.files) if not page or "file" in page[0] else len(self.files) - 1
        for piece in page:
            if "file" in piece:
                facts = dict(piece["file"])
                self.counts.append((int(facts.pop("added")), int(facts.pop("removed"))))
                self.files.append(from_json(Changed, facts))
            changed = self.files[-1]
            hunks = list(changed.file.hunks)
            for told in piece["hunks"]:
                lines = tuple(map(_line_from_json, told["lines"]))
                if "head" in told:
                    old, olds, new, news = map(int, told["head"][:4])
                    hunks.append(Hunk(old, olds, new, news, str(told["head"][4]), lines))
                else:
                    hunks[-1] = replace(hunks[-1], lines=(*hunks[-1].lines, *lines))
            self.files[-1] = replace(changed, file=replace(changed.file, hunks=tuple(hunks)))
        return first


def _head(hunk: Hunk) -> list[Any]:
    return [hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count, hunk.heading]


def _line_to_json(line: Line) -> str | list[str]:
    text = line.text if len(line.text) <= LONGEST else line.text[:LONGEST] + "…"
    return [line.mark + text] if line.bare else line.mark + text


def _line_from_json(told: str | list[str]) -> Line:
    text = told if isinstance(told, str) else told[0]
    return Line(text[:1], text[1:], not isinstance(told, str))
