"""What is asked for from outside, in words."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.ssh.order import LONGEST, Order, order


@pytest.mark.parametrize(
    ("line", "words", "screen"),
    [
        ("", (), True),
        ("hive", (), True),
        ("attach 'a b'", ("attach", "a b"), True),
        ("hive status --json", ("status", "--json"), False),
        ("hive hive status", ("hive", "status"), False),
        ("attach 'a", ("attach 'a",), False),
    ],
)
def test_a_line_is_read_as_words_without_the_name_of_the_program(
    line: str, words: tuple[str, ...], screen: bool
) -> None:
    assert order(line) == Order(words)
    assert order(line).screen is screen


@given(st.text(max_size=LONGEST + 9))
def test_any_line_is_an_order_and_what_cannot_be_parted_is_one_word(line: str) -> None:
    words = order(line).words
    try:
        parted = shlex.split(line)
    except ValueError:
        parted = []
    assert words in {(line[:LONGEST],), tuple(parted), tuple(parted[1:])}
