"""The terminal, the connection or the folder that it all was started from goes away; the agents stay."""

import contextlib
import os
import shutil
import signal
import subprocess

from tests.robot import CAT, COUNT, HIVE, MACHINE, WITHIN, World, child_of
from tests.waiting import until


def test_closing_the_terminal_that_started_everything_ends_the_screen_only(world: World) -> None:
    world.layout({"counter": COUNT, "writer": CAT})
    robot = world.opens("up", "robot", "--yes")
    robot.sees("2 agents")
    before, daemon, guard, screen = world.pids(), world.daemon(), robot.guard, child_of(robot.guard)
    robot.hang_up()
    until(lambda: not MACHINE.alive(guard) and not MACHINE.alive(screen), WITHIN, "the end of the screen")
    assert world.pids() == before
    assert world.daemon() == daemon
    world.counts_on("counter")
    world.opens().sees("line ")


def test_the_end_of_an_ssh_connection_ends_nothing_that_it_started(world: World) -> None:
    """As sshd does: a session of its own, hung up, then killed."""
    world.layout({"counter": COUNT, "writer": CAT})
    shell = subprocess.Popen(
        ["sh", "-c", '"$@"; echo opened; exec sleep 1000', "sh", *HIVE, "up", "robot", "--detach", "--yes"],
        cwd=world.project,
        env=world.env,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert shell.stdout is not None
    with shell.stdout:
        assert any(line == b"opened\n" for line in shell.stdout)
        before, daemon = world.pids(), world.daemon()
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
            os.killpg(shell.pid, number)
        shell.wait(WITHIN)
    assert world.pids() == before
    assert world.daemon() == daemon
    world.counts_on("counter")


def answers(world: World) -> int:
    """Give the pid of the tmux that answers; 0 for none."""
    with contextlib.suppress(subprocess.CalledProcessError):
        return world.server()
    return 0


def test_a_deleted_folder_of_sockets_comes_back(world: World) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    server = world.server()
    robot = world.opens()
    robot.sees("line ")
    shutil.rmtree(world.paths.run)
    until(world.paths.hive_socket.exists, WITHIN, "the daemon's socket")
    until(lambda: answers(world) == server, WITHIN, "tmux at its socket")
    assert world.pids() == before
    world.counts_on("counter")
    robot.press("2", "Enter")
    robot.types("still here")
    robot.sees("still here")


def test_a_folder_of_sockets_deleted_while_no_daemon_runs_comes_back(world: World) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    server = world.server()
    world.kill_daemon()
    shutil.rmtree(world.paths.run)
    robot = world.opens()
    robot.sees("line ", "writer")
    assert world.pids() == before
    assert world.server() == server
    world.counts_on("counter")
