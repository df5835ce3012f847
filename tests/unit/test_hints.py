"""What can be picked up from a line of text, and the labels it gets."""

import time

import pytest

from hiveui.model.rows import Row
from hiveui.tui.hints import LETTERS, Hint, found, labels, on_screen
from hiveui.tui.lines import Line, Lines
from hiveui.tui.selection import Spot


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("see https://example.com/a_(b)?c=d, then", [("link", "https://example.com/a_(b)?c=d")]),
        ("(http://localhost:8000/x).", [("link", "http://localhost:8000/x")]),
        ("at ./src/app.py:12:3: error", [("path", "./src/app.py:12:3")]),
        (
            "app.py:12 and /etc/hosts, ~/x/y or ../up",
            [("path", t) for t in ("app.py:12", "/etc/hosts", "~/x/y", "../up")],
        ),
        ("fix in 8c58162, not 1234567 or deadbeef or abcdef1234567", [("hash", "8c58162"), ("hash", "abcdef1234567")]),
        ("and/or e.g. 3.14 12:30 plain words", [("path", "and/or")]),
        ("a javascript:alert(1) file:///etc/passwd", []),
    ],
)
def test_links_paths_places_and_hashes_are_found_without_the_sentence_around_them(text, hints):
    assert [(kind, said) for _, kind, said in found(text)] == hints


@pytest.mark.parametrize(
    "text", ["a" * 30_000, "a/" * 15_000, "a.b:" * 7_000, "f" * 30_000, "http://" * 4_000, ")" * 30_000]
)
def test_no_text_takes_long(text):
    began = time.process_time()
    list(found(text))
    assert time.process_time() - began < 2


def test_a_link_that_goes_on_in_the_next_row_is_one():
    lines = Lines()
    rows = ["日本 https://exa", "mple.com/x", "src/a.py"]
    lines.put(0, [Line(Row(text, len(text) + 2 * (n == 0)), n == 0) for n, text in enumerate(rows)])
    lines.total = 3
    assert on_screen(lines, 0, 3) == [
        Hint("link", "https://example.com/x", Spot(0, 5)),
        Hint("path", "src/a.py", Spot(2, 0)),
    ]


def test_the_same_text_has_one_label_and_no_label_begins_another():
    hints = [Hint("path", f"a/{n % 40}", Spot(n, 0)) for n in range(80)]
    named = labels(hints)
    assert len(named) == 40
    assert {len(name) for name in named} == {2}
    assert [hint.spot.line for hint in named["aa"]] == [39, 79]
    assert list(labels(hints[:26])) == list(LETTERS)
