"""In the evening a person leaves; over night the machine starts anew; in the morning all is where it was."""

import json
import time
from typing import Any

import pytest

from hiveui.tui.morning import UNASKED
from tests.robot import CAT, MACHINE, WITHIN, Robot, World, child_of
from tests.waiting import end, until

TABS = [
    {"title": "build", "split": "columns", "panes": ["planner", {"split": "rows", "panes": ["backend", "writer"]}]},
    {"title": "review", "panes": ["review"]},
]


def rehearsal(script: str) -> dict[str, Any]:
    return {"kind": "rehearsal", "env": {"REHEARSAL": script, "REHEARSAL_SPEED": "0"}}


def says(world: World, role: str, text: str) -> None:
    """Wait until a text stands in what a role has printed, however that was wrapped."""
    until(lambda: text in " ".join(world.hive("read", role, "--history")[1].split()), WITHIN, f"{text!r} in {role}")


@pytest.fixture
def evening(world: World) -> World:
    """Four agents in two tabs, two of them with conversations."""
    (world.project / "sub").mkdir()
    tool = world.home / "bin" / "tool"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho the tool runs\nexec cat\n")
    tool.chmod(0o755)
    world.env["PATH"] = f"{tool.parent}:{world.env['PATH']}"
    agents = {"planner": rehearsal("planner"), "backend": rehearsal("backend"), "review": ["tool"]}
    agents["writer"] = {"command": list(CAT), "dir": "sub"}
    world.up(agents, tabs=TABS)
    for role in ("planner", "backend"):
        says(world, role, "Conversation ")
    world.pane_sees("review", "the tool runs")
    return world


def conversations(world: World) -> dict[str, str | None]:
    status = json.loads(world.done("status", "--json"))
    return {agent["role"]: agent["conversation"] for agent in status["workspaces"][0]["agents"]}


def geometry(screen: str) -> list[list[int]]:
    """Where titles and bars stand on a screen."""
    return [[at for at, char in enumerate(line) if char in "│┃"] for line in screen.splitlines()[1:-1]]


def restored(robot: Robot) -> None:
    """Say yes to the plan, once a yes is taken for one: none is that comes as it opens."""
    robot.sees("Restore shop", "enter restore")
    answers_from = time.monotonic() + UNASKED
    until(lambda: time.monotonic() > answers_from, what="the time from which a key is an answer")
    robot.press("Enter")
    robot.misses("Restore shop")


def test_in_the_morning_plain_hive_brings_back_geometry_conversations_and_drafts(evening: World) -> None:
    world = evening
    robot = world.opens()
    robot.sees("1 planner", "2 backend")
    robot.press("2")
    robot.press("s")
    robot.sees("To 2 backend")
    robot.types("not sent yet; £")
    robot.sees("not sent yet; £")
    robot.press("Escape")
    robot.misses("To 2 backend")
    until(lambda: world.workspace().drafts == {"backend": "not sent yet; £"}, WITHIN, "the draft")
    before, had = geometry(robot.screen()), conversations(world)
    assert had["planner"]
    assert had["backend"]
    assert (had["writer"], had["review"]) == (None, None)
    robot.hang_up()
    world.reboot()
    (world.home / "bin" / "tool").unlink()
    (world.project / "sub").rmdir()

    robot = world.opens("up")
    robot.sees("Restore shop", "enter restore")
    robot.press("Escape")
    robot.misses("Restore shop")
    robot.sees("r restores all")
    robot.leaves()
    robot = world.opens()
    robot.sees(
        f"resume {str(had['planner'])[:8]}", f"resume {str(had['backend'])[:8]}", "'tool' was not found", "is gone"
    )
    assert world.pids() == {}, "nothing runs before a yes"
    restored(robot)
    until(lambda: len(world.pids()) == 2, WITHIN, "the two that can run")
    for role in ("planner", "backend"):
        says(world, role, f"Resumed conversation {str(had[role])[:8]}")
    assert conversations(world) == had
    robot.sees("2 backend", "its folder")
    until(lambda: geometry(robot.screen()) == before, WITHIN, "the geometry of the evening")
    robot.press("s")
    robot.sees("To 2 backend", "not sent yet; £")
    robot.press("Escape")
    robot.misses("To 2 backend")
    robot.press("]")
    robot.sees("3 review", "'tool' was not found")


def test_hive_restore_asks_in_a_script_for_a_yes_and_takes_wishes(evening: World) -> None:
    world = evening
    had = conversations(world)
    world.reboot()
    code, gave, said = world.hive("restore", "--detach")
    assert code == 2
    assert f"resume {str(had['planner'])[:8]}" in gave
    assert "--yes" in said
    assert world.pids() == {}
    plan = json.loads(world.done("restore", "--dry-run", "--json"))
    assert (plan["version"], [a["do"] for a in plan["workspaces"][0]["agents"]]) == (
        1,
        ["resume", "resume", "anew", "anew"],
    )
    code, _, said = world.hive("restore", "--yes", "--detach", "--without", "revue")
    assert (code, "Did you mean review?" in said) == (2, True)

    done = world.done("restore", "--yes", "--json", "--anew", "planner", "--without", "writer")
    assert set(json.loads(done)["restored"][0]["starting"]) == {"planner", "backend", "review"}
    until(lambda: len(world.pids()) == 3, WITHIN, "three agents")
    says(world, "backend", f"Resumed conversation {str(had['backend'])[:8]}")
    now = conversations(world)
    assert now["planner"] not in (None, had["planner"])
    assert world.agent("planner").conversations == (now["planner"], had["planner"])
    assert "runs; nothing is to be restored" in world.hive("restore", "--yes", "--detach")[2]
    world.done("restart", "planner", "--resume", str(had["planner"]))
    says(world, "planner", f"Resumed conversation {str(had['planner'])[:8]}")


def test_what_was_being_written_outlives_a_killed_screen_and_a_killed_daemon(world: World) -> None:
    world.up({"one": CAT, "two": CAT})
    robot = world.opens()
    robot.sees("1 one")
    robot.press("s")
    robot.sees("To 1 one")
    robot.types("half a thought")
    until(lambda: world.workspace().drafts == {"one": "half a thought"}, WITHIN, "the draft")
    end(child_of(robot.guard))
    world.kill_daemon()
    again = world.opens()
    again.sees("1 one")
    again.press("s")
    again.sees("To 1 one", "half a thought")
    again.press("Enter")
    world.pane_sees("one", "half a thought")
    until(lambda: world.workspace().drafts == {}, WITHIN, "the end of the draft")


def test_every_workspace_is_restored_with_all(world: World) -> None:
    world.up({"cat": CAT})
    world.done("up", "robot", "--detach", "--yes", "--name", "second")
    world.reboot()
    world.done("restore", "--all", "--yes")
    listed = json.loads(world.done("ls", "--json"))["workspaces"]
    assert {w["name"] for w in listed} == {"shop", "second"}

    def running() -> bool:
        agents = [a for w in json.loads(world.done("status", "--json"))["workspaces"] for a in w["agents"]]
        return len(agents) == 2 and all(a["pid"] and MACHINE.alive(a["pid"]) for a in agents)

    until(running, WITHIN, "both agents")
    assert world.done("restore", "--all", "--yes") == ""
