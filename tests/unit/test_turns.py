import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.hooks.payloads import read_payload
from hiveui.model.signs import AgentState as S
from hiveui.model.turns import Happening as H
from hiveui.model.turns import Hooked, Turns

DATA = Path(__file__).parents[1] / "data" / "hooks"
TIMELINES = sorted(path.stem for path in DATA.glob("*.jsonl"))
RAN = {
    "claude-2": (
        5,
        [
            "working",
            "done",
            "working",
            "approval",
            "working",
            "done",
            "working",
            "approval",
            "working",
            "approval",
            "working",
            "done",
            "working",
            None,
        ],
    ),
    "claude-5": (10, ["working", "done"] * 9 + [None]),
    "codex-1": (
        8,
        [
            "working",
            "done",
            "working",
            "approval",
            "working",
            "done",
            "working",
            "done",
            "working",
            "idle",
            "working",
            "done",
            "working",
            "idle",
            "working",
            "done",
            None,
        ],
    ),
    "gemini-1": (
        6,
        [
            "working",
            "done",
            "working",
            "approval",
            "working",
            "done",
            "working",
            "approval",
            "working",
            "done",
            "working",
            None,
            "working",
            "done",
        ],
    ),
    "opencode-1": (
        7,
        [
            "working",
            "done",
            "working",
            "approval",
            "working",
            "done",
            "working",
            "approval",
            "working",
            "done",
            "working",
            "question",
            "working",
            "done",
            "working",
            "idle",
            "working",
            "retrying",
            "working",
            "retrying",
            "working",
            "done",
            "working",
            "error",
        ],
    ),
    "qwen-1": (3, ["working", "approval", "working", "approval", "done", "working", "done", "working", "error", None]),
}
"""By timeline: the turns that began, and the states that follow each other."""


def timeline(name):
    for line in (DATA / f"{name}.jsonl").read_text().splitlines():
        step = json.loads(line)
        heard = read_payload(step["event"], json.dumps(step["payload"]).encode(), waits=name.startswith("claude"))
        assert heard is not None
        yield step["t"], heard


def fold(events, turns=None):
    turns = turns or Turns()
    for event in events:
        turns = turns.apply(event)
    return turns


def state(*events):
    sign = fold(events).sign
    return sign.state if sign else None


@pytest.mark.parametrize("name", RAN)
def test_what_programs_told_in_real_talks_is_folded_to_what_they_did(name):
    turns, states = Turns(), []
    for _, heard in timeline(name):
        turns = turns.apply(heard)
        if not states or states[-1] != turns.state:
            states.append(turns.state)
    begun, expected = RAN[name]
    assert (turns.begun, states[states[0] is None :]) == (begun, expected)


def test_a_prompt_that_waits_keeps_claude_at_work_between_two_turns():
    at = dict(timeline("claude-5"))
    turns = fold(heard for t, heard in at.items() if t <= 30.2)
    assert (turns.state, turns.queued, turns.apply(at[31.383]).state) == (S.WORKING, 0, S.DONE)


def test_a_background_task_counts_as_work_after_its_turn_ended():
    at = dict(timeline("claude-3"))
    turns = fold(heard for t, heard in at.items() if t <= 33.424)
    assert (turns.state, turns.runs) == (S.WORKING, False)
    assert turns.apply(at[33.448]).state is S.DONE


@pytest.mark.parametrize("name", TIMELINES)
def test_the_same_conversation_is_known_throughout_and_a_replay_of_all_that_was_not_asked_changes_no_state(name):
    events = [heard for _, heard in timeline(name)]
    turns = fold(events)
    assert turns.conversation == next(e.conversation for e in reversed(events) if e.conversation)
    last = [e for e in events if e.happening not in (H.PROMPT, H.APPROVAL, H.QUESTION, H.TASK)][-20:]
    assert fold(last, turns) == turns


def test_a_prompt_that_waited_while_a_tool_ran_leaves_it_open_whether_a_turn_follows():
    prompt = Hooked(H.PROMPT, turn="a", waits=True, prompt="x")
    tool = [Hooked(H.TOOL, tool="Bash", call="1", turn="a"), Hooked(H.TOOL_OVER, tool="Bash", call="1", turn="a")]
    assert state(prompt, prompt, *tool, Hooked(H.DONE, turn="a")) is None
    assert state(prompt, *tool, prompt, Hooked(H.DONE, turn="a")) is S.WORKING
    both = (prompt, prompt, *tool, prompt, Hooked(H.DONE, turn="a"))
    assert (state(*both), state(*both, Hooked(H.DONE, turn="b"))) == (S.WORKING, None)
    assert state(prompt, *tool, Hooked(H.DONE, turn="a")) is S.DONE


def test_of_two_dialogs_the_second_is_open_when_the_first_was_answered():
    uses = [Hooked(H.TOOL, tool="Bash", call=c, tool_input={"command": c}, turn="t") for c in "ab"]
    asks = [Hooked(H.APPROVAL, tool="Bash", tool_input={"command": c}, turn="t") for c in "ba"]
    turns = fold([Hooked(H.PROMPT, turn="t"), *uses, *asks])
    assert [ask.use for ask in turns.asks] == ["b", "a"]
    other = turns.apply(Hooked(H.TOOL_OVER, tool="Read", call="c", turn="t"))
    assert other.state is S.APPROVAL
    one = other.apply(Hooked(H.TOOL_OVER, tool="Bash", call="a", turn="t"))
    assert (one.state, one.apply(Hooked(H.TOOL_OVER, tool="Bash", call="b", turn="t")).state) == (S.APPROVAL, S.WORKING)


def test_events_of_sub_agents_and_of_other_conversations_end_no_turn():
    begun = [Hooked(H.PROMPT, conversation="main", turn="t")]
    for other in (
        Hooked(H.DONE, task="sub"),
        Hooked(H.DONE, conversation="title"),
        Hooked(H.PROMPT, conversation="title"),
    ):
        assert fold([*begun, other]).conversation == "main"
        assert state(*begun, other) is S.WORKING
    cleared = fold([*begun, Hooked(H.DONE, conversation="main", turn="t"), Hooked(H.SESSION, conversation="new")])
    assert (cleared.conversation, cleared.state) == ("new", None)


def test_a_dialog_of_a_sub_agent_is_the_persons_to_answer():
    asked = [Hooked(H.PROMPT, turn="t"), Hooked(H.TASK, task="sub"), Hooked(H.APPROVAL, task="sub", tool="Bash")]
    assert state(*asked) is S.APPROVAL
    assert state(*asked, Hooked(H.TOOL_OVER, task="sub", tool="Bash", call="1")) is S.WORKING


def test_what_is_said_after_a_turn_of_that_turn_changes_nothing():
    over = [Hooked(H.PROMPT, turn="t"), Hooked(H.TOOL, call="1", turn="t"), Hooked(H.DONE, turn="t")]
    late = [
        Hooked(H.TOOL_OVER, call="1", turn="t"),
        Hooked(H.APPROVAL, turn="t"),
        Hooked(H.PROMPT, turn="t", waits=True),
    ]
    assert [state(*over, event) for event in late] == [S.DONE] * 3


EVENTS = st.builds(
    Hooked,
    st.sampled_from(H),
    digest=st.text("0123", min_size=0, max_size=2),
    conversation=st.sampled_from(["", "", "c", "d"]),
    turn=st.sampled_from(["", "1", "2", "3"]),
    task=st.sampled_from(["", "", "", "sub"]),
    tool=st.sampled_from(["", "Bash", "Read"]),
    call=st.sampled_from(["", "a", "b"]),
    waits=st.booleans(),
    tasks=st.sampled_from([None, None, frozenset(), frozenset({"bg"})]),
)


@given(st.lists(EVENTS, max_size=40))
def test_in_any_order_nothing_rests_while_a_tool_runs_or_a_dialog_is_open(events):
    turns = Turns()
    for event in events:
        turns = turns.apply(event)
        rests = turns.state in (S.DONE, S.IDLE, S.ERROR, S.RATE_LIMITED)
        assert not (rests and (turns.uses or turns.runs or turns.queued))
        assert (turns.state in (S.APPROVAL, S.QUESTION)) == bool(turns.asks)
        assert 0 <= turns.over <= turns.begun
        assert turns.state is not S.DONE or not turns.tasks


def test_a_dialog_of_work_beside_a_conversation_does_not_outlive_it():
    turns = fold([Hooked(H.SESSION), Hooked(H.APPROVAL, task="sub"), Hooked(H.SESSION)])
    assert (turns.state, turns.asks, turns.sign) == (None, (), None)


@given(st.lists(EVENTS, max_size=20), st.data())
def test_an_event_that_is_heard_twice_at_once_counts_once(events, data):
    once = fold(events)
    again = data.draw(st.sampled_from(events)) if events else None
    if (
        again
        and again.digest
        and again.digest in once.heard
        and again.happening not in (H.PROMPT, H.TASK, H.APPROVAL, H.QUESTION)
    ):
        assert once.apply(again) == once
