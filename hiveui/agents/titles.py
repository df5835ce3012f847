"""What conversations are about: the first thing that the person said in each, read from a transcript's beginning."""

import contextlib
import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

BEGINNING = 256 << 10
"""Bytes of a transcript that are looked through."""
TITLE = 120
"""Characters of a title."""

Said = Callable[[Mapping[str, Any]], Any]


def _claude(entry: Mapping[str, Any]) -> Any:
    return _of(entry.get("message"), "content") if entry.get("type") == "user" and not entry.get("isMeta") else None


def _codex(entry: Mapping[str, Any]) -> Any:
    payload = entry.get("payload")
    return _of(payload, "content") if _of(payload, "role") == "user" else None


def _gemini(entry: Mapping[str, Any]) -> Any:
    return entry.get("content") if entry.get("type") == "user" else None


def _qwen(entry: Mapping[str, Any]) -> Any:
    return _of(entry.get("message"), "parts") if entry.get("type") == "user" else None


SAID: Mapping[str, Said] = {"claude": _claude, "codex": _codex, "gemini": _gemini, "qwen": _qwen}
"""What a person said in an entry of each format (usage.formats): a text, a list of parts with texts, or neither."""


def title(path: str, format_: str, conversation: str) -> str:
    """Give what a conversation is about, in one line, hostile until shown through the sanitiser; '' where unknown.

    Blocks on the disk.
    """
    if format_ == "opencode":
        return _stored(path, conversation)
    said = SAID.get(format_)
    for entry in _entries(path) if said is not None else ():
        for text in _texts(said(entry) if said is not None else None):
            line = " ".join(text.split())
            if line and not line.startswith("<"):  # what programs put in front of the person's words is in tags
                return line[:TITLE]
    return ""


def _entries(path: str) -> Iterator[Mapping[str, Any]]:
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return
    try:
        data = os.pread(file, BEGINNING, 0) if stat.S_ISREG(os.fstat(file).st_mode) else b""
    except OSError:
        return
    finally:
        os.close(file)
    for line in data.split(b"\n"):
        with contextlib.suppress(ValueError, RecursionError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    for part in said if isinstance(said, list) else ():
        text = _of(part, "text")
        if isinstance(text, str):
            yield text


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _stored(path: str, conversation: str) -> str:
    """Read the title that OpenCode gave a conversation."""
    try:
        with contextlib.closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True, timeout=0.2)) as database:
            row = database.execute("SELECT title FROM session WHERE id = ?", (conversation,)).fetchone()
    except sqlite3.Error:
        return ""
    return " ".join(row[0].split())[:TITLE] if row is not None and isinstance(row[0], str) else ""
