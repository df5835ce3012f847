"""A branch moved to another commit, and back: by compare-and-swap, with every checkout that is on it.

A checkout follows before the branch is moved, and only where nothing that somebody changed would be lost; where it
cannot follow to the end, it is put back and the branch stays. What a branch stood at is kept under refs/hive/.
"""

import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hiveui.errors import GitError
from hiveui.git import commits
from hiveui.git.program import converted, git
from hiveui.git.repository import HEADS, Repository, checked_out, real, tip
from hiveui.model.text import visible

KEPT = "refs/hive/before/"
"""Where the old tips of each train stand, by its id."""
AFTER = "refs/hive/after/"
"""Where what was rolled back stands, by the id of its train."""
TRAINS = 40
"""Trains of which that is kept."""
LONG = 120.0
"""Seconds that a checkout may take to follow."""
SETTLING = 5.0
"""Seconds that a git which outlived its daemon has to come to its end."""
MARGIN = FULL = 1 << 20
"""Bytes that are left free on a disk beside the files that are written there; a disk with fewer is full."""

MODULE = "160000"
"""The mode of what is a repository of its own."""


class Written(NamedTuple):
    """One file in which two commits differ."""

    path: str
    status: str
    """A letter of git's: A for a new one, D for one that goes (git-diff-tree(1))."""
    mode: str
    size: int
    """Bytes that it has in the other commit."""


def keep(folder: Path, id_: str, tips: Mapping[str, str]) -> None:
    """Keep commits under refs/hive/before/<id>/, by name; the oldest trains' are let go. Raises GitError."""
    refs = git(folder, "for-each-ref", "--format=%(refname)", KEPT, AFTER).checked().split()
    known = {ref: ref.removeprefix(KEPT).removeprefix(AFTER).partition("/")[0] for ref in refs}
    old = frozenset(sorted({id_, *known.values()})[:-TRAINS])
    lines = [f"update {KEPT}{id_}/{name} {commit}\n" for name, commit in tips.items() if commit]
    lines += [f"delete {ref}\n" for ref, train in known.items() if train in old]
    git(folder, "update-ref", "--stdin", given="".join(lines).encode()).checked()


def move(repository: Repository, branch: str, old: str, new: str, why: str) -> None:
    """Move a branch from `old` to `new`, '' for no branch, with every checkout that is on it. Raises GitError.

    Then the branch stands at `old`, or where somebody else has moved it, and no checkout has changed.
    """
    places = fit(repository, branch, old, new)
    begun: list[Path] = []
    try:
        for place in places:
            begun.append(place)
            _bring(place, old, new)
        _swap(repository.common, branch, old, new, why)
    except (GitError, OSError) as error:
        try:
            put_all_back(begun, old, new)
        except GitError as left:
            raise GitError(f"{visible(str(error))} {left}", left.hint) from error
        raise


def put_all_back(places: Sequence[Path], old: str, new: str) -> None:
    """Put each checkout back as `put_back` does, whatever comes of the others.

    Raises GitError that names those for which that was not possible.
    """
    left = {}
    for place in places:
        try:
            put_back(place, old, new)
        except (GitError, OSError) as error:
            left[place] = visible(str(error))
    if left:
        sentence = " ".join(f"{place} could not be put back: {reason}" for place, reason in left.items())
        raise GitError(sentence, "Look at it with git status; git restore FILE puts a file back.")


def fit(repository: Repository, branch: str, old: str, new: str) -> list[Path]:
    """Give the checkouts that are on a branch, each of which can follow it from `old` to `new`.

    Raises GitError where one cannot, or the branch is not at `old` any more.
    """
    places = checkouts_on(repository, branch)
    if places and not (old and new):
        raise GitError(f"{places[0]} is on {branch}, which is to go.", "Switch it to another branch.")
    for place in places:
        commits.ready(place)
        if commits.branch(place) != HEADS + branch:
            raise GitError(f"{place} is not what its repository takes it for.", "Look at its .git.")
        _check(place, old, new)
    if tip(repository.common, HEADS + branch) != old:
        raise GitError(f"Somebody else has moved {branch} meanwhile.", "Look at what came, and merge again.")
    return places


def checkouts_on(repository: Repository, branch: str) -> list[Path]:
    """List the checkouts that are on a branch and still there."""
    return [place for place, head in checked_out(repository) if head == HEADS + branch and place.is_dir()]


def _swap(folder: Path, branch: str, old: str, new: str, why: str) -> None:
    none = "0" * len(old or new)
    words = ("-d", HEADS + branch, old) if not new else (HEADS + branch, new, old or none)
    answer = git(folder, "update-ref", "-m", why, *words)
    if "but expected" in answer.said or "reference already exists" in answer.said:
        raise GitError(f"Somebody else has moved {branch} meanwhile.", "Look at what came, and merge again.")
    answer.checked()


def _check(place: Path, old: str, new: str) -> None:
    """Raise GitError where a checkout cannot follow without losing what somebody changed, or has no room to."""
    written = list(_written(place, old, new))
    needed = sum(one.size for one in written) + MARGIN
    if _room(place) < needed:
        raise GitError(f"The disk of {place} has no room for the merge.", f"Free {needed:,} bytes on it.")
    git(place, "update-index", "-q", "--refresh", within=LONG)  # what was but touched is no change
    answer = git(place, "read-tree", "-m", "-u", "-n", old, new, within=LONG)
    if answer.status:
        reason = _lost(answer.said)
        if not reason:
            answer.checked()
        raise GitError(
            f"{place} has changes that a merge would write over: {visible(reason)}.", "Commit or stash them there."
        )
    theirs = _in_the_way(place, written)
    if theirs:
        sentence = f"{place} has an ignored file that a merge would write over: {visible(theirs[0])}."
        raise GitError(sentence, "Move it away.")


def _in_the_way(place: Path, written: Sequence[Written]) -> list[str]:
    """List what stands where a commit has new files, and git does not follow it: what git ignores it does not spare."""
    gone = frozenset(one.path for one in written if one.status == "D")
    twins = {path.casefold(): path for path in gone}
    new = [one for one in written if one.status == "A"]
    barred = [_barred(place, one, gone, twins.get(one.path.casefold(), "")) for one in new]
    if not any(barred):
        return []
    followed = frozenset(git(place, "ls-files", "-z", within=LONG).checked().split("\0"))  # with '' among them
    return [path for path in barred if path not in followed]


def _barred(place: Path, one: Written, gone: Collection[str], twin: str) -> str:
    """Name what stands at a new file's path, or in the place of a folder above it; '' for nothing of anybody's.

    `gone` are the files that go with the same stroke, `twin` is one of them that differs by the case of its name.
    """
    parts = one.path.split("/")
    for upper in ("/".join(parts[:number]) for number in range(1, len(parts))):
        if not (place / upper).is_dir() or (place / upper).is_symlink():
            return "" if upper in gone or not os.path.lexists(place / upper) else upper
    file = place / one.path
    if not os.path.lexists(file) or (twin and os.path.lexists(place / twin) and file.samefile(place / twin)):
        return ""
    if not file.is_dir() or file.is_symlink():
        return one.path
    if one.mode == MODULE:
        return ""  # git does not touch a repository that is there
    inside = (Path(folder, name) for folder, folders, names in os.walk(file) for name in (*folders, *names))
    leaves = (str(leaf.relative_to(place)) for leaf in inside if leaf.is_symlink() or not leaf.is_dir())
    return next((leaf for leaf in leaves if leaf not in gone), "")


def _room(place: Path) -> int:
    """Give the bytes that are free on a folder's disk. Raises GitError."""
    with converted():
        disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize


def _lost(said: str) -> str:
    """Name the file that git refuses to write over; '' where it says something else."""
    for words in ("Entry '", "Untracked working tree file '", "Updating '"):
        _, found, rest = said.partition(words)
        if found:
            return rest.partition("'")[0][:200]
    return ""


def _written(place: Path, old: str, new: str) -> Iterator[Written]:
    """Give the files that differ from one commit to another."""
    entries = git(place, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", old, new, within=LONG)
    fields = entries.checked().split("\0")
    pairs = [(head.split(" "), path) for head, path in zip(fields[::2], fields[1::2], strict=False)]
    asked = "".join(f"{head[3]}\n" for head, _ in pairs)
    sizes = git(place, "cat-file", "--batch-check=%(objectsize)", given=asked.encode(), within=LONG).checked()
    for (head, path), size in zip(pairs, sizes.split("\n"), strict=False):
        yield Written(path, head[4][0], head[1], int(size) if size.isdecimal() else 0)


def _bring(place: Path, old: str, new: str) -> None:
    answer = git(place, "read-tree", "-m", "-u", old, new, within=LONG)
    if answer.status and _room(place) < FULL:
        raise GitError(f"The disk of {place} is full.", "Free some space on it, and try again.")
    answer.checked()


def put_back(place: Path, old: str, new: str) -> None:
    """Put a checkout back to `old` that was to follow to `new` and came all or part of the way. Raises GitError.

    Files that hold neither what they had, nor the beginning of what they were to have, are somebody's, and stay.
    """
    lock = commits.git_folder(place) / commits.LOCK
    deadline = time.monotonic() + SETTLING
    while lock.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    paths = {one.path for one in _written(place, old, new)}
    listed = git(place, "diff-index", "--cached", "--name-only", "-z", "--no-renames", new, "--", within=LONG).checked()
    if paths.isdisjoint(listed.split("\0")):  # git came to the end: its index is written last
        _bring(place, new, old)
        return
    ours = [path for path in sorted(paths) if _is_ours(place, path, new)]
    there = [path for path in ours if git(place, "cat-file", "-e", f"{old}:{path}").status == 0]
    for path in set(ours) - set(there):
        (place / path).unlink(missing_ok=True)
    if there:
        given = b"\0".join(map(os.fsencode, there))
        git(place, "checkout-index", "-f", "-z", "--stdin", given=given, within=LONG).checked()


def _is_ours(place: Path, path: str, new: str) -> bool:
    """Tell whether a file is gone, or holds the beginning of what a commit has there."""
    file = place / path
    if not real(file.parent).is_relative_to(real(place)):
        return False
    if not os.path.lexists(file):
        return True
    wanted = git(place, "cat-file", "blob", f"{new}:{path}", within=LONG)
    try:
        there = os.fsencode(file.readlink()) if file.is_symlink() else file.read_bytes()
    except OSError:
        return False
    return wanted.status == 0 and _lines(wanted.data).startswith(_lines(there))


def _lines(data: bytes) -> bytes:
    """Give a file's bytes as any checkout may have them: git may end lines otherwise there."""
    return data.replace(b"\r", b"")
