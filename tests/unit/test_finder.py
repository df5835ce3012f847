"""Telling wrapped rows from others, and finding patterns in them."""

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.screen.finder import Text, find
from hiveui.screen.wraps import first_rows, wrapped

printed = st.lists(st.tuples(st.text("ab ", max_size=6).map(lambda text: text.rstrip().encode()), st.booleans()))


def capture(
    rows: list[tuple[bytes, bool]], columns: int, *, padded: bool
) -> tuple[list[bytes], list[bytes], list[bool]]:
    """Capture rows as tmux does, a full one before one that continues it; padded as from 3.4 on."""
    flags = [wraps and at < len(rows) - 1 for at, (_, wraps) in enumerate(rows)]
    texts = [(text or b"x").ljust(columns, b"x") if flag else text for (text, _), flag in zip(rows, flags, strict=True)]
    texts = [
        text or b"y" if at and flags[at - 1] else text for at, text in enumerate(texts)
    ]  # a row that is continued has something in the next
    joined = b"".join(text + (b"" if flag else b"\n") for text, flag in zip(texts, flags, strict=True))
    rows_given = [text.ljust(columns) if padded else text for text in texts]
    return rows_given, joined.removesuffix(b"\n").split(b"\n"), flags


@pytest.mark.parametrize("padded", [False, True])
@given(rows=printed.filter(len))
def test_rows_that_wrapped_are_told_from_others(padded, rows):
    given_rows, joined, flags = capture(rows, 6, padded=padded)
    assert list(map(bool, wrapped(given_rows, joined))) == flags


def test_whole_lines_begin_where_no_row_before_goes_on():
    assert first_rows(bytearray([0, 1, 1, 0, 0])) == [0, 1, 4]


LINES = ["Error: one", "an error and an ERROR", "日本 error", "nothing", "a.b"]


@pytest.mark.parametrize(
    ("pattern", "regex", "hits"),
    [
        ("error", False, [(0, 0, 5), (1, 3, 8), (1, 16, 21), (2, 3, 8)]),
        ("ERROR", False, [(1, 16, 21)]),
        ("a.b", False, [(4, 0, 3)]),
        (r"e\w+r\b", True, [(0, 0, 5), (1, 3, 8), (1, 16, 21), (2, 3, 8)]),
        ("^an", True, [(1, 0, 2)]),
        ("x*", True, []),
        ("İ", False, []),
    ],
)
def test_capitals_count_where_a_pattern_has_any_and_text_means_itself(pattern, regex, hits):
    assert find(LINES, pattern, regex=regex, limit=10) == (len(hits), hits)


def test_of_many_matches_the_last_are_given_and_all_are_counted():
    count, hits = find(["aaaa"] * 10, "a", regex=False, limit=3)
    assert (count, hits) == (40, [(9, 1, 2), (9, 2, 3), (9, 3, 4)])
    assert find(["aaaa"] * 10, "a", regex=True, limit=3) == (40, hits)


@given(st.lists(st.text("ab日 ", max_size=8), min_size=1), st.text("ab日", min_size=1, max_size=2))
def test_text_and_regular_expression_find_the_same(lines, pattern):
    def disjoint(spans: list[tuple[int, int]]) -> bool:
        return all(a[1] <= b[0] for a, b in itertools.pairwise(spans))

    (plain, hits), (regex, others) = (find(lines, pattern, regex=flag, limit=1000) for flag in (False, True))
    assert {line for line, _, _ in hits} == {line for line, _, _ in others}
    assert plain == len(hits)
    assert regex == len(others)
    assert disjoint([(a + n * 100, b + n * 100) for n, a, b in hits])


def test_a_match_over_the_end_of_a_row_is_found_and_its_cells_are_told():
    rows = ["skipped", "日本語 er", "ror end", "x"]
    text = Text("\n".join(rows).encode(), "skipped\n日本語 error end\nx".encode(), 1)
    assert text.lines == ["日本語 error end", "x"]
    count, (hit,) = find(text.lines, "語 ERROR".lower(), regex=False, limit=9)
    assert (count, text.cells(hit)) == (1, [0, 4, 1, 2])


def ask(tmp_path: Path, **request: object) -> dict:
    (tmp_path / "text").write_text("one\ntwo\n")
    file = os.open(tmp_path / "text", os.O_RDONLY)
    try:
        asked = json.dumps({"stills": [[file, file, 0]], "limit": 9, "regex": True, "texts": True, **request})
        done = subprocess.run(
            [sys.executable, "-P", "-m", "hiveui.screen.finder"],
            input=asked,
            capture_output=True,
            text=True,
            pass_fds=[file],
        )
    finally:
        os.close(file)
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_process_answers_with_matches_or_with_what_is_wrong(tmp_path):
    assert ask(tmp_path, pattern="t.") == {"found": [[1, [[1, 0, 1, 1, "two"]]]]}
    assert "unterminated" in ask(tmp_path, pattern="(")["error"]
    with pytest.raises(re.error):
        re.compile("(")
