"""What can be undone, for how long, and what counts as one thing."""

import json

from hypothesis import given
from unit.test_shape import sequences

from hiveui.agents.launch import Launch
from hiveui.hive.deeds import LASTS, Deeds, Ended
from hiveui.model.agent import Agent
from hiveui.model.layout import Leaf, Tab

A, B, C, D = (((Tab(name, Leaf("r")),)) for name in "abcd")
ENDED = Ended(Agent("a", "r", "shell", "/"), Launch(("sh",), {}, {}, "/", "enter", 10), 0, closed=True)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_deeds_are_undone_last_first_and_each_once():
    clock = Clock()
    deeds = Deeds(clock=clock)
    deeds.note(A, B)
    clock.now = 5
    deeds.note(B, C, ENDED)
    assert deeds.roles() == {"r"}
    assert deeds.take(C).before == B
    assert deeds.take(B).before == A
    assert deeds.take(A) is None


def test_a_key_that_is_held_down_is_one_deed():
    clock = Clock()
    deeds = Deeds(clock=clock)
    for before, after in ((A, B), (B, C), (C, D)):
        clock.now += 0.1
        deeds.note(before, after)
    assert deeds.take(D).before == A
    assert deeds.take(A) is None


def test_after_ten_minutes_nothing_is_undone():
    clock = Clock()
    deeds = Deeds(clock=clock)
    deeds.note(A, B, ENDED)
    clock.now = LASTS + 1
    assert deeds.take(B) is None


def test_an_arrangement_that_something_else_changed_is_not_brought_back_but_an_agent_is():
    clock = Clock()
    deeds = Deeds(clock=clock)
    deeds.note(A, B, ENDED)
    clock.now = 5
    deeds.note(B, C)
    assert deeds.take(D).ended == ENDED


def test_the_next_daemon_finds_the_agents_that_were_closed():
    clock = Clock()
    deeds = Deeds(clock=clock)
    deeds.note(A, B, ENDED)
    clock.now = 5
    deeds.note(B, C)
    again = Deeds(json.loads(json.dumps(deeds.kept())), clock)
    found = again.take(C)
    assert (found.before, found.after, found.ended) == (A, B, ENDED)
    assert again.take(C) is None


@given(sequences())
def test_undoing_every_change_of_the_panes_leads_back_through_each_to_the_first(steps):
    clock = Clock()
    deeds = Deeds(clock=clock)
    states = [steps[0][2]]
    for _, _, tabs in steps:
        if tabs != states[-1]:
            clock.now += 2
            deeds.note(states[-1], tabs)
            states.append(tabs)
    while len(states) > 1:
        assert deeds.take(states.pop()).before == states[-1]
    assert deeds.take(states[0]) is None
