"""Reading OpenCode's database: the messages of one conversation, and of those that it began, since the last time."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hiveui.model.usage import Source

MESSAGES = 500
"""Messages of one reading."""
LONGEST = 1 << 20
PATIENCE = 0.2
"""Seconds for which the program that writes may keep a reader waiting."""
_QUERY = """
SELECT m.id, m.data, m.time_updated, s.parent_id FROM message m JOIN session s ON s.id = m.session_id
WHERE (s.id = :id OR s.parent_id = :id) AND m.time_updated >= :since AND length(m.data) <= :longest
ORDER BY m.time_updated LIMIT :limit
"""


def messages(path: str, source: Source, conversation: str) -> Iterator[Mapping[str, Any]]:
    """Give messages that were written since `source` was moved on last, oldest change first, and move it on.

    Each is the JSON of its row, with its id under `id` and `child` where it is another conversation's. Nothing is
    ever written. Raises OSError where the database cannot be read, or is another program's.
    """
    since = source.memory.get(conversation, "0")
    asked = {
        "id": conversation,
        "since": int(since) if since.isdecimal() else 0,
        "longest": LONGEST,
        "limit": MESSAGES,
    }
    try:
        with contextlib.closing(_open(path)) as database:
            rows = database.execute(_QUERY, asked).fetchall()
    except (sqlite3.Error, OverflowError) as error:
        raise OSError(f"{path}: {error}") from error
    for id_, data, updated, parent in rows:
        try:
            entry = json.loads(data)
        except (TypeError, ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            yield {**entry, "id": str(id_), "child": parent == conversation}
        if isinstance(updated, int):
            source.memory[conversation] = str(updated + (len(rows) == MESSAGES and updated == asked["since"]))


def _open(path: str) -> sqlite3.Connection:
    """Open a database for reading only (SQLite, URI Filenames: `mode=ro`)."""
    database = sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True, timeout=PATIENCE, isolation_level=None)
    database.execute("PRAGMA query_only = 1")
    return database
