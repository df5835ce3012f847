"""A person has an agent on a second host: its line is cut, and comes back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.far import Box, Far
from tests.robot import WITHIN, World
from tests.waiting import promised, until

COUNTS = "i=0; while :; do i=$((i+1)); echo line $i.; sleep 0.1; done"
TALKS = ["sh", "-c", "echo ready; while read -r line; do echo got:$line; done"]


@pytest.fixture
def far(short: Path) -> Iterator[Far]:
    far = Far(short / "far", number=2)
    yield far
    far.close()


@pytest.fixture
def box(short: Path) -> Iterator[Box]:
    box = Box(short / "box")
    yield box
    box.close()


def hosts_of(world: World) -> dict[str, str]:
    return {host["name"]: host["standing"] for host in json.loads(world.done("status", "--json"))["hosts"]}


@promised(6.0)  # 5, and what the screen takes on a busy machine
def test_an_agent_on_a_second_host_survives_its_line_and_takes_no_key_meanwhile(
    world: World, far: Far, within: float
) -> None:
    world.layout(
        {"talker": {"command": TALKS, "host": "far"}, "near": {"command": ["sh", "-c", COUNTS]}},
        hosts={"far": {"ssh": far.ssh}},
    )
    robot = world.opens("up", "robot", "--yes")
    robot.sees("talker", "@far", "ready", "line ")
    pid = world.pids()["talker"]
    robot.press("1", "Enter")
    robot.sees("typing")
    robot.types("before\r")
    robot.sees("got:before")

    far.cut()
    robot.sees("host lost", within=within)
    robot.types("meanwhile")
    robot.sees("Nothing was typed: far is lost.")
    robot.counts(robot.counts() + 5)
    assert hosts_of(world) == {"far": "lost"}

    far.mend()
    world.done("hosts", "retry")
    robot.misses("host lost")
    robot.types("after\r")
    screen = robot.sees("got:after")
    assert "meanwhile" not in re.sub(r"typed meanwhile", "", screen)
    assert world.pids()["talker"] == pid
    robot.press("C-]")
    robot.leaves()
    assert far.connections() == 1
    world.kill_daemon()
    until(lambda: not far.connections(), WITHIN, "nothing left of a daemon that was killed")
    robot = world.opens("attach")
    robot.sees("got:after", "line")
    assert world.pids()["talker"] == pid


def test_hosts_are_looked_at_and_what_one_lacks_is_said(world: World, box: Box) -> None:
    config = world.paths.config / "config.yaml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(json.dumps({"hosts": {"box": {"command": box.command}, "gone": {"command": ["no-such-thing"]}}}))
    world.up({"far": {"command": TALKS, "host": "box"}})
    code, found, _ = world.hive("hosts", "--json")
    assert code == 1
    seen = {host["name"]: host for host in json.loads(found)["hosts"]}
    assert (seen["box"]["standing"], seen["box"]["agents"]) == ("up", 1)
    assert {check["name"]: check["ok"] for check in seen["box"]["checks"]}["tmux"]
    assert (seen["gone"]["standing"], seen["gone"]["checks"]) == ("refused", [])
    assert "no-such-thing" in seen["gone"]["note"]
    assert world.hive("hosts", "box")[0] == 0
    code, _, said = world.hive("hosts", "bix")
    assert code == 2
    assert "Did you mean box" in said
    world.done("down", "--yes")
    until(lambda: not box.processes(), WITHIN, "the box at rest")


def test_a_workspace_that_was_taken_down_comes_back_on_its_hosts(world: World, box: Box) -> None:
    world.up({"far": {"command": TALKS, "host": "box"}}, hosts={"box": {"command": box.command}})
    until(lambda: box.running("echo ready"), WITHIN, "the agent there")
    world.done("down", "--yes")
    until(lambda: not box.processes(), WITHIN, "the box at rest")
    assert json.loads(world.done("hosts", "retry", "--json"))["tried"] == []
    world.kill_daemon()
    world.done("restore", "--all", "--yes")
    until(lambda: box.running("echo ready"), WITHIN, "the agent there again")
    assert world.agent("far").host == "box"
    world.done("down", "--forget", "--yes")
    assert hosts_of(world) == {}
