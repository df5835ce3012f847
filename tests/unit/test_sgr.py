"""Captured lines become rows that stand alone, keep their colours and hold nothing but text and SGR."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.screen.sgr import PLAIN, Pen, RowReader, read_row, restyle

SAFE = re.compile(r"(?:\x1b\[[0-9;:]*m|[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069])*")


def read(*lines: bytes):
    return RowReader().read(lines)


def test_a_row_begins_with_what_the_row_before_left_in_force():
    first, second = read(b"\x1b[1;31mred", b"still red")
    assert (first.ansi, first.width) == ("\x1b[1;31mred", 3)
    assert (second.ansi, second.width) == ("\x1b[1;31mstill red", 9)


@pytest.mark.parametrize(
    ("sequences", "style"),
    [
        (["1", "31", "0"], PLAIN),
        (["38;5;208", "48;2;1;2;3"], (("fg", "38;5;208"), ("bg", "48;2;1;2;3"))),
        (["38:2::1:2:3", "39"], PLAIN),
        (["4:3", "58;5;9"], (("4", "4:3"), ("us", "58;5;9"))),
        (["4:3", "24"], PLAIN),
        (["1;2", "22"], PLAIN),
        (["7;9;53", "27"], (("9", "9"), ("53", "53"))),
        (["91;104", "49"], (("fg", "91"),)),
        (["38;5", "1"], (("fg", "38;5"), ("1", "1"))),
        ([";".join(["1"] * 500)], (("1", "1"),)),
    ],
)
def test_sgr_state_is_followed(sequences, style):
    state = PLAIN
    for sequence in sequences:
        state = restyle(state, sequence)
    assert state == style


def test_line_drawing_becomes_unicode_and_carries_over_lines():
    first, second = read(b"\x0elqk", b"x\x0f x")
    assert (first.ansi, first.width) == ("┌─┐", 3)
    assert (second.ansi, second.width) == ("│ x", 3)


@pytest.mark.parametrize(
    ("text", "kept", "width"),
    [
        ("中文", "中文", 4),
        ("👨‍👩", "👨‍👩", 2),
        ("e\u0301", "e\u0301", 1),
        ("a" + "\u0301" * 50, "a" + "\u0301" * 8, 1),
        ("a\u202eb", "ab", 2),
        ("a\u2066b", "ab", 2),
        ("a\x9bb", "ab", 2),
        ("❤\ufe0f", "❤\ufe0f", 1),
    ],
)
def test_wide_joined_and_hostile_text_is_as_wide_as_tmux_counts_it(text, kept, width):
    row, _ = read_row(text.encode(), Pen())
    assert (row.ansi, row.width) == (kept, width)


@pytest.mark.parametrize(
    "line",
    [
        b"a\x1b]8;;http://x\x1b\\b\x1b]8;;\x1b\\",
        b"a\x1b]52;c;xx\x07b",
        b"a\x1bP1$r\x1b\\b",
        b"a\x1b[2Jb",
        b"a\xffb"[:1] + b"b",
    ],
)
def test_other_sequences_are_taken_out(line):
    (row,) = read(line)
    assert row.ansi == "ab"


def test_an_unchanged_row_is_the_same_object():
    reader = RowReader()
    assert reader.read((b"\x1b[31ma",))[0] is reader.read((b"\x1b[31ma",))[0]


@given(st.lists(st.binary(max_size=80), max_size=6))
def test_any_bytes_give_rows_of_text_and_sgr_only(lines):
    for row in RowReader().read(tuple(line.replace(b"\n", b"") for line in lines)):
        assert SAFE.fullmatch(row.ansi), row.ansi


@given(st.text(max_size=60))
def test_any_text_gives_rows_of_text_and_sgr_only(text):
    (row,) = read(text.encode("utf-8", "surrogatepass"))
    assert SAFE.fullmatch(row.ansi), row.ansi


def test_overline_is_spelled_as_terminals_read_it():
    row, _ = read_row(b"\x1b[1;5:3;31mover\x1b[0m 5:3", Pen())
    assert row.ansi == "\x1b[1;53;31mover\x1b[0m 5:3"
    assert row.width == len("over 5:3")


def test_a_letter_that_carries_a_mark_is_no_line():
    row, _ = read_row("\x0eqe\u0301q\x0f0".encode(), Pen())
    assert row.ansi == "─e\u0301─0"
