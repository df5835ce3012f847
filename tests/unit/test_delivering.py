"""What is done next with a prompt: nothing twice, nothing into a dialog, and a sentence where it cannot be told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.collisions import QueueHeld, fold
from hiveui.model.delivering import (
    ENTER_AGAIN,
    ENTERS,
    SEEN_WITHIN,
    TURN_WITHIN,
    UNTOLD_WITHIN,
    Act,
    Sight,
    holding,
    next_deed,
    obstacle,
)
from hiveui.model.prompts import Step
from hiveui.model.signs import AgentState, Confidence, Dialog, Reading, Source
from hiveui.model.state import Workspace

S = AgentState


def agent(state: AgentState = S.IDLE, *, pid: int | None = 7, **reading: object) -> Agent:
    said = replace(Reading(state, Source.HOOK, Confidence.CERTAIN), **reading)
    return Agent(AgentId("a"), "coder", "claude", "/", pid=pid, reading=said)


REST = Sight(agent(), empty=True)
TYPED = replace(REST, enters=0, holds=True, empty=False, waited=1.0)
ENTERED = replace(TYPED, enters=1)


def test_what_the_person_holds_waits_until_they_let_it_go_on_and_what_is_forced_does_not() -> None:
    held = Workspace(WorkspaceId("w"), "shop", "/", "", agents=(agent(),))
    held = replace(held, radar=fold(held.radar, QueueHeld(held.id, "coder", "you hold its queue")))
    now = datetime.now(UTC)
    assert holding(held, agent(), now) == "you hold its queue; `hive queue coder go` lets it go on"
    assert holding(held, agent(), now, forced=True) == ""
    gone_on = replace(held, radar=fold(held.radar, QueueHeld(held.id, "coder", "")))
    assert holding(gone_on, agent(), now) == ""


@pytest.mark.parametrize("state", [S.IDLE, S.DONE])
def test_it_is_typed_for_an_agent_at_rest(state: AgentState) -> None:
    assert next_deed(Step.WAITING, replace(REST, agent=agent(state), shown=state)).act is Act.TYPE


@pytest.mark.parametrize(
    ("sight", "why"),
    [
        (replace(REST, agent=agent(S.WORKING)), "it is working"),
        (replace(REST, agent=agent(S.APPROVAL)), "it asks something"),
        (replace(REST, agent=agent(S.DONE, dialog=Dialog("run rm?"))), "it asks something"),
        (replace(REST, agent=agent(S.UNSURE)), "its state is not known"),
        (replace(REST, agent=agent(S.IDLE, confidence=Confidence.GUESS)), "its state is not known"),
        (replace(REST, agent=agent(pid=None)), "its program does not run"),
        (replace(REST, agent=agent(S.RATE_LIMITED)), "it is rate-limited, and goes on when that is over"),
        (
            replace(REST, agent=agent(S.RATE_LIMITED, resets="3pm")),
            "it is rate-limited, and goes on when that resets 3pm",
        ),
        (replace(REST, agent=agent(S.STUCK)), "it is stuck"),
        (replace(REST, budget="it has used up its budget"), "it has used up its budget"),
        (replace(REST, shown=S.WORKING), "it is working"),
        (replace(REST, quiet=False), "somebody types"),
        (replace(REST, asks=True), "a dialog stands"),
        (replace(REST, empty=False), "something else stands in its composer"),
    ],
)
def test_it_waits_and_says_what_for(sight: Sight, why: str) -> None:
    deed = next_deed(Step.WAITING, sight)
    assert deed.act in {Act.HOLD, Act.LOOK}
    assert deed.why.startswith(why)


def test_a_program_whose_composer_is_not_known_has_longer_to_begin_a_turn() -> None:
    entered = replace(ENTERED, empty=None, enters=ENTERS, waited=UNTOLD_WITHIN - 1)
    assert next_deed(Step.ENTERING, entered).act is Act.LOOK
    assert next_deed(Step.ENTERING, replace(entered, told=True)).act is Act.LEAVE
    assert next_deed(Step.ENTERING, replace(entered, waited=UNTOLD_WITHIN)).act is Act.FLAG
    assert next_deed(Step.ENTERING, replace(entered, touched=True)).act is Act.FLAG
    assert next_deed(Step.ENTERING, replace(entered, enters=1)).act is Act.ENTER
    assert next_deed(Step.ENTERING, replace(entered, empty=False)).act is Act.FLAG


def test_one_that_is_forced_is_typed_while_its_agent_works_and_never_into_a_dialog() -> None:
    working = replace(REST, agent=agent(S.WORKING), shown=S.WORKING, forced=True)
    assert next_deed(Step.WAITING, working).act is Act.TYPE
    assert next_deed(Step.WAITING, replace(working, agent=agent(S.QUESTION))).act is Act.HOLD
    assert next_deed(Step.WAITING, replace(working, empty=False)).act is Act.LOOK


def test_what_a_program_would_run_in_a_shell_is_left_to_the_person_unless_it_is_forced() -> None:
    shell = replace(REST, shell=True)
    assert next_deed(Step.WAITING, shell).act is Act.FLAG
    assert next_deed(Step.WAITING, replace(shell, forced=True)).act is Act.TYPE


def test_enter_is_pressed_once_the_text_is_seen_and_has_stood_for_a_moment() -> None:
    assert next_deed(Step.TYPING, replace(TYPED, holds=False)).act is Act.LOOK
    assert next_deed(Step.TYPING, replace(TYPED, holds=False, waited=SEEN_WITHIN)).act is Act.FLAG
    assert next_deed(Step.TYPING, TYPED).act is Act.SEEN
    assert next_deed(Step.TYPED, replace(TYPED, waited=0.0)).act is Act.LOOK
    assert next_deed(Step.TYPED, TYPED).act is Act.ENTER
    assert next_deed(Step.TYPED, replace(TYPED, touched=True)).act is Act.FLAG
    assert next_deed(Step.TYPED, replace(TYPED, agent=agent(S.APPROVAL))).act is Act.HOLD


def test_a_command_of_the_programs_own_has_arrived_once_what_it_opens_is_seen() -> None:
    assert next_deed(Step.ENTERING, replace(ENTERED, asks=True)).act is Act.LEAVE
    assert next_deed(Step.ENTERING, replace(ENTERED, asks=True, waited=ENTER_AGAIN)).act is Act.LEAVE


def test_enter_is_tried_again_twice_while_the_text_stands_and_then_the_person_is_told() -> None:
    assert next_deed(Step.ENTERING, ENTERED).act is Act.LOOK
    for enters in range(1, ENTERS):
        assert next_deed(Step.ENTERING, replace(ENTERED, enters=enters, waited=ENTER_AGAIN)).act is Act.ENTER
    assert next_deed(Step.ENTERING, replace(ENTERED, enters=ENTERS, waited=ENTER_AGAIN)).act is Act.FLAG


@pytest.mark.parametrize(
    "sight",
    [
        replace(ENTERED, told=True),
        replace(ENTERED, agent=agent(S.WORKING)),
        replace(ENTERED, agent=agent(S.APPROVAL)),
        replace(ENTERED, holds=False, waited=TURN_WITHIN),
    ],
)
def test_it_has_left_once_that_is_proven(sight: Sight) -> None:
    assert next_deed(Step.ENTERING, sight).act is Act.LEAVE


def test_after_a_kill_the_pane_says_what_was_done() -> None:
    never = replace(REST, enters=None)
    assert next_deed(Step.TYPING, never).act is Act.BACK
    assert next_deed(Step.TYPED, never).act is Act.BACK
    assert next_deed(Step.ENTERING, never).act is Act.FLAG
    assert next_deed(Step.ENTERING, TYPED).act is Act.ENTER, "it was about to be pressed, and was not"


SIGHTS = st.builds(
    Sight,
    agent=st.builds(
        lambda state, pid, dialog: agent(state, pid=pid, dialog=dialog),
        st.sampled_from(AgentState),
        st.sampled_from([7, None]),
        st.sampled_from([None, Dialog("?")]),
    ),
    enters=st.sampled_from([None, 0, 1, 2, 3, 4]),
    empty=st.sampled_from([None, True, False]),
    holds=st.booleans(),
    quiet=st.booleans(),
    touched=st.booleans(),
    told=st.booleans(),
    shown=st.sampled_from(AgentState),
    forced=st.booleans(),
    waited=st.floats(0, 20),
)


@given(st.sampled_from(Step), SIGHTS)
def test_nothing_is_ever_typed_twice_or_into_a_dialog_or_submitted_unseen(step: Step, sight: Sight) -> None:
    deed = next_deed(step, sight)
    if deed.act in {Act.TYPE, Act.ENTER}:
        assert obstacle(sight.agent, forced=sight.forced) == ""
    if deed.act is Act.TYPE:
        assert step is Step.WAITING
        assert sight.empty is not False
    if deed.act is Act.ENTER:
        assert sight.holds
        assert not sight.touched
        assert sight.enters is not None
        assert sight.enters < ENTERS
    if deed.act is Act.BACK:
        assert sight.enters is None or sight.agent.pid is None
    if deed.act is Act.FLAG:
        assert deed.why


def test_one_whose_limit_is_over_gets_it_and_has_begun_once_it_says_something_else() -> None:
    limited = replace(REST, agent=agent(S.RATE_LIMITED, resets="3pm"), shown=S.RATE_LIMITED, lifted=True)
    assert next_deed(Step.WAITING, limited).act is Act.TYPE
    assert next_deed(Step.TYPED, replace(limited, enters=0, holds=True, waited=1.0)).act is Act.ENTER
    entered = replace(limited, enters=1, holds=True)
    assert next_deed(Step.ENTERING, entered).act is Act.LOOK
    assert next_deed(Step.ENTERING, replace(entered, agent=agent(S.WORKING))).act is Act.LEAVE
    again = replace(entered, lifted=False)
    assert next_deed(Step.ENTERING, again).act is Act.LEAVE, "it met another limit"


def test_what_is_forced_is_held_by_no_budget() -> None:
    assert next_deed(Step.WAITING, replace(REST, budget="used up", forced=True)).act is Act.TYPE
