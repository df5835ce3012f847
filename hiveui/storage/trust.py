"""Which layouts this user has run before, by the hash of their text."""

import contextlib
import json
from pathlib import Path

from hiveui.storage import atomic

VERSION = 1
MOST = 1000
"""Hashes kept; the oldest go first."""


class Trust:
    """The hashes in `<state>/trusted.json`. A file that cannot be read trusts nothing."""

    def __init__(self, state: Path) -> None:
        self._path = state / "trusted.json"
        self._hashes = self._read()

    @property
    def hashes(self) -> frozenset[str]:
        """Every hash that is known."""
        return frozenset(self._hashes)

    def remember(self, digest: str) -> None:
        """Take a layout for known from now on. Raises StorageError."""
        if digest in self._hashes:
            return
        kept = (*self._hashes, digest)[-MOST:]
        atomic.write(self._path, json.dumps({"version": VERSION, "layouts": kept}, indent=1).encode())
        self._hashes = kept

    def _read(self) -> tuple[str, ...]:
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            kept = json.loads(self._path.read_bytes())
            if kept["version"] == VERSION and all(isinstance(digest, str) for digest in kept["layouts"]):
                return tuple(kept["layouts"])
        return ()
