"""Plain files where anybody may put anything at any time: read without waiting, and without being led elsewhere."""

import errno
import os
import stat
from pathlib import Path


def read(path: Path, most: int) -> tuple[bytes, float]:
    """Give the first `most` bytes of a file, and when it was changed, in seconds since 1970.

    Raises OSError where there is no plain file: a link, a folder, a pipe; and ValueError where none has such a name.
    """
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no plain file", str(path))
        with os.fdopen(file, "rb", closefd=False) as opened:
            return opened.read(most), found.st_mtime
    finally:
        os.close(file)
