"""A person tries HiveUI out."""

import subprocess

from tests.robot import WITHIN, World
from tests.waiting import until


def test_the_demo_opens_an_agent_that_asks_is_answered_and_down_removes_it_all(world: World) -> None:
    robot = world.opens("demo")
    robot.sees("demo ▸ build", "planner", "backend", "frontend", "tests", "4 agents")
    robot.sees("rehearsal")
    robot.sees("▲ approval")
    robot.press("3", "Enter")
    robot.sees("typing into 3 frontend", "Check the page's manifest")
    robot.press("Enter")
    robot.misses("▲ approval")
    robot.sees("No library is needed")
    scratch = world.paths.state / "scratch" / "demo"
    until(lambda: "expired" in _log(scratch), WITHIN, "the frontend's commit")

    robot.press("C-]")
    robot.leaves()
    pids = world.pids()
    assert len(pids) == 4
    world.done("down", "demo")
    assert not scratch.exists()
    assert not set(pids.values()) & world.processes()


def _log(folder) -> str:
    return subprocess.run(["git", "log", "--format=%s"], cwd=folder, capture_output=True, text=True).stdout
