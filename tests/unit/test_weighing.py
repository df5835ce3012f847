"""What the signs of an agent come to: a protocol before the screen, and never a guess shown as fact."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.signs import AgentState, Choice, Confidence, Dialog, Reading, Sign, Source
from hiveui.model.weighing import AFTER_KEY, BEGUN, PRESENT, PROTOCOLS, SETTLED, STALE, UNKNOWN, Known, weigh

S = AgentState
ASKED = Dialog("run rm?", (Choice("Yes", ("1",)), Choice("No", ("2",))))


def sign(source: Source, state: AgentState, evidence: str = "", dialog: Dialog | None = None, **more: bool) -> Sign:
    return Sign(source, state, evidence, dialog, **more)


def told(known: Known, now: float) -> Reading:
    """Give the reading at a time; what was shown before it where it is too early to say."""
    return weigh(known, now).reading or Reading(known.shown)


def after(*heard: tuple[float, Sign], **facts: object) -> Known:
    known = Known(0.0, shown=S.UNSURE)
    for at, one in heard:
        known = known.hear(one, at)
        reading = weigh(known, at).reading
        known = known.show(reading.state) if reading else known
    return replace(known, **facts)


def test_a_program_starts_until_something_is_heard_and_then_nobody_knows() -> None:
    known = Known(10.0)
    assert weigh(known, 10.0) == weigh(known, 11.0)
    assert (weigh(known, 10.0).reading, weigh(known, 10.0).again) == (None, 10.0 + BEGUN)
    assert told(known, 10.0 + BEGUN).state is S.UNSURE


@pytest.mark.parametrize("source", sorted(PROTOCOLS))
@pytest.mark.parametrize("state", [S.WORKING, S.DONE, S.IDLE, S.ERROR])
def test_a_dialog_on_the_screen_outranks_no_protocol(source: Source, state: AgentState) -> None:
    known = after((0, sign(source, S.WORKING)), (1, sign(source, state)), (2, sign(Source.SCREEN, S.APPROVAL)))
    assert told(known, 2 + STALE - 0.1).state is state
    assert told(known, 2 + STALE).state is S.UNSURE, "and where it stays there, neither is believed"


def test_an_unknown_screen_is_unsure_and_never_idle() -> None:
    known = after((0, sign(Source.SCREEN, S.IDLE)), (1, sign(Source.SCREEN, S.IDLE))).unknown(2.0)
    assert told(known, 2.0 + UNKNOWN - 0.01).state is S.IDLE
    assert told(known, 2.0 + UNKNOWN).state is S.UNSURE


def test_a_change_that_only_the_screen_tells_of_has_to_stand() -> None:
    known = after((0, sign(Source.SCREEN, S.WORKING)), (1, sign(Source.SCREEN, S.WORKING)))
    assert told(known, 1).state is S.WORKING
    known = known.hear(sign(Source.SCREEN, S.IDLE), 2.0)
    assert weigh(known, 2.0) == replace(weigh(known, 2.0), reading=None, again=2.0 + SETTLED)
    assert told(known, 2.0 + SETTLED).state is S.DONE
    flicker = known.hear(sign(Source.SCREEN, S.WORKING), 2.1)
    assert told(flicker, 3.0).state is S.WORKING


def test_escape_is_told_by_no_hook_so_the_screen_may_tell_of_it() -> None:
    known = after((0, sign(Source.HOOK, S.WORKING)), (1, sign(Source.SCREEN, S.WORKING)), typed=5.0)
    known = known.hear(sign(Source.SCREEN, S.IDLE, "Interrupted"), 5.2)
    assert told(known, 5.2).state is S.WORKING
    known = known.hear(sign(Source.SCREEN, S.IDLE, "Interrupted"), 5.2 + AFTER_KEY)
    reading = told(known, 5.2 + AFTER_KEY)
    assert (reading.state, reading.confidence, reading.evidence) == (S.IDLE, Confidence.LIKELY, "Interrupted")
    assert told(known.hear(sign(Source.HOOK, S.WORKING), 6.0), 6.1).state is S.WORKING, "a later word counts again"


def test_the_screen_says_in_more_detail_what_a_protocol_says() -> None:
    working = after((0, sign(Source.HOOK, S.WORKING)), (1, sign(Source.SCREEN, S.RETRYING, "attempt 2/10")))
    assert (told(working, 1).state, told(working, 1).source) == (S.RETRYING, Source.HOOK)
    asking = after((0, sign(Source.HOOK, S.APPROVAL, "Bash: rm")), (1, sign(Source.SCREEN, S.QUESTION, "?", ASKED)))
    assert told(asking, 1) == Reading(S.APPROVAL, Source.HOOK, Confidence.CERTAIN, "Bash: rm", dialog=ASKED)


def test_of_protocols_that_say_the_same_the_hook_tells_what_it_is_about() -> None:
    known = after(
        (0, sign(Source.PROGRAM, S.APPROVAL, "it reported approval")), (1, sign(Source.HOOK, S.APPROVAL, "rm"))
    )
    assert (told(known, 1).evidence, told(known, 1).source) == ("rm", Source.HOOK)
    assert told(known.hear(sign(Source.PROGRAM, S.WORKING), 2.0), 2).state is S.WORKING


def test_a_screen_from_before_a_protocol_spoke_says_nothing_against_it() -> None:
    known = after((0, sign(Source.SCREEN, S.APPROVAL, "", ASKED)), (1, sign(Source.HOOK, S.WORKING)))
    assert told(known, 1 + 2 * STALE) == Reading(S.WORKING, Source.HOOK, Confidence.CERTAIN)


def test_work_in_the_background_holds_against_a_screen_at_rest() -> None:
    known = after((0, sign(Source.HOOK, S.WORKING, holds=True)), (1, sign(Source.SCREEN, S.IDLE)))
    assert told(known, 100 * STALE).state is S.WORKING


def test_done_is_a_turn_that_ended_unseen() -> None:
    done = after((0, sign(Source.HOOK, S.WORKING)), (1, sign(Source.HOOK, S.DONE)))
    assert told(done, 1).state is S.DONE
    assert told(replace(done, turned=False), 1).state is S.IDLE
    assert told(after((0, sign(Source.HOOK, S.DONE))), 0).state is S.IDLE, "of a turn that ended before it was met"
    prompt = after((0, sign(Source.SCREEN, S.WORKING)), (1, sign(Source.SCREEN, S.WORKING)))
    prompt = prompt.hear(sign(Source.SCREEN, S.IDLE), 9.0)
    assert told(prompt, 9.0 + SETTLED).state is S.DONE, "a prompt after work says that a turn ended"
    assert told(replace(prompt, typed=9.0 - PRESENT / 2), 9.0 + SETTLED).state is S.IDLE, "by the person's own key"


def test_what_was_read_before_is_believed_until_the_screen_says_otherwise() -> None:
    known = Known.left(Reading(S.WORKING, Source.HOOK), 100.0)
    assert told(known, 100.0).state is S.WORKING
    late = 100.0 + PRESENT + AFTER_KEY
    known = known.hear(sign(Source.SCREEN, S.IDLE), 100.5).hear(sign(Source.SCREEN, S.IDLE), late)
    assert told(known, late).state in {S.IDLE, S.DONE}


def test_a_program_that_comes_to_its_first_prompt_has_ended_no_turn() -> None:
    known = Known.left(Reading(S.STARTING, Source.PROCESS), 0.0).hear(sign(Source.SCREEN, S.IDLE), 1.0)
    assert told(known, 1.0 + SETTLED).state is S.IDLE


signs = st.builds(
    Sign,
    st.sampled_from([Source.PROGRAM, Source.HOOK, Source.NOTICE, Source.SCREEN]),
    st.sampled_from([s for s in S if s not in (S.EXITED, S.STARTING, S.UNSURE)]),
    st.text(max_size=5),
)
steps = st.lists(
    st.tuples(st.floats(0, 20), st.one_of(signs, st.sampled_from(["key", "unknown", "seen"]))), max_size=20
)


@given(steps)
def test_whatever_happens_a_state_is_one_that_was_said_or_unsure(story: list[tuple[float, Sign | str]]) -> None:
    known, now, said = Known(0.0), 0.0, {S.STARTING, S.UNSURE}
    for pause, step in story:
        now += pause
        match step:
            case "key":
                known = replace(known, typed=now)
            case "unknown":
                known = known.unknown(now)
            case "seen":
                known = replace(known, turned=False)
            case Sign():
                known = known.hear(step, now)
                said |= {step.state} | ({S.DONE, S.IDLE} if step.state in (S.DONE, S.IDLE) else set())
        weighed = weigh(known, now)
        if weighed.reading is not None:
            known = known.show(weighed.reading.state)
        assert known.shown in said
        assert weighed.again is None or weighed.again > now


@given(steps)
def test_an_agent_asks_only_where_its_newest_protocol_or_else_its_screen_does(story) -> None:
    """Without a key of the person's, text on a screen raises no attention over a protocol."""
    known, now = Known(0.0), 0.0
    for pause, step in story:
        if not isinstance(step, Sign):
            continue
        now += pause
        known = known.hear(step, now)
        reading = weigh(known, now).reading
        protocol = next((known.heard[source] for source in Source if source in known.heard), None)
        if reading and protocol and protocol.sign.source in PROTOCOLS:
            asks = reading.state in (S.APPROVAL, S.QUESTION)
            assert not asks or protocol.sign.state in (S.APPROVAL, S.QUESTION)


STUCK = sign(Source.GUARD, S.STUCK, "the same call 8 times")


def test_the_guard_says_of_an_agent_that_works_that_it_is_stuck_and_may_take_it_back() -> None:
    known = after((0, sign(Source.HOOK, S.WORKING)), (5, STUCK))
    assert (told(known, 5).state, told(known, 5).source) == (S.STUCK, Source.GUARD)
    assert told(known.withdraw(Source.GUARD), 6).state is S.WORKING
    by_screen = after((0, sign(Source.SCREEN, S.WORKING)), (1, sign(Source.SCREEN, S.WORKING)), (5, STUCK))
    assert told(by_screen, 5).state is S.STUCK


@pytest.mark.parametrize("source", [Source.PROGRAM, Source.HOOK, Source.SCREEN])
@pytest.mark.parametrize("state", sorted(set(S) - {S.WORKING, S.STUCK, S.STARTING, S.EXITED}))
def test_the_guard_outranks_no_dialog_and_no_end_of_a_turn(source: Source, state: AgentState) -> None:
    known = after((0, sign(source, S.WORKING)), (1, sign(source, S.WORKING)), (5, STUCK))
    known = known.hear(sign(source, state), 6)
    without = known.withdraw(Source.GUARD)
    assert told(known, 9) == told(without, 9)
    assert told(known, 9).state in {state, S.DONE}


def test_a_guard_alone_is_no_reading() -> None:
    known = after((0, STUCK))
    assert told(known, BEGUN + 1).state is S.UNSURE


shown_states = st.sampled_from([S.WORKING, S.APPROVAL, S.QUESTION, S.IDLE, S.ERROR, S.RETRYING])


@given(st.lists(st.tuples(st.integers(1, 900), st.sampled_from([Source.SCREEN, Source.NOTICE]), shown_states)))
def test_a_state_that_stands_for_less_than_300_ms_is_never_published(story) -> None:
    """Signs that only guess, milliseconds after each other, weighed as they come and whenever `again` says so."""
    known, now = Known(0.0, shown=S.UNSURE), 0.0

    def publish(until: float) -> None:
        nonlocal known
        due: float | None = now
        while due is not None and due <= until:
            weighed = weigh(known, due)
            if weighed.reading is not None and weighed.reading.state is not known.shown:
                stood = due - known.heard[weighed.reading.source].since
                assert stood >= 0.3 - 1e-9, f"{weighed.reading.state} after {stood} s"
                known = known.show(weighed.reading.state)
            due = weighed.again

    for pause, source, state in story:
        known = known.hear(sign(source, state), now)
        publish(now + pause / 1000 - 1e-9)
        now += pause / 1000


@given(st.lists(st.tuples(st.integers(1, 299), shown_states), min_size=2, max_size=30))
def test_a_screen_that_flickers_faster_than_300_ms_is_left_as_it_was(story) -> None:
    known, now, last = Known(0.0, shown=S.UNSURE), 0.0, None
    for pause, state in story:
        if state is last:
            continue
        last, known = state, known.hear(sign(Source.SCREEN, state), now)
        for at in (now, now + pause / 1000 - 1e-9):
            assert told(known, at).state is S.UNSURE
        now += pause / 1000
