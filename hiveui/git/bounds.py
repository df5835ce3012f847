"""What another host may have HiveUI bring here: so many bytes over the line, and so many of files.

A few kilobytes of objects can be files without end: a file of zeros, a folder that holds a folder many times over.
"""

import contextlib
import shutil
import time
from collections.abc import Generator, Iterator
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.program import converted, printing
from hiveui.git.repository import find

MOST = 1 << 32
"""Bytes that come at once, or stand in one checkout, at most."""
RESERVE = 1 << 29
"""Bytes that stay free on the disk here."""
ENTRY = 1024
"""Bytes that a file or a folder takes beside what is in it, at least."""
QUIET = 1.0
"""Seconds in which nothing is written to a file that nobody writes any more."""
LONGEST = 1 << 16
"""Bytes of an entry that git lists, at most."""


def room(*folders: Path) -> int:
    """Give the bytes that may be brought over at once to where these folders are. Raises GitError if there are none."""
    with converted():
        most = min(MOST, *(shutil.disk_usage(folder).free - RESERVE for folder in folders))
    if most <= 0:
        raise GitError(f"less than {RESERVE >> 20} MiB are free here.", "Free some space on that disk.")
    return most


@contextlib.contextmanager
def cleared(folder: Path) -> Iterator[None]:
    """Take away the packs that did not come whole: index-pack(1) leaves them (measured: 2.39), as `tmp_pack_…`.

    Somebody else's git may write one meanwhile.
    """
    repository = find(folder)
    place = repository.common / "objects" / "pack" if repository is not None else folder
    before = set(place.glob("tmp_*"))
    try:
        yield
    except GitError:
        left = {path: _mark(path) for path in set(place.glob("tmp_*")) - before}
        time.sleep(QUIET if left else 0)
        for path, mark in left.items():
            if _mark(path) == mark:
                path.unlink(missing_ok=True)
        raise


def fits(folder: Path, commit: str, checkout: Path) -> None:
    """See that the files of a commit may stand in place of those of a checkout. Raises GitError."""
    found = 0
    with contextlib.closing(_sizes(folder, commit)) as sizes:
        for size in sizes:
            found += size + ENTRY
            if found > MOST:
                raise GitError(f"its files take over {MOST >> 20} MiB.", "Have git ignore some of them there.")
    free = shutil.disk_usage(checkout.parent).free - RESERVE
    if found > free and found - _taken(checkout) > free:
        raise GitError(f"its files take {found >> 20} MiB, and that is not free here.", "Free some space on that disk.")


def _sizes(folder: Path, commit: str) -> Generator[int, None, None]:
    """Give the size of each file of a commit, 0 for folders, as git lists them. Raises GitError."""
    with printing(folder, "ls-tree", "-r", "-t", "-l", "-z", "--full-tree", commit) as stream:
        rest = b""
        while data := stream.read(1 << 16):
            *entries, rest = (rest + data).split(b"\0")
            for entry in entries:
                size = entry.split(None, 4)[3]
                yield int(size) if size.isdigit() else 0
            if len(rest) > LONGEST:
                raise GitError("it has a path that is too long.", "")


def _taken(checkout: Path) -> int:
    """Give the bytes that the files of a checkout take now."""
    return sum(path.lstat().st_size + ENTRY for path in checkout.rglob("*"))


def _mark(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns
