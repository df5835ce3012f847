"""A restore during which something goes wrong starts each agent once and loses none."""

import contextlib
import json
import resource
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.robot import HIVE, IN_FOLDER, MACHINE, WITHIN, World
from tests.waiting import until

pytestmark = pytest.mark.timeout(180)

ROLES = tuple(f"role{n}" for n in range(8))
TALKER = """
version = 1
title = "Talker"
argv = ["sh", "-c", 'touch "$HOME/$1.talk"; echo $HIVE_ROLE $1 >> "$HOME/starts"; exec cat', "talker"]
session = ["{conversation}"]
resume = ["sh", "-c", 'echo $HIVE_ROLE $1 >> "$HOME/starts"; exec cat', "talker", "{conversation}"]
transcripts = ["~/{conversation}.talk"]
stagger = 0.05
"""


@pytest.fixture
def talkers(world: World) -> World:
    """Eight agents, each with a conversation, started one after the other."""
    world.paths.kinds.mkdir(parents=True)
    (world.paths.kinds / "talker.toml").write_text(TALKER)
    world.up({role: {"kind": "talker"} for role in ROLES})
    until(lambda: len(starts(world)) == len(ROLES), WITHIN, "every start")
    return world


def starts(world: World) -> list[str]:
    """Give what was started since the last reboot: role and conversation."""
    file = world.home / "starts"
    return file.read_text().splitlines() if file.exists() else []


def reboot(world: World) -> None:
    """End everything at once, and forget what was started."""
    world.reboot()
    (world.home / "starts").unlink()


def restoring(world: World) -> "subprocess.Popen[str]":
    """Begin a restore."""
    argv = [*IN_FOLDER, str(world.project), *HIVE, "restore", "--yes", "--json"]
    return subprocess.Popen(argv, env=world.env, stdin=subprocess.DEVNULL, stdout=-1, stderr=-1, text=True)


def windows(world: World) -> list[str]:
    """Give the agents that have a window in tmux, once for each."""
    return [name for name in world.tmux("list-windows", "-a", "-F", "#{window_name}").split() if name.startswith("a-")]


def daemons(world: World) -> list[int]:
    """Give the daemons that run."""
    found = []
    for pid in world.processes():
        with contextlib.suppress(psutil.Error):
            if "hiveui.daemon" in psutil.Process(pid).cmdline():
                found.append(pid)
    return found


@pytest.mark.parametrize(
    "rounds", [(0, 3), pytest.param([*range(8)] * 3, marks=(pytest.mark.slow, pytest.mark.timeout(900)))], ids=len
)
def test_a_daemon_killed_while_it_restores_loses_no_agent_and_doubles_none(talkers: World, rounds: list[int]) -> None:
    world = talkers
    had = sorted(starts(world))
    for started in rounds:
        reboot(world)
        with restoring(world) as command:
            until(world.paths.tmux_socket.exists, WITHIN, "tmux")
            until(lambda started=started: len(starts(world)) >= started, WITHIN, f"{started} starts")  # type: ignore[misc]
            world.kill_daemon()
            command.communicate(timeout=60)
        status = json.loads(world.done("status", "--json"))
        (listed,) = status["workspaces"]
        assert sorted(agent["role"] for agent in listed["agents"]) == sorted(ROLES)
        if world.workspace().note:  # it was killed before there was anything to take over
            world.done("restore", "--yes", "--json")
            until(lambda: len(starts(world)) == len(ROLES), WITHIN, "every start")
        for role in ROLES:
            agent = world.agent(role)
            if agent.pid is None:
                assert "it was not started" in agent.note
                world.done("restart", role)
        until(lambda: len(starts(world)) >= len(ROLES), WITHIN, "every start")
        assert sorted(starts(world)) == had, "each once, with its conversation"
        assert len(windows(world)) == len(set(windows(world))) == len(ROLES)
        assert all(MACHINE.alive(world.agent(role).pid or 0) for role in ROLES)


def test_of_two_hives_that_restore_at_once_one_starts_the_agents_and_the_other_joins(talkers: World) -> None:
    world = talkers
    had = sorted(starts(world))
    reboot(world)
    both = [restoring(world) for _ in range(2)]
    for command in both:
        gave, said = command.communicate(timeout=60)
        assert command.returncode == 0, said
        assert json.loads(gave)["version"] == 1
    until(lambda: len(starts(world)) == len(ROLES), WITHIN, "every start")
    until(lambda: all(world.agent(role).pid for role in ROLES), WITHIN, "every agent")
    assert sorted(starts(world)) == had
    assert len(windows(world)) == len(ROLES)
    until(lambda: daemons(world) == [world.daemon()], WITHIN, "the end of the daemon that found the lock held")


def written(world: World) -> dict[Path, bytes]:
    """Give what the daemon has written down."""
    return {path: path.read_bytes() for path in world.paths.events.iterdir()}


def filled(world: World, limits: tuple[int, int]) -> dict[Path, bytes]:
    """Let none of the daemon's files grow, and give what they hold; nothing where one grew meanwhile."""
    kept = written(world)
    size = max(len(data) for path, data in kept.items() if path.suffix == ".jsonl")
    resource.prlimit(world.daemon(), resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    if written(world) == kept:
        return kept
    resource.prlimit(world.daemon(), resource.RLIMIT_FSIZE, limits)
    return {}


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="the limit is set from outside, as only Linux can")
def test_a_full_disk_is_said_on_the_screen_and_keeps_the_last_good_until_there_is_room(world: World) -> None:
    world.up({"one": ("cat",), "two": ("cat",)})
    robot = world.opens()
    robot.sees("1 one")
    place = {"workspace": world.workspace().id, "role": "one"}
    world.ask("workspace/draft", **place, text="before")
    limits = resource.prlimit(world.daemon(), resource.RLIMIT_FSIZE)
    kept = until(lambda: filled(world, limits), WITHIN, "files that rest while the disk becomes full")
    world.ask("workspace/draft", **place, text="while there is no room")
    robot.sees("cannot be written")
    assert {path: path.read_bytes() for path in kept} == kept
    assert world.workspace().drafts == {"one": "while there is no room"}, "work goes on"
    resource.prlimit(world.daemon(), resource.RLIMIT_FSIZE, limits)
    world.ask("workspace/draft", workspace=place["workspace"], role="two", text="after")
    world.kill_daemon()
    world.done("status", "--json")
    assert world.workspace().drafts == {"one": "while there is no room", "two": "after"}
    assert list(world.paths.events.glob(".*.tmp")) == []
