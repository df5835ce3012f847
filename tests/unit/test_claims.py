"""What an agent's word is worth: by its check, for the files as they are, and never while it works."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.checks import Outcome, Status, duration
from hiveui.model.claims import CLAIMS, AgentChecked, claim
from hiveui.model.events import AgentRead
from hiveui.model.fences import fenced
from hiveui.model.layout import AgentSpec
from hiveui.model.signs import AgentState, Confidence, Reading, Sign, Source
from hiveui.model.state import State, Workspace, apply
from hiveui.model.weighing import Known, weigh

W, A = WorkspaceId("w"), AgentId("a")
CHECKED = Agent(A, "coder", "claude", "/p", spec=AgentSpec("coder", check=("make", "test")))
REFUTED = Sign(Source.CHECK, AgentState.FAILED, "its check failed")


def at(agent: Agent, state: AgentState, proof: Outcome = Outcome()) -> Agent:  # noqa: B008  frozen
    return replace(agent, reading=Reading(state), proof=proof)


@given(st.sampled_from(Status), st.sampled_from(AgentState), st.booleans())
def test_only_a_check_that_passed_on_these_files_makes_a_claim_more_than_a_claim(status, state, stale):
    said = claim(at(CHECKED, state, Outcome(status, stale=stale)))
    assert ("checked" in said) == (
        status is Status.PASSED and not stale and state in {AgentState.DONE, AgentState.IDLE}
    )
    if state is AgentState.DONE:
        assert said == CLAIMS[Status.NONE if stale else status]
    assert claim(at(replace(CHECKED, spec=None), state)) == ""


def test_what_a_check_came_to_is_kept_with_its_agent_and_a_new_reading_leaves_it():
    state = State({W: Workspace(W, "shop", "/p", "one", agents=(CHECKED,))})
    proof = Outcome(Status.PASSED, 0, tree="t")
    state = apply(state, AgentChecked(W, A, proof))
    state = apply(state, AgentRead(W, A, Reading(AgentState.WORKING)))
    assert state.workspaces[W].agents[0].proof == proof


@pytest.mark.parametrize("source", [Source.HOOK, Source.PROGRAM, Source.REPORT])
def test_a_check_is_believed_of_an_agent_at_rest_until_it_says_something_new(source: Source):
    known = Known(0.0).show(AgentState.WORKING).hear(Sign(source, AgentState.DONE, "done"), 1.0)
    known = known.hear(REFUTED, 2.0)
    reading = weigh(known, 2.0).reading
    assert reading is not None
    assert (reading.state, reading.source, reading.confidence) == (
        AgentState.FAILED,
        Source.CHECK,
        Confidence.CERTAIN,
    )
    working = known.show(AgentState.FAILED).hear(Sign(source, AgentState.WORKING, "goes on"), 3.0)
    assert weigh(working, 3.0).reading.state is AgentState.WORKING  # type: ignore[union-attr]
    again = working.show(AgentState.WORKING).hear(Sign(source, AgentState.DONE, "done again"), 4.0)
    assert weigh(again, 4.0).reading.state is AgentState.DONE  # type: ignore[union-attr]
    assert weigh(again.hear(REFUTED, 5.0), 5.0).reading.state is AgentState.FAILED  # type: ignore[union-attr]


@given(st.text())
def test_nothing_in_a_quoted_text_ends_its_fence(text):
    first, *lines, last = fenced(text).splitlines()
    assert first == last
    assert set(first) == {"`"}
    assert all(first not in line for line in lines)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.01, "under 0.1 s"), (1.26, "1.3 s"), (42, "42 s"), (185, "3 min 5 s")]
)
def test_how_long_it_took_is_said_in_units_that_fit(seconds: float, said: str):
    assert duration(seconds) == said
