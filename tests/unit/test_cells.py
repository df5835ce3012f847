"""Cells are counted as tmux counts them, and nothing in one reaches into the next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.cells import END_OF_CELL, cell_bytes, clean, clusters, width

FAMILY = "👨\u200d👩\u200d👧\u200d"
"""What is left of a family of four in a cell of 21 bytes."""
text = st.text(st.sampled_from("ab…é日✓😀e\u0301\u200d\ufe0f\u200b\u202e\x1b❤👩💻"), max_size=20)


def test_a_joiner_that_is_left_in_a_full_cell_takes_no_other_character():
    assert clean(FAMILY + "|") == (f"{FAMILY}{END_OF_CELL}|", 3)
    assert clean(FAMILY) == (FAMILY + END_OF_CELL, 2)
    assert clean("👩\u200d💻|") == ("👩\u200d💻|", 3)


def test_a_cell_of_a_newer_tmux_holds_the_whole_family():
    assert [cell_bytes(version) for version in ("3.2a", "3.3a", "3.5a", "3.6", "3.7c", "next-3.8")] == [
        *[21] * 3,
        *[32] * 3,
    ]
    assert clean(FAMILY + "👦|", cell_bytes("3.7")) == (FAMILY + "👦|", 3)


@pytest.mark.parametrize("char", ["\u200b", "\u2060", "\ufeff", "\u1160", "\ud7b0", "\u0301", "\U000e0100"])
def test_what_has_no_cell_of_its_own_stays_with_the_cell_before(char):
    assert width(char) == 0
    assert clean(f"a{char}b") == (f"a{char}b", 2)


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200e", "\x1b", "\x9b", "\u2028"])
def test_what_acts_on_a_terminal_or_turns_text_around_is_taken_out(char):
    assert clean(f"a{char}b") == ("ab", 2)


@given(text)
def test_clusters_are_the_text_and_as_wide_as_it(text):
    kept, cells = clean(text)
    parts = list(clusters(kept))
    assert "".join(part for part, _ in parts) == kept
    assert sum(size for _, size in parts) == cells
