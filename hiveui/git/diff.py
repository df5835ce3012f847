"""What a checkout has more and fewer than a commit, what git does not follow yet included; and taking it back.

Nothing large is read: a file of many megabytes is named, not shown. Source: git-diff(1), git-apply(1).
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.commits import empty_tree
from hiveui.git.head import branch_of
from hiveui.git.program import Answer, git
from hiveui.git.repository import tip
from hiveui.model.diff import FileDiff, Hunk, Line, Status, parse

LARGE = 1 << 20
"""Bytes of a file from which it is named and not shown."""
FILES = 1000
"""Files of a checkout that are shown."""
TOGETHER = 32 << 20
"""Bytes of all files that are shown."""
WITHIN = 20.0
"""Seconds that one comparison may take."""
_BINARY = 8000
"""Bytes that are looked at to tell whether a file is binary, as git does (buffer_is_binary)."""
_SETTINGS = {"core.bigFileThreshold": str(LARGE), "diff.interHunkContext": "0", "diff.algorithm": "myers"}
_HOW = ("--find-renames", "--unified=3", "--full-index", "--src-prefix=a/", "--dst-prefix=b/")
_ADDED, _LINK, _RUNS = "100644", "120000", "100755"


@dataclass(frozen=True, slots=True)
class Base:
    """What a checkout is compared with."""

    commit: str
    """The name of an object: a commit, or the tree that is empty."""
    words: str
    """For people: `main`, `HEAD`, `nothing: no commit yet`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs."""

    files: tuple[FileDiff, ...] = ()
    """By path."""
    unshown: tuple[tuple[FileDiff, str], ...] = ()
    """Files without hunks, and why they have none, in words."""


def base_of(top: Path, beside: Path | None) -> Base:
    """Give what a checkout is compared with: the commit where it left the branch of `beside`, else its HEAD.

    Raises GitError.
    """
    head = tip(top)
    if not head:
        return Base(empty_tree(top), "nothing: no commit yet")
    other = tip(beside) if beside is not None and beside != top else ""
    if other and beside is not None:
        left = git(top, "merge-base", "--end-of-options", head, other).out.strip()
        if left:
            return Base(left, branch_of(beside) or other[:10])
    return Base(head, "HEAD")


def difference(top: Path, base: str, paths: Sequence[str] = ()) -> Difference:
    """Compare a checkout with a commit: all of it, or some paths. Raises GitError."""
    with ThreadPoolExecutor(1) as beside:
        fresh = beside.submit(_unfollowed, top, paths)
        touched = list(_touched(top, base, paths))
    return _shown(top, base, paths, touched, fresh.result())


def _shown(
    top: Path,
    base: str,
    paths: Sequence[str],
    touched: Sequence[tuple[str, str, tuple[str, ...]]],
    fresh: Sequence[str],
) -> Difference:
    """Compare the files that are small enough to be shown, and few enough; name the others."""
    room = TOGETHER
    shown: list[tuple[str, str, tuple[str, ...]]] = []
    unshown: list[tuple[FileDiff, str]] = []
    for status, path, names in [*touched, *(("?", path, (path,)) for path in fresh)]:
        size, why = _looked_at(top / path)
        full = len(shown) >= FILES or size > room
        if why or full:
            named = FileDiff(path, names[0], _STATUS.get(status[0], Status.MODIFIED), new_blob=f"{size} bytes")
            unshown.append((named, why or "not shown: there is too much before it"))
        else:
            shown.append((status, path, names))
            room -= size
    files = [_fresh(top, path) for status, path, _ in shown if status == "?"]
    followed = [name for status, _, names in shown if status != "?" for name in names]
    if followed:
        whole = not paths and len(shown) == len(touched) + len(fresh)
        files += _compared(top, base, () if whole else followed)
    return Difference(tuple(sorted(files, key=lambda file: file.path)), tuple(unshown))


def _unfollowed(top: Path, paths: Sequence[str]) -> list[str]:
    """List what git does not follow, and does not ignore; a repository in the checkout is left out."""
    words = ("ls-files", "--others", "--exclude-standard", "-z", *_only(paths))
    return [path for path in git(top, *words, within=WITHIN).checked().split("\0") if path and path[-1] != "/"]


def _touched(top: Path, base: str, paths: Sequence[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """List what git follows and differs: the letter of what became of it, its path, and each path that it had."""
    words = ("diff", "--name-status", "-z", "--find-renames", "--end-of-options", base)
    fields = iter(git(top, *words, *_only(paths), settings=_SETTINGS, within=WITHIN).checked().split("\0"))
    for status in fields:
        if status:
            first = next(fields)
            second = next(fields) if status[0] in "RC" else first
            yield status, second, (first, second) if status[0] in "RC" else (first,)


_STATUS = {"?": Status.ADDED, "A": Status.ADDED, "D": Status.DELETED, "R": Status.RENAMED, "C": Status.COPIED}


def _only(paths: Sequence[str]) -> list[str]:
    return ["--", *(f":(top,literal){path}" for path in paths)]


def _looked_at(file: Path) -> tuple[int, str]:
    """Give a file's size, and why it is not shown, or ''."""
    try:
        facts = os.lstat(file)
    except OSError:
        return 0, ""
    if not stat.S_ISREG(facts.st_mode):
        return 0, "" if stat.S_ISLNK(facts.st_mode) or stat.S_ISDIR(facts.st_mode) else "neither a file nor a link"
    return facts.st_size, f"not shown: {facts.st_size / (1 << 20):,.1f} MiB" if facts.st_size > LARGE else ""


def _compared(top: Path, base: str, paths: Sequence[str]) -> list[FileDiff]:
    """Have git compare. A file that a merge left in conflict has that status, and its lines where git gives them."""
    words = ("diff", *_HOW, "--end-of-options", base, *_only(paths))
    try:
        files = parse(_printed(git(top, *words, settings=_SETTINGS, within=WITHIN)))
    except ValueError as error:
        raise GitError(f"git compared {top} in words that are not understood: {error}.") from error
    torn = {file.path for file in files if file.status is Status.UNMERGED}
    told = {file.path for file in files if file.status is not Status.UNMERGED}
    return [
        replace(file, status=Status.UNMERGED) if file.path in torn else file
        for file in files
        if file.status is not Status.UNMERGED or file.path not in told
    ]


def _fresh(top: Path, path: str) -> FileDiff:
    """Give a file that git does not follow yet as git would once it does."""
    place = top / path
    try:
        mode = os.lstat(place).st_mode
        data = os.fsencode(place.readlink()) if stat.S_ISLNK(mode) else _read(place)
    except OSError as error:
        return FileDiff(path, path, Status.ADDED, binary=True, new_blob=error.strerror or "cannot be read")
    said = _LINK if stat.S_ISLNK(mode) else _RUNS if mode & stat.S_IXUSR else _ADDED
    if b"\0" in data[:_BINARY]:
        return FileDiff(path, path, Status.ADDED, binary=True, new_mode=said, new_blob=hashlib.sha1(data).hexdigest())  # noqa: S324  a name
    texts = data.decode("utf-8", "surrogateescape").split("\n")
    last = texts.pop()
    lines = [Line("+", text) for text in texts] + ([Line("+", last, bare=True)] if last else [])
    hunks = (Hunk(0, 0, 1, len(lines), "", tuple(lines)),) if lines else ()
    return FileDiff(path, path, Status.ADDED, hunks, new_mode=said)


def _read(place: Path) -> bytes:
    """Read a file that may be another one by now: no link, no pipe, and no more than may be shown."""
    number = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(number, "rb") as file:
        return file.read(LARGE)


def patch(top: Path, base: str, file: FileDiff) -> bytes:
    """Give all that became of one file as a patch, binary too. Raises GitError."""
    words = ("diff", *_HOW, "--binary", "--end-of-options", base, *_only(sorted({file.old_path, file.path})))
    found = _printed(git(top, *words, settings=_SETTINGS, within=WITHIN))
    if found:
        return found
    alone = ("diff", *_HOW, "--binary", "--no-index", "--end-of-options", "/dev/null", file.path)
    return git(top, *alone, settings=_SETTINGS, within=WITHIN).data  # its status says that they differ


def _printed(answer: Answer) -> bytes:
    answer.checked()
    return answer.data
