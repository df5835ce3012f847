"""Finds a pattern in stills. A process of its own: whatever a person's pattern does, it can be ended.

One JSON object in, one out. In: `pattern`, `regex`, `limit`, `texts`, and for each still `[plain, joined, skipped]`:
two open files and the rows that do not count. Out: `error`, or `found`, for each still `[count, matches]`; a match is
`[row, cell, last row, last cell]`, of which the last are given, at most `limit`, with its line where `texts` says so.
"""

import json
import os
import re
import signal
import sys
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

from hiveui.model.cells import clean
from hiveui.screen.wraps import first_rows, lines_of, wrapped

Hit = tuple[int, int, int]
"""A line, and the characters in it from one to before another."""
LIFETIME = 10
"""Seconds after which the system ends the process, whoever forgot it."""
AROUND = 40
LONGEST = 200
"""Characters of a line that are given before a match, and in all."""


class Text:
    """One still as whole lines."""

    def __init__(self, plain: bytes, joined: bytes, skipped: int) -> None:
        rows = lines_of(plain)
        flags = wrapped(rows, lines_of(joined))[skipped:]
        self._rows = [row.decode("utf-8", "replace") for row in rows[skipped:]]
        self._firsts = first_rows(flags)
        ends = [*self._firsts[1:], len(self._rows)]
        spans = zip(self._firsts, ends, strict=True)
        self.lines = [(self._rows[a] if b - a == 1 else "".join(self._rows[a:b])).rstrip(" ") for a, b in spans]

    def cells(self, hit: Hit) -> list[int]:
        """Tell where a hit stands: row and cell of its first character, and of its last."""
        line, start, end = hit
        row, cell = self._cell(line, start)
        last_row, _ = self._cell(line, end - 1)
        return [row, cell, last_row, max(0, self._cell(line, end - 1, after=True)[1] - 1)]

    def _cell(self, line: int, at: int, *, after: bool = False) -> tuple[int, int]:
        row = self._firsts[line]
        while row + 1 < len(self._rows) and at >= len(self._rows[row]):
            at -= len(self._rows[row])
            row += 1
        return row, clean(self._rows[row][: at + after])[1]


def find(lines: list[str], pattern: str, *, regex: bool, limit: int) -> tuple[int, list[Hit]]:
    """Count the places where a pattern stands, and give the last of them, at most `limit`.

    Capitals count where the pattern has any. Raises re.error for what is no regular expression.
    """
    same = pattern.lower() != pattern
    if not regex:
        text = "\n".join(lines)
        folded, sought = (text, pattern) if same else (text.lower(), pattern.lower())
        if len(folded) == len(text):
            return _plain(lines, folded, sought, limit)
    compiled = re.compile(pattern if regex else re.escape(pattern), 0 if same else re.IGNORECASE)
    count, last = 0, deque[Hit](maxlen=limit)
    for hit in _hits(lines, compiled):
        count += 1
        last.append(hit)
    return count, list(last)


def _plain(lines: list[str], text: str, sought: str, limit: int) -> tuple[int, list[Hit]]:
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    hits: list[Hit] = []
    end = len(text)
    while len(hits) < limit and (at := text.rfind(sought, 0, end)) >= 0:
        line = bisect_right(starts, at) - 1
        hits.append((line, at - starts[line], at - starts[line] + len(sought)))
        end = at
    return (len(hits) if len(hits) < limit else text.count(sought)), hits[::-1]


def _hits(lines: Iterable[str], pattern: re.Pattern[str]) -> Iterator[Hit]:
    for number, line in enumerate(lines):
        for found in pattern.finditer(line):
            if found.end() > found.start():
                yield number, found.start(), found.end()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what one request asks."""
    found = []
    for plain, joined, skipped in request["stills"]:
        text = Text(_contents(plain), _contents(joined), skipped)
        try:
            count, hits = find(text.lines, request["pattern"], regex=request["regex"], limit=request["limit"])
        except (re.error, OverflowError, RecursionError) as error:
            return {"error": str(error)}
        found.append([count, [text.cells(hit) + ([_excerpt(text, hit)] if request["texts"] else []) for hit in hits]])
    return {"found": found}


def _excerpt(text: Text, hit: Hit) -> str:
    line, start, _ = hit
    first = max(0, start - AROUND)
    return clean(text.lines[line][first : first + LONGEST])[0]


def _contents(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


if __name__ == "__main__":
    signal.alarm(LIFETIME)
    sys.stdout.write(json.dumps(answer(json.load(sys.stdin))))
