"""What an agent writes outside of what its role owns: twelve ways, seen or held."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.robot import World
from tests.waiting import until

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
WITHIN = 2.0


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


@pytest.mark.timeout(180)
def test_writes_outside_are_reported_soon_and_name_the_owner(files: World) -> None:
    agents = {
        "writer": {"command": PROGRAM, "checkout": "worktree", "owns": ["own/**"]},
        "keeper": {"command": ["cat"], "owns": ["other/**"]},
    }
    files.up(agents)
    missed = []
    for way, (code, path) in WAYS.items():
        files.done("send", "writer", code)
        began = time.monotonic()
        while not any(found == path or found.startswith(f"{path}/") for found in reported(files, "writer")):
            if time.monotonic() - began > WITHIN:
                missed.append(way)
                break
            time.sleep(0.02)
    assert len(missed) <= 1, (missed, reported(files, "writer"))
    found = roles(files)
    assert {tuple(t["owners"]) for t in found["writer"]["trespasses"] if t["path"].startswith("other/")} == {
        ("keeper",)
    }
    assert found["keeper"]["trespasses"] == []


@pytest.mark.timeout(180)
def test_who_is_held_changes_nothing_outside_and_what_it_owns_as_it_likes(files: World) -> None:
    files.up({"writer": {"command": PROGRAM, "owns": ["own/**"], "mode": "block"}})
    held = roles(files)["writer"]
    if not held["enforced"]:
        pytest.skip(f"nothing holds an agent here: {held['notes']}")
    before = {
        path: path.stat() for path in files.project.rglob("*") if path.relative_to(files.project).parts[0] == "other"
    }
    ways = [code for way, (code, _) in WAYS.items() if way != "chmod" or held["enforced"] == "bubblewrap"]
    for code in [*ways, "open('own/over', 'w').write('x')"]:
        files.done("send", "writer", code)
    until((files.project / "own" / "over").exists, 20, "the write inside")
    after = {
        path: path.stat() for path in files.project.rglob("*") if path.relative_to(files.project).parts[0] == "other"
    }
    assert {p: (s.st_mtime_ns, s.st_mode, s.st_size) for p, s in before.items()} == {
        p: (s.st_mtime_ns, s.st_mode, s.st_size) for p, s in after.items()
    }
    assert (files.project / "parent").is_dir()
    assert isinstance(files.project, Path)
