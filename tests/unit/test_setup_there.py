"""What is done in a fresh worktree on another host, in its agent's pane: the script that does it, run here."""

import subprocess
from pathlib import Path

import pytest

from hiveui.hive.there import SETUP


def set_up(folder: Path, *steps: str) -> subprocess.CompletedProcess[str]:
    words = ["sh", str(SETUP), str(folder / "shop"), str(folder / "tree"), str(folder / "ready"), *steps]
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HIVE_ROLE": "api"}
    return subprocess.run(
        [*words, "become", "sh", "-c", 'echo "agent $0"', "it's me"], env=env, capture_output=True, text=True
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("shop/deep/er", "tree"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "shop/.env").write_text("A=1\n")
    (tmp_path / "shop/deep/er/file").write_text("deep\n")
    (tmp_path / "shop/-odd name").write_text("odd\n")
    return tmp_path


def test_it_copies_links_runs_and_becomes_the_agent(folder: Path) -> None:
    run = ["run", "4", "sh", "-c", 'echo "$0 in $PWD"; cat .env', "-x y"]
    done = set_up(
        folder,
        "copied",
        ".env",
        "copied",
        "deep",
        "copied",
        "-odd name",
        "linked",
        "deep/er",
        "copied",
        "no",
        *run,
        "run",
        "1",
        "true",
    )
    tree = folder / "tree"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "copied .env",
        "copied deep",
        "copied -odd name",
        f"no is no file or folder in {folder}/shop: not copied",
        '$ sh -c echo "$0 in $PWD"; cat .env -x y',
        f"-x y in {tree}",
        "A=1",
        "$ true",
        "agent it's me",
    ]
    assert (tree / "deep/er/file").read_text() == "deep\n"
    assert (folder / "ready").exists()
    assert sorted(path.name for path in tree.iterdir()) == ["-odd name", ".env", "deep"]


def test_a_link_is_a_link_and_what_is_there_stays(folder: Path) -> None:
    (folder / "tree/.env").write_text("mine\n")
    done = set_up(folder, "copied", ".env", "linked", "deep/er")
    assert done.stdout.splitlines() == ["linked deep/er", "agent it's me"]
    assert (folder / "tree/.env").read_text() == "mine\n"
    assert (folder / "tree/deep/er").readlink() == folder / "shop/deep/er"


@pytest.mark.parametrize(
    ("steps", "said", "status"),
    [
        (["run", "3", "sh", "-c", "exit 7"], "Set-up failed: sh -c exit 7 ended with exit status 7.", 7),
        (["run", "1", "no-such"], "Set-up failed: no-such ended with exit status 127.", 127),
        (["copied", "out"], "Set-up failed: out leads out of {}/shop by a link. Take it out of the layout.", 1),
        (["copied", "deep/er"], "Set-up failed: deep/er leads out of {}/tree by a link. Take it out of the layout.", 1),
    ],
)
def test_where_a_step_fails_the_agent_is_not_started(folder: Path, steps: list[str], said: str, status: int) -> None:
    (folder / "shop/out").symlink_to("/etc")
    (folder / "tree/deep").symlink_to(folder)
    done = set_up(folder, *steps)
    *_, failed, again = done.stdout.splitlines()
    assert (failed, done.returncode) == (said.format(folder), status)
    assert again == "The agent was not started. Once that is mended, start it again: hive restart api"
    assert not (folder / "ready").exists()
