"""An agent says that it is done: its check says otherwise, the agent is told, mends it, and is done, checked."""

import json
import subprocess
import sys

from tests.robot import CAT, WITHIN, World
from tests.waiting import until

SCRIPT = """
[[step]]
do = "turn"

[[step]]
do = "write"
file = "answer.txt"
text = "41"

[[step]]
do = "turn"

[[step]]
do = "write"
file = "answer.txt"
text = "42"

[[step]]
do = "turn"

[[step]]
do = "write"
file = "answer.txt"
text = "43"

[[step]]
do = "turn"
"""
CHECK = ["sh", "-c", "echo it is $(cat answer.txt); grep -qx 42 answer.txt || { echo not it; exit 1; }"]


def test_a_claim_is_refuted_told_mended_and_proven_and_its_output_is_one_key_away(world: World) -> None:
    subprocess.run(["git", "config", "hiveui.scratch", "true"], cwd=world.project, env=world.env, check=True)
    script = world.home / "mends.toml"
    script.write_text(SCRIPT)
    solver = {
        "kind": "rehearsal",
        "env": {"REHEARSAL": str(script)},
        "brief": "You find the answer.",
        "constraints": ["Touch nothing but answer.txt."],
        "done": ["The answer is right."],
        "on_fail": "tell",
    }
    world.up({"cat": CAT, "solver": solver}, check=CHECK)
    world.done("send", "solver", "Go on.")  # what it began with is known by now
    robot = world.opens()
    robot.sees("2 solver", "done, checked")
    robot.types("2")
    assert (world.project / "answer.txt").read_text() == "42"
    robot.types("E")
    robot.sees("The check of 2 solver", "it is 42", "It passed in", "r run")
    robot.press("Escape")
    robot.misses("The check of")
    robot.types("b")
    robot.sees("You find the answer.", "- Touch nothing but answer.txt.", "- The answer is right.", "--brief")
    robot.press("Escape")

    facts = json.loads(world.done("status", "--json"))["workspaces"][0]["agents"]
    assert [agent["check"]["standing"] if agent["check"] else None for agent in facts] == ["none", "passed"]
    assert world.hive("check", "solver", "--wait")[0] == 0
    (world.project / "answer.txt").write_text("44")
    assert world.hive("check", "solver", "--wait")[0] == 4
    robot.sees("▲ check failed", "▲ 1 needs you")
    assert "not it" in world.done("check", "solver", "--output")
    assert world.hive("attention")[0] == 3
    (world.project / "answer.txt").write_text("42")
    assert world.hive("check", "--wait", "solver")[0] == 0
    robot.misses("check failed")
    assert world.hive("wait", "solver", "--for", "checked", "--timeout", "20")[0] == 0


def test_a_daemon_that_is_killed_leaves_no_check_behind_and_says_that_it_was_ended(world: World) -> None:
    slow = [sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(600)"]
    world.up({"cat": {"command": CAT, "check": slow}})
    world.done("check", "cat")
    until(lambda: world.agent("cat").proof.status == "running", WITHIN, "the check")
    running = until(lambda: {pid for pid in world.processes() if pid in sleepers(world)}, WITHIN, "its process")
    world.kill_daemon()
    robot = world.opens()
    robot.sees("1 cat")
    until(lambda: world.agent("cat").proof.status == "ended", WITHIN, "its end to be known")
    until(lambda: not running & world.processes(), WITHIN, "the end of what it left")
    robot.types("E")
    robot.sees("begun", "The daemon ended before it did")
    robot.types("r")
    robot.sees("It runs, for")
    robot.types("x")
    robot.sees("It was stopped")


def sleepers(world: World) -> set[int]:
    from hiveui.hive.attempt import MARK
    from tests.robot import MACHINE

    return {pid for pid, _ in MACHINE.processes_with(MARK)}
