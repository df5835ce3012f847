"""Agents change one another's lines, and their person sees it before anything is committed."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.model_server import ModelServer
from tests.programs import SLOW, with_claude
from tests.robot import HIVE, WITHIN, World
from tests.telling import is_heard
from tests.waiting import until

LINES = "".join(f"line {n}\n" for n in range(1, 61))
HELD = "made=$(mktemp); exec 3<> {file}; sed 's/^line 41$/{text}/' {file} > $made; cat $made >&3; rm $made; until [ -e {go} ]; do sleep 0.1; done"
"""Writes a file as a tool would that keeps it open until it is told to go on."""


def git(world: World, *words: str, folder: str = ".") -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@invalid")
    done = subprocess.run(
        ["git", *who, *words], cwd=world.project / folder, env=world.env, check=True, capture_output=True, text=True
    )
    return done.stdout


def rehearsal(world: World, name: str, *steps: dict[str, Any], checkout: str = "shared") -> dict[str, Any]:
    """Give an agent that does nothing until it has a prompt, and then these steps."""
    script = world.home / f"{name}.toml"
    parts = [{"do": "turn"}, *steps, {"do": "turn"}]
    script.write_text(
        "\n".join("[[step]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in p.items()) for p in parts)
    )
    env = {"REHEARSAL": str(script), "REHEARSAL_SPEED": "0"}
    return {"kind": "rehearsal", "env": env, "checkout": checkout}


def edit(new: str, old: str = "line 41") -> dict[str, Any]:
    return {"do": "edit", "file": "schema.py", "old": f"{old}\n", "new": f"{new}\n"}


def run(command: Sequence[str]) -> dict[str, Any]:
    return {"do": "run", "command": list(command)}


def let_go(world: World, role: str) -> None:
    """Have who holds the file open go on, once it is known who that is."""

    def known() -> bool:
        writes = json.loads(world.hive("who", "schema.py", "--json")[1] or "{}").get("writes")
        return bool(writes) and writes[0]["role"] == role

    until(known, SLOW, f"{role} to be known as who wrote it")
    (world.home / role).touch()


def shop(world: World) -> None:
    (world.project / "schema.py").write_text(LINES)
    git(world, "config", "hiveui.scratch", "true")
    git(world, "add", "schema.py")
    git(world, "commit", "-q", "-m", "one")


def standing(world: World) -> list[dict[str, Any]]:
    code, gave, _ = world.hive("collisions", "--json")
    assert code in (0, 3)
    found: list[dict[str, Any]] = json.loads(gave)["collisions"]
    return found


@pytest.mark.timeout(180)
def test_two_in_worktrees_change_the_same_lines_are_told_and_one_takes_it_back(world: World) -> None:
    shop(world)
    back = edit("line 41", old="their line")
    world.up(
        {
            "backend": rehearsal(world, "backend", edit("my line"), checkout="worktree"),
            "frontend": rehearsal(world, "frontend", edit("their line"), {"do": "turn"}, back, checkout="worktree"),
        }
    )
    robot = world.opens(columns=160)
    robot.sees("backend", "frontend", "rehearsal")
    for role in ("backend", "frontend"):
        world.done("send", role, "Go on.")
    robot.sees("⇄ 1 collision")
    until(lambda: standing(world)[0]["lines"] == [[41, 41]], WITHIN, "the lines")
    assert world.hive("collisions")[0] == 3
    assert git(world, "status", "--short", "schema.py") == ""
    robot.press("c")
    robot.sees(
        "Collisions  1 now, 1 today", "schema.py", "+1 −1", "lines 41", "same lines 41", "a merge would conflict"
    )
    robot.sees("41 + my line", "41 + their line", "<<<<<<<")
    robot.press("t")
    robot.sees("told")
    for role in ("backend", "frontend"):
        world.pane_sees(role, "you and another agent meet in a file")
        world.pane_sees(role, "lines that two of you changed: 41")
    until(lambda: "line 41\n" in (Path(world.agent("frontend").dir) / "schema.py").read_text(), WITHIN, "the old line")
    until(lambda: not standing(world), 60, "the end of the collision")
    robot.sees("0 now, 1 today", within=60)
    (over,) = json.loads(world.done("collisions", "--all", "--json"))["collisions"]
    assert over["why"] == "one side is merged, or taken back"
    robot.press("Escape")
    robot.misses("Collisions")
    robot.leaves()


@pytest.mark.timeout(180)
def test_two_in_one_checkout_change_the_same_line_and_the_person_settles_it(world: World) -> None:
    shop(world)
    mine = HELD.format(file="schema.py", text="my line", go=world.home / "backend")
    theirs = HELD.format(file="schema.py", text="it line", go=world.home / "frontend")
    world.up(
        {
            "backend": rehearsal(world, "backend", run(["sh", "-c", mine])),
            "frontend": rehearsal(world, "frontend", run(["sh", "-c", theirs.replace("line 41", "my line")])),
        }
    )
    robot = world.opens(columns=80, lines=24)
    robot.sees("backend", "frontend")
    world.done("send", "backend", "Go on.")
    until(lambda: "my line" in (world.project / "schema.py").read_text(), WITHIN, "the first write")
    let_go(world, "backend")
    until(lambda: world.agent("backend").reading.state == "done", WITHIN, "the end of the turn")
    world.done("send", "frontend", "Go on.")
    let_go(world, "frontend")
    robot.sees("⇄ 1")
    robot.press("c")
    robot.sees("backend", "frontend", "schema.py", "same lines 41", "- my line", "+ it line", "esc back")
    robot.press("x")
    robot.sees("0 now, 1 today")
    assert standing(world) == []
    robot.press("Escape")
    robot.misses("Collisions")
    robot.leaves()


@pytest.mark.timeout(180)
def test_an_agent_reserves_a_path_which_others_are_refused_and_who_writes_it_all_the_same_is_seen(world: World) -> None:
    shop(world)
    reserve = [*HIVE, "reserve", "schema.py", "--for", "10m", "--why", "the columns"]
    world.up(
        {
            "backend": rehearsal(world, "backend", run(reserve)),
            "frontend": rehearsal(world, "frontend", edit("their line"), checkout="worktree"),
        }
    )
    world.done("send", "backend", "Go on.")

    def held() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(world.done("reserve", "--list", "--json"))["reservations"]
        return found

    (one,) = until(held, WITHIN, "the reservation")
    assert (one["role"], one["globs"], one["why"]) == ("backend", ["schema.py"], "the columns")
    code, _, why = world.hive("reserve", "*.py")
    assert code == 2
    assert "backend holds schema.py until" in why
    robot = world.opens(columns=80, lines=24)
    robot.sees("backend", "frontend")
    world.done("send", "frontend", "Go on.")
    robot.sees("⇄ 1")
    robot.press("c")
    robot.sees("schema.py", "holds", "reserved", "the columns", "esc back")
    assert "backend holds it until" in world.hive("who", "schema.py")[1]
    world.done("reserve", "--release", one["id"])
    assert "holds it" not in world.hive("who", "schema.py")[1]
    robot.sees("0 now, 1 today")
    robot.press("Escape")
    robot.misses("Collisions")
    robot.leaves()


@pytest.mark.real
@pytest.mark.timeout(400)
def test_what_claude_code_has_just_read_is_changed_by_another(world: World) -> None:
    shop(world)
    with ModelServer() as model:
        env, command = with_claude(world, model), ["claude", "--permission-mode", "manual"]
        reader = {"kind": "claude", "command": command, "env": env, "allow": ["Bash(cat schema.py)"]}
        held = HELD.format(file="schema.py", text="it line", go=world.home / "writer")
        world.up({"reader": reader, "writer": rehearsal(world, "writer", run(["sh", "-c", held]))})
        world.pane_sees("reader", "? for shortcuts", SLOW)
        world.done("send", "reader", "run: cat schema.py")
        is_heard(world, "reader", "done", "The command said")
        world.done("send", "writer", "Go on.")
        let_go(world, "writer")
        (found,) = until(lambda: standing(world), SLOW, "the collision")
        assert found["sort"] == "read"
        assert {(side["role"], side["part"]) for side in found["sides"]} == {("reader", "read"), ("writer", "wrote")}
        world.done("collisions", "tell", found["id"])
        until(lambda: any("What you know of the file is old" in text for text in model.prompts), SLOW, "the warning")
