"""What the command line prints: data to standard output, talk to standard error, nothing that acts on a terminal."""

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

from hiveui.errors import UsageError
from hiveui.model.attention import stamp
from hiveui.model.text import fitted, visible, width

JSON_VERSION = 1
PATIENCE = 0.5
"""Seconds after which a person wants to know what they wait for."""

_SGR = re.compile(r"(\x1b\[[0-9;:]*m)")
_PLAIN = "\x1b[0m"


def prepare() -> None:
    """Write UTF-8 whatever the locale is; what it cannot hold is escaped."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def line(text: str) -> None:
    """Print one line of data."""
    _write(sys.stdout, visible(text))


def script(text: str) -> None:
    """Print lines that a program reads."""
    for one in text.strip("\n").split("\n"):
        line(one)


def painted(text: str) -> None:
    """Print one line of data that may have colours."""
    parts = _SGR.split(text.removesuffix(_PLAIN))
    _write(sys.stdout, "".join(part if i % 2 else visible(part) for i, part in enumerate(parts)) + _PLAIN)


def talk(text: str) -> None:
    """Say something to the person, line by line."""
    for one in text.split("\n"):
        _write(sys.stderr, visible(one))


def document(**fields: Any) -> None:
    """Print one JSON document, with its version; times are RFC 3339 in UTC, null is what is not known."""
    _write(sys.stdout, _json({"version": JSON_VERSION, **fields}, indent=2))


def record(**fields: Any) -> None:
    """Print one JSON document on one line, of a stream of them."""
    _write(sys.stdout, _json({"version": JSON_VERSION, **fields}, indent=None))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as their widest cell."""
    shown = [[visible(cell) for cell in row] for row in (head, *rows)]
    sizes = [max(map(width, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (fitted(cell, size) for cell, size in zip(row, sizes, strict=True))
        _write(sys.stdout, "  ".join(cells).rstrip())


def now() -> str:
    """Give the time as events carry it."""
    return stamp(datetime.now(UTC))


def at_terminal() -> bool:
    """Tell whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Tell the person what takes its time, once it has taken half a second."""
    if not sys.stderr.isatty():
        yield
        return
    import threading  # noqa: PLC0415  where nobody waits it is not needed

    said = threading.Timer(PATIENCE, talk, [what])
    said.daemon = True
    said.start()
    try:
        yield
    finally:
        said.cancel()


def agreed(question: str, *, yes: bool, hint: str) -> bool:
    """Ask for a yes; the empty answer is no. Raises UsageError where nobody can be asked."""
    if yes:
        return True
    if not at_terminal():
        raise UsageError(f"{question} There is no terminal to ask at.", hint)
    return _answer(f"{question} [y/N] ").lower() in {"y", "yes"}


def chosen(question: str, options: Sequence[str], hint: str) -> int:
    """Have one of several chosen; gives its index. Raises UsageError with the list where nobody can be asked."""
    listed = "\n".join(f"  {i}  {option}" for i, option in enumerate(options, 1))
    if not at_terminal():
        raise UsageError(f"{question}\n{listed}", hint)
    talk(f"{question}\n{listed}")
    while True:
        answer = _answer("number: ")
        if answer.isdecimal() and 1 <= int(answer) <= len(options):
            return int(answer) - 1


def _answer(prompt: str) -> str:
    sys.stderr.write(visible(prompt))
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise KeyboardInterrupt
    return answer.strip()


def _json(value: Any, indent: int | None) -> str:
    return json.dumps(value, indent=indent).replace("\x7f", "\\u007f")


def _write(stream: TextIO, text: str) -> None:
    stream.write(text + "\n")
    stream.flush()


def abandon_output() -> None:
    """Let go of an output whose reader has left, so that nothing is written to it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
