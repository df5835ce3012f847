"""The wall clock may jump by any amount, in either direction: nothing is taken for older, newer or gone by that."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tmux.nest import CAT, Nest, agent, at, shows, workspace

from hiveui.hive.deeds import Deeds
from hiveui.model.layout import Leaf, Tab
from hiveui.tui.words import age

DAY = 86_400.0


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


@pytest.mark.parametrize("jump", [-400 * DAY, -3600.0, 3600.0, 400 * DAY])
async def test_after_a_jump_what_runs_is_taken_over_and_no_restore_is_offered(nest: Nest, monkeypatch, jump: float):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": CAT, "two": CAT})
        await shows(hive, "one", "ready")
        pids = {role: agent(hive, role).pid for role in ("one", "two")}
        await hive.restart(**at(hive, "two"))
        pids["two"] = agent(hive, "two").pid
        seq = hive.bus.seq
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    async with nest.hive() as hive:
        assert workspace(hive).note == ""
        assert {role: agent(hive, role).pid for role in pids} == pids
        assert (await hive.morning.plan(workspace=workspace(hive).id, env=nest.env))["running"]
        assert hive.bus.seq >= seq
        now = datetime.fromtimestamp(time.time(), UTC)
        assert all(not age(agent(hive, role).reading.since, now).startswith("-") for role in pids)
        await hive.restart(**at(hive, "one"))
        await shows(hive, "one", "ready")
    async with nest.hive() as hive:
        assert agent(hive, "one").pid not in (None, pids["one"])
        assert agent(hive, "two").pid == pids["two"]


@pytest.mark.parametrize("seconds", [-DAY, -61.0, -0.5])
def test_the_age_of_what_is_yet_to_come_is_none(seconds: float) -> None:
    now = datetime.now(UTC)
    since = datetime.fromtimestamp(now.timestamp() - seconds, UTC).isoformat()
    assert age(since, now) == "0s"


def test_shapings_on_either_side_of_a_jump_are_two_things_to_undo():
    clock = [1000.0]
    one, two, three = ((Tab(title, Leaf("a")),) for title in ("1", "2", "3"))
    deeds = Deeds(clock=lambda: clock[0])
    deeds.note(one, two)
    clock[0] -= 300
    deeds.note(two, three)
    undone = deeds.take(three)
    assert undone is not None
    assert undone.before == two
