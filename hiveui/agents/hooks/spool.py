"""The spool: where agents' hooks leave events for the daemon, whether or not it lives.

A file an agent, `<agent>.seq`, and `<agent>.seq.old` where nobody read for long; hook.sh says how records are written.
The reader renames a file, so that hooks begin another, reads it and deletes it. It goes on reading it for a while: a
hook may have opened it before. Where the reader is killed between reading and deleting, the next one reads the whole
file again, in its order.
"""

import contextlib
import os
import re
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hiveui.paths import secure_folder

PAYLOAD = 1 << 20
"""Bytes of a payload that a hook writes, at most."""
RECORD = PAYLOAD + 4096
LATE = 2.0
"""Seconds that a file is read after it was taken."""
CHUNK = 1 << 18
_RS = b"\x1e"
_TOO_LONG = b"?"
"""Stands for a record that is longer than any hook writes."""
_NAME = re.compile(r"([a-z0-9-]{1,32})\.(?:(seq)(\.old)?|(\d+)\.taken)")
_AGENT = re.compile(r"[a-z0-9-]{1,32}")
_RECORD = re.compile(rb"([\x21-\x7e]{1,256}) ([A-Za-z._-]{1,64}) (.*)\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Record:
    """One event as a hook left it."""

    agent: str
    event: str
    payload: bytes
    """As the agent's program wrote it: perhaps no JSON."""
    cut: bool
    time: float
    """When the file was written last, in seconds since 1970: the event is not younger."""


@dataclass(slots=True)
class _Taken:
    """A file that was taken and is read."""

    agent: str
    file: int
    until: float
    """Of the monotonic clock."""
    rest: bytes = b""
    """What was read and is no whole record yet."""


class Spool:
    """The folder, and what was taken from it."""

    def __init__(self, folder: Path, speaker: Callable[[str], str | None]) -> None:
        """Read `folder`; `speaker` gives the agent that a token belongs to. Raises HiveError."""
        self.folder = secure_folder(folder)
        self._speaker = speaker
        self._taken: list[_Taken] = []
        self.lost: Counter[str] = Counter()
        """Records that were not taken: `dropped` by a full spool, `torn`, `forged` with another's token."""

    def file(self, agent: str) -> Path:
        """Give the file that an agent's hooks append to."""
        return self.folder / f"{agent}.seq"

    def box(self, agent: str) -> Path:
        """Give the file that the hooks of an agent in a sandbox append to: its folder is all that is seen there."""
        return self.folder / agent / f"{agent}.seq"

    def folders(self) -> list[Path]:
        """List the folders that hooks write to."""
        with os.scandir(self.folder) as entries:
            return [self.folder, *(self.folder / entry.name for entry in entries if _is_box(entry))]

    def read(self) -> Iterator[Record]:
        """Give what is new. Files are deleted once all that is in them was asked for."""
        for taken in self._taken:
            yield from self._records(taken)
        names = os.listdir(self.folder)  # noqa: PTH208  what costs the least where there is nothing
        if not names and not self._taken:
            return
        names += [name for agent in names if _AGENT.fullmatch(agent) for name in self._unboxed(agent)]
        matches = (match for name in names if (match := _NAME.fullmatch(name)))
        for agent, fresh, _, name in sorted((match[1], not match[4], not match[3], match[0]) for match in matches):
            taken_file = self._take(agent, self.folder / name, fresh=fresh)
            if taken_file is not None:
                taken, path = taken_file
                self._taken.append(taken)
                yield from self._records(taken)
                path.unlink(missing_ok=True)
        self._part()

    def close(self) -> None:
        """Let go of every file."""
        for taken in self._taken:
            os.close(taken.file)
        self._taken = []

    def _unboxed(self, agent: str) -> Iterator[str]:
        """Take files out of a sandbox's reach, to be read like those of others; give their names."""
        own = self.box(agent)
        for path in (own, own.with_name(f"{own.name}.old")):
            with contextlib.suppress(OSError):
                path.rename(self.folder / path.name)
                yield path.name

    def _take(self, agent: str, path: Path, *, fresh: bool) -> tuple[_Taken, Path] | None:
        """Take a file away from the hooks; None where it is no plain file, or gone."""
        try:
            if fresh:
                path = path.rename(self.folder / f"{agent}.{time.time_ns()}.taken")
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            _remove(path)
            return None
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            _remove(path)
            return None
        return _Taken(agent, file, time.monotonic() + LATE), path

    def _records(self, taken: _Taken) -> Iterator[Record]:
        """Read on in a file, and give the records that are whole: up to the next one, or to the end of the file."""
        written = os.fstat(taken.file).st_mtime
        while chunk := os.read(taken.file, CHUNK):
            *whole, taken.rest = (taken.rest + chunk).split(_RS)
            yield from self._whole(taken, whole, written)
            if len(taken.rest) > RECORD:
                taken.rest = _TOO_LONG
        if taken.rest.endswith(b"\n"):
            last, taken.rest = taken.rest, b""
            yield from self._whole(taken, [last], written)

    def _whole(self, taken: _Taken, pieces: Iterable[bytes], written: float) -> Iterator[Record]:
        """Read what stands between two RS. Nothing stands before the first one."""
        for piece in pieces:
            record = self._record(taken.agent, piece, written) if piece else None
            if record is not None:
                yield record

    def _record(self, agent: str, raw: bytes, written: float) -> Record | None:
        """Read one record; None, and counted, where it is torn or another's."""
        found = _RECORD.fullmatch(raw)
        if found is None:
            self.lost["torn"] += 1
            return None
        token, event, payload = found[1].decode(), found[2].decode(), found[3]
        if self._speaker(token) != agent:
            self.lost["forged"] += 1
            return None
        if event == "dropped":
            self.lost["dropped"] += int(payload) if payload.isdigit() else 1
            return None
        return Record(agent, event, payload[:PAYLOAD], len(payload) >= PAYLOAD, written)

    def _part(self) -> None:
        """Let go of the files that no hook can be writing to any more."""
        now = time.monotonic()
        for taken in [taken for taken in self._taken if taken.until <= now]:
            if taken.rest:
                self.lost["torn"] += 1
            os.close(taken.file)
            self._taken.remove(taken)


def _is_box(entry: os.DirEntry[str]) -> bool:
    return _AGENT.fullmatch(entry.name) is not None and entry.is_dir(follow_symlinks=False)


def _remove(path: Path) -> None:
    """Take away what is no spool; a folder with something in it stays."""
    with contextlib.suppress(OSError):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
