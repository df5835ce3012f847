"""Patterns of rules: what they mean, and that none of them can hold up who reads."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.patterns import EDGE, PatternError, Text, compile_pattern


def found(pattern: str, *rows: str) -> str | None:
    return compile_pattern(pattern, {"star": "✻*]^"}).found(Text.of(rows))


@pytest.mark.parametrize(
    ("pattern", "rows", "matched"),
    [
        ("esc to interrupt", ("a · esc to", "interrupt · b"), "esc to interrupt"),
        ("^esc to interrupt", ("a · esc to", "interrupt"), None),
        ("Do you want to *?", ("Do you want to", "create x?"), "Do you want to create x?"),
        ("^✻ <word> for <time>", ("✻ Baked for 1m 2s · done",), "✻ Baked for 1m 2s · done"),
        ("attempt #/#", ("attempt 2/10",), "attempt 2/10"),
        ("# tokens", ("1,234.5 tokens",), "1,234.5 tokens"),
        ("{a|ab|abc}d", ("abcd",), "abcd"),
        ("<star> x", ("] x",), "] x"),
        ("^^Pane", (EDGE + "Pane is dead",), "Pane is dead"),
        ("^^Pane", ("Pane is dead",), None),
        ("^Pane", (EDGE + "Pane is dead",), "Pane is dead"),
        ("end$", ("the end", "more"), "the end"),
        ("end$", ("the end.",), None),
        ("a*b$", ("a b c b",), "a b c b"),
        ("\\*\\<x", ("*<x",), "*<x"),
        ("(a+)+$", ("(a+)+",), "(a+)+"),
        ("<spinner> W", ("⠏ W",), "⠏ W"),
    ],
)
def test_a_pattern_finds_what_it_says(pattern, rows, matched):
    assert found(pattern, *rows) == matched


def test_the_last_star_is_what_a_limit_is_read_from():
    text = Text.of(["You've hit your limit · resets 3pm (Europe/Berlin)"])
    assert compile_pattern("^*resets *").rest(text) == "3pm (Europe/Berlin)"
    assert compile_pattern("^*resets *)").rest(text) == "3pm (Europe/Berlin"
    assert compile_pattern("^*returns *").rest(text) is None


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("*", "fits everything"),
        ("^", "fits everything"),
        ("a^b", "`^` stands within"),
        ("a$b", "`$` stands within"),
        ("<wrod>", "nothing is known for <wrod>"),
        ("x" * 201, "at most 200"),
    ],
)
def test_a_pattern_that_says_nothing_is_refused(pattern, said):
    with pytest.raises(PatternError, match="(?s)" + said.replace("$", r"\$").replace("^", r"\^")):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "a*" * 90 + "b",
        "^" + "*a" * 90 + "b$",
        "{a|aa}" * 30 + "b",
        "#" * 60 + "x",
        "<word>" * 30 + "!",
        "<time> " * 20,
    ],
)
def test_no_pattern_holds_up_who_reads_a_screen(pattern):
    compiled = compile_pattern(pattern)
    texts = [Text.of([fill * 600] * 300) for fill in ("a", "1", "1s ", " ", "ab")]
    begin = time.process_time()
    for text in texts:
        compiled.found(text)
        compiled.rest(text)
    assert time.process_time() - begin < 5, "180,000 characters, five times over, twice"


@given(st.text("a*#{|}<word>^$\\ ", max_size=12), st.lists(st.text("aab 1\\*#<", max_size=20), max_size=4))
def test_any_text_is_a_pattern_or_refused_with_a_sentence(pattern, rows):
    matched = None
    with contextlib.suppress(PatternError):
        matched = compile_pattern(pattern).found(Text.of(rows))
    assert matched is None or matched in "\n".join(rows) or matched in " ".join(row for row in rows if row)
