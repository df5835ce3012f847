"""When a limit ends, from the words of programs: the first such time after they were said, or none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.resets import MARGIN, over, when
from hiveui.model.signs import AgentState, Reading

SAID = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        ("3pm (UTC)", "2026-11-21T15:00"),
        ("1pm (UTC)", "2026-11-22T13:00"),
        ("12am (UTC)", "2026-11-22T00:00"),
        ("12:50am (America/Los_Angeles)", "2026-11-22T08:50"),
        ("3:15 p.m. (UTC)", "2026-11-21T15:15"),
        ("15:00 (Europe/Berlin)", "2026-11-21T14:00"),
        ("3pm (Europe/Berlin)", "2026-11-21T14:00"),
        ("Nov 24, 9am (UTC)", "2026-11-24T09:00"),
        ("Nov 24 at 9am (UTC)", "2026-11-24T09:00"),
        ("Jan 2 (UTC)", "2027-01-02T00:00"),
        ("Nov 24th, 2026 9:05 AM (UTC)", "2026-11-24T09:05"),
        ("2h 15m", "2026-11-21T15:45"),
        ("3 days 4 hours 5 minutes", "2026-11-24T17:35"),
        ("45s.", "2026-11-21T13:30:45"),
    ],
)
def test_it_is_the_first_such_time_after_the_words_were_said(words: str, ends: str) -> None:
    assert when(words, SAID) == datetime.fromisoformat(ends).replace(tzinfo=UTC)


@pytest.mark.parametrize("words", ["", "soon", "13pm", "25:00", "3pm (Nowhere/Land)", "Feb 31", "Foo 3, 9am", "9" * 40])
def test_what_is_no_time_is_none(words: str) -> None:
    assert when(words, SAID) is None


@given(st.text(max_size=60))
def test_no_words_are_too_much(words: str) -> None:
    ends = when(words, SAID)
    assert ends is None or ends.tzinfo is UTC


def test_a_limit_is_over_a_moment_after_it_says_and_never_where_it_says_nothing() -> None:
    reading = Reading(AgentState.RATE_LIMITED, resets="3pm (UTC)", since="2026-11-21T13:30:00.000Z")
    ends = datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert not over(reading, ends)
    assert over(reading, ends + MARGIN)
    for other in (
        Reading(AgentState.RATE_LIMITED, resets="", since=reading.since),
        Reading(AgentState.RATE_LIMITED, resets="3pm", since=""),
        Reading(AgentState.ERROR, resets="3pm", since=reading.since),
    ):
        assert not over(other, ends + timedelta(days=9))
