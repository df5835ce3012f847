"""A person brings the work of three agents together, one of which breaks what the others rely on."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import commit, git
from tests.robot import WITHIN, World
from tests.waiting import until

pytestmark = pytest.mark.timeout(180)

CHECK = [sys.executable, "-c", "import sum, sys; print('two and two is', sum.add(2, 2)); sys.exit(sum.add(2, 2) != 4)"]
WORK = {
    "one": ("README", "Adds numbers.\n"),
    "two": ("sum.py", "def add(a, b):\n    return a - b\n"),
    "three": ("LICENSE", "Free.\n"),
}


def agent(world: World, role: str) -> dict[str, Any]:
    """Give a rehearsal agent with a worktree of its own, which writes one file."""
    file, text = WORK[role]
    script = world.home / f"{role}.toml"
    script.write_text(f"[[step]]\ndo = 'write'\nfile = '{file}'\ntext = {json.dumps(text)}\n[[step]]\ndo = 'turn'\n")
    env = {"REHEARSAL": str(script), "REHEARSAL_SPEED": "0"}
    return {"kind": "rehearsal", "checkout": "worktree", "check": CHECK, "env": env}


@pytest.fixture
def shop(world: World) -> World:
    """Three agents that have each done their part, and committed nothing."""
    (world.home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@invalid\n")
    (world.project / "sum.py").write_text("def add(a, b):\n    return a + b\n")
    (world.project / ".gitignore").write_text(".hive\n__pycache__\n")
    git(world.project, "config", "hiveui.scratch", "true")  # rehearsal agents change nothing elsewhere
    commit(world.project)
    world.up({role: agent(world, role) for role in WORK})
    for role, (file, text) in WORK.items():
        place = Path(world.agent(role).dir)
        until(lambda file=place / file, text=text: file.exists() and file.read_text() == text, WITHIN, role)
    return world


def head(world: World) -> str:
    return git(world.project, "rev-parse", "main")


def test_the_second_of_three_fails_its_check_and_all_is_rolled_back(shop: World) -> None:
    before = head(shop)
    robot = shop.opens("attach")
    robot.sees("one", "two", "three")
    robot.press("I")
    robot.sees("Merge into main", "1 not committed")
    for role in WORK:
        robot.press("c")
        robot.sees(f"Commit what {role} changed")
        robot.types(f"Work of {role}")
        robot.sees(f"Work of {role}")
        robot.press("Enter")
        robot.sees(f"{role}: 1 files are committed.", "Merge into main")
        robot.press("j")
    robot.sees("3 three")
    assert robot.screen().count("clean") == 3
    robot.press("Enter")
    robot.sees("Merge into main?", "1 one", "2 two", "3 three")
    assert head(shop) == before
    robot.press("Enter")
    robot.sees("1 of 3 merged into main; stopped at two", "✓ merged", "✗ check failed", within=60)
    merged = head(shop)
    assert git(shop.project, "log", "--format=%s|%an", f"{before}..main").split("\n") == [
        "Merge hive/shop/one into main|Ada",
        "Work of one|Ada",
    ]
    assert (shop.project / "README").read_text() == "Adds numbers.\n"
    assert "a + b" in (shop.project / "sum.py").read_text()
    assert git(shop.project, "status", "--porcelain") == ""

    robot.press("g", "k")
    robot.press("o")
    robot.sees("What the check of two printed", "two and two is 0")
    robot.press("q")
    robot.sees("stopped at two")

    robot.press("n")
    robot.sees("2 of 3 merged into main.", "– left out", within=60)
    assert (shop.project / "LICENSE").exists()
    last = head(shop)
    assert last not in {before, merged}

    robot.press("u")
    robot.sees(f"Roll main back to {before[:10]}?")
    robot.press("Enter")
    robot.sees("main was rolled back to before.", "3 three")
    assert head(shop) == before
    assert git(shop.project, "status", "--porcelain") == ""
    assert not (shop.project / "README").exists()
    assert git(shop.project, "for-each-ref", "--format=%(objectname)", "refs/hive/after") == last
    for role in WORK:
        assert git(shop.project, "log", "-1", "--format=%s|%(trailers:key=Agent)", f"hive/shop/{role}").strip() == (
            f"Work of {role}|Agent: {role}"
        )
    robot.press("q")
    robot.misses("Merge into main")
    robot.leaves()
