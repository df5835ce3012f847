"""The files of a project's memory, read and written, never out of the project's folder."""

import fcntl
import os
import stat
import time
from pathlib import Path

from hiveui.errors import StorageError, UsageError
from hiveui.model.memory import FILES, LARGEST
from hiveui.model.names import quoted
from hiveui.storage import atomic

PATIENCE = 5.0
"""Seconds for which a lock is waited for."""
AGAIN = 0.02
"""Seconds between two tries to take it."""
FULL = "Move what is old to another file."


def place(folder: Path, name: str) -> Path:
    """Give where a file of the memory stands, links followed. Raises UsageError where that is no place for it."""
    if name not in FILES:
        raise UsageError(f"{quoted(name)} is no file of the memory.", f"There are: {', '.join(FILES)}.")
    real = Path(os.path.realpath(folder / name))
    if not real.is_relative_to(os.path.realpath(folder)):
        raise UsageError(f"{name} is a link that leads out of {folder}.", "Put a file in its place.")
    return real


def read(folder: Path, name: str) -> str | None:
    """Give a file's text; None where it is missing. Raises StorageError, UsageError."""
    path = place(folder, name)
    try:
        with open(path, "rb", opener=_calmly) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{path} is no file.", "Put a file in its place.")
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise atomic.cannot("read", path, error) from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} is larger than {LARGEST // 1024} KiB: no agent could read it.", "Make it shorter.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StorageError(f"{path} is no UTF-8.", "Save it as UTF-8.") from error


def write(folder: Path, name: str, text: str) -> None:
    """Put a text in place of a file's, which keeps its mode. Raises StorageError, UsageError."""
    data, path = text.encode("utf-8", "replace"), place(folder, name)
    if len(data) > LARGEST:
        raise UsageError(f"{name} would be larger than {LARGEST // 1024} KiB: no agent could read it.")
    try:
        path.parent.mkdir(exist_ok=True)
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
    except OSError as error:
        raise atomic.cannot("saved", path, error) from error
    atomic.write(path, data, mode)
    path.chmod(mode)  # which the process's own mask may have narrowed


def append(folder: Path, name: str, text: str) -> None:
    """Add to a file's end, after whatever others add at the same time. Raises StorageError, UsageError."""
    path = place(folder, name)
    try:
        path.parent.mkdir(exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.open(path, flags, 0o644)
        try:
            _lock(file, path)
            size = os.fstat(file).st_size
            torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            data = (b"\n" if torn else b"") + text.encode("utf-8", "replace")
            if size + len(data) > LARGEST:
                raise UsageError(f"{name} would be larger than {LARGEST // 1024} KiB: no agent could read it.", FULL)
            _add(file, data, size)
        finally:
            os.close(file)
    except OSError as error:
        raise atomic.cannot("written", path, error) from error


def _lock(file: int, path: Path) -> None:
    """Take a file's lock, which anybody who may read it can hold. Raises StorageError, OSError."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StorageError(f"{path} is locked by another program.", "Try again once it is done.") from None
            time.sleep(AGAIN)
        else:
            return


def _add(file: int, data: bytes, size: int) -> None:
    """Write at a file's end, all of it or nothing. Raises OSError."""
    try:
        while data:
            data = data[os.write(file, data) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Tell the files that are there from what they were: by time and size."""
    found = {}
    for name in FILES:
        try:
            facts = (folder / name).stat()
        except OSError:
            continue
        found[name] = (facts.st_mtime_ns, facts.st_size)
    return found


def _calmly(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
