"""Whatever of HiveUI is killed, the agents do not notice."""

import random
import termios

import pytest

from tests.robot import CAT, COUNT, WITHIN, Robot, World, child_of
from tests.waiting import end, until

RESETS = tuple(
    b"\x1b[" + undone for undone in (b"?1000l", b"?1003l", b"?1006l", b"?1004l", b"?2004l", b"<u", b"?1049l", b"?25h")
)
"""Mouse, focus reports, bracketed paste, kitty's keys, the alternate screen, the cursor."""


def test_a_killed_screen_gives_the_terminal_back(world: World) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    terminal = world.terminal("attach")
    mode = termios.tcgetattr(terminal._fd)
    until(lambda: b"line " in terminal.screen, WITHIN, "the screen")
    assert not termios.tcgetattr(terminal._fd)[3] & termios.ICANON
    at = len(terminal.screen)
    end(child_of(terminal.pid))
    until(lambda: b"SIGKILL" in terminal.screen, WITHIN, "the word that the screen was ended")
    written = bytes(terminal.screen[at:])
    assert [reset for reset in RESETS if reset not in written] == []
    until(lambda: termios.tcgetattr(terminal._fd) == mode, WITHIN, "the terminal's own mode")
    assert world.pids() == before


def kill_screen(world: World, robot: Robot) -> Robot:
    end(child_of(robot.guard))
    assert robot.exit_status() == 137
    assert "your agents go on" in robot.screen()
    return world.opens()


def kill_daemon(world: World, robot: Robot) -> Robot:
    world.kill_daemon()
    robot.sees("The daemon was gone and runs again; your agents went on.")
    return robot


def kill_both(world: World, robot: Robot) -> Robot:
    world.kill_daemon()
    return kill_screen(world, robot)


def kill_terminal(world: World, robot: Robot) -> Robot:
    end(robot.server)
    return world.opens()


WAYS = (kill_screen, kill_daemon, kill_both, kill_terminal)


@pytest.mark.parametrize(
    "rounds",
    [WAYS, pytest.param(random.Random(40).choices(WAYS, k=40), marks=(pytest.mark.slow, pytest.mark.timeout(600)))],
    ids=["each way once", "40 rounds"],
)
def test_kill_9_of_screen_and_daemon_touches_no_agent(world: World, rounds: list) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    server = world.server()
    robot = world.opens()
    robot.sees("line ", "writer")
    robot.press("2", "Enter")
    for number, way in enumerate(rounds):
        count, screen = world.counts_on("counter"), world.screen("writer")
        robot = way(world, robot)
        robot.sees("line ", "writer")
        until(world.daemon, WITHIN, "another daemon")
        assert world.pids() == before
        assert world.server() == server
        assert world.screen("writer") == screen
        world.counts_on("counter", count)
        robot.press("C-]", "2", "Enter")
        robot.types(f"round {number}\n")
        robot.sees(f"round {number}")
    until(lambda: len(world.clients()) == 1, WITHIN, "one control client")
    until(lambda: len(world.taps()) == 1, WITHIN, "one tap")
