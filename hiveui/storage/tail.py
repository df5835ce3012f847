"""The end of what a program prints, in a file that stays small however much it prints."""

import os
from pathlib import Path

from hiveui.storage.atomic import cannot

KEPT = 1 << 20
"""Bytes that are kept."""


class Tail:
    """A file for this user's eyes only; it holds the last `kept` bytes at least, and twice as many at most."""

    def __init__(self, path: Path, kept: int = KEPT) -> None:
        """Begin the file anew. Raises StorageError."""
        self._kept = kept
        self._size = 0
        self.full = False
        """The disk took no more: the rest is lost."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.unlink(missing_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot("written", path, error) from error

    def write(self, data: bytes) -> None:
        """Add what was printed; where the disk is full that is noted, and the program goes on."""
        data = data[-self._kept :]
        try:
            if self._size + len(data) > 2 * self._kept:
                self._shorten(self._kept - len(data))
            self._size += os.pwrite(self._file, data, self._size)
        except OSError:
            self.full = True

    def _shorten(self, left: int) -> None:
        """Keep the last `left` bytes."""
        rest = os.pread(self._file, left, self._size - left) if left else b""
        os.ftruncate(self._file, 0)
        self._size = os.pwrite(self._file, rest, 0)

    def close(self) -> None:
        """Cut the file to what is to be kept, and let go of it."""
        try:
            if self._size > self._kept:
                self._shorten(self._kept)
        except OSError:
            self.full = True
        finally:
            os.close(self._file)


def end_of(path: Path, most: int) -> tuple[str, bool]:
    """Read the last `most` bytes of a text, and whether something stands before them; '' where nothing is kept.

    Raises StorageError. Bytes that are no UTF-8 are given as U+FFFD.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most))
            data = file.read(most)
    except FileNotFoundError:
        return "", False
    except OSError as error:
        raise cannot("read", path, error) from error
    return data.decode("utf-8", "replace"), size > most
