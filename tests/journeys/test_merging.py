"""A person brings the work of three agents together, one of which breaks what the others rely on."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hiveui.model.checks import TOLD
from hiveui.model.merging import Status
from tests.repositories import commit, git
from tests.robot import WITHIN, World
from tests.waiting import until

pytestmark = pytest.mark.timeout(180)

ADDS = "import sum, sys; print('two and two is', sum.add(2, 2)); sys.exit(sum.add(2, 2) != 4)"
CHECK = ["sh", "-c", 'while test -e "$HOME/slow"; do sleep 0.05; done; exec "$@"', "sh", sys.executable, "-c", ADDS]
"""Takes as long as a file is there."""
WORK = {
    "one": ("README", "Adds numbers.\n"),
    "two": ("sum.py", "def add(a, b):\n    return a - b\n"),
    "three": ("LICENSE", "Free.\n"),
}


def agent(world: World, role: str) -> dict[str, Any]:
    """Give a rehearsal agent with a worktree of its own, which writes one file."""
    file, text = WORK[role]
    script = world.home / f"{role}.toml"
    script.write_text(
        f"[[step]]\ndo = 'turn'\n[[step]]\ndo = 'write'\nfile = '{file}'\ntext = {json.dumps(text)}\n[[step]]\ndo = 'turn'\n"
    )
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
    for role in WORK:  # what each began with is known by now
        world.done("send", role, "Go on.")
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
        robot.sees(f"{role}: 1 file committed.", "Merge into main")
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

    marked = lambda: next((line for line in robot.screen().split("\n") if "▸  " in line), "")  # noqa: E731
    until(lambda: " two " in marked(), WITHIN, "the mark on the one it stopped at")  # it is numbered anew some time
    robot.press("o")
    robot.sees("What the check of two printed", "two and two is 0")
    robot.press("q")
    robot.sees("stopped at two")

    robot.press("n")
    robot.sees("2 of 3 merged into main, 1 left out.", "1 two", within=60)
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


def test_a_conflict_is_looked_at_and_its_agent_is_asked_to_mend_it(shop: World) -> None:
    for role in ("one", "three"):
        (Path(shop.agent(role).dir) / "README").write_text(f"What {role} \x1b[31mwants.\n")
        shop.done("commit", role, "-m", f"Work of {role}")
    robot = shop.opens("attach", columns=80, lines=24)
    robot.sees("1 one")
    robot.press("I")
    robot.sees("will be in conflict: README")
    robot.press("t", "Enter")
    robot.sees("Merge into main?", "it stops here: README")
    robot.press("Enter")
    robot.sees("1 of 2 merged into main; stopped at three, conflict: README.", within=60)
    robot.press("o")
    robot.sees("three is in conflict with main", "What one ␛[31mwants.", "What three ␛[31mwants.")
    robot.press("q")
    robot.sees("stopped at three")
    robot.press("a")
    robot.sees("three is asked to rebase")
    wish = "Rebase it onto main (git rebase main), mend the conflicts"
    until(lambda: wish in " ".join(shop.screen("three").split()), WITHIN, "the wish in its pane")
    place = Path(shop.agent("three").dir)
    git(place, "reset", "-q", "--hard", "main")
    (place / "LICENSE").write_text("Free.\n")
    shop.done("commit", "three", "-m", "Anew")
    code, said, _ = shop.hive("merge", "--again", "--wait", "--json")
    assert (code, [step["status"] for step in json.loads(said)["steps"]]) == (0, ["merged", "merged"])
    robot.sees("2 of 2 merged into main.")


def test_the_command_line_merges_waits_tells_how_it_ended_and_rolls_back(shop: World) -> None:
    before = head(shop)
    assert shop.hive("merge")[0] == 2, "nothing is committed yet"
    for role in WORK:
        made = json.loads(shop.done("commit", role, "-m", f"Work of {role}", "--json"))
        assert made["files"] == [WORK[role][0]]
    assert shop.hive("commit", "one", "-m", "again")[0] == 2
    plan = json.loads(shop.done("merge", "--dry-run", "--json"))
    assert [(one["role"], one["ahead"], one["conflicts"]) for one in plan["chosen"]] == [(r, 1, []) for r in WORK]
    code, _, said = shop.hive("merge")
    assert code == 2
    assert "There is no terminal to ask at" in said
    assert head(shop) == before
    code, shown, said = shop.hive("merge", "--yes", "--wait", "--squash")
    assert code == 4
    assert "stopped at two, check failed" in shown
    assert "one: merged" in said
    assert json.loads(shop.done("merge", "--skip", "--wait", "--json"))["stopped"] is False
    assert git(shop.project, "log", "--format=%s", f"{before}..main").split("\n") == ["Work of three", "Work of one"]
    assert "main is back at" in shop.done("merge", "--undo")
    assert head(shop) == before
    shop.done("merge", "three", "--into", "next", "--no-check", "--yes", "--wait")
    assert git(shop.project, "show", "next:LICENSE") == "Free."
    assert head(shop) == before


def test_a_merge_outlives_the_daemon_and_its_check_can_be_stopped(shop: World) -> None:
    before = head(shop)
    shop.done("commit", "three", "-m", "Free it")
    until(lambda: all(shop.agent(role).proof.status in TOLD for role in WORK), WITHIN, "their own checks")
    slow = shop.home / "slow"
    slow.touch()
    checks = lambda: shop.workspace().trains[-1].steps[0].status is Status.CHECKING  # noqa: E731
    shop.done("merge", "three", "--yes")
    until(checks, WITHIN, "its check")
    shop.kill_daemon()
    shop.done("ls")
    until(lambda: shop.workspace().trains[-1].steps[0].status is Status.INTERRUPTED, WITHIN, "a word on that")
    assert head(shop) == before
    shop.done("merge", "--again")
    until(checks, WITHIN, "its check, again")
    code, said, _ = shop.hive("merge", "--stop", "--wait")
    assert code == 4
    assert "stopped at three, interrupted: you stopped it" in said
    assert (head(shop), git(shop.project, "status", "--porcelain")) == (before, "")
    slow.unlink()
    assert "1 of 1 merged into main." in shop.done("merge", "--again", "--wait")
    assert (shop.project / "LICENSE").exists()


def test_a_pull_request_is_pushed_and_opened_as_it_was_shown(shop: World) -> None:
    shop.done("commit", "one", "-m", "Say what it does\n\nNobody knew.")
    far, bin_ = shop.home / "far.git", shop.home / "bin"
    bin_.mkdir()
    git(shop.home, "init", "-q", "--bare", str(far))
    (bin_ / "gh").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/argv"\ncat > "$HOME/body"\necho made it\n')
    (bin_ / "gh").chmod(0o755)
    config = shop.home / "persons-config"
    config.write_text(f'[url "{far}"]\n\tinsteadOf = https://github.example/ada/shop.git\n')
    shop.env |= {"PATH": f"{bin_}:{shop.env['PATH']}", "GIT_CONFIG_GLOBAL": str(config)}
    git(shop.project, "remote", "add", "origin", "https://github.example/ada/shop.git")
    marker = shop.home / "ran"
    git(shop.project, "config", "credential.helper", f"!touch {marker}")
    (shop.project / ".git" / "hooks").mkdir(exist_ok=True)
    hook = shop.project / ".git" / "hooks" / "pre-push"
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)

    code, _, said = shop.hive("pr", "one")
    assert code == 2, "it is never done without a yes"
    tip = git(shop.project, "rev-parse", "hive/shop/one")
    assert f"$ git push https://github.example/ada/shop.git {tip}:refs/heads/hive/shop/one" in said
    assert "$ gh pr create --repo github.example/ada/shop --head hive/shop/one --base main" in said
    assert git(far, "for-each-ref") == ""
    assert shop.hive("pr", "one", "--yes", "--tip", "0" * 40)[0] == 2

    robot = shop.opens("attach")
    robot.sees("1 one", "2 two")
    robot.press("I")
    robot.sees("Merge into main")
    robot.press("p")
    robot.sees("Push the work of one and open a pull request?", "gh pr create")
    robot.press("Enter")
    robot.sees("The work of one is proposed", "made it", within=60)
    assert git(far, "rev-parse", "hive/shop/one") == tip
    words = (shop.home / "argv").read_text().split("\n")
    assert words[:4] == ["pr", "create", "--repo", "github.example/ada/shop"]
    assert words[words.index("--title") + 1] == "Say what it does"
    assert (shop.home / "body").read_text() == "Nobody knew.\n\nAgent: one"
    assert not marker.exists(), "nothing that the agents' repository names is run"
