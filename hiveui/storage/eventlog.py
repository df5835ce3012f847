"""The event log: what happened, one JSON line an event, and the state that follows from it.

A line is `{"crc": …, "v": 1, "seq": …, "time": …, "event": {…}}`; `crc` is the CRC-32 of the rest. One `write` with
O_APPEND a line, sequence numbers without gaps, segments named by their first number. State is the fold of the log
over the newest snapshot that verifies; ten are kept. A torn end is cut when the log is opened; a line that does not
verify is skipped and counted, never raised. Secrets are masked in an event before it is numbered, so that what is
kept, what is folded and what is returned are the same.
"""

import contextlib
import errno
import itertools
import json
import logging
import os
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hiveui.errors import StorageError
from hiveui.model.codec import from_json, to_json
from hiveui.model.events import Event, Record, event_from_json, event_to_json
from hiveui.model.state import State, apply
from hiveui.storage import atomic
from hiveui.storage.secrets import redact

log = logging.getLogger(__name__)

VERSION = 1
SEGMENT = 16 << 20
"""Bytes after which a new segment begins."""
TOTAL = 512 << 20
"""Bytes of all segments; the oldest go first, once a snapshot stands for them."""
SNAPSHOT_EVERY = 2000
"""Events between snapshots of the state."""
SNAPSHOTS = 10
"""Snapshots kept: a damaged one falls back to the one before."""

_SEQ = re.compile(rb'\{"crc":\d+,"v":\d+,"seq":(\d+),')


class EventLog:
    """The log of one hive, opened for appending. Raises StorageError where the folder cannot be used."""

    def __init__(
        self,
        folder: Path,
        segment: int = SEGMENT,
        total: int = TOTAL,
        every: int = SNAPSHOT_EVERY,
        aside: Callable[[Callable[[], None]], object] | None = None,
    ) -> None:
        """`aside` runs what waits for the disk, one after the other, and may do so in another thread."""
        self._folder = folder
        self._limits = (segment, total, every)
        self._aside = aside or (lambda work: work())
        self._dirty = False
        self._unsynced = False
        self.torn = 0
        """Lines that were cut from the end when the log was opened."""
        self.skipped = 0
        """Lines and snapshots that did not verify when the log was opened."""
        self.saved = ""
        """When what was found was kept last, RFC 3339, UTC; '' where nothing was."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            atomic.sweep(folder)
            self._cut_torn()
            self.seq, self.state = self._load()
            self._file, self._size = self._open()
        except OSError as error:
            raise atomic.cannot("used", folder, error) from error
        if self.torn or self.skipped:
            log.warning("%s: %d torn lines were cut, %d damaged ones skipped", folder, self.torn, self.skipped)

    def append(self, event: Event, *, trace_id: str = "", span_id: str = "") -> Record:
        """Keep one event. Raises StorageError where it cannot be written; then the log is as it was before."""
        record = Record(self.seq + 1, _now(), _without_secrets(event), trace_id, span_id)
        line = _encode(record)
        try:
            self._write(line)
        except OSError as error:
            raise atomic.cannot("written", self._folder, error) from error
        self.seq = record.seq
        self._size += len(line)
        self._unsynced = True
        self.state = apply(self.state, record.event)
        self._keep_up()
        return record

    def read(self, after: int = 0, limit: int = 200) -> list[Record]:
        """Give at most `limit` records with numbers above `after`, oldest first, without those that are damaged."""
        records: list[Record] = []
        for path in self._segments_after(after):
            for line in _lines(path):
                place = _SEQ.match(line)
                if place and int(place[1]) <= after:
                    continue
                record = _decode(line)
                if record is not None and record.seq > after:
                    records.append(record)
                    if len(records) >= limit:
                        return records
        return records

    @property
    def damage(self) -> str:
        """Say what was found damaged when the log was opened, or ''."""
        if not self.skipped:
            return ""
        return f"{self.skipped} damaged parts of what was saved were passed over; what stood before them is used."

    def save_snapshot(self) -> None:
        """Keep the state, so that the next start need not read the whole log. Raises StorageError."""
        self._save(self.seq, self.state)

    def sync(self) -> None:
        """Have what was appended brought to the disk itself, where a power cut leaves it; call it soon after."""
        if self._unsynced:
            self._unsynced = False
            handle = os.dup(self._file)
            self._aside(lambda: _sync(handle))

    def _save(self, seq: int, state: State) -> None:
        body = {"v": VERSION, "seq": seq, "state": to_json(state)}
        atomic.write(self._folder / f"state-{seq:012d}.json", _seal(body))
        for old in self._snapshots()[SNAPSHOTS:]:
            old.unlink(missing_ok=True)

    def close(self) -> None:
        """Save a snapshot if that can be done, and let go of the file."""
        with contextlib.suppress(StorageError):
            self.save_snapshot()
        with contextlib.suppress(OSError):
            os.fsync(self._file)
        os.close(self._file)

    def _write(self, line: bytes) -> None:
        if self._dirty:
            os.ftruncate(self._file, self._size)
            self._dirty = False
        if os.write(self._file, line) != len(line):
            self._dirty = True
            os.ftruncate(self._file, self._size)
            self._dirty = False
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _keep_up(self) -> None:
        """Save a snapshot, begin a segment, drop old ones, when it is time; what fails is tried again later."""
        segment, total, every = self._limits
        try:
            if self._size >= segment:
                full, (self._file, self._size) = self._file, self._open()
                self._aside(lambda: _sync(full))
            elif self.seq % every:
                return
            seq, state = self.seq, self.state
            self._aside(lambda: self._tidy(seq, state, total))
        except OSError as error:
            log.warning("the event log goes on as it is: %s", error)

    def _tidy(self, seq: int, state: State, total: int) -> None:
        """Keep a state, and drop what it stands for where there is too much."""
        try:
            self._save(seq, state)
            self._drop_oldest(total)
        except (OSError, StorageError) as error:
            log.warning("the event log goes on as it is: %s", error)

    def _open(self) -> tuple[int, int]:
        """Open the newest segment, or begin one; give its descriptor and size."""
        segments = self._segments()
        if segments and segments[-1].stat().st_size < self._limits[0]:
            path = segments[-1]
        else:
            path = self._folder / f"{self.seq + 1:012d}.jsonl"
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        return file, os.fstat(file).st_size

    def _drop_oldest(self, total: int) -> None:
        segments = self._segments()
        kept_from = min((_number(path) for path in self._snapshots()), default=0)
        size = sum(path.stat().st_size for path in segments)
        for path, following in itertools.pairwise(segments):
            if size <= total or _number(following) > kept_from + 1:
                break
            size -= path.stat().st_size
            path.unlink()

    def _load(self) -> tuple[int, State]:
        seq, state = self._load_snapshot()
        for path in self._segments_after(seq):
            for line in _lines(path):
                record = _decode(line)
                if record is None:
                    self.skipped += 1
                elif record.seq > seq:
                    seq, state = record.seq, apply(state, record.event)
                    self.saved = record.time
        return seq, state

    def _load_snapshot(self) -> tuple[int, State]:
        for path in self._snapshots():
            body = _unseal(path.read_bytes())
            try:
                if body is not None and body["v"] == VERSION:
                    self.saved = _rfc3339(path.stat().st_mtime)
                    return int(body["seq"]), from_json(State, body["state"])
            except (ValueError, KeyError, TypeError):
                pass
            self.skipped += 1
        return 0, State()

    def _cut_torn(self) -> None:
        """Cut what an interrupted write, or a power cut, left at the end of the newest segment."""
        for path in self._segments()[-1:]:
            data = path.read_bytes()
            whole = len(data)
            while whole:
                start = data.rfind(b"\n", 0, whole - 1) + 1
                if data[whole - 1] == ord("\n") and _unseal(data[start:whole]) is not None:
                    break
                whole = start
                self.torn += 1
            if whole != len(data):
                os.truncate(path, whole)

    def _segments(self) -> list[Path]:
        """List the segments, oldest first."""
        return sorted((path for path in self._folder.glob("*.jsonl") if path.stem.isdecimal()), key=_number)

    def _segments_after(self, seq: int) -> list[Path]:
        segments = self._segments()
        done = sum(_number(following) <= seq + 1 for following in segments[1:])
        return segments[done:]

    def _snapshots(self) -> list[Path]:
        """List the snapshots, newest first."""
        return sorted(self._folder.glob("state-*.json"), key=_number, reverse=True)


def _number(path: Path) -> int:
    digits = path.stem.removeprefix("state-")
    return int(digits) if digits.isdecimal() else 0


def _lines(path: Path) -> Iterator[bytes]:
    try:
        data = path.read_bytes()
    except OSError as error:
        log.warning("%s cannot be read: %s", path, error)
        return
    yield from data.split(b"\n")[:-1]


def _seal(body: Mapping[str, Any]) -> bytes:
    """Encode a JSON object as one line that begins with the checksum of the rest."""
    text = json.dumps(body, separators=(",", ":"))
    return f'{{"crc":{zlib.crc32(text.encode())},{text[1:]}\n'.encode()


def _unseal(line: bytes) -> dict[str, Any] | None:
    """Invert `_seal`; None for what does not verify."""
    head, comma, rest = line.rstrip(b"\n").partition(b",")
    try:
        if not comma or zlib.crc32(b"{" + rest) != int(head.removeprefix(b'{"crc":')):
            return None
        body = json.loads(b"{" + rest)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _encode(record: Record) -> bytes:
    body = {"v": VERSION, "seq": record.seq, "time": record.time, "event": event_to_json(record.event)}
    if record.trace_id:
        body |= {"trace_id": record.trace_id, "span_id": record.span_id}
    return _seal(body)


def _decode(line: bytes) -> Record | None:
    """Read a line; None where it is damaged, or of an event that another version of HiveUI knows."""
    body = _unseal(line)
    try:
        if body is None or body["v"] != VERSION:
            return None
        event = event_from_json(body["event"])
        return Record(body["seq"], body["time"], event, body.get("trace_id", ""), body.get("span_id", ""))
    except (ValueError, KeyError, TypeError):
        return None


def _without_secrets(event: Event) -> Event:
    plain = event_to_json(event)
    masked = _masked(plain)
    return event if masked == plain else event_from_json(masked)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _masked(part) for name, part in value.items()}
    return [_masked(part) for part in value] if isinstance(value, list) else value


def _sync(handle: int) -> None:
    """Bring a file to the disk and let go of it."""
    try:
        os.fsync(handle)
    except OSError as error:
        log.warning("the event log is not on the disk yet: %s", error)
    finally:
        os.close(handle)


def _now() -> str:
    return _rfc3339(time.time())


def _rfc3339(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment * 1000) % 1000:03d}Z"
