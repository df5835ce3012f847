"""What stands in checkouts that meet: which lines, how many, if anything is left of it, what a merge would come to.

All of it reads files and asks git, so it is not for the event loop, and not for two at a time.
"""

import hashlib
import itertools
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.trial import Foreseen, Trial
from hiveui.hive.blame import Blame, Place, read, text_lines
from hiveui.model.authorship import Authored, Shown, clashes, difference, edits, merged
from hiveui.model.collisions import Collision, Part, Side, Sort, Span

SHOWN = 200
"""Lines of a difference that are shown of one side."""
AROUND = 2
"""Lines around a conflict that are shown."""

Lines = Sequence[str]


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was foreseen of two checkouts."""

    tops: tuple[str, str]
    states: tuple[str, str]
    """The commits of what stood in them."""
    found: Foreseen


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to a collision now."""

    collision: Collision
    over: str = ""
    """Why nothing is left of it; '' while something is."""


class Foresight:
    """Looks at the checkouts of repositories, each by its common folder."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where merges are tried; it is made when it is needed."""
        self._folder = folder
        self._trials: dict[str, Trial] = {}
        self._commons: dict[str, str] = {}
        """By checkout."""
        self._states: dict[str, str] = {}
        """By checkout: the commit of what stood in it when it had changed last."""
        self.blame = Blame(self._committed)

    def knows(self, top: str, common: str) -> None:
        """Take note of the repository of a checkout."""
        self._commons[top] = common

    def conflicts(self, common: str, tops: Collection[str], changed: Iterable[str]) -> list[Conflicts]:
        """Try to merge each two checkouts of which one has changed. Raises GitError."""
        trial, anew = self._trial(common), set(changed)
        if trial.full:
            trial.clear()
            self._states = {top: one for top, one in self._states.items() if self._commons.get(top) != common}
            anew = set(tops)
        states = {top: "" if top in anew else self._states.get(top, "") for top in sorted(tops)}
        states |= {top: trial.state(Path(top)) for top, state in states.items() if not state}
        self._states |= states
        pairs = [pair for pair in itertools.combinations(states, 2) if not anew.isdisjoint(pair)]
        known = [pair for pair in pairs if all(states[top] for top in pair)]
        found = []
        for one, other in known:
            both = states[one], states[other]
            found.append(Conflicts((one, other), both, trial.merge(Path(one), *both)))
        return found

    def look(self, common: str, collision: Collision, foreseen: Iterable[Conflicts]) -> Looked:
        """Tell what there is to a collision now. Raises GitError."""
        tops = sorted({side.top for side in collision.sides})
        gone = next((top for top in tops if not os.path.isdir(top)), "")  # noqa: PTH112  as everywhere
        if gone:
            return Looked(collision, "a checkout is gone")
        known = [one.found.paths for one in foreseen if set(one.tops) <= set(tops)]
        conflict = any(collision.path in paths for paths in known) if known else collision.conflict
        base, texts = self._texts(common, collision.path, tops)
        sides = tuple(self._counted(side, collision.path, base, texts) for side in collision.sides)
        lines = self._lines(collision, base, texts)
        new = replace(collision, sides=sides, lines=lines, conflict=conflict, sort=_sort(collision, lines, conflict))
        return Looked(new, "" if conflict else self._over(collision, base, texts))

    def shown(
        self, common: str, collision: Collision, foreseen: Iterable[Conflicts]
    ) -> tuple[list[tuple[Side, list[Shown]]], list[Shown]]:
        """Give what each side changed, and the conflict that git foresees. Raises GitError."""
        tops = sorted({side.top for side in collision.sides})
        base, texts = self._texts(common, collision.path, tops)
        sides = []
        for side in collision.sides:
            file = self.blame.of((side.top, collision.path))
            if side.part is not Part.WROTE:
                lines: Iterable[Shown] = ()
            elif file is not None and side.party in file.deeds and _shared(side, collision):
                lines = file.deeds[side.party]
            else:
                lines = difference(base, texts[side.top] or ())
            sides.append((side, list(itertools.islice(lines, SHOWN))))
        for one in foreseen:
            if collision.path in one.found.paths and set(one.tops) <= set(tops):
                data = self._trial(common).text(Path(tops[0]), one.found.tree, collision.path)
                names = {side.top: side.role for side in collision.sides}
                labels = dict(zip(one.states, (names[top] for top in one.tops), strict=True))
                return sides, list(_marked(text_lines(data) or (), labels))
        return sides, []

    def _trial(self, common: str) -> Trial:
        if not self._trials:
            shutil.rmtree(self._folder, ignore_errors=True)  # what an earlier daemon tried
        if common not in self._trials:
            folder = self._folder / hashlib.sha256(os.fsencode(common)).hexdigest()[:16]
            self._trials[common] = Trial(folder, Path(common))
        return self._trials[common]

    def _committed(self, place: Place) -> bytes | None:
        """Give a file as its checkout's commit has it."""
        top, path = place
        common = self._commons.get(top)
        if not common:
            return None
        try:
            head = self._trial(common).head(Path(top))
            return self._trial(common).text(Path(top), head, path) if head else None
        except GitError:
            return None

    def _texts(self, common: str, path: str, tops: Sequence[str]) -> tuple[Lines, Mapping[str, Lines | None]]:
        """Give what checkouts started from, and what stands in each; None for what is no text, or too large."""
        texts = {top: text_lines(read((top, path))[0]) for top in tops}
        if not common:
            return (), texts
        trial = self._trial(common)
        heads = {top: trial.head(Path(top)) for top in tops}
        start = heads[tops[0]]
        for top in tops[1:]:
            start = trial.base(Path(top), start, heads[top]) if start and heads[top] else ""
        base = trial.text(Path(tops[0]), start, path) if start else None
        return text_lines(base) or (), texts

    def _counted(self, side: Side, path: str, base: Lines, texts: Mapping[str, Lines | None]) -> Side:
        """Give a side with the lines that it changed, where that is known."""
        file, text = self.blame.of((side.top, path)), texts[side.top]
        if side.part is not Part.WROTE:
            return side
        if file is not None and side.party:
            return replace(side, added=file.added(side.party), removed=file.removed.get(side.party, 0))
        if text is None or len(texts) == 1:
            return side
        found = edits(base, text)
        added, removed = sum(e.new_end - e.new for e in found), sum(e.old_end - e.old for e in found)
        return replace(side, added=added, removed=removed)

    def _lines(self, collision: Collision, base: Lines, texts: Mapping[str, Lines | None]) -> tuple[Span, ...]:
        """Give the lines that two sides changed: of one checkout by their authors, of two by what they differ in."""
        found: list[Span] = []
        writers = {side.party for side in collision.sides if side.part is Part.WROTE and side.party}
        for top in texts:
            file = self.blame.of((top, collision.path))
            found += [span for party in writers for span in _hit(file, party)]
        for one, other in itertools.combinations([text for text in texts.values() if text is not None], 2):
            found += clashes(base, one, other)
        return merged(found)

    def _over(self, collision: Collision, base: Lines, texts: Mapping[str, Lines | None]) -> str:
        """Say why nothing is left of a collision of writers; '' while something is."""
        if sum(side.part is Part.WROTE for side in collision.sides) < len(collision.sides):
            return ""
        if None in texts.values() and not base:
            return "the file is gone" if not any(map(os.path.lexists, _places(texts, collision.path))) else ""
        changed = {top: tuple(text) for top, text in texts.items() if text is not None and list(text) != list(base)}
        if len(texts) == 1:
            return "" if changed or None in texts.values() else "it is committed, or taken back"
        if None in texts.values() or any(self._shared_by(top, collision) for top in changed):
            return ""
        alike = len(changed) == len(texts) and len(set(changed.values())) == 1
        return "one side is merged, or taken back" if len(changed) < 2 or alike else ""

    @staticmethod
    def _shared_by(top: str, collision: Collision) -> bool:
        return len({side.party for side in collision.sides if side.top == top}) > 1


def _places(texts: Mapping[str, Lines | None], path: str) -> list[str]:
    return [f"{top}/{path}" for top in texts]


def _shared(side: Side, collision: Collision) -> bool:
    """Tell whether another side stands in the same checkout."""
    return any(other.top == side.top and other.party != side.party for other in collision.sides)


def _hit(file: Authored | None, party: str) -> tuple[Span, ...]:
    return file.hit.get(party, ()) if file is not None else ()


def _sort(collision: Collision, lines: tuple[Span, ...], conflict: bool) -> Sort:
    """Give what a collision is by what is known now."""
    parts = {side.part for side in collision.sides}
    if lines:
        return Sort.LINES
    if conflict:
        return Sort.MERGE
    if Part.HOLDS in parts:
        return Sort.RESERVED
    writers = {side.party for side in collision.sides if side.part is Part.WROTE}
    return Sort.READ if len(writers) < 2 and Part.READ in parts else Sort.PATH


def _marked(lines: Lines, labels: Mapping[str, str]) -> Iterator[Shown]:
    """Give the conflicts of a merged file with the lines around them (git-merge(1), HOW CONFLICTS ARE PRESENTED).

    `labels` are the names of the commits at the marks.
    """
    inside, till = False, -1
    for at, text in enumerate(lines):
        opens = text.startswith("<<<<<<<")
        if opens:
            for before in range(max(till + 1, at - AROUND), at):
                yield Shown(before + 1, " ", lines[before])
        inside = inside or opens
        if inside or at <= till:
            mark, _, label = text.partition(" ")
            named = f"{mark} {labels[label]}" if inside and label in labels else text
            yield Shown(at + 1, "!" if inside else " ", named)
        if text.startswith(">>>>>>>"):
            inside, till = False, at + AROUND
