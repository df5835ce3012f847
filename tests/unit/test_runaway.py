"""Going round in circles is told from work: by calls, errors, tokens and silence, and never by a call that is new."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.agents.hooks.payloads import read_payload
from hiveui.hive.guard import _observed
from hiveui.model.runaway import (
    CALLS,
    ERRORS,
    MINUTES,
    TOKENS,
    Bounds,
    Called,
    Cause,
    Held,
    Observation,
    Prompted,
    Ran,
    Rested,
    Returned,
    Runaway,
    Showed,
    Stirred,
    Wrote,
    digest,
    look,
    rounds,
)

DATA = Path(__file__).parents[1] / "data" / "hooks"
BOUNDS = Bounds()
NAMES = st.text("abcdef", min_size=1, max_size=4)


def after(*seen: Observation, begun: Runaway | None = None, every: float = 1.0) -> Runaway:
    """Fold observations, one each second; the first begins a turn."""
    known = (begun or Runaway()).see(Ran(), 0.0)
    for i, one in enumerate(seen):
        known = known.see(one, i * every)
    return known


def call(name: str, thread: str = "") -> Called:
    return Called(digest("Bash", {"command": name}), f"Bash: {name}", thread)


def why(known: Runaway, now: float = 60.0, bounds: Bounds = BOUNDS) -> str:
    stuck = known.stuck(now, bounds)
    return stuck.why if stuck else ""


# calls


@given(st.lists(NAMES, unique=True, max_size=200))
def test_calls_that_are_all_different_are_never_stuck(names: list[str]) -> None:
    known = after()
    for name in names:
        known = known.see(call(name), 1.0).see(Returned(call(name).digest, name), 1.0)
        assert known.stuck(2.0, BOUNDS) is None


@given(st.lists(st.sampled_from("abcd"), max_size=120))
def test_what_is_flagged_did_repeat_itself(names: list[str]) -> None:
    known = after(*map(call, names))
    stuck = known.stuck(121.0, BOUNDS)
    repeats = any(
        len(names) >= CALLS * period and len({tuple(names[-i - period : len(names) - i]) for i in tails}) == 1
        for period in (1, 2, 3)
        for tails in [range(0, CALLS * period, period)]
    )
    assert (stuck is not None) == repeats
    assert stuck is None or stuck.cause is Cause.CALLS


@given(st.lists(st.sampled_from("abc"), max_size=3, min_size=1), st.integers(CALLS, 30))
def test_a_call_that_is_another_releases_it(names: list[str], times: int) -> None:
    known = after(*map(call, names * times))
    assert known.stuck(100.0, BOUNDS) is not None
    assert known.see(call("z"), 100.0).stuck(101.0, BOUNDS) is None
    assert known.see(Prompted(), 100.0).stuck(101.0, BOUNDS) is None
    assert known.see(Rested(), 100.0).stuck(101.0, BOUNDS) is None


def test_the_same_call_is_stuck_from_the_eighth_on_and_says_what_it_is() -> None:
    assert why(after(*[call("make")] * (CALLS - 1))) == ""
    assert why(after(*[call("make")] * CALLS)) == "the same call 8 times: Bash: make"
    turns = [call("make"), call("cat log")] * CALLS
    assert why(after(*turns)).startswith("the same 2 calls in turn, 8 times: Bash: ")
    assert why(after(*turns[1:])) == ""


def test_a_call_of_another_sub_agent_breaks_no_circle_and_makes_none() -> None:
    mixed = [one for i in range(CALLS) for one in (call("make"), call(f"other {i}", "sub"))]
    assert why(after(*mixed)).startswith("the same call")
    assert why(after(*[call("make", str(i)) for i in range(CALLS)])) == ""


def test_a_call_is_the_same_whatever_is_remarked_on_it_and_another_for_any_other_input() -> None:
    one = digest("Bash", {"command": "ls", "description": "List", "timeout": 1})
    assert one == digest("Bash", {"timeout": 1, "command": "ls", "description": "Look again"})
    assert one != digest("Bash", {"command": "ls", "timeout": 2})
    assert one != digest("Read", {"command": "ls", "timeout": 1})


@given(st.lists(st.sampled_from("ab"), max_size=30), st.integers(1, 3))
def test_rounds_count_what_stands_at_the_end(calls: list[str], period: int) -> None:
    found = rounds(calls, period)
    assert found * period <= len(calls)
    assert calls[len(calls) - found * period :] == calls[-period:] * found


# errors


def test_the_same_error_of_a_call_counts_whatever_is_done_between() -> None:
    seen = [
        one for i in range(ERRORS) for one in (call(f"edit {i}"), Returned("e", ""), Returned("t", "Bash: make", "x"))
    ]
    assert why(after(*seen)) == "the same error 8 times of Bash: make: x"
    assert why(after(*seen, Returned("t", "Bash: make"))) == ""
    assert why(after(*seen, Returned("t", "Bash: make", "y"))) == ""
    assert why(after(*seen[:-1])) == ""


def test_the_same_error_of_one_call_after_the_other_counts_until_one_goes_well() -> None:
    seen = [Returned(str(i), f"Read: {i}", f"no server at port {i}") for i in range(ERRORS)]
    assert why(after(*seen)) == "the same error 8 times, one call after the other: no server at port 7"
    assert why(after(*seen[:4], Returned("x", ""), *seen[4:])) == ""


# tokens


def test_many_tokens_without_a_new_call_are_stuck_where_calls_are_told_of() -> None:
    quiet = after(Wrote(1000), Wrote(1000 + TOKENS))
    assert why(quiet) == "", "its program may make calls and tell of none"
    known = after(call("a"), Wrote(1000), Wrote(999 + TOKENS))
    assert why(known) == ""
    known = known.see(Wrote(1000 + TOKENS), 3.0)
    assert why(known) == "200,000 tokens written since it last did something new"
    assert why(known.see(call("a"), 4.0)) != ""
    assert why(known.see(call("b"), 4.0)) == ""


# silence


def test_silence_is_stuck_after_20_minutes_and_any_sign_of_life_ends_it() -> None:
    known = after(call("make"))
    assert why(known, MINUTES * 60 - 1) == ""
    assert why(known, MINUTES * 60) == "no output for 20 min while it uses Bash: make"
    for sign in (Showed("another"), call("make"), Returned("x", ""), Prompted(), Stirred()):
        assert why(known.see(sign, MINUTES * 60), MINUTES * 60 + 1) == ""
    assert why(known.see(Showed("same"), 0).see(Showed("same"), MINUTES * 60), MINUTES * 60) != ""


def test_who_waits_for_the_person_or_rests_is_not_stuck_and_the_wait_does_not_count() -> None:
    circles = after(*[call("make")] * CALLS)
    assert why(circles.see(Held(), 9)) == ""
    assert why(circles.see(Held(), 9).see(Ran(), 99)).startswith("the same call"), "it goes on where it was"
    waited = after(call("make")).see(Held(), 2).see(Ran(), 5000)
    assert why(waited, 5001) == ""
    assert why(circles.see(Rested(), 9).see(Ran(), 10)) == ""


def test_a_command_that_prints_for_an_hour_is_not_stuck() -> None:
    known = after(call("make"))
    for minute in range(60):
        known = known.see(Showed(look([f"compiling file{minute}.c", f"✶ Running… ({minute}m 3s)"])), minute * 60)
        assert known.stuck(minute * 60 + 59, BOUNDS) is None


def test_a_timer_and_a_spinner_are_no_output_and_all_else_is() -> None:
    one = look(["⠋ Thinking… (59s · esc to interrupt)", "12:01"])
    assert one == look(["⠙ Thinking… (1m 2s · esc to interrupt)", "12:02"])
    assert one != look(["⠙ Thinking… (1m 2s · esc to interrupt)", "12:02", "."])
    assert look(["tests ...."]) != look(["tests ....."])
    assert look(["12/340"]) != look(["13/340"])


# bounds and the person


def test_a_bound_of_0_is_never() -> None:
    known = after(call("a"), Wrote(0), *[call("make")] * 50, *[Returned("t", "", "x")] * 50, Wrote(TOKENS))
    assert why(known, 1e6, Bounds(0, 0, 0, 0)) == ""
    for name, cause in (("calls", "call"), ("errors", "error"), ("minutes", "output"), ("tokens", "tokens")):
        assert cause in why(known, 1e6, replace(Bounds(0, 0, 0, 0), **{name: 5}))


def test_what_the_person_dismissed_is_not_said_again_in_this_turn_and_another_reason_is() -> None:
    known = after(*[call("make")] * CALLS)
    stuck = known.stuck(9, BOUNDS)
    assert stuck is not None
    known = known.dismiss(stuck)
    assert why(known) == ""
    assert why(known.see(call("make"), 10)) == ""
    other = known
    for _ in range(CALLS):
        other = other.see(call("cat log"), 11)
    assert "cat log" in why(other)
    again = known.see(Prompted(), 12)
    for _ in range(CALLS):
        again = again.see(call("make"), 13)
    assert "make" in why(again)


# what programs told


@pytest.mark.parametrize("file", sorted(path.stem for path in DATA.glob("*.jsonl")))
def test_recorded_sessions_are_never_stuck(file: str) -> None:
    known = after()
    for line in (DATA / f"{file}.jsonl").read_text().splitlines():
        record = json.loads(line)
        heard = read_payload(record["event"], json.dumps(record["payload"]).encode())
        seen = _observed(heard) if heard else None
        known = known.see(seen, record["t"]) if seen else known
        assert known.stuck(record["t"], BOUNDS) is None


def test_a_recorded_call_told_again_and_again_is_stuck() -> None:
    told = [json.loads(line) for line in (DATA / "claude-2.jsonl").read_text().splitlines()]
    (payload, *_) = [one["payload"] for one in told if one["event"] == "PreToolUse"]
    known = after()
    for time in range(CALLS):
        fresh = {
            **payload,
            "tool_use_id": f"t{time}",
            "tool_input": {**payload["tool_input"], "description": str(time)},
        }
        heard = read_payload("PreToolUse", json.dumps(fresh).encode())
        assert heard is not None
        seen = _observed(heard)
        assert seen is not None
        known = known.see(seen, time)
    assert why(known) == "the same call 8 times: Bash: echo hi > hi.txt"


def test_a_failed_use_is_told_with_its_error_and_one_that_the_person_ended_is_none() -> None:
    def failure(**fields: object) -> str:
        payload = {"tool_name": "Bash", "tool_input": {"command": "make"}, **fields}
        heard = read_payload("PostToolUseFailure", json.dumps(payload).encode())
        seen = _observed(heard) if heard else None
        assert isinstance(seen, Returned)
        return seen.error

    assert failure(error="Exit code 2\nno rule") == "Exit code 2␊no rule"
    assert failure(error="Interrupted", is_interrupt=True) == ""
    assert failure(tool_response={"error": {"message": "gone"}}) == "gone"
    assert failure(tool_response="all is well") == ""
