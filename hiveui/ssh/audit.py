"""The audit log: who came, from where, with which key, and why they left. Never what they typed."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hiveui.errors import StorageError
from hiveui.storage import atomic

log = logging.getLogger(__name__)

LARGEST = 4 << 20
"""Bytes of the log; four times as much is kept of what came before."""
KEPT = 4
TEXT = 128
"""Characters of what a stranger said."""


class Audit:
    """One JSON document a line, for this user's eyes only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._open()

    def note(self, what: str, **facts: Any) -> None:
        """Write a line, at once. What strangers said is cut, and escaped as JSON does it in ASCII.

        A disk that is full keeps nobody out: the log misses what could not be written, and the server's says so.
        """
        told = {name: value[:TEXT] if isinstance(value, str) else value for name, value in facts.items()}
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": time, "what": what, **told}).replace("\x7f", "\\u007f")
        try:
            os.write(self._file, line.encode() + b"\n")
            if os.fstat(self._file).st_size > LARGEST:
                self._turn()
        except (OSError, StorageError) as error:
            log.warning("The audit log misses a line: %s", error)

    def close(self) -> None:
        """Write no more."""
        os.close(self._file)

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            return os.open(self._path, flags, 0o600)
        except OSError as error:
            raise atomic.cannot("written", self._path, error) from error

    def _turn(self) -> None:
        """Begin a new file, and let go of the oldest."""
        for number in range(KEPT, 0, -1):
            newer = self._path.with_name(f"{self._path.name}.{number - 1}") if number > 1 else self._path
            if newer.exists():
                newer.replace(self._path.with_name(f"{self._path.name}.{number}"))
        fresh = self._open()
        os.close(self._file)
        self._file = fresh
