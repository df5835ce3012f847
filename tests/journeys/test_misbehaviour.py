"""Agents that reach for what is not theirs."""

import sys

import pytest

from tests.robot import CAT, WITHIN, World
from tests.waiting import until

RUNNER = "import subprocess, sys\nfor line in sys.stdin: subprocess.run(['sh', '-c', line])\n"
RUNS_WHAT_IT_IS_TOLD = {"kind": "rehearsal", "command": [sys.executable, "-c", RUNNER]}
"""Stands for a coding agent: no shell of the person's."""
COMMANDS = ("send writer hello", "press writer a", "restart writer", "stop writer", "down --all")


def says(world: World, how: str, what: str) -> str:
    """Have the agent run `hive`; what it was told, with the exit status behind."""
    answer = world.project / "answer"
    answer.unlink(missing_ok=True)
    world.done(
        "send",
        "--now",
        "agent",
        f"{how} {sys.executable} -P -m hiveui {what} >said 2>&1; echo $? >>said; mv said answer",
    )
    until(answer.exists, WITHIN, f"the answer to hive {what}")
    return answer.read_text()


@pytest.mark.parametrize(
    "how", ["env -u HIVE_TOKEN", "env -u HIVE_TOKEN setsid -w", "env -i {env}"], ids=["unset", "setsid", "empty"]
)
def test_an_agent_without_its_token_may_not_act_as_the_person(world: World, how: str) -> None:
    before = world.up({"agent": RUNS_WHAT_IT_IS_TOLD, "writer": CAT})
    env = " ".join(f"{name}={value}" for name, value in world.env.items())
    for command in COMMANDS:
        said = says(world, how.format(env=env), command)
        assert said.startswith("A program inside an agent's pane may not act as the person.\n"), command
        assert said.endswith("\n2\n"), said
    assert world.pids() == before
    assert world.screen("writer").strip() == ""


def test_an_agent_with_its_token_is_told_what_is_for_the_person(world: World) -> None:
    before = world.up({"agent": RUNS_WHAT_IT_IS_TOLD, "writer": CAT})
    for command in COMMANDS:
        said = says(world, "", command)
        assert said.startswith("An agent may not call "), said
        assert "Traceback" not in said
    assert world.pids() == before
    assert world.screen("writer").strip() == ""


def test_a_pane_that_an_agent_made_is_shown_as_its_child_and_never_killed(world: World) -> None:
    before = world.up({"agent": RUNS_WHAT_IT_IS_TOLD, "writer": CAT})
    robot = world.opens()
    robot.sees("2 agents")
    split = f"tmux -S {world.paths.tmux_socket} split-window -d -t {world.pane('agent')}"
    world.done("send", "--now", "agent", f"{split} 'echo a child; exec cat'")
    robot.sees("3 agents")
    until(lambda: len(world.pids()) == 3, WITHIN, "a child")
    (child,) = (agent for agent in world.workspace().agents if agent.role not in before)
    parent = world.agent("agent")
    assert child.child_of == parent.id
    assert "agent" in child.note
    robot.press("3")
    robot.sees("a child")
    world.kill_daemon()
    world.done("status")
    assert world.pids() == {**before, child.role: child.pid}
    world.done("up", "robot", "--detach", "--yes")
    assert world.pids() == {**before, child.role: child.pid}

    world.tmux("kill-pane", "-t", str(child.pane))
    robot.sees("2 agents")
    assert world.pids() == before
