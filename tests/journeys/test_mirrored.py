"""A person has a real agent on another host: what it tells and changes there is seen here, and taken back there."""

import contextlib
import json
import subprocess

import pytest

from tests.far import PATH, Box
from tests.model_server import ModelServer
from tests.programs import SLOW, installed, with_claude
from tests.robot import CAT, World
from tests.telling import is_heard
from tests.waiting import until

CLAUDE = ("claude", "--allowedTools", "Bash")


def git(world: World, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@invalid")
    subprocess.run(["git", *who, *words], cwd=world.project, env=world.env, check=True)


@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_on_another_host_is_heard_and_what_it_writes_there_is_seen_here(world: World) -> None:
    (world.project / "README").write_text("of all\n")
    git(world, "add", "README")
    git(world, "commit", "-q", "-m", "one")
    with ModelServer() as model, contextlib.closing(Box(world.home / "box")) as box:
        env = with_claude(world, model)
        theirs = box.home / "shop"
        git(world, "clone", "-q", str(world.project), str(theirs))
        seen = json.loads((world.home / ".claude.json").read_text())
        seen["projects"] = {str(theirs): next(iter(seen["projects"].values()))}
        (box.home / ".claude.json").write_text(json.dumps(seen))
        (box.home / ".profile").write_text(f"PATH={installed('claude')}:{PATH}\n")
        far = {"kind": "claude", "command": list(CLAUDE), "host": "box", "env": env}
        near = {"command": list(CAT), "checkout": "worktree"}
        world.up({"far": far, "near": near}, hosts={"box": {"command": box.command, "dir": "shop"}})
        robot = world.opens()
        robot.sees("1 far", "❯", within=SLOW)
        world.done("send", "far", "run: echo by far > README")
        is_heard(world, "far", "done", "")
        assert (theirs / "README").read_text() == "by far\n"
        robot.press("f")
        robot.sees("README", "far", "its command", within=SLOW)
        robot.press("Escape")

        worktree = world.paths.worktrees / world.agent("near").dir.split("/worktrees/")[1]
        (worktree / "README").write_text("by near\n")
        until(lambda: "README" in world.hive("collisions", "--json")[1], SLOW, "the collision")

        robot.press("d")
        robot.sees("README", "by far", within=SLOW)
        robot.press("/")
        robot.sees("Search the changes")
        robot.types("by far")
        robot.press("Enter")
        robot.misses("Search the changes")
        robot.press("r")
        robot.sees("Taken back: +1 −1 of README", within=SLOW)
        assert (theirs / "README").read_text() == "of all\n"
        assert (worktree / "README").read_text() == "by near\n"
