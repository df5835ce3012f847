"""Panes print at full speed while the daemon, or its tap, is stopped or killed: the programs go on all the while."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.robot import COUNT, MACHINE, WITHIN, YES, World, counted
from tests.waiting import promised, until

FLOOD = {f"yes {n}": YES for n in range(1, 9)}
WINDOW = 2.5
"""Seconds between two looks at what each program has used of CPU time."""


def cpu(pids: dict[str, int]) -> dict[str, float]:
    return {role: MACHINE.cpu_seconds(pid) or 0.0 for role, pid in pids.items() if role in FLOOD}


def all_work(pids: dict[str, int]) -> None:
    """Wait until the CPU time of every flooding program has risen."""
    before = cpu(pids)
    until(lambda: all(now > before[role] for role, now in cpu(pids).items()), WITHIN, f"the work of all of {before}")


def all_work_for(pids: dict[str, int], seconds: float, each: Callable[[], None] = lambda: None) -> None:
    """See every flooding program go on using CPU time, looked at after each window of so many seconds."""
    for _ in range(max(1, round(seconds / WINDOW))):
        ends = time.monotonic() + WINDOW
        all_work(pids)
        until(lambda ends=ends: time.monotonic() > ends, WITHIN)
        each()


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize(
    ("seconds", "within"),
    [(5, WITHIN), pytest.param(60, 1.0, marks=(pytest.mark.slow, pytest.mark.timeout(300)))],
    ids=["5 s", "60 s, and right within a second"],
)
def test_a_stopped_daemon_stops_nobody_and_its_screens_are_right_once_it_goes_on(
    world: World, seconds: int, within: float
) -> None:
    before = world.up({**FLOOD, "counter": COUNT})
    robot = world.opens(columns=160, lines=50)
    robot.sees("9 agents", "flood", "line ")
    pane = world.pane("counter")
    with stopped(world.daemon()):
        all_work_for(before, seconds)
        count = counted(world.tmux("capture-pane", "-p", "-t", pane))
        assert counted(robot.screen()) < count
    robot.counts(count - 1, within)
    robot.press("9", "Enter")
    assert world.pids() == before


@promised(1.0)
def test_a_killed_daemon_stops_nobody_and_leaves_no_control_client_behind(world: World, within: float) -> None:
    before = world.up({**FLOOD, "counter": COUNT})
    server, pane = world.server(), world.pane("counter")
    all_work(before)
    world.kill_daemon()
    until(lambda: not world.clients() and not world.taps(), WITHIN, "the end of control clients and taps")
    assert world.tmux("list-clients") == ""
    all_work_for(before, WINDOW)
    count = counted(world.tmux("capture-pane", "-p", "-t", pane))
    robot = world.opens(columns=160, lines=50)
    robot.sees("9 agents", "flood", "line ")
    robot.counts(count - 1, within)
    assert world.pids() == before
    assert world.server() == server
    until(lambda: len(world.clients()) == len(world.taps()) == 1, WITHIN, "one control client and one tap")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_tap_that_is_gone_or_stuck_is_replaced_and_the_programs_go_on(world: World, number: int) -> None:
    before = world.up({**FLOOD, "counter": COUNT})
    robot = world.opens(columns=160, lines=50)
    robot.sees("9 agents", "flood", "line ")
    (tap,) = world.taps()
    os.kill(tap, number)
    until(lambda: len(found := world.taps()) == 1 and tap not in found, WITHIN, "another tap")
    all_work_for(before, WINDOW)
    count = counted(world.screen("counter"))
    robot.counts(count - 1)
    until(lambda: len(world.clients()) == 1, WITHIN, "one control client")
    assert world.pids() == before
