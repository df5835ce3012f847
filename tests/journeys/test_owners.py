"""What an agent writes outside of what its role owns: twelve ways, seen or held."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.model_server import ModelServer
from tests.programs import SLOW, with_claude, with_codex
from tests.robot import World
from tests.waiting import promised, until

RUNS_LINES = (
    "import os, sys\nfor line in sys.stdin:\n try: exec(line); print('did')\n except OSError as e: print(e.strerror)"
)
PROGRAM = ["python3", "-u", "-c", RUNS_LINES]
WAYS = {
    "plain write": ("open('other/new', 'w').write('x')", "other/new"),
    "append": ("open('other/appended', 'a').write('x')", "other/appended"),
    "through a link": ("os.symlink('../other/linked', 'own/l'); open('own/l', 'w').write('x')", "other/linked"),
    "through a linked folder": ("os.symlink('../other', 'own/d'); open('own/d/in', 'w').write('x')", "other/in"),
    "rename into": ("open('own/m', 'w').write('x'); os.rename('own/m', 'other/renamed')", "other/renamed"),
    "hard link": ("os.link('other/hard', 'own/h'); open('own/h', 'w').write('x')", "other/hard"),
    "mv of a parent": ("os.rename('parent', 'own/parent')", "parent"),
    "truncate": ("os.truncate('other/truncated', 0)", "other/truncated"),
    "unlink": ("os.unlink('other/unlinked')", "other/unlinked"),
    "chmod": ("os.chmod('other/modes', 0o777)", "other/modes"),
    "a pipe": ("os.mkfifo('other/pipe')", "other/pipe"),
    "/proc/self/root": ("open('/proc/self/root' + os.getcwd() + '/other/root', 'w').write('x')", "other/root"),
}
"""Ways to write outside, each with the path that is to be reported, or what it is below."""
UNSEEN = {"a pipe"}
"""Git knows of none, so where nothing holds an agent no pipe of its is reported."""


@pytest.fixture
def files(world: World) -> World:
    for name in ("own/a", "parent/a", *(f"other/{name}" for name in ("appended", "linked", "hard"))):
        (world.project / name).parent.mkdir(exist_ok=True)
        (world.project / name).write_text("kept\n")
    for name in ("truncated", "unlinked", "modes"):
        (world.project / "other" / name).write_text("kept\n")
    commit = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "begin"]
    subprocess.run(["git", "add", "-A"], cwd=world.project, env=world.env, check=True)
    subprocess.run(commit, cwd=world.project, env=world.env, check=True)
    return world


def roles(world: World) -> dict[str, Any]:
    return {role["role"]: role for role in json.loads(world.done("owners", "--json"))["roles"]}


def reported(world: World, role: str) -> set[str]:
    return {trespass.path for trespass in world.workspace().ownership.trespasses if trespass.role == role}


def as_they_are(folder: Path) -> dict[Path, tuple[int, int, int]]:
    found = {path: path.stat() for path in folder.rglob("*")}
    return {path: (stat.st_mtime_ns, stat.st_mode, stat.st_size) for path, stat in found.items()}


@pytest.mark.timeout(300)
@promised(2.0)
def test_writes_outside_are_reported_soon_and_name_the_owner(files: World, within: float) -> None:
    agents: dict[str, dict[str, Any]] = {
        "writer": {"command": PROGRAM, "checkout": "worktree", "owns": ["own/**"]},
        "keeper": {"command": ["cat"], "owns": ["other/**"]},
    }
    files.up(agents)
    missed = []
    for way, (code, path) in WAYS.items():
        files.done("send", "writer", code)
        if way in UNSEEN:
            continue
        try:
            until(
                lambda path=path: any(f"{found}/".startswith(f"{path}/") for found in reported(files, "writer")), within
            )
        except AssertionError:
            missed.append(way)
    assert missed == [], reported(files, "writer")
    found = roles(files)
    assert {tuple(t["owners"]) for t in found["writer"]["trespasses"] if t["path"].startswith("other/")} == {
        ("keeper",)
    }
    assert found["keeper"]["trespasses"] == []


@pytest.mark.timeout(180)
def test_a_layout_that_says_something_else_is_held_to_after_a_restart(files: World) -> None:
    files.up({"writer": {"command": ["cat"]}})
    assert roles(files)["writer"]["owns"] is None
    files.up({"writer": {"command": ["cat"], "owns": [], "mode": "block"}})
    held = roles(files)["writer"]
    assert (held["owns"], held["enforced"]) == ([], "")
    assert "a restart holds it" in held["notes"][0]
    files.done("restart", "writer")
    until(lambda: "a restart holds it" not in "".join(roles(files)["writer"]["notes"]), 20, "what holds it now")


@pytest.mark.timeout(180)
def test_who_is_held_changes_nothing_outside_and_what_it_owns_as_it_likes(files: World) -> None:
    script = ["sh", "-c", "echo made >made-first"]
    apart = {"command": PROGRAM, "owns": ["own/**"], "mode": "block", "checkout": "worktree", "setup": [script]}
    files.up({"writer": {"command": PROGRAM, "owns": ["own/**"], "mode": "block"}, "apart": apart})
    held = roles(files)["writer"]
    if not held["enforced"]:
        pytest.skip(f"nothing holds an agent here: {held['notes']}")
    before = as_they_are(files.project / "other")
    ways = [code for way, (code, _) in WAYS.items() if way != "chmod" or held["enforced"] == "bubblewrap"]
    for code in [*ways, "open('own/over', 'w').write('x')"]:
        files.done("send", "writer", code)
    until((files.project / "own" / "over").exists, 20, "the write inside")
    assert as_they_are(files.project / "other") == before
    assert (files.project / "parent").is_dir()

    tree = Path(files.agent("apart").dir)
    assert (tree / "made-first").exists(), "what sets a worktree up is not held"
    files.done("send", "apart", "open('other/out', 'w').write('x')")
    files.done("send", "apart", f"open('{files.project}/own/theirs', 'w').write('x')")
    files.done("send", "apart", "open('own/in', 'w').write('x')")
    until((tree / "own" / "in").exists, 20, "the write inside")
    assert not (tree / "other" / "out").exists()
    assert not (files.project / "own" / "theirs").exists()


@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_asks_before_it_writes_outside_though_it_accepts_edits(files: World) -> None:
    with ModelServer() as model:
        accepts = ["claude", "--permission-mode", "acceptEdits"]
        writer = {"kind": "claude", "command": accepts, "env": with_claude(files, model), "owns": ["own/**"]}
        files.up({"writer": {**writer, "mode": "ask"}})
        assert roles(files)["writer"]["enforced"] == "hook"
        robot = files.opens()
        robot.sees("Claude Code v", "❯", within=SLOW)
        files.done("send", "writer", f"put: {files.project}/own/inside.txt text")
        until((files.project / "own" / "inside.txt").exists, SLOW, "the write inside")
        files.done("send", "writer", f"put: {files.project}/other/outside.txt text")
        robot.sees("Do you want to", "1. Yes", within=SLOW)
        assert files.hive("attention")[0] == 3
        assert not (files.project / "other" / "outside.txt").exists()


@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_works_behind_a_wall(files: World) -> None:
    with ModelServer() as model:
        may = ["claude", "--permission-mode", "acceptEdits", "--allowedTools", "Bash"]
        files.up(
            {
                "writer": {
                    "kind": "claude",
                    "command": may,
                    "env": with_claude(files, model),
                    "owns": [],
                    "mode": "block",
                }
            }
        )
        if not roles(files)["writer"]["enforced"]:
            pytest.skip("nothing holds an agent here")
        robot = files.opens()
        robot.sees("Claude Code v", "❯", within=SLOW)
        files.done("send", "writer", f"put: {files.project}/other/outside.txt text")
        robot.sees("The command said:", within=SLOW)
        files.done("send", "writer", "run: touch other/by-command")
        robot.sees("touch: cannot touch", within=SLOW)
        assert not {"outside.txt", "by-command"} & {path.name for path in (files.project / "other").iterdir()}


@pytest.mark.real
@pytest.mark.timeout(400)
def test_codex_works_behind_a_wall(files: World) -> None:
    with ModelServer() as model:
        env = with_codex(files, model)
        files.up({"writer": {"kind": "codex", "env": env, "owns": ["own/**"], "mode": "block"}})
        if not roles(files)["writer"]["enforced"]:
            pytest.skip("nothing holds an agent here")
        robot = files.opens()
        robot.sees("OpenAI Codex", within=SLOW)
        files.done("send", "writer", "run: echo in >own/by-command; echo out >other/by-command")
        robot.press("1", "Enter")
        robot.sees("Would you like to run", within=SLOW)
        robot.press("y")
        robot.sees("The command said:", within=SLOW)
        assert (files.project / "own" / "by-command").exists()
        assert not (files.project / "other" / "by-command").exists()


@pytest.mark.timeout(180)
def test_names_that_would_act_are_reported_as_harmless_text(files: World) -> None:
    agents: dict[str, dict[str, Any]] = {
        "writer": {"command": PROGRAM, "checkout": "worktree", "owns": ["own/**"]},
        "keeper": {"command": ["cat"], "owns": ["other/**"]},
    }
    files.up(agents, contracts=["other/**"])
    robot = files.opens()
    names = ["other/\\x1b[31mred", "other/two\\nlines", "other/\\u202eback", "other/[@click=app.quit]x"]
    for name in names:
        files.done("send", "writer", f"open('{name}', 'w').write('x')")
    files.done("send", "writer", "open(b'other/\\xff\\xfe', 'w').write('x')")
    until(lambda: len(reported(files, "writer")) == len(names) + 1, 30, "all of them")
    robot.press("O")
    robot.sees("Owners", "[@click=app.quit]x", "two")
    raw = files.done("owners") + files.done("contracts")
    assert "\x1b" not in raw
    assert "\u202e" not in raw
    assert len(roles(files)["writer"]["trespasses"]) == len(names) + 1


@pytest.mark.timeout(180)
def test_who_is_held_ends_in_its_own_time_and_leaves_nothing_behind(files: World) -> None:
    slow = (
        "import signal, time; signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), open('own/end', 'w'), exit()))"
    )
    program = [
        "python3",
        "-u",
        "-c",
        f"{slow}; signal.signal(signal.SIGHUP, signal.SIG_IGN); print('ready')\nwhile True: time.sleep(1)",
    ]
    files.up({"writer": {"command": program, "owns": ["own/**"], "mode": "block"}})
    if not roles(files)["writer"]["enforced"]:
        pytest.skip("nothing holds an agent here")
    files.pane_sees("writer", "ready")
    files.done("stop", "writer")
    until((files.project / "own" / "end").exists, 20, "its own end")
    files.done("down", "--yes")
