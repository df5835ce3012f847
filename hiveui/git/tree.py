"""What stands in a checkout, told apart from anything else that could: the same files are the same tree.

Nothing is written to the repository, and committing what stands there changes nothing. A file counts by its content
as git would keep it (gitformat-index(5), git-hash-object(1)); one that a filter would change on the way into the
repository counts as it stands in the checkout until it is committed.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hiveui.git.program import git
from hiveui.git.repository import tip

WITHIN = 60.0
"""Seconds that git may take."""
LARGEST = 64 << 20
"""Bytes of a file that are read; a larger one is told by its size and its time."""
OURS = ".hive/"
"""What HiveUI and its person keep there is no part of anybody's work."""
MOST = 50_000
"""Files that are looked at one by one: those that differ, or all where there is no repository."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a checkout at one moment."""

    commit: str = ""
    """What is checked out; '' before the first commit, and without a repository."""
    files: str = ""
    """Tells all files that git does not ignore from any others."""
    tracked: str = ""
    """The same of those that git knows."""


def tree(folder: Path) -> Tree:
    """Tell what stands in the checkout that a folder is in, or in the folder where that is none. Raises GitError."""
    asked = git(folder, "rev-parse", "--show-toplevel")
    if asked.status:
        whole = _digest(_walked(folder))
        return Tree("", whole, "")
    top = Path(asked.out.removesuffix("\n"))
    commit = tip(top)
    listed = git(top, "ls-files", "--stage", "-z", within=WITHIN).checked()
    said = git(top, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", within=WITHIN).checked()
    entries = dict(_entry(line) for line in listed.split("\0") if line)
    algorithm = "sha256" if len(commit) == 64 else "sha1"
    differing = [(line[:2], line[3:]) for line in said.split("\0") if line and not line[3:].startswith(OURS)]
    known = dict(entries)
    for number, (state, path) in enumerate(differing):
        entry = _standing(top / path, algorithm, read=number < MOST)
        for into in (entries,) if state == "??" else (entries, known):
            if entry:
                into[path] = entry
            else:
                into.pop(path, None)
    whole, tracked = (_digest(f"{path}\0{entry}" for path, entry in sorted(each.items())) for each in (entries, known))
    return Tree(commit, whole, tracked)


def _entry(line: str) -> tuple[str, str]:
    """Read a line of the index: its path, and its mode with its content's name."""
    facts, _, path = line.partition("\t")
    mode, name, _ = facts.split(" ")
    return path, f"{mode} {name}"


def _standing(path: Path, algorithm: str, *, read: bool) -> str:
    """Tell the content of a file as the index would; '' where none is there."""
    try:
        found = path.lstat()
        if stat.S_ISLNK(found.st_mode):
            return f"120000 {_named(os.fsencode(path.readlink()), algorithm)}"
        if not stat.S_ISREG(found.st_mode):
            return f"{found.st_mode:o}"  # a repository inside, a socket
        if not read or found.st_size > LARGEST:
            return f"{found.st_size} {found.st_mtime_ns}"
        mode = "100755" if found.st_mode & stat.S_IXUSR else "100644"
        return f"{mode} {_named(path.read_bytes(), algorithm)}"
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"? {error.errno}"


def _named(content: bytes, algorithm: str) -> str:
    return hashlib.new(algorithm, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _walked(folder: Path) -> Iterator[str]:
    """List the files of a folder without a repository, by size and time."""
    number = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            number += 1
            if number > MOST:
                return
            path = Path(place) / name
            try:
                found = path.lstat()
            except OSError:
                continue
            yield f"{path}\0{found.st_size} {found.st_mtime_ns}"


def _digest(lines: Iterator[str]) -> str:
    whole = hashlib.sha256()
    for line in lines:
        whole.update(os.fsencode(line) + b"\0")
    return whole.hexdigest()[:32]
