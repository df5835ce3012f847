"""The file of the keys that may log in: read strictly, written whole or not at all."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hiveui.errors import FileError, UsageError
from hiveui.model.seat import Role
from hiveui.model.text import visible
from hiveui.paths import Paths
from hiveui.ssh.lines import Entry, LineError, key, parse
from hiveui.storage import atomic, regular

LARGEST = 1 << 20
"""Bytes of the file."""
OPEN_TO_OTHERS = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file that is meant to open something."""

    number: int
    entry: Entry | None
    """None where it opens nothing."""
    why: str = ""
    """Why it opens nothing; '' where it does."""


def key_file(paths: Paths) -> Path:
    """Where the keys stand that may log in."""
    return paths.config / "authorized_keys"


def read(path: Path) -> list[Line]:
    """Read the file; none means no keys. A line that is not understood opens nothing, and says why.

    Raises FileError where somebody else could have written the file, or it cannot be read.
    """
    try:
        return _lines(_text(path))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FileError(f"the keys cannot be read: {error.strerror}.", file=str(path)) from error


def entries(path: Path) -> list[Entry]:
    """Give the keys that open something. Raises FileError as `read` does."""
    return [line.entry for line in read(path) if line.entry is not None]


def _text(path: Path) -> str:
    """Read the file: what is no plain one, a pipe for instance, is not waited for."""
    real = Path(os.path.realpath(path))  # Path.resolve raises RuntimeError for a link that leads to itself
    for place in (real, real.parent, path.parent):
        found = place.stat()
        if found.st_mode & OPEN_TO_OTHERS:
            raise FileError(
                "others can write it, so no key is taken.", f"Close it: chmod go-w {place}", file=str(place)
            )
        if found.st_uid not in {os.getuid(), 0}:
            raise FileError("it belongs to another user, so no key is taken.", "Make it yours.", file=str(place))
    data, _ = regular.read(real, LARGEST + 1)
    if len(data) > LARGEST:
        raise FileError("it is larger than 1 MiB, so no key is taken.", "Take out what is not needed.", file=str(path))
    return data.decode("utf-8", "replace")


def _lines(text: str) -> list[Line]:
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                found.append(Line(number, parse(line.strip())))
            except LineError as error:
                found.append(Line(number, None, f"{error} {error.hint}".rstrip()))
    return found


def add(
    path: Path,
    text: str,
    role: Role = Role.VIEWER,
    *,
    person: str | None = None,
    until: timedelta | datetime | None = None,
    once: bool = False,
    sources: Sequence[str] = (),
    terminal: bool = True,
) -> Entry:
    """Let a public key in; `until` is a time, or how long from now. Raises UsageError, FileError, StorageError."""
    if isinstance(until, timedelta):
        until = datetime.now(UTC) + until
    fresh = key(text.strip())
    name = fresh.person if person is None else visible(person.strip())
    fresh = replace(fresh, role=role, person=name, until=until, once=once, sources=tuple(sources), terminal=terminal)
    fresh = parse(fresh.text)
    with _held(path):
        for old in entries(path):
            if old.blob == fresh.blob:
                raise UsageError(
                    f"{fresh.fingerprint} is there already, as {old.role}.", f"hive keys rm {fresh.fingerprint}"
                )
        before = _text(path) if path.exists() else ""
        _save(path, f"{before}{'' if before.endswith(chr(10)) or not before else chr(10)}{fresh.text}\n")
    return fresh


def remove(path: Path, name: str) -> list[Entry]:
    """Take out the keys of a fingerprint or a person; gives them. Raises UsageError where there is none."""
    with _held(path):
        gone = {
            line.number: line.entry
            for line in read(path)
            if line.entry is not None and name in {line.entry.fingerprint, line.entry.person}
        }
        if not gone:
            raise UsageError(f"There is no key {visible(name)!r}.", "`hive keys ls` lists them.")
        kept = [line for number, line in enumerate(_text(path).split("\n"), 1) if number not in gone]
        _save(path, "\n".join(kept))
    return list(gone.values())


def spend(path: Path, entry: Entry) -> bool:
    """Take note that a key which is good for one login had it; False where it had it before, or is gone."""
    with _held(path):
        lines = _text(path).split("\n")
        for line in read(path):
            if line.entry == entry and not line.entry.used:
                lines[line.number - 1] = replace(line.entry, used=True).text
                _save(path, "\n".join(lines))
                return True
    return False


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Let nobody else change the file meanwhile."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise atomic.cannot("saved", path, error) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _save(path: Path, text: str) -> None:
    atomic.write(path.resolve(), text.encode(), 0o600)
