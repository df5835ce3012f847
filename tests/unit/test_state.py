from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.agent import Agent
from hiveui.model.events import (
    AgentAdded,
    AgentExited,
    AgentLearned,
    AgentRead,
    AgentRemoved,
    AgentStarted,
    LookedBack,
    Noticed,
    PromptDrafted,
    SessionLost,
    TabsArranged,
    ViewMoved,
    WorkspaceClosed,
    WorkspaceOpened,
)
from hiveui.model.layout import Leaf, Tab
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import CONVERSATIONS, State, View, apply, tally

WORKING, GONE = Reading(AgentState.WORKING), Reading(AgentState.EXITED)
OPENED = WorkspaceOpened("w", "name", "/p", "team", "hash", (Tab("one", Leaf("r")),))
ADDED = AgentAdded("w", Agent("a", "r", "shell", "/p", note="was an orphan"))
STARTED = AgentStarted("w", "a", "%1", 7, WORKING)


def after(*events, state=None):
    for event in events:
        state = apply(state or State(), event)
    return state


def agent(state):
    return state.workspaces["w"].agent("a")


def test_a_workspace_opens_with_its_tabs_and_closes():
    state = after(OPENED)
    assert state.workspaces["w"].tabs == OPENED.tabs
    assert after(WorkspaceClosed("w"), state=state).workspaces == {}


def test_opening_again_keeps_the_agents():
    assert agent(after(OPENED, ADDED, replace(OPENED, layout_hash="new"))) == ADDED.agent


def test_an_agent_joins_is_replaced_in_its_place_and_leaves():
    other = AgentAdded("w", Agent("b", "s", "shell", "/p"))
    changed = AgentAdded("w", replace(ADDED.agent, model="m"))
    state = after(OPENED, ADDED, other, changed)
    assert [a.id for a in state.workspaces["w"].agents] == ["a", "b"]
    assert agent(state).model == "m"
    assert agent(after(AgentRemoved("w", "a"), state=state)) is None


def test_an_agent_that_comes_back_stands_where_it_stood():
    others = [AgentAdded("w", Agent(id_, id_, "shell", "/p")) for id_ in ("b", "c")]
    state = after(OPENED, ADDED, *others, AgentRemoved("w", "b"))
    back = after(AgentAdded("w", others[0].agent, 1), AgentAdded("w", others[1].agent, 0), state=state)
    assert [a.id for a in back.workspaces["w"].agents] == ["a", "b", "c"]


def test_a_start_clears_what_the_last_end_left():
    ended = AgentExited("w", "a", -9, GONE, "killed")
    state = after(OPENED, ADDED, STARTED, ended)
    assert (agent(state).pid, agent(state).exit_status, agent(state).note) == (None, -9, "killed")
    assert agent(state).pane == "%1", "the last screen stays"
    again = agent(after(STARTED, state=state))
    assert (again.pid, again.exit_status, again.note, again.reading) == (7, None, "", WORKING)


def test_what_is_learned_keeps_what_was_known():
    state = after(OPENED, ADDED, AgentLearned("w", "a", branch="main"), AgentLearned("w", "a", conversation="c"))
    assert (agent(state).branch, agent(state).conversation) == ("main", "c")


def test_a_lost_session_is_noted_until_an_agent_starts():
    state = after(OPENED, ADDED, SessionLost("w", "tmux is gone"))
    assert state.workspaces["w"].note == "tmux is gone"
    assert after(STARTED, state=state).workspaces["w"].note == ""


def test_a_view_and_tabs_move():
    tabs = (Tab("two", Leaf("r")),)
    workspace = after(OPENED, ViewMoved("w", 1, "r", zoomed=True), TabsArranged("w", tabs)).workspaces["w"]
    assert (workspace.view, workspace.tabs) == (View(1, "r", zoomed=True), tabs)


def test_agents_are_counted_by_state():
    other = AgentAdded("w", Agent("b", "s", "shell", "/p"))
    assert tally(after(OPENED, ADDED, other, STARTED).workspaces["w"]) == {
        AgentState.WORKING: 1,
        AgentState.STARTING: 1,
    }


STRANGERS = [
    ADDED, STARTED, AgentRead("w", "a", WORKING), AgentExited("w", "a", 0, GONE), AgentLearned("w", "a", branch="b"),
    AgentRemoved("w", "a"), ViewMoved("w", 0, "r", zoomed=False), TabsArranged("w", ()), WorkspaceClosed("w"),
    Noticed("hello"), SessionLost("w", "x"),
]  # fmt: skip


@pytest.mark.parametrize("event", STRANGERS, ids=lambda event: type(event).__name__)
def test_an_event_of_a_workspace_that_is_gone_changes_nothing(event):
    assert apply(State(), event) == State()


@pytest.mark.parametrize("event", STRANGERS[1:6], ids=lambda event: type(event).__name__)
def test_an_event_of_an_agent_that_is_gone_changes_nothing(event):
    state = after(OPENED)
    assert apply(state, event) == state


@given(st.lists(st.sampled_from([OPENED, *STRANGERS]), max_size=12))
def test_the_state_before_an_event_is_never_touched(history):
    states = [State()]
    kept = [repr(states[0])]
    for event in history:
        states.append(apply(states[-1], event))
        kept.append(repr(states[-1]))
    assert [repr(state) for state in states] == kept


def test_conversations_are_remembered_newest_first_and_a_start_without_an_id_forgets_none():
    ids = [f"c{n}" for n in range(25)]
    state = after(OPENED, ADDED, *(AgentLearned("w", "a", conversation=id_) for id_ in ids))
    assert agent(state).conversations == tuple(reversed(ids))[:CONVERSATIONS]
    unknown = after(replace(STARTED, conversation=""), state=state)
    assert (agent(unknown).conversation, agent(unknown).conversations) == (None, agent(state).conversations)
    assert agent(after(STARTED, state=state)).conversation == "c24"
    again = agent(after(replace(STARTED, conversation="c20"), state=state))
    assert (again.conversation, again.conversations[:3]) == ("c20", ("c20", "c24", "c23"))
    assert len(set(again.conversations)) == len(again.conversations)


def test_what_a_person_has_begun_outlives_an_opening_and_goes_when_it_is_done():
    state = after(OPENED, ADDED, STARTED, PromptDrafted("w", "r", "not sent"), LookedBack("w", "r", 12), OPENED)
    assert (state.workspaces["w"].drafts, state.workspaces["w"].backs) == ({"r": "not sent"}, {"r": 12})
    done = after(PromptDrafted("w", "r", ""), LookedBack("w", "r", None), state=state).workspaces["w"]
    assert (done.drafts, done.backs) == ({}, {})


def test_a_fresh_pane_is_scrolled_nowhere_and_the_prompt_for_it_stays():
    state = after(OPENED, ADDED, STARTED, PromptDrafted("w", "r", "x"), LookedBack("w", "r", 12))
    assert after(STARTED, state=state).workspaces["w"].backs == {"r": 12}
    fresh = after(replace(STARTED, pane="%2"), state=state).workspaces["w"]
    assert (fresh.backs, fresh.drafts) == ({}, {"r": "x"})


def test_no_tabs_never_replace_an_arrangement():
    state = after(OPENED, ADDED, TabsArranged("w", ()))
    assert state.workspaces["w"].tabs == OPENED.tabs


def test_a_lost_workspace_says_until_when_it_was_saved_and_one_that_is_opened_again_runs():
    state = after(OPENED, SessionLost("w", "tmux is gone", "2026-11-20T18:42:00Z"))
    assert state.workspaces["w"].saved == "2026-11-20T18:42:00Z"
    assert after(OPENED, state=state).workspaces["w"].note == ""
