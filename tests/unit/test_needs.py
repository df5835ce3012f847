"""The attention queue in words, and the terminal's title."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attention import Need, overview, stamp
from hiveui.model.signs import AgentState, Choice, Dialog, Reading
from hiveui.model.state import State, Workspace
from hiveui.tui.asking import question, short
from hiveui.tui.caption import caption
from hiveui.tui.needs import Seen, hushing, write
from hiveui.tui.words import word

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
W = WorkspaceId("w")


def hive_of(*agents: Agent, name: str = "shop") -> State:
    return State({W: Workspace(W, name, "/shop", "", agents=agents)})


def asking(number: int, role: str, dialog: Dialog | None = None, **facts: str | bool) -> Agent:
    reading = Reading(AgentState.APPROVAL, since=stamp(NOW - timedelta(minutes=number)), dialog=dialog)
    return replace(Agent(AgentId(f"a{number}"), role, "shell", "/shop", reading=reading), **facts)


def test_each_snooze_puts_off_for_longer_and_the_third_not_at_all() -> None:
    agent = asking(1, "one")
    given_minutes = []
    for _ in range(4):
        minutes = hushing(Need(hive_of(agent).workspaces[W], agent), NOW)
        given_minutes.append(minutes)
        agent = replace(agent, snoozed=stamp(NOW + timedelta(minutes=minutes)) if minutes else "")
    assert given_minutes == [10, 60, 0, 10]


def test_who_is_put_off_keeps_the_word_and_loses_the_colour_until_the_time_is_over() -> None:
    agent = asking(1, "one", snoozed=stamp(NOW))
    assert word(agent, 0, stamp(NOW - timedelta(seconds=1))) == ("△", "approval, snoozed", "quiet")
    assert word(agent, 0, stamp(NOW)) == ("▲", "approval", "attention")
    assert word(asking(1, "one", muted=True)) == ("△", "approval, muted", "quiet")


@pytest.mark.parametrize(
    ("label", "lasting", "said"),
    [("Yes, proceed (y)", False, "yes"), ("Yes, and don't ask again", True, "always"), ("…", False, "…")],
)
def test_an_answer_is_said_in_one_word(label: str, lasting: bool, said: str) -> None:
    assert short(Choice(label, ("1",), lasting)) == said


def test_the_title_counts_who_needs_the_person_and_acts_on_no_terminal() -> None:
    state = hive_of(asking(1, "one"), asking(2, "two", muted=True), name="a\x07\x1b]2;b\u202e" + "c" * 100)
    title = caption(state.workspaces, W, stamp(NOW))
    assert title.startswith("▲1 a␇␛]2;b‹U+202E›c")
    assert title.endswith("c — hive")
    assert len(title) < 80
    assert caption({}, W, stamp(NOW)) == "hive"


@given(
    texts=st.lists(st.text(max_size=300), min_size=1, max_size=5),
    columns=st.integers(60, 250),
    free=st.booleans(),
    may=st.booleans(),
)
def test_a_line_of_the_queue_never_takes_more_than_its_columns(
    texts: list[str], columns: int, free: bool, may: bool
) -> None:
    """So that the age and the answers at its end are never cut."""
    choices = tuple(Choice(text, ("1",)) for text in texts)
    agents = [asking(i, text, Dialog(text, choices, free=free)) for i, text in enumerate(texts)]
    state = hive_of(*agents)
    found = overview(state, stamp(NOW))
    written = write(found, found.needs[0], question(agents[0], columns - 12), Seen(WorkspaceId("x"), NOW, columns, may))
    assert written.last >= written.first
    for left, right in written.page.body:
        if left or right:
            assert sum(cell_len(text) for text, _ in (*left, *right)) <= columns
