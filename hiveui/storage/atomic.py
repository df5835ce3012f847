"""Files that are old or new, never torn, and folders swept of what a killed writer left."""

import contextlib
import errno
import os
import re
import secrets
from pathlib import Path

from hiveui.errors import StorageError

_TEMPORARY = re.compile(r"\.(.+)\.(\d+)-[0-9a-f]{8}\.tmp")

_MENDS = {
    errno.ENOSPC: "Free some space on that disk; the next save succeeds by itself.",
    errno.EDQUOT: "Free some of your quota on that disk; the next save succeeds by itself.",
    errno.EROFS: "The disk is mounted read-only: remount it, or set XDG_STATE_HOME.",
    errno.EACCES: "Give yourself the right to write there, or set XDG_STATE_HOME.",
}


def cannot(what: str, path: Path, error: OSError) -> StorageError:
    """Make the error that says what could not be done to a file, why, and the mend."""
    return StorageError(f"{path} cannot be {what}: {error.strerror or error}.", _MENDS.get(error.errno or 0, ""))


def write(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` in place of the file, for this user's eyes only unless `mode` says more.

    The data is on the disk before the name points to it, and the name before this returns. Raises StorageError;
    then the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        finally:
            os.close(file)
        os.replace(temporary, path)  # noqa: PTH105  beside its calls of os
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise cannot("saved", path, error) from error


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> int:
    """Remove temporary files whose writers are dead; give their number."""
    swept = 0
    for path in folder.glob(".*.tmp"):
        found = _TEMPORARY.fullmatch(path.name)
        if found and not _alive(int(found[2])):
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
