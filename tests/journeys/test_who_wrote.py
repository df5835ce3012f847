"""A person sees what agents in one tree and in worktrees of their own do to files, and who did it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.robot import World
from tests.waiting import until

WAIT = """
[[step]]
do = "turn"
"""
ANN = (
    """
[[step]]
do = "write"
file = "api/auth.py"
text = "one\\ntwo\\n"
"""
    + WAIT
    + """
[[step]]
do = "edit"
file = "api/auth.py"
old = "two"
new = "three"

[[step]]
do = "run"
command = ["sh", "-c", "echo made > made.txt; cp made.txt api/copy.txt"]
"""
)
BEN = """
[[step]]
do = "write"
file = "web/page.js"
text = "x"
"""


def rehearsal(world: World, name: str, script: str, **more: Any) -> dict[str, Any]:
    """Give an agent that plays a script at once."""
    file = world.home / f"{name}.toml"
    file.write_text(script)
    return {"kind": "rehearsal", "env": {"REHEARSAL": str(file), "REHEARSAL_SPEED": "0"}, **more}


@pytest.fixture
def shop(world: World) -> World:
    """A repository with a commit in which rehearsals may write."""
    for words in (
        ("config", "hiveui.scratch", "true"),
        ("-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "--allow-empty", "-m", "start"),
    ):
        subprocess.run(["git", *words], cwd=world.project, env=world.env, check=True)
    return world


def who(world: World, path: str) -> dict[str, Any]:
    """Give what `hive who` says of a path, once it says it."""

    def said() -> Any:
        code, gave, _ = world.hive("who", path, "--json")
        found = json.loads(gave)["writes"] if code == 0 else []
        return found and found[0]["evidence"] != "just noticed" and found[0]

    return until(said, 20, f"who wrote {path}")


def watched(world: World, place: Path) -> None:
    """Wait until a checkout is watched."""
    file = place / "first.txt"

    def told() -> bool:
        file.write_text(str(file.stat().st_mtime_ns if file.exists() else 0))
        writes = json.loads(world.hive("files", "--json")[1] or "{}").get("writes", [])
        return any(write["top"] == str(place.resolve()) for write in writes)

    until(told, 20, f"a change in {place} that is told of")


def test_the_feed_tells_who_changed_what_in_one_tree_and_in_a_worktree(shop: World) -> None:
    shop.up(
        {
            "ann": rehearsal(shop, "ann", WAIT + ANN),
            "ben": rehearsal(shop, "ben", WAIT + BEN),
            "cod": {"command": ["sh", "-c", "read x; echo x > own.txt; exec cat"], "checkout": "worktree"},
        }
    )
    watched(shop, shop.project)
    watched(shop, Path(shop.agent("cod").dir))
    robot = shop.opens()
    robot.sees("1 ann")
    robot.press("f")
    robot.sees("What agents changed", "first.txt", "it may have been you")
    shop.done("send", "ann", "continue")
    robot.sees("ann  + shop: api/auth.py", "+2 −0", "its Write named it")
    shop.done("send", "ben", "continue")
    robot.sees("ben  + shop: web/page.js")
    shop.done("send", "ann", "continue")
    robot.sees("ann  ~ shop: api/auth.py", "+1 −1", "its Edit named it", "ann  + shop: api/copy.txt")
    shop.done("press", "cod", "enter")
    robot.sees("cod  + cod: own.txt", "in its own worktree")
    robot.press("f")
    robot.sees("What ann changed", "api/copy.txt")
    robot.misses("web/page.js")
    robot.press("Escape")

    assert (who(shop, "api/auth.py")["role"], who(shop, "api/auth.py")["how"]) == ("ann", "tool")
    assert (who(shop, "api/copy.txt")["role"], who(shop, "api/copy.txt")["how"]) == ("ann", "command")
    assert who(shop, "first.txt")["by"] is None
    assert "ann modified it" in shop.done("who", "api/auth.py")
    assert "cod (worktree)" in shop.done("files", "cod")
    code, _, said = shop.hive("who", "never.txt")
    assert code == 4
    assert "Nothing has changed it since" in said
    assert shop.hive("files", "an")[0] == 2
    assert shop.hive("files", "--after", "yesterday")[0] == 2
    assert "own.txt" not in shop.hive("files", "--after", "2999-01-01T00:00:00+02:00")[1]
    for wrote in ("wrote 3 files (auth.py, made.txt", "own.txt"):
        until(lambda: wrote in shop.done("since", "--minutes", "5"), 20, wrote)  # noqa: B023  called within the round
