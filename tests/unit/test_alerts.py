"""Who is called for what, and when."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.alerts import SAYS, Hours, Level, Rules, Terminal, alert, decide, fresh, met, standing
from hiveui.model.attention import Need, stamp
from hiveui.model.layout import AgentSpec
from hiveui.model.signs import NEEDS_PERSON, AgentState, Dialog, Reading
from hiveui.model.state import State, Workspace

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NIGHT = Hours.read("22:00-07:00")
W = WorkspaceId("w")


def agent(number: int, state: AgentState = AgentState.APPROVAL, since: str = "s0", **more) -> Agent:
    return Agent(
        AgentId(f"a{number}"), f"role{number}", "claude", "/", pane=PaneId(f"%{number}"), pid=1,
        reading=Reading(state, since=since), **more,
    )  # fmt: skip


def of(*agents: Agent) -> State:
    return State({W: Workspace(W, "shop", "/", "team", agents=agents)})


def ids(needs) -> list[str]:
    return [need.agent.id for need in needs]


# one alert for each need

STATES = st.sampled_from(list(AgentState))
STEPS = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.one_of(STATES, st.sampled_from(["same", "snooze", "front", "leave", "mute", "night", "day"])),
    ),
    max_size=40,
)


@given(STEPS, st.sampled_from(Level))
def test_whatever_happens_one_need_calls_once_and_never_what_is_in_front_of_the_person(steps, level):
    agents = {n: agent(n, AgentState.WORKING) for n in (1, 2, 3)}
    called, front, moment = met(of(*agents.values())), frozenset[PaneId](), NOON
    rules = Rules(level, quiet=NIGHT)
    heard: list[tuple[str, str, str]] = []
    for i, (n, step) in enumerate(steps):
        moment += timedelta(minutes=1)
        match step:
            case AgentState():
                agents[n] = replace(agents[n], reading=Reading(step, since=f"s{i:03}"), snoozed="")
            case "snooze":
                agents[n] = replace(agents[n], snoozed=stamp(moment + timedelta(minutes=3)))
            case "front" | "leave":
                front = frozenset({agents[n].pane}) if step == "front" else frozenset()
            case "mute":
                agents[n] = replace(agents[n], muted=not agents[n].muted)
            case "night":
                moment = moment.replace(hour=23, minute=0) + timedelta(seconds=i)
            case "day":
                moment = moment.replace(hour=8, minute=0) + timedelta(days=1)
        decision = decide(of(*agents.values()), called, rules, {1: Terminal(panes=front)}, moment)
        called = decision.called
        for need in decision.outside:
            assert need.agent.reading.state in {Level.OFF: (), Level.NEEDS: NEEDS_PERSON, Level.ALL: SAYS}[level]
            assert not need.agent.muted
            assert need.agent.pane not in front
            assert not NIGHT.hold(moment)
            heard.append((need.agent.id, need.agent.reading.since, need.agent.snoozed))
        assert decision.terminals.get(1, []) == list(decision.outside)
    assert len(heard) == len(set(heard))


def test_what_stood_when_the_daemon_began_calls_nobody_and_what_comes_after_does():
    before = of(agent(1))
    called = met(before)
    assert fresh(before, called, Rules(Level.ALL), stamp(NOON)) == []
    again = of(agent(1, since="s1"))
    assert ids(decide(again, called, Rules(), {}, NOON).outside) == ["a1"]


def test_one_that_was_put_off_calls_again_when_that_ends_and_only_then():
    until = stamp(NOON + timedelta(minutes=10))
    called = decide(of(agent(1)), {}, Rules(), {}, NOON).called
    snoozed = of(agent(1, snoozed=until))
    assert not decide(snoozed, called, Rules(), {}, NOON).outside
    after = decide(snoozed, called, Rules(), {}, NOON + timedelta(minutes=11))
    assert ids(after.outside) == ["a1"]
    assert not decide(snoozed, after.called, Rules(), {}, NOON + timedelta(minutes=12)).outside
    assert not decide(of(agent(1)), after.called, Rules(), {}, NOON + timedelta(minutes=13)).outside


# who is in front of what

HERE, ELSEWHERE = Terminal(panes=frozenset({PaneId("%1")})), Terminal(panes=frozenset({PaneId("%2")}))


@pytest.mark.parametrize(
    ("terminals", "outside", "told"),
    [
        ({}, True, []),
        ({1: HERE}, False, []),
        ({1: replace(HERE, focused=False)}, True, [1]),
        ({1: ELSEWHERE}, True, [1]),
        ({1: replace(ELSEWHERE, saw=frozenset({(AgentId("a1"), "s0")}))}, False, []),
        ({1: replace(ELSEWHERE, saw=frozenset({(AgentId("a1"), "s9")}))}, True, [1]),
        ({1: HERE, 2: ELSEWHERE}, False, [2]),
        ({1: HERE, 2: replace(ELSEWHERE, focused=False)}, False, []),
        ({1: replace(HERE, focused=False), 2: ELSEWHERE}, True, [1, 2]),
    ],
)
def test_who_looks_at_it_is_not_called_and_others_are_where_their_person_is(terminals, outside, told):
    decision = decide(of(agent(1)), {}, Rules(), terminals, NOON)
    assert (ids(decision.outside) == ["a1"], list(decision.terminals)) == (outside, told)
    assert not decide(of(agent(1)), decision.called, Rules(), {}, NOON).outside


# by role


@pytest.mark.parametrize(
    ("chosen", "layout", "role", "state", "calls"),
    [
        (Level.NEEDS, "", None, AgentState.APPROVAL, True),
        (Level.NEEDS, "", None, AgentState.DONE, False),
        (Level.NEEDS, "all", None, AgentState.DONE, True),
        (Level.NEEDS, "off", None, AgentState.APPROVAL, False),
        (Level.OFF, "all", None, AgentState.APPROVAL, False),
        (Level.OFF, "off", Level.NEEDS, AgentState.APPROVAL, True),
        (Level.ALL, "all", Level.OFF, AgentState.APPROVAL, False),
        (Level.ALL, "", None, AgentState.RATE_LIMITED, True),
        (Level.ALL, "", None, AgentState.UNSURE, False),
    ],
)  # fmt: skip
def test_the_person_says_what_calls_and_a_layout_within_that(chosen, layout, role, state, calls):
    rules = Rules(chosen, {"role1": role} if role else {})
    assert rules.calls(agent(1, state, spec=AgentSpec("role1", notify=layout))) is calls


# quiet hours


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-01"])
@pytest.mark.parametrize("hours", ["22:00-07:00", "02:30-03:30", "23:59-00:01"])
def test_quiet_hours_go_by_the_clock_on_the_wall_over_midnight_and_when_it_is_turned(day, hours):
    berlin = ZoneInfo("Europe/Berlin")
    begin, end = hours.split("-")
    start = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=berlin).astimezone(UTC) - timedelta(hours=12)
    for minute in range(48 * 60):
        moment = (start + timedelta(minutes=minute)).astimezone(berlin)
        clock = f"{moment:%H:%M}"
        inside = begin <= clock < end if begin < end else not end <= clock < begin
        assert Hours.read(hours).hold(moment) is inside


@pytest.mark.parametrize("text", ["", "22-7", "22:00", "24:00-07:00", "22:00-22:00", "22:00-07:60", "22:00-07:00 "])
def test_what_is_no_part_of_a_day_is_refused(text):
    with pytest.raises(ValueError):
        Hours.read(text)


def test_what_came_in_quiet_hours_and_stands_at_their_end_is_told_together():
    rules = Rules(quiet=NIGHT)
    midnight, seven = NOON.replace(hour=0), NOON.replace(hour=7)
    called = {}
    for i in (1, 2, 3):
        decision = decide(of(*map(agent, range(1, i + 1))), called, rules, {}, midnight + timedelta(minutes=i))
        called = decision.called
        assert not decision.outside
    left = of(agent(1, AgentState.WORKING, "s9"), agent(2), agent(3))
    morning = decide(left, called, rules, {1: Terminal()}, seven)
    assert ids(morning.outside) == ids(morning.terminals[1]) == ["a2", "a3"]
    assert alert(morning.outside).title == "2 agents need you"


# what is said

NASTY = "\x1b]9;x\x07\x1b\\\x9c\u202e\n;\0'$(rm)`<b>&"


def need(one: Agent, name: str = "shop") -> Need:
    return Need(Workspace(W, name, "/", ""), one)


def test_an_alert_says_who_and_why_and_nothing_that_agents_say_unless_that_is_wanted():
    asks = replace(agent(1), reading=Reading(AgentState.APPROVAL, evidence="e", dialog=Dialog("rm -rf token=abc")))
    assert alert([need(asks)]) == ("1 agent needs you", "role1 asks for approval (shop)")
    told = alert([need(asks)], lambda one: one.reading.dialog.question)
    assert told.text == "role1 asks for approval (shop): rm -rf token=abc"
    assert alert([need(agent(2, AgentState.DONE))]) == ("News of 1 agent", "role2 is done (shop)")


def test_a_storm_is_one_alert_that_names_a_few_and_the_most_urgent_first():
    state = of(*(agent(n, AgentState.ERROR) for n in range(1, 30)), agent(30))
    decision = decide(state, {}, Rules(), {}, NOON)
    said = alert(decision.outside)
    assert said.title == "30 agents need you"
    assert said.text.startswith("role30 asks for approval (shop), role1 met an error (shop), ")
    assert said.text.endswith(", and 26 more")


@given(st.text(st.characters() | st.sampled_from(NASTY), max_size=400), st.sampled_from(list(SAYS)))
def test_no_text_from_outside_acts_on_a_terminal_or_is_long(text, state):
    hostile = replace(agent(1, state), role=text + NASTY)
    said = alert([need(hostile, text)] * 9, lambda _: text)
    assert not set(said.title) - set(string.ascii_letters + string.digits + " ")
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 or char in "\u202e\u2066" for char in said.text)
    assert len(said.text.encode()) < 16_000


def test_what_does_not_stand_any_more_is_not_carried_late():
    old, state = [need(agent(1)), need(agent(2)), need(agent(9))], of(agent(1), agent(2, since="s1"))
    assert ids(standing(state, old)) == ["a1"]
