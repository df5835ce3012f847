"""Reading what was added to a file since the last time: bounded, and never past the last whole line."""

import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from hiveui.model.usage import Source

PIECE = 256 << 10
"""Bytes read at once: what holds the interpreter lock is short."""
LONGEST = 1 << 20
"""Bytes of a line; a longer one is passed over."""
HEAD = 512
"""Bytes at a file's beginning by which it is told from another."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file has changed."""

    inode: int
    size: int
    changed: int
    """Nanoseconds."""


def stamp(path: str) -> Stamp | None:
    """Look at a file, without opening it; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  called for every file of every agent
    except OSError:
        return None
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def lines(path: str, source: Source, budget: int) -> Iterator[bytes]:
    """Give the whole lines that `source` has not had yet, at most about `budget` bytes of them, and move it on.

    A file that was cut, replaced or written anew is begun again: `source.counted` is then when it was read last.
    A half line waits for its end. Raises OSError.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe in the file's place keeps nobody waiting
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            return
        _begin_again(file, source, found.st_ino, found.st_size)
        rest = b""
        while budget > 0 and (piece := os.pread(file, PIECE, source.offset + len(rest))):
            budget -= len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                source.offset += len(line) + 1
                if not source.skipping and len(line) <= LONGEST:
                    yield line
                source.skipping = False
            if len(rest) > LONGEST or (source.skipping and rest):
                source.offset += len(rest)
                source.skipping, rest = True, b""
        _remember(file, source)
    finally:
        os.close(file)


def _begin_again(file: int, source: Source, inode: int, size: int) -> None:
    length, *crc = source.head or (0, 0)
    same = source.offset <= size and [zlib.crc32(os.pread(file, length, 0))] == crc
    if not same:
        source.offset, source.skipping, source.head = 0, False, ()
        source.counted = source.newest
        source.memory.clear()
    source.inode = inode


def _remember(file: int, source: Source) -> None:
    if not source.head or source.head[0] < HEAD:
        length = min(HEAD, source.offset)
        source.head = (length, zlib.crc32(os.pread(file, length, 0)))
