"""What agents changed fits into its lines, whatever files and roles are named."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hiveui.model.agent import AgentId
from hiveui.model.changes import Deed, How, Write
from hiveui.model.feed import ago, spark
from hiveui.tui.feed import Frame, feed_page

NOW = datetime(2026, 1, 2, tzinfo=UTC)
WRITES = st.builds(
    Write,
    top=st.just("/home/shop"),
    path=st.text(min_size=1, max_size=150),
    deed=st.sampled_from(Deed),
    time=st.just("2026-01-01T00:00:00Z"),
    by=st.sampled_from([None, AgentId("a")]),
    role=st.text(max_size=40),
    how=st.sampled_from(How),
    evidence=st.text(max_size=100),
    lines=st.sampled_from([None, (1, 2), (99_999, 99_999)]),
)


@given(st.lists(WRITES, min_size=1, max_size=3), st.sampled_from([80, 120, 132]), st.booleans())
def test_every_line_fits_and_no_part_of_it_acts_on_a_terminal(writes: list[Write], columns: int, several: bool) -> None:
    page = feed_page(writes, 0, Frame(NOW, columns, several=several))
    assert len(page.body) == len(writes)
    for left, right in page.body:
        text = "".join(part for part, _ in (*left, *right))
        assert cell_len(text) <= columns, text
        assert text.isprintable() or not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in text)


@pytest.mark.parametrize(
    ("bars", "drawn"),
    [([0, 0, 0], "   "), ([0, 1, 8], " ▁█"), ([5, 0, 1000], "▁ █"), ([1], "  █"), ([3, 3, 3, 3], "███")],
)
def test_bars_are_drawn_by_their_share_and_the_least_is_seen(bars: list[int], drawn: str) -> None:
    assert spark(bars, 3) == drawn


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("2026-01-01T23:59:48Z", "12s"),
        ("2026-01-01T23:00:00Z", "1h"),
        ("2025-12-30T00:00:00Z", "3d"),
        ("2026-02-01T00:00:00Z", "0s"),
    ],
)
def test_ages_are_short(time: str, said: str) -> None:
    assert ago(time, NOW) == said
