"""A person goes back: an agent's turn is undone on the screen, and the roll back too; checkouts are cleaned up."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.robot import WITHIN, World
from tests.waiting import until

SCRIPT = """
[[step]]
do = "turn"
[[step]]
do = "run"
command = ["sh", "-c", "until [ -e $HOME/ROLE.go ]; do sleep 0.05; done; rm $HOME/ROLE.go"]
[[step]]
do = "write"
file = "page.txt"
text = "first\\n"
[[step]]
do = "turn"
[[step]]
do = "run"
command = ["sh", "-c", "until [ -e $HOME/ROLE.go ]; do sleep 0.05; done; rm $HOME/ROLE.go"]
[[step]]
do = "write"
file = "page.txt"
text = "second\\n"
[[step]]
do = "write"
file = "more.txt"
text = "more\\n"
[[step]]
do = "turn"
"""
"""Writes once it is told to."""


def begin(world: World, **agents: str) -> dict[str, int]:
    """Open rehearsals of the script, each in a checkout of the form that is said, and have them do a first turn;
    the checkpoints after it."""
    git(world, "config", "hiveui.scratch", "true")
    (world.project / "README").write_text("shop\n")
    git(world, "add", "README")
    git(world, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one")
    specs = {}
    for role, form in agents.items():
        script = world.home / f"{role}.toml"
        script.write_text(SCRIPT.replace("page", role).replace("more.txt", f"{role}-more.txt").replace("ROLE", role))
        env = {"REHEARSAL": str(script)}
        specs[role] = {"kind": "rehearsal", "checkout": form, "env": env}
    world.up(specs)
    for role in agents:
        until(lambda role=role: checkpoints(world, role), WITHIN, "a checkpoint of the beginning")
        git(world, "-C", str(place(world, role)), "config", "hiveui.scratch", "true")
    return {role: go_on(world, role, "first\n") for role in agents}


def git(world: World, *words: str) -> None:
    subprocess.run(["git", *words], cwd=world.project, env=world.env, check=True)


def checkpoints(world: World, role: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(world.done("checkpoints", role, "--json"))["agents"][0]["checkpoints"]
    return found


def go_on(world: World, role: str, text: str) -> int:
    """Have an agent do its next turn, by which its file holds `text`; the number of a checkpoint that has that."""
    folder = place(world, role)
    last = checkpoints(world, role)[0]["number"]
    (folder / f"{role}-note.txt").write_text(text)  # what is new, so that the checkpoint before the turn is one
    world.done("send", role, "continue")
    until(lambda: checkpoints(world, role)[0]["number"] > last, WITHIN, "the checkpoint before the turn")
    (world.home / f"{role}.go").touch()

    def kept() -> int:
        newest = checkpoints(world, role)[0]
        shown = ["git", "show", f"{newest['commit']}:{role}.txt"]
        done = subprocess.run(shown, cwd=folder, env=world.env, capture_output=True, text=True)
        return newest["number"] if done.stdout == text and world.agent(role).reading.state == "done" else 0

    return until(kept, WITHIN, "a turn")


def place(world: World, role: str) -> Path:
    """Give the folder that an agent works in."""
    found = json.loads(world.done("checkouts", "--json"))["checkouts"]
    return Path(next(one["folder"] for one in found if one["role"] == role))


def test_a_turn_is_rolled_back_on_the_screen_and_the_roll_back_too(world: World) -> None:
    begin(world, one="worktree")
    go_on(world, "one", "second\n")
    folder = place(world, "one")
    assert (folder / "one.txt").read_text() == "second\n"
    robot = world.opens()
    robot.sees("1 one", "more")
    robot.press("K")
    robot.sees("Checkpoints of 1 one", "after turn 3: continue", "2 files", "+2 −1")
    robot.press("j", "Enter")
    robot.sees("What changed for 1 one since checkpoint", "-first", "+second", "b/one-more.txt")
    robot.press("Escape")
    robot.sees("Checkpoints of 1 one")
    robot.press("r")
    robot.sees("Roll 1 one back to checkpoint", "~ one.txt", "- one-more.txt")
    robot.press("Escape")
    robot.sees("Checkpoints of 1 one")
    assert (folder / "one.txt").read_text() == "second\n"
    robot.press("r")
    robot.sees("Roll 1 one back to checkpoint", "~ one.txt")
    robot.press("Enter")
    robot.sees("one: 2 files were put back; checkpoint")
    assert (folder / "one.txt").read_text() == "first\n"
    assert not (folder / "one-more.txt").exists()
    robot.sees("Your person rolled your files back")
    latest = json.loads(world.done("rollback", "one", "--dry-run", "--json"))
    assert latest["before"] is None
    assert {step["path"]: step["deed"] for step in latest["steps"]} == {"one.txt": "write", "one-more.txt": "write"}
    world.done("rollback", "one", "--yes")
    assert (folder / "one.txt").read_text() == "second\n"
    assert (folder / "one-more.txt").read_text() == "more\n"
    status = subprocess.run(["git", "status", "--short"], cwd=folder, env=world.env, capture_output=True, text=True)
    assert status.stdout == "?? one-more.txt\n?? one-note.txt\n?? one.txt\n", "nothing was added to the agent's index"


def test_in_a_shared_checkout_only_what_the_agent_wrote_goes_back(world: World) -> None:
    first = begin(world, one="shared")
    (world.project / "mine.txt").write_text("the person's\n")
    go_on(world, "one", "second\n")
    told = json.loads(world.done("rollback", "one", str(first["one"]), "--yes", "--json"))
    assert {step["path"]: step["deed"] for step in told["steps"]} == {"one.txt": "write", "one-more.txt": "delete"}
    assert (world.project / "one.txt").read_text() == "first\n"
    assert (world.project / "mine.txt").read_text() == "the person's\n"
    (world.project / "one.txt").write_text("the person's too\n")

    def refused() -> bool:
        code, _, said = world.hive("rollback", "one", str(told["before"]), "--dry-run")
        return code == 2 and "Others changed what one wrote since too: one.txt" in said

    until(refused, WITHIN, "that the person's change was noticed")
    assert (world.project / "one.txt").read_text() == "the person's too\n"


def test_checkouts_are_listed_and_removed_where_nothing_is_lost(world: World) -> None:
    begin(world, one="worktree", two="clone", three="shared")
    found = {one["role"]: one for one in json.loads(world.done("checkouts", "--json"))["checkouts"]}
    assert [found[role]["form"] for role in ("one", "two", "three")] == ["worktree", "clone", "shared"]
    assert (found["one"]["branch"], found["one"]["untracked"], found["two"]["ahead"]) == ("hive/shop/one", 2, 0)
    world.done("stop", "one")
    world.done("stop", "two")
    kept = json.loads(world.done("checkouts", "clean", "--yes", "--json"))["checkouts"]
    assert [(one["role"], one["removed"]) for one in kept] == [("one", False), ("two", False)]
    assert "2 files are not tracked: one-note.txt, one.txt" in kept[0]["losses"]
    for role in ("one", "two"):
        for name in (f"{role}.txt", f"{role}-note.txt"):
            (Path(found[role]["folder"]) / name).unlink()
    gone = json.loads(world.done("checkouts", "clean", "--yes", "--json"))["checkouts"]
    assert [(one["removed"], one["branch_removed"]) for one in gone] == [(True, True), (True, True)]
    assert not any(Path(found[role]["folder"]).exists() for role in ("one", "two"))
    world.done("restart", "one")
    assert place(world, "one").exists()
