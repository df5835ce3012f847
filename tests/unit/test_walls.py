"""What a wall holds: twelve ways out of what an agent owns, tried behind each wall that this system has."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hiveui.agents import confine, walls
from hiveui.agents.reach import Step, work_out
from hiveui.model.globs import Globs
from hiveui.model.ownership import Wall
from hiveui.storage import atomic

WAYS = """
import json, os, shutil, sys, threading
base, out = sys.argv[1], {}
own, other = f"{base}/own", f"{base}/other"
def way(name):
    def tried(work):
        try:
            work()
            out[name] = "done"
        except OSError as error:
            out[name] = error.strerror
    return tried
@way("plain")
def _(): open(f"{other}/new", "w").write("x")
@way("append")
def _(): open(f"{other}/file", "a").write("x")
@way("symlink")
def _():
    os.symlink(f"{other}/file", f"{own}/link")
    open(f"{own}/link", "w").write("x")
@way("folder link")
def _():
    os.symlink(other, f"{own}/folder")
    open(f"{own}/folder/new", "w").write("x")
@way("rename")
def _():
    open(f"{own}/mine", "w").write("x")
    os.rename(f"{own}/mine", f"{other}/file")
@way("hard link")
def _():
    os.link(f"{other}/file", f"{own}/hard")
    open(f"{own}/hard", "w").write("x")
@way("mv of a parent")
def _(): os.rename(other, f"{own}/taken")
@way("truncate")
def _(): os.truncate(f"{other}/file", 0)
@way("unlink")
def _(): os.unlink(f"{other}/file2")
@way("proc root")
def _(): open(f"/proc/self/root{other}/new", "w").write("x")
@way("other process")
def _(): open(f"/proc/{os.getppid() if len(sys.argv) < 3 else sys.argv[2]}/root{other}/new2", "w").write("x")
@way("race")
def _():
    swap, over = f"{own}/swap", []
    def flip():
        while not over:
            for goal in (own, other):
                try:
                    os.unlink(swap)
                except OSError: pass
                try:
                    os.symlink(goal, swap)
                except OSError: pass
    thread = threading.Thread(target=flip); thread.start()
    for i in range(300):
        try: open(f"{swap}/raced", "w").write("x")
        except OSError: pass
    over.append(1); thread.join()
    if not os.path.exists(f"{other}/raced"): raise OSError(1, "held")
@way("chmod")
def _(): os.chmod(f"{other}/file", 0o777)
@way("own")
def _(): open(f"{own}/mine too", "w").write("x")
@way("outside")
def _(): open(f"{os.path.dirname(base)}/beside/note", "w").write("x")
print(json.dumps(out))
"""


@pytest.fixture(params=[Wall.BUBBLEWRAP, Wall.LANDLOCK])
def wall(request: pytest.FixtureRequest) -> Wall:
    found: Wall = request.param
    if found is Wall.BUBBLEWRAP and walls.best(os.environ)[0] is not found:
        pytest.skip("bubblewrap does not work here")
    if found is Wall.LANDLOCK and confine.abi() < confine.NEEDED_ABI:
        pytest.skip("this kernel has no Landlock")
    return found


def checkout(folder: Path) -> Path:
    base = folder / "checkout"
    for name in ("checkout/own", "checkout/other", "beside"):
        (folder / name).mkdir(parents=True)
    for name in ("file", "file2"):
        (base / "other" / name).write_text("kept")
    return base


def run(wall: Wall, base: Path, globs: list[str], code: str, *argv: str) -> str:
    reach = work_out(base, [base], Globs(globs), None)
    words = walls.behind(
        wall, reach, [sys.executable, "-I", "-c", code, str(base), *argv], base.parent / "wall.json", atomic.write
    )
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_no_way_leads_out_of_what_an_agent_owns(wall: Wall, tmp_path: Path) -> None:
    base = checkout(tmp_path)
    tried = json.loads(run(wall, base, ["own/**"], WAYS, str(os.getpid())))
    assert {name for name, how in tried.items() if how == "done"} - {"chmod"} == {"own", "outside"}
    assert (tried["chmod"] == "done") == (wall is Wall.LANDLOCK)  # as walls.LACKS says
    assert sorted(path.name for path in (base / "other").iterdir()) == ["file", "file2"]
    assert (base / "other" / "file").read_text() == "kept"
    assert len(tried) == 15


def test_who_owns_nothing_writes_nowhere_in_the_checkout(wall: Wall, tmp_path: Path) -> None:
    tried = json.loads(run(wall, checkout(tmp_path), [], WAYS, str(os.getpid())))
    assert {name for name, how in tried.items() if how == "done"} - {"chmod"} == {"outside"}


def test_walls_change_where_globs_do(wall: Wall, tmp_path: Path) -> None:
    base = checkout(tmp_path)
    (base / "own" / "kept").mkdir()
    (base / "pkg" / "tests").mkdir(parents=True)
    (base / "pkg" / "notes.md").write_text("old")
    write = """
import sys
for name in ("own/a", "own/kept/a", "pkg/a", "pkg/tests/a", "pkg/notes.md", "docs/plans/a"):
    try:
        open(f"{sys.argv[1]}/{name}", "w").write("x"); print(name)
    except OSError: pass
"""
    globs = ["own/*", "!own/kept", "**/tests/**", "*.md", "docs/plans/**"]
    said = run(wall, base, globs, write).split()
    expected = ["own/a", "pkg/tests/a", "pkg/notes.md", "docs/plans/a"]
    assert said == (expected[1:] if wall is Wall.LANDLOCK else expected)


def test_a_repository_can_be_committed_to_and_its_hooks_not_be_changed(tmp_path: Path) -> None:
    base = checkout(tmp_path)
    subprocess.run(["git", "init", "-q", "."], cwd=base, check=True)
    git = base / ".git"
    steps = {Path(step.path).name: step.open for step in work_out(base, [base], Globs(["own/**"]), git).steps}
    assert steps == {"checkout": False, "own": True, ".git": True, "hooks": False, "config": False, "info": False}
    assert work_out(base, [base], Globs([]), git).steps == (Step(str(base), open=False),)


def test_work_is_committed_behind_a_wall_in_the_main_checkout_and_in_a_worktree(wall: Wall, tmp_path: Path) -> None:
    base = checkout(tmp_path)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q", "."], ["add", "-A"], ["commit", "-qm", "begin"], ["worktree", "add", "-q", "../tree"]):
        subprocess.run([*git, *words], cwd=base, check=True)
    for place in (base, tmp_path / "tree"):
        (place / "own").mkdir(exist_ok=True)
        script = "echo new >own/new && echo new >other/new; git add -A && git commit -qm new && git log --oneline"
        closed = [base, tmp_path / "tree"]
        reach = work_out(place, closed, Globs(["own/**"]), base / ".git")
        words = walls.behind(
            wall, reach, ["sh", "-c", script.replace("git ", f"{' '.join(git)} ")], tmp_path / "w", atomic.write
        )
        done = subprocess.run(words, cwd=place, capture_output=True, text=True, timeout=60, check=False)
        assert len(done.stdout.splitlines()) == 2, done.stderr
        assert not (place / "other" / "new").exists()


def test_what_no_folder_can_stand_for_is_said(tmp_path: Path) -> None:
    base = checkout(tmp_path)
    notes = work_out(base, [base], Globs(["own/**", "**/tests/**", "*.md", "!own/x"]), None).notes
    assert [note.partition(" ")[0].rstrip(":") for note in notes] == ["'**/tests/**'", "'*.md'"]


def test_a_folder_that_is_named_outright_is_made(tmp_path: Path) -> None:
    base = checkout(tmp_path)
    reach = work_out(base, [base], Globs(["services/api/"]), None)
    assert reach.steps[-1] == Step(str(base / "services/api"), open=True)


def test_hooks_that_are_not_there_yet_cannot_be_made_either(tmp_path: Path) -> None:
    git = tmp_path / "git"
    git.mkdir()
    steps = work_out(tmp_path, [tmp_path], Globs(["own/**"]), git).steps
    assert Step(str(git / "hooks"), open=False, firm=False) in steps


def test_a_program_that_failed_once_is_tried_again(tmp_path: Path) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    assert walls.best({"PATH": str(tmp_path)})[0] is not Wall.BUBBLEWRAP
    program.write_text("#!/bin/sh\n")
    assert walls.best({"PATH": str(tmp_path)})[0] is Wall.BUBBLEWRAP


def test_a_place_that_is_a_link_is_neither_made_nor_opened(tmp_path: Path) -> None:
    base = checkout(tmp_path)
    (base / "docs").symlink_to(base / "other")
    reach = work_out(base, [base], Globs(["docs/plans/**"]), None)
    assert [step.open for step in reach.steps] == [False]
    assert not (base / "other" / "plans").exists()


def test_without_either_there_is_no_wall_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confine, "abi", lambda: 0)
    wall, why = walls.best({"PATH": "/nowhere"})
    assert (wall, "bubblewrap is not installed" in why) == (Wall.NONE, True)
    assert shutil.which("bwrap", path="/nowhere") is None
