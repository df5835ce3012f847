"""Where a path really leads, as the kernel itself says, and by which other names a file goes."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ENTRIES = 50_000
"""Names that are looked at for another one of a file."""


def led_to(path: str) -> str:
    """Give where a path that is or was written leads, all links followed.

    Its folder is held open meanwhile: what it is called is asked of that folder, not of a path that may be another by
    then (proc(5), /proc/self/fd). Where the folder is gone, what the path says now is all there is.
    """
    folder, name = os.path.split(path)
    if sys.platform.startswith("linux"):
        try:
            held = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return os.path.realpath(path)
        try:
            real = os.readlink(f"/proc/self/fd/{held}")  # noqa: PTH115  text, as the rest is
            found = os.stat(name, dir_fd=held, follow_symlinks=False)
            return os.path.realpath(f"{real}/{name}") if stat.S_ISLNK(found.st_mode) else f"{real}/{name}"
        except OSError:
            return os.path.realpath(path)
        finally:
            os.close(held)
    return os.path.realpath(path)


class Alias(NamedTuple):
    """Another place that a write to a path reaches."""

    path: str
    """Absolute."""
    note: str


def aliases(path: str, base: Path) -> Iterator[Alias]:
    """Give the other places that what was written at `path` is: a link's goal, other names of the file below `base`."""
    try:
        found = os.lstat(path)
    except OSError:
        return
    if stat.S_ISLNK(found.st_mode):
        yield Alias(os.path.realpath(path), f"by a link that it made, {os.path.relpath(path, base)}")
    elif stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        for name in _names(str(base), (found.st_dev, found.st_ino)):
            if name != path:
                yield Alias(name, f"the same file as {os.path.relpath(path, base)}")


def _names(folder: str, file: tuple[int, int]) -> Iterator[str]:
    """Find the names of a file below a folder."""
    left, todo = ENTRIES, [folder]
    while todo and left > 0:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    left -= 1
                    if entry.is_dir(follow_symlinks=False):
                        todo += [entry.path] if entry.name != ".git" else []
                    elif entry.inode() == file[1] and _is(entry, file):
                        yield entry.path
        except OSError:
            continue


def _is(entry: "os.DirEntry[str]", file: tuple[int, int]) -> bool:
    found = entry.stat(follow_symlinks=False)
    return (found.st_dev, found.st_ino) == file


def folds_case(folder: Path) -> bool:
    """Tell whether a file system takes A and a for the same, by a name that is there."""
    swapped = folder.with_name(folder.name.swapcase())
    try:
        return swapped.name != folder.name and os.path.samefile(folder, swapped)  # noqa: PTH121  beside the others
    except OSError:
        return False
