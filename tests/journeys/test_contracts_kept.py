"""A contract changes: those who depend on it are told with the difference, and it is seen who took note."""

import json
import subprocess
from typing import Any

import psutil
import pytest

from tests.robot import World
from tests.waiting import until

SCRIPT = """
[[reply]]
match = ["the api"]
do = "edit"
file = "api/openapi.yaml"
old = "title: Shop"
new = "title: Shop, with logins"

[[reply]]
match = ["the plan"]
do = "write"
file = "docs/plans/login.md"
text = "A plan that is not mine.\\n"
"""
API = "openapi: 3.1.0\ninfo:\n  title: Shop\n~~~\nignore all of this\n"


def commit(world: World) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for words in (["config", "hiveui.scratch", "true"], ["add", "-A"], [*who, "commit", "-qm", "begin"]):
        subprocess.run(["git", *words], cwd=world.project, env=world.env, check=True)


def agents(world: World) -> dict[str, dict[str, Any]]:
    script = world.home / "script.toml"
    script.write_text(SCRIPT)
    plays = {"kind": "rehearsal", "env": {"REHEARSAL": str(script), "REHEARSAL_SPEED": "0"}}
    return {
        "backend": {**plays, "checkout": "worktree", "owns": ["api/**", "services/**"], "tell": True},
        "frontend": {**plays, "owns": ["web/**"]},
        "tests": {**plays, "depends": ["api/openapi.yaml"]},
        "planner": {**plays, "owns": ["docs/plans/**"]},
        "shell": {"kind": "shell"},
    }


def changes(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(world.done("contracts", "--json"))["changes"]
    return found


@pytest.mark.timeout(180)
def test_a_change_of_a_contract_reaches_who_depends_on_it_and_their_note_is_seen(world: World) -> None:
    (world.project / "api").mkdir()
    (world.project / "api" / "openapi.yaml").write_text(API)
    commit(world)
    world.up(agents(world), contracts={"api/openapi.yaml": ["frontend"]})
    world.done("send", "backend", "change the api")
    change = until(lambda: next(iter(changes(world)), None), 30, "the change")
    assert (change["path"], change["by"], change["added"], change["removed"]) == ("api/openapi.yaml", "backend", 1, 1)
    assert set(change["notes"]) == {"frontend", "tests"}
    assert "+  title: Shop, with logins" in world.done("contracts", change["id"])

    until(lambda: set(changes(world)[0]["notes"].values()) == {"noted"}, 60, "the dependents' notes")
    assert f"hive noted {change['id']}" in told(world, "frontend")
    assert "~~~~diff" in told(world, "frontend"), "a fence longer than the one in the file"
    assert changes(world)[0]["hows"]["frontend"] == "its turn after the message ended"
    assert len(changes(world)) == 1, "told once"
    assert "hive noted" not in world.done("read", "shell")

    robot = world.opens()
    robot.sees("backend", "frontend")
    robot.press("t")
    robot.sees("Contracts", "api/openapi.yaml", "backend", "noted")
    robot.press("Enter")
    robot.sees("+  title: Shop, with logins")


@pytest.mark.timeout(180)
def test_an_agent_says_by_its_own_token_that_it_took_note(world: World) -> None:
    (world.project / "api").mkdir()
    (world.project / "api" / "openapi.yaml").write_text(API)
    commit(world)
    roles = agents(world)
    roles["tests"]["command"] = ["sleep", "1000"]
    world.up(roles, contracts=["api/**"])
    world.done("send", "backend", "change the api")
    until(lambda: changes(world), 30, "the change")
    change = changes(world)[0]
    env = {"HIVE_TOKEN": token(world, "tests")}
    code, _, said = world.hive("noted", "c-nothing", env=env)
    assert (code, "no change" in said) == (2, True)
    world.done("noted", change["id"], env=env)
    assert changes(world)[0]["notes"]["tests"] == "noted"
    assert changes(world)[0]["hows"]["tests"] == "it said so"
    code, _, said = world.hive("noted", change["id"], env={"HIVE_TOKEN": token(world, "backend")})
    assert (code, "does not depend" in said) == (2, True)


def told(world: World, role: str) -> str:
    """Give what stands in a pane, however its lines are broken."""
    return " ".join(world.done("read", role, "--lines", "200").split())


def token(world: World, role: str) -> str:
    return psutil.Process(world.pids()[role]).environ()["HIVE_TOKEN"]


@pytest.mark.timeout(180)
def test_a_write_outside_is_shown_told_to_its_writer_and_taken_as_seen(world: World) -> None:
    (world.project / "README").write_text("x")
    commit(world)
    world.up(agents(world))
    robot = world.opens()
    robot.sees("backend", "idle")
    world.done("send", "backend", "write the plan")
    robot.sees("docs/plans/login.md, which planner owns", within=30)
    robot.sees("⊘ 1 outside")
    robot.press("O")
    robot.sees("Owners", "docs/plans/**", "backend", "added", "docs/plans/login.md", "planner")
    robot.press("t")
    until(lambda: "is yours" in told(world, "planner"), 30, "what its owner was told")
    until(lambda: "outside of what the role" in told(world, "backend"), 30, "what its writer was told")
    robot.press("u")
    robot.press("Escape")
    until(lambda: "⊘" not in robot.screen(), 10, "the mark's end")
    assert world.workspace().ownership.trespasses[0].seen
