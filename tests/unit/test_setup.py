"""What is done in a fresh worktree, in the pane, before its agent begins."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from hiveui.agents.setup import words
from hiveui.model.agent import AgentId
from hiveui.model.worktree import Worktree

AGENT = ("sh", "-c", 'echo "agent 1 in $PWD"')


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("root", "tree"):
        (tmp_path / name).mkdir()
    return tmp_path


def begin(place: Path, agent=AGENT, **what) -> subprocess.CompletedProcess[str]:
    tree = Worktree(str(place / "tree"), AgentId("a"), str(place / "root"), str(place / "root"), ("b",), **what)
    argv = words(tree, place / "ready", agent, "Get it.")
    env = {"PATH": os.environ["PATH"], "HIVE_ROLE": "my role", "PYTHONPATH": "/evil", "LC_ALL": "C.UTF-8"}
    return subprocess.run(argv, cwd=place, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL)


def test_what_is_to_be_done_is_done_in_order_and_seen_and_then_the_agent_begins(place: Path):
    (place / "root" / ".env").write_text("KEY=1")
    (place / "root" / "web" / "node_modules").mkdir(parents=True)
    done = begin(
        place, copy=(".env",), link=("web/node_modules",), setup=(("sh", "-c", "cat .env; pwd"), ("echo", "a b"))
    )
    assert done.stdout.splitlines() == [
        "copied .env",
        "linked web/node_modules",
        "$ sh -c 'cat .env; pwd'",
        f"KEY=1{place}/tree",
        "$ echo 'a b'",
        "a b",
        f"agent 1 in {place}",
    ]
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / "ready").exists()
    assert (place / "tree" / "web" / "node_modules").readlink() == place / "root" / "web" / "node_modules"


def test_the_agent_inherits_its_environment_and_no_signal_that_python_ignores(place: Path):
    done = begin(place, ("sh", "-c", "echo $PYTHONPATH; yes | head -n 1"), setup=(("true",),))
    assert done.stdout.splitlines()[1:] == ["/evil", "y"]
    assert done.stderr == "", "a broken pipe ends a program in silence"


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (("sh", "-c", "exit 3"), 3, "sh -c 'exit 3' ended with exit status 3"),
        (("sh", "-c", "kill -TERM $$"), 143, "was ended by signal 15"),
        (("no-such-program",), 127, "no-such-program: No such file or directory"),
    ],
)
def test_a_command_that_fails_is_named_and_the_agent_does_not_begin(place: Path, command, status, said):
    done = begin(place, setup=(("echo", "first"), command, ("echo", "never")))
    assert done.returncode == status
    assert re.search(f"(?m)^Set-up failed: .*{re.escape(said)}", done.stdout)
    assert "hive restart 'my role'" in done.stdout
    assert "first" in done.stdout
    assert "never" not in done.stdout
    assert "agent 1" not in done.stdout
    assert not (place / "ready").exists()
    assert begin(place, setup=(("true",),)).returncode == 0, "and it can be done anew"


def test_a_program_that_is_not_there_even_now_says_how_to_get_it(place: Path):
    done = begin(place, ("no-such-agent",), setup=(("true",),))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (127, "Get it.")
    assert (place / "ready").exists()


def test_what_is_in_the_worktree_already_stays_and_what_is_not_there_is_said(place: Path):
    (place / "root" / ".env").write_text("new")
    (place / "tree" / ".env").write_text("old")
    os.mkfifo(place / "root" / "pipe")
    done = begin(place, copy=(".env", "gone", "pipe"), link=(".env",))
    assert done.returncode == 0
    assert (place / "tree" / ".env").read_text() == "old"
    assert [line.split()[0] for line in done.stdout.splitlines()[:-1]] == ["gone", "pipe"]


def test_a_folder_is_copied_whole_with_its_links_and_without_its_pipes(place: Path):
    folder = place / "root" / "deps"
    folder.mkdir()
    (folder / "tool").write_text("x")
    (folder / "tool").chmod(0o755)
    (folder / "bin").symlink_to("tool")
    os.mkfifo(folder / "pipe")
    (place / "tree" / ".deps.hiveui-new").mkdir()
    (place / "tree" / ".deps.hiveui-new" / "half").touch()
    assert begin(place, copy=("deps",)).returncode == 0
    copied = place / "tree" / "deps"
    assert sorted(os.listdir(copied)) == ["bin", "tool"]
    assert (copied / "bin").readlink() == Path("tool")
    assert os.access(copied / "tool", os.X_OK)
    assert os.listdir(place / "tree") == ["deps"]


@pytest.mark.parametrize("way", ["copy", "link"])
def test_nothing_comes_from_outside_of_the_repository_or_goes_out_of_the_worktree(place: Path, way: str):
    (place / "secret").write_text("x")
    (place / "root" / "out").symlink_to(place / "secret")
    (place / "root" / "up").symlink_to(place)
    for name in ("out", "up/secret", "up"):
        done = begin(place, **{way: (name,)})
        assert done.returncode == 1
        assert f"{name} leads out of {place}/root by a link" in done.stdout
    (place / "root" / "vendor").mkdir()
    (place / "root" / "vendor" / "x").touch()
    (place / "tree" / "vendor").symlink_to(place / "root")
    done = begin(place, **{way: ("vendor/x",)})
    assert f"vendor/x leads out of {place}/tree by a link" in done.stdout
    assert os.listdir(place / "tree") == ["vendor"]
    assert sorted(os.listdir(place / "root")) == ["out", "up", "vendor"]
