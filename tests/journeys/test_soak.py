"""Eight agents print counted lines without a pause, while people come, go, are stopped and killed."""

import json
import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from tests.robot import MACHINE, WITHIN, Robot, World, child_of
from tests.waiting import end, until

MINUTES = float(os.environ.get("HIVE_SOAK_MINUTES", "1"))
LINES = 10_000
FLOOD = {f"stream {n}": ("seq", "1", "999999999999") for n in range(1, 9)}
MIB = 1 << 20
SLACK = 8 * MIB
"""What the daemon's memory may differ by."""
TMUX = 256 * MIB
"""What tmux may take: 3.3a grows by some KiB with each resize of a pane that prints, beside plain `tmux -C` as well."""


def leave(robot: Robot) -> None:
    robot.leaves()


def kill(robot: Robot) -> None:
    end(child_of(robot.guard))
    robot.exit_status()


def hang_up(robot: Robot) -> None:
    robot.hang_up()


def stop_and_kill(robot: Robot) -> None:
    screen = child_of(robot.guard)
    os.kill(screen, signal.SIGSTOP)
    begun = time.monotonic()
    until(lambda: time.monotonic() - begun > 3, WITHIN)
    end(screen)


def stop_and_go_on(robot: Robot) -> None:
    screen = child_of(robot.guard)
    os.kill(screen, signal.SIGSTOP)
    begun = time.monotonic()
    until(lambda: time.monotonic() - begun > 3, WITHIN)
    os.kill(screen, signal.SIGCONT)
    robot.press("2")
    robot.leaves()


WAYS: tuple[Callable[[Robot], None], ...] = (leave, kill, hang_up, stop_and_kill, stop_and_go_on)


def last_lines(world: World, role: str) -> list[int]:
    """Read a stream's whole lines; its last one may be half printed."""
    given = json.loads(world.done("read", role, "--history", "--json"))["lines"]
    return [int(line) for line in given if line][-LINES - 1 : -1]


@pytest.mark.slow
@pytest.mark.timeout(60 * MINUTES + 300)
def test_a_flood_loses_no_line_and_takes_no_memory_while_screens_come_and_go(world: World) -> None:
    before = world.up(FLOOD)
    server, daemon = world.server(), world.daemon()
    stay = world.opens(columns=160, lines=50)
    stay.sees("8 agents", "stream 8")
    until(lambda: all(len(last_lines(world, role)) == LINES for role in FLOOD), 60, "eight full histories")
    dice = random.Random(8)
    samples: list[tuple[int, int]] = []
    begun = time.monotonic()
    rounds = 0
    while time.monotonic() - begun < 60 * MINUTES or rounds < len(WAYS):
        robot = world.opens(columns=dice.randint(80, 200), lines=dice.randint(24, 60))
        robot.sees("stream", "leave")
        (WAYS[rounds] if rounds < len(WAYS) else dice.choice(WAYS))(robot)
        robot.close()
        rounds += 1
        samples.append((MACHINE.memory(daemon) or 0, MACHINE.memory(server) or 0))
        assert world.pids() == before

    stay.sees("8 agents", "stream 8")
    assert (world.server(), world.daemon()) == (server, daemon)
    for role in FLOOD:
        lines = last_lines(world, role)
        assert lines == list(range(lines[0], lines[0] + LINES)), f"{role}, while it prints"
    for pid in before.values():
        os.kill(pid, signal.SIGSTOP)
    for role in FLOOD:
        lines = last_lines(world, role)
        assert lines == list(range(lines[0], lines[0] + LINES)), f"{role}, stopped"
    print(f"{rounds} rounds; MiB of daemon and tmux: {[(d // MIB, t // MIB) for d, t in samples]}")
    part = max(2, len(samples) // 3)
    early, late = (max(daemon for daemon, _ in some) for some in (samples[:part], samples[-part:]))
    assert late <= early + SLACK, samples
    assert max(tmux for _, tmux in samples) <= TMUX, samples
