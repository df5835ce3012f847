"""What git says has changed is read whatever files are named, and told of once."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from hiveui.hive.status import Dirty, ask, read
from hiveui.model.changes import Deed

NAMES = json.loads((Path(__file__).parents[1] / "data" / "names.json").read_text())


def git(folder: Path, *words: str) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", *words], cwd=folder, env=env, check=True)


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    for name in ("kept", "gone", "changed"):
        (tmp_path / name).write_text(name)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "start")
    return tmp_path


def test_what_changed_since_git_was_asked_is_told_once(repo: Path) -> None:
    (repo / "old").write_text("was there before")
    dirty = Dirty()
    assert ask(str(repo), dirty) == {}
    (repo / "changed").write_text("x")
    (repo / "gone").unlink()
    (repo / "a -> b\nc").write_text("x")
    (repo / "staged").write_text("x")
    git(repo, "add", "staged")
    assert ask(str(repo), dirty) == {
        "changed": Deed.MODIFIED,
        "gone": Deed.DELETED,
        "a -> b\nc": Deed.ADDED,
        "staged": Deed.ADDED,
    }
    assert ask(str(repo), dirty) == {}


def test_files_of_any_name_are_read(repo: Path) -> None:
    dirty, made = Dirty(), set()
    ask(str(repo), dirty)
    for one in NAMES:
        text = one["name"]
        try:
            (repo / text).write_text("x")
        except (OSError, ValueError):
            continue
        made.add(text)
    assert made
    assert {path for path, deed in ask(str(repo), dirty).items() if deed is Deed.ADDED} >= {
        m for m in made if "/" not in m
    }


def test_a_folder_without_a_repository_has_nothing_to_tell(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    assert ask(str(tmp_path), Dirty()) == {}
    assert ask(str(tmp_path / "gone"), Dirty()) == {}


def test_records_of_conflicts_and_headers_are_read() -> None:
    said = "# branch.oid x\x00u UU N... 100644 100644 100644 100644 a b c with space\x00? new\x00! ignored\x00"
    assert read(said) == {"with space": "UU", "new": "??"}
