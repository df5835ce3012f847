"""Rows about what a pane printed: pages of it, and searching all of it."""

import re

from hiveui.bench.figures import BenchError, Figure, at_most, noted, quantile
from hiveui.bench.scale import Scale
from hiveui.bench.screens import leave_interact
from hiveui.bench.subjects import Ours, Panes, program
from hiveui.bench.terminal import Terminal

LINES = 50_000
NAME = "aa"
NUMBER = re.compile(rb"aa(\d{6})")
LIMIT = 5.0
"""Seconds after which something counts as not shown."""
PAGE_UP, HALF_PAGE_UP, NOW = b"\x1b[5~", b"\x15", b"q"
PAGES = 20
"""Half pages that are looked at in each round."""


def full(lines: int = LINES) -> Panes:
    """Give a pane whose history is full of coloured lines, and one that streams beside it."""
    return Panes([program("fill", NAME, str(lines)), program("lines", "bb", "20")], history=lines)


def pages(scale: Scale) -> list[Figure]:
    """Look back: the first page, for which a still is taken, and those above it."""
    first: list[float] = []
    further: list[float] = []
    with Ours(full()) as ours:
        terminal = ours.terminal
        leave_interact(terminal)
        for _ in range(scale.rounds(20)):
            oldest = LINES
            for number in range(PAGES):
                took, oldest = _older(terminal, HALF_PAGE_UP if number else PAGE_UP, oldest)
                (further if number else first).append(took)
            terminal.write(NOW)
            terminal.drain(0.3)
    return [
        noted("the first page, p95", quantile(first, 0.95), "ms"),
        at_most("a page, p50", quantile(further, 0.5), 50, "ms"),
        at_most("a page, p95", quantile(further, 0.95), 50, "ms"),
    ]


def _older(terminal: Terminal, key: bytes, oldest: int) -> tuple[float, int]:
    """Press a key; give the milliseconds until an older line was shown, and the oldest line then."""
    seen = [oldest]

    def look(data: bytes) -> bool:
        seen.extend(int(found) for found in NUMBER.findall(data))
        return min(seen) < oldest

    began = terminal.write(key)
    found = terminal.until(look, LIMIT)
    terminal.drain(0.05, look)
    return (LIMIT if found is None else found - began) * 1000, min(seen)


def searches(scale: Scale) -> list[Figure]:
    """Search 50,000 lines: from enter to the number of matches."""
    plain: list[float] = []
    regex: list[float] = []
    with Ours(full()) as ours:
        terminal = ours.terminal
        leave_interact(terminal)
        terminal.write(b"y")
        terminal.drain(0.5)
        for number in range(scale.rounds(20)):
            plain.append(_search(terminal, b"aa%06d" % (40_000 + number), b"1 of 1 "))
            regex.append(_search(terminal, rb"aa0[34]%03d\d" % number, b" of 20 ", kind=b"\x12"))
    return [
        at_most("text, p50", quantile(plain, 0.5), 300, "ms"),
        at_most("text, p95", quantile(plain, 0.95), 300, "ms"),
        at_most("regular expression, p50", quantile(regex, 0.5), 300, "ms"),
        at_most("regular expression, p95", quantile(regex, 0.95), 300, "ms"),
    ]


def _search(terminal: Terminal, pattern: bytes, counted: bytes, kind: bytes = b"") -> float:
    """Search up; give the milliseconds. `kind` turns text into regular expression and back."""
    terminal.write(b"?" + kind + pattern)
    terminal.drain(0.2)
    began = terminal.write(b"\r")
    found = terminal.until(lambda data: counted in data, LIMIT)
    if found is None:
        raise BenchError(f"{pattern!r} was not found.")
    terminal.drain(0.2)
    if kind:
        terminal.write(b"?" + kind + b"\x1b")
        terminal.drain(0.2)
    return (found - began) * 1000
