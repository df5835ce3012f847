import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.text import MAX_MARKS, fitted, visible, width

ACTS_ON_A_TERMINAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("backend", "backend"),
        ("\x1b]52;c;SElWRQ==\x1b\\", "␛]52;c;SElWRQ==␛\\"),
        ("a\nb\rc\td\0", "a␊b␍c␉d␀"),
        ("a\x7fb\x90$qm\x9c", "a␡b‹U+0090›$qm‹U+009C›"),
        ("\u202egnp.exe", "‹U+202E›gnp.exe"),
        ("x\u2028y\u2066z", "x‹U+2028›y‹U+2066›z"),
        ("\u200bx\xad", "‹U+200B›x‹U+00AD›"),
        ("x\u200dy", "x‹U+200D›y"),
        ("\udcff\uffff", "‹U+DCFF›‹U+FFFF›"),
        ("🏴\U000e0067\U000e007f", "🏴‹U+E0067›‹U+E007F›"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤️\u200d🔥", "❤️\u200d🔥"),
        ("中文 аdmin é\u3000\xa0", "中文 аdmin é\u3000\xa0"),
        ("\u0301x", "◌\u0301x"),
        ("e" + "\u0301" * 40 + "e\u0301", "e" + "\u0301" * MAX_MARKS + "e\u0301"),
    ],
)
def test_what_acts_or_hides_is_spelled_out_and_the_rest_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(), max_size=60))
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    shown = visible(text)
    assert not ACTS_ON_A_TERMINAL.search(shown)
    marks = "".join("m" if unicodedata.category(c) in {"Mn", "Me"} else "." for c in shown)
    assert "m" * (MAX_MARKS + 1) not in marks
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("中文", 4), ("e\u0301", 1), ("👨\u200d👩\u200d👧", 2), ("", 0)]
)
def test_width_counts_cells(text: str, cells: int) -> None:
    assert width(text) == cells


@given(st.text(), st.integers(0, 20))
def test_fitted_text_has_exactly_the_cells_asked_for(text: str, cells: int) -> None:
    assert width(fitted(visible(text), cells)) == cells


def test_text_that_is_cut_says_so() -> None:
    assert fitted("planner", 5) == "plan…"
    assert fitted("中文字", 4) == "中… "
