"""The review desk as one long sheet of rows: which there are, where the person is on it, where the next thing is."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from hiveui.model.comparison import Area, Changed, Group, Reader, heading
from hiveui.model.pairs import pairs
from hiveui.model.review import Comment, Stage

DIGITS = 4
"""Cells of a line's number, at least."""


class Kind(Enum):
    """What a row shows."""

    GROUP = "group"
    FILE = "file"
    NOTE = "note"
    HUNK = "hunk"
    LINE = "line"
    COMMENT = "comment"
    GAP = "gap"


class Row(NamedTuple):
    """One row. Texts in it are hostile until shown through the sanitiser."""

    kind: Kind
    file: int
    """Place of its file among those that came."""
    hunk: int = -1
    left: int = -1
    """Place in the hunk's lines of what stands at the left, or alone; -1 for nothing."""
    right: int = -1
    """Of what stands at the right; the same as the left one where nothing changed or all stand in one column."""
    old: int = 0
    """Number of the left line, 0 for none."""
    new: int = 0
    text: str = ""
    comment: int = 0
    """Number of the comment that it belongs to, or 0."""


class Spot(NamedTuple):
    """Where the person is, in words that hold when rows come and go."""

    area: int
    path: str
    digest: str
    line: int


@dataclass(frozen=True, slots=True)
class Left:
    """What is still to be done."""

    hunks: int
    unreviewed: int
    comments: int


class Sheet:
    """The rows of one comparison. Knows nothing of colours and widths."""

    def __init__(self, areas: Sequence[Area], group: Group) -> None:
        self.areas = areas
        self.group = group
        self.reader = Reader()
        self.whole = False
        """All pages have come."""
        self.stale = False
        """Files have changed since."""
        self.split = False
        self.columns = 100
        """Cells for the words of a comment."""
        self.seen: frozenset[str] = frozenset()
        self.comments: Sequence[Comment] = ()
        self.rows: list[Row] = []
        self.tally = Left(0, 0, 0)
        self.digits = DIGITS
        """Cells of a line's number."""
        self.at = 0
        """The row that the person is on."""
        self.folds: dict[tuple[int, str], bool] = {}
        """Which files the person folded or unfolded, by checkout and path."""
        self._made: dict[int, tuple[object, list[Row]]] = {}

    @property
    def files(self) -> list[Changed]:
        """The files that came so far."""
        return self.reader.files

    # what there is

    def build(self) -> None:
        """Make the rows anew where anything changed; the person stays where they are."""
        spot = self.spot
        rows: list[Row] = []
        before = ""
        for at, changed in enumerate(self.files):
            said = heading(changed, self.group)
            if said != before and self.group is not Group.FILE:
                rows.append(Row(Kind.GROUP, at, text=said))
            before = said
            rows += self._of_file(at, changed)
        self.rows = rows
        self.tally = self._left()
        self.digits = max(DIGITS, len(str(max((_last(changed) for changed in self.files), default=0))))
        self.at = max(0, min(self.at, len(rows) - 1))
        if spot is not None:
            self._return(spot)

    def _of_file(self, at: int, changed: Changed) -> list[Row]:
        comments = [one for one in self.comments if (one.top, one.path) == self.place_of(at)]
        size = sum(len(hunk.lines) for hunk in changed.file.hunks)
        key = (self.split, self.columns, self.folded(at), comments, size, len(changed.file.hunks))
        if at not in self._made or self._made[at][0] != key:
            self._made[at] = (key, list(self._made_of(at, changed, comments)))
        return self._made[at][1]

    def _made_of(self, at: int, changed: Changed, comments: Sequence[Comment]) -> Iterator[Row]:
        yield Row(Kind.FILE, at)
        if self.folded(at):
            return
        left = list(comments)
        if changed.risk.reasons:
            yield Row(Kind.NOTE, at, text=" · ".join(changed.risk.reasons))
        if why := _unshown(changed):
            yield Row(Kind.NOTE, at, text=why)
        for number in range(len(changed.file.hunks)):
            yield Row(Kind.HUNK, at, number)
            for row in self._lines(at, number):
                yield row
                here = [one for one in left if _meant(one, row)]
                for one in here:
                    left.remove(one)
                    yield from self._said(one, at, number)
        for one in left:
            yield from self._said(one, at, -1)
        yield Row(Kind.GAP, at)

    def _lines(self, at: int, number: int) -> Iterator[Row]:
        hunk = self.files[at].file.hunks[number]
        old, new = hunk.old_start, hunk.new_start
        if not self.split:
            for i, line in enumerate(hunk.lines):
                olds, news = line.mark != "+", line.mark != "-"
                yield Row(Kind.LINE, at, number, i, i, old * olds, new * news)
                old, new = old + olds, new + news
            return
        for left, right in pairs(hunk.lines):
            olds, news = left is not None, right is not None
            places = (-1 if left is None else left, -1 if right is None else right)
            yield Row(Kind.LINE, at, number, *places, old * olds, new * news)
            old, new = old + olds, new + news

    def _said(self, comment: Comment, at: int, hunk: int) -> Iterator[Row]:
        """Give the rows of a comment: its state and its words, then the answer."""
        said = [f"#{comment.number} to {comment.role} · {comment.stage.value}"]
        said += [line for part in comment.text.split("\n") for line in textwrap.wrap(part, self.columns)]
        said += textwrap.wrap(f"↳ {comment.answer}", self.columns) if comment.answer else []
        for text in said:
            yield Row(Kind.COMMENT, at, hunk, text=text, comment=comment.number)

    # folding

    def folded(self, at: int) -> bool:
        """Tell whether only the name of a file is shown: by its person's wish, else where all of it is reviewed."""
        changed = self.files[at]
        return self.folds.get((changed.area, changed.file.path), self.reviewed(at))

    def fold(self, at: int) -> None:
        """Show a file's lines, or its name alone."""
        changed = self.files[at]
        self.folds[changed.area, changed.file.path] = not self.folded(at)
        self._made.pop(at, None)

    def fold_all(self) -> None:
        """Show the names of all files alone; where they stand alone, their lines."""
        alone = all(self.folded(at) for at in range(len(self.files)))
        self.folds = {(one.area, one.file.path): not alone for one in self.files}

    def keep_folds(self, other: "Sheet") -> None:
        """Take over which files the person folded and unfolded on another sheet."""
        self.folds = dict(other.folds)

    def forget_fold(self, at: int) -> None:
        """Show a file as its review has it."""
        self.folds.pop((self.files[at].area, self.files[at].file.path), None)

    # what is reviewed

    def reviewed(self, at: int) -> bool:
        """Tell whether all hunks of a file are reviewed."""
        return all(digest in self.seen for digest in self.files[at].digests)

    def marked(self, row: Row) -> bool:
        """Tell whether the hunk of a row is reviewed, or its whole file where it is of none."""
        changed = self.files[row.file]
        return changed.digests[row.hunk] in self.seen if row.hunk >= 0 else self.reviewed(row.file)

    def _left(self) -> Left:
        """Count what is still to be done."""
        digests = [digest for changed in self.files for digest in changed.digests]
        waiting = sum(one.stage is not Stage.RESOLVED for one in self.comments)
        return Left(len(digests), sum(digest not in self.seen for digest in digests), waiting)

    def place_of(self, at: int) -> tuple[str, str]:
        """Give the checkout and the path of a file."""
        changed = self.files[at]
        return self.areas[changed.area].top, changed.file.path

    # where the person is

    @property
    def row(self) -> Row | None:
        """The row that the person is on."""
        return self.rows[self.at] if self.at < len(self.rows) else None

    @property
    def spot(self) -> Spot | None:
        """Where the person is."""
        row = self.row
        if row is None or row.file >= len(self.files):
            return None
        changed = self.files[row.file]
        digest = changed.digests[row.hunk] if row.hunk >= 0 else ""
        return Spot(changed.area, changed.file.path, digest, max(row.left, row.right))

    def move(self, by: int) -> None:
        """Go some rows down, or up."""
        self.at = max(0, min(len(self.rows) - 1, self.at + by))

    def seek(self, fits: Callable[[Row], bool], by: int, *, around: bool = False) -> bool:
        """Go to the next row that fits, down (1) or up (-1); tell whether there is one."""
        size = len(self.rows)
        most = size if around else size - self.at - 1 if by > 0 else self.at
        for step in range(1, most + 1):
            at = (self.at + by * step) % size
            if fits(self.rows[at]):
                self.at = at
                return True
        return False

    def to_unreviewed(self, by: int) -> bool:
        """Go to the next hunk, or file without hunks, that is not reviewed; around the end. Folded files count."""

        def unreviewed(row: Row) -> bool:
            alone = row.kind is Kind.FILE and (self.folded(row.file) or not self.files[row.file].file.hunks)
            return (row.kind is Kind.HUNK or alone) and not self.marked(row)

        return self.seek(unreviewed, by, around=True)

    def _return(self, spot: Spot) -> None:
        """Go back to a spot, or as near to it as there is: its line, its hunk, its file."""
        best, rank = self.at, (0, 0)
        for at, row in enumerate(self.rows):
            changed = self.files[row.file]
            if (changed.area, changed.file.path) != (spot.area, spot.path):
                continue
            same = spot.digest == (changed.digests[row.hunk] if row.hunk >= 0 else "")
            exact = same and max(row.left, row.right) == spot.line
            score = (3 if exact else 2 if same else 1, -abs(at - self.at))
            if score > rank:
                best, rank = at, score
        self.at = best

    def go_back_to(self, spot: Spot | None) -> None:
        """Go to where the person was on another sheet."""
        if spot is not None and self.rows:
            self._return(spot)


def _last(changed: Changed) -> int:
    """Give the highest number that a line of a file has in its changes."""
    hunks = changed.file.hunks
    return max((max(hunk.old_start + hunk.old_count, hunk.new_start + hunk.new_count) for hunk in hunks), default=0)


def _unshown(changed: Changed) -> str:
    """Say why a file has no lines, or what else became of it."""
    file = changed.file
    said = []
    if file.old_path != file.path:
        said.append(f"{file.status} from {file.old_path}")
    if file.old_mode and file.new_mode and file.old_mode != file.new_mode:
        said.append(f"mode {file.old_mode} → {file.new_mode}")
    if changed.note:
        said.append(changed.note)
    elif not file.hunks and not file.binary and not said:
        said.append("empty")
    return " · ".join(said)


def _meant(comment: Comment, row: Row) -> bool:
    """Tell whether a comment belongs below a row."""
    return comment.line == (row.old if comment.old else row.new)
