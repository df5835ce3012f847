"""What is asked for from outside, in words."""

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.cli.orders import TELLING
from hiveui.gateway.methods import METHODS
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


def test_the_page_names_every_command_that_may_be_asked_for_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "remote.md").read_text()
    row = next(line for line in page.splitlines() if "a command that only tells: " in line)
    assert set(re.findall(r"`(\w+)`", row.partition("tells: ")[2])) == set(TELLING)


def test_a_command_that_asks_a_model_needs_who_the_method_needs_for_that() -> None:
    assert TELLING["since"].role is METHODS["events/since"].params["words"].role
