"""The branch that a folder is on, whatever an agent makes of its repository."""

import os
import subprocess
from pathlib import Path

import pytest

from hiveui.git.head import MAX_BYTES, branch_of


def git(folder: Path, *words: str) -> None:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=a", "-c", "user.email=a@invalid")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **quiet})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main", "repo")
    folder = tmp_path / "repo"
    git(folder, "commit", "-q", "--allow-empty", "-m", "one")
    return folder


def test_a_folder_deep_in_a_repository_is_on_its_branch(repository: Path) -> None:
    (repository / "a" / "b").mkdir(parents=True)
    assert branch_of(repository / "a" / "b") == "main"
    git(repository, "checkout", "-q", "-b", "topic/ä#1")
    assert branch_of(repository) == "topic/ä#1"


def test_a_worktree_is_on_its_own_branch(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    assert branch_of(tmp_path / "tree") == "other"
    assert branch_of(repository) == "main"


def test_a_detached_head_and_no_repository_are_no_branch(repository: Path, tmp_path: Path) -> None:
    git(repository, "checkout", "-q", "--detach")
    assert branch_of(repository) is None
    assert branch_of(tmp_path) is None
    assert branch_of(tmp_path / "gone") is None


@pytest.mark.parametrize(
    "said", [b"gitdir: a\0b", b"gitdir: " + b"x" * MAX_BYTES, b"gitdir: .git", b"", b"\xff\xfe", b"gitdir: /dev/null"]
)
def test_a_git_file_that_leads_nowhere_is_no_branch(tmp_path: Path, said: bytes) -> None:
    (tmp_path / ".git").write_bytes(said)
    assert branch_of(tmp_path) is None


@pytest.mark.timeout(60)
def test_a_pipe_in_the_place_of_the_head_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git" / "HEAD")
    assert branch_of(tmp_path) is None


@pytest.mark.skipif(os.getuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_no_branch(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    assert branch_of(closed / "deeper") is None


def test_a_head_without_end_is_read_in_part(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/" + "x" * 100_000)
    assert len(branch_of(tmp_path) or "") < MAX_BYTES
