"""Clones for agents, how checkouts stand, what would be lost with them, and their removal."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hiveui.errors import GitError
from hiveui.git import clones, worktrees
from hiveui.git.head import branch_of
from hiveui.git.losses import losses, remove, standing
from hiveui.model.agent import AgentId
from hiveui.model.worktree import Worktree
from tests.repositories import commit, git, repository

AGENT = AgentId("a-1")
MAKERS = {"worktree": worktrees, "clone": clones}


pytestmark = pytest.mark.usefixtures("person")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", "README", "web/page.html")


def wanted(shop: Path, form: str, name: str = "tree") -> Worktree:
    return Worktree(str(shop.parent / name), AGENT, str(shop), str(shop), (f"hive/{name}",), form=form)


def made(shop: Path, form: str) -> Path:
    tree = wanted(shop, form)
    MAKERS[form].ensure(tree)
    return Path(tree.path)


# clones


def test_a_clone_is_made_on_a_branch_of_its_own_and_used_again(shop: Path):
    git(shop, "checkout", "-q", "--detach")
    head = commit(shop)
    tree = wanted(shop, "clone")
    assert not clones.existing(tree)
    first = clones.ensure(tree)
    path = Path(tree.path)
    assert (branch_of(path), git(path, "rev-parse", "HEAD")) == ("hive/tree", head)
    assert git(path, "status", "--porcelain") == ""
    assert (path / "web" / "page.html").exists()
    assert clones.existing(tree)
    (path / "unsaved").write_text("x")
    assert clones.ensure(tree) == first
    assert (path / "unsaved").exists()
    assert "hive/tree" not in git(shop, "branch")


def test_nothing_of_a_clones_objects_or_hooks_is_the_origins(shop: Path):
    hook = shop / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n")
    path = made(shop, "clone")
    links = [file.stat().st_nlink for file in (path / ".git" / "objects").rglob("*") if file.is_file()]
    assert links
    assert set(links) == {1}
    assert not (path / ".git" / "objects" / "info" / "alternates").exists()
    assert not (path / ".git" / "hooks" / "post-commit").exists()


def test_a_branch_that_came_home_is_taken_up_again(shop: Path):
    path = made(shop, "clone")
    (path / "work").write_text("x")
    head = commit(path)
    git(shop, "fetch", "-q", str(path), "hive/tree:hive/tree")
    shutil.rmtree(path)
    assert git(made(shop, "clone"), "rev-parse", "HEAD") == head


def test_a_clone_that_was_not_finished_is_made_anew(shop: Path, tmp_path: Path):
    (tmp_path / ".tree.hive-new" / "half").mkdir(parents=True)
    (tmp_path / "tree").mkdir()
    assert (made(shop, "clone") / "README").exists()
    assert not (tmp_path / ".tree.hive-new").exists()


def test_what_is_in_the_way_of_a_clone_is_said_and_stays(shop: Path, tmp_path: Path):
    def refused(tree: Worktree, sentence: str) -> None:
        with pytest.raises(GitError, match=sentence) as caught:
            clones.ensure(tree)
        assert caught.value.hint

    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "mine").write_text("mine")
    refused(wanted(shop, "clone"), "is in the way")
    assert (tmp_path / "tree" / "mine").read_text() == "mine"
    refused(wanted(shop, "clone", "shop/inner"), "is inside of the checkout")
    (tmp_path / "door").symlink_to(tmp_path)
    refused(wanted(shop, "clone", "door/x"), "is reached by a link")
    git(tmp_path, "init", "-q", "empty")
    refused(wanted(tmp_path / "empty", "clone", "c"), "has no commit yet")
    (tmp_path / "plain").mkdir()
    refused(wanted(tmp_path / "plain", "clone", "c"), "is in no git repository")
    other = wanted(shop, "clone", "other")
    clones.ensure(other)
    assert not clones.existing(Worktree(other.path, AgentId("a-2"), str(shop), str(shop), ("x",), form="clone"))


def test_a_bare_repository_and_another_worktree_can_be_cloned(shop: Path, tmp_path: Path):
    git(tmp_path, "clone", "-q", "--bare", str(shop), "bare.git")
    clones.ensure(wanted(tmp_path / "bare.git", "clone", "of-bare"))
    assert (tmp_path / "of-bare" / "README").exists()
    git(shop, "worktree", "add", "-q", "--detach", str(tmp_path / "theirs"))
    head = commit(tmp_path / "theirs")
    clones.ensure(wanted(tmp_path / "theirs", "clone", "of-tree"))
    assert git(tmp_path / "of-tree", "rev-parse", "HEAD") == head


# how they stand


def test_how_a_checkout_stands_is_told(shop: Path):
    path = made(shop, "worktree")
    (path / "new\x1b").write_text("x")
    (path / "README").write_text("changed")
    commit(shop)
    git(path, "commit", "-q", "--allow-empty", "-m", "mine")
    git(path, "commit", "-q", "--allow-empty", "-m", "mine")
    now = standing(path, shop)
    assert (now.branch, now.base, now.ahead, now.behind) == ("hive/tree", "main", 2, 1)
    assert (now.changed, now.untracked) == (("README",), ("new\x1b",))
    git(path, "config", "status.showUntrackedFiles", "no")
    assert standing(path).untracked == ("new\x1b",)


def test_a_repository_without_commits_stands_too(tmp_path: Path):
    git(tmp_path, "init", "-q", "-b", "main", "empty")
    (tmp_path / "empty" / "x").write_text("x")
    now = standing(tmp_path / "empty", tmp_path / "empty")
    assert (now.branch, now.head, now.ahead, now.untracked) == ("main", "", None, ("x",))


# what would be lost


def _changed(path: Path, shop: Path) -> None:
    (path / "README").write_text("changed")


def _staged(path: Path, shop: Path) -> None:
    (path / "README").write_text("changed")
    git(path, "add", "README")


def _untracked(path: Path, shop: Path) -> None:
    (path / "new").mkdir()
    (path / "new" / "file").write_text("x")


def _hidden(path: Path, shop: Path) -> None:
    git(path, "update-index", "--assume-unchanged", "README")
    (path / "README").write_text("changed")


def _skipped(path: Path, shop: Path) -> None:
    git(path, "update-index", "--skip-worktree", "README")
    (path / "README").write_text("changed")


def _unmerged(path: Path, shop: Path) -> None:
    git(path, "commit", "-q", "--allow-empty", "-m", "mine")


def _detached(path: Path, shop: Path) -> None:
    git(path, "checkout", "-q", "--detach")
    git(path, "commit", "-q", "--allow-empty", "-m", "mine")


def _stashed(path: Path, shop: Path) -> None:
    (path / "README").write_text("changed")
    git(path, "stash", "-q")


def _operation(path: Path, shop: Path) -> None:
    inner = Path(git(path, "rev-parse", "--absolute-git-dir"))
    (inner / "rebase-merge").mkdir()


def _index(path: Path, shop: Path) -> None:
    inner = Path(git(path, "rev-parse", "--absolute-git-dir"))
    (inner / "index.lock").touch()


def _nested(path: Path, shop: Path) -> None:
    repository(path / "inner")


def _submodule(path: Path, shop: Path) -> None:
    other = repository(shop.parent / "other")
    git(path, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "part")
    head = commit(path)
    git(shop, "fetch", "-q", str(path), f"{head}:refs/heads/kept")


def _not_ours(path: Path, shop: Path) -> None:
    inner = Path(git(path, "rev-parse", "--absolute-git-dir"))
    (inner / "hiveui-agent").write_text("a-2")


@pytest.mark.parametrize("form", MAKERS)
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_changed, "1 file is changed: README"),
        (_staged, "1 file is changed: README"),
        (_untracked, "1 file is not tracked: new/file"),
        (_hidden, "1 file is hidden from git: README"),
        (_skipped, "1 file is hidden from git: README"),
        (_unmerged, ("1 commit is on no other branch", "the origin lacks what hive/tree has")),
        (_detached, ("1 commit is on no other branch", "the origin lacks what HEAD has")),
        (_stashed, ("something is stashed on its branch", "the origin lacks what refs/stash has")),
        (_operation, "a rebase is in progress"),
        (_index, "git writes its index"),
        (_nested, "1 file is not tracked: inner/"),
        (_submodule, "a submodule is checked out: part"),
        (_not_ours, "it is not known to be this agent's"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_would_be_lost_is_said(
    shop: Path, form: str, spoil: Callable[[Path, Path], None], said: str | tuple[str, str]
):
    path = made(shop, form)
    assert losses(path, AGENT, shop) == []
    spoil(path, shop)
    assert losses(path, AGENT, shop) == [said if isinstance(said, str) else said[form == "clone"]]


def test_a_locked_worktree_stays(shop: Path):
    path = made(shop, "worktree")
    git(shop, "worktree", "lock", "--reason", "on a stick\x1b", str(path))
    assert losses(path, AGENT, shop) == ["it is locked: on a stick␛"]


@pytest.mark.parametrize("form", MAKERS)
def test_what_is_merged_goes_with_its_branch_and_comes_back_anew(shop: Path, form: str):
    path = made(shop, form)
    (path / ".gitignore").write_text("*.log\n")
    head = commit(path)
    (path / "x.log").write_text("ignored")
    git(shop, "fetch", "-q", str(path), "HEAD")
    git(shop, "merge", "-q", "FETCH_HEAD")
    assert losses(path, AGENT, shop) == []
    assert remove(path, shop, "hive/tree", head)
    assert not path.exists()
    assert "hive/tree" not in git(shop, "branch")
    assert list(shop.parent.glob(".*")) == []
    assert git(made(shop, form), "rev-parse", "HEAD") == git(shop, "rev-parse", "HEAD")


def test_a_branch_that_moved_meanwhile_stays(shop: Path):
    path = made(shop, "worktree")
    assert not remove(path, shop, "hive/tree", "1" * 40)
    assert "hive/tree" in git(shop, "branch")
    assert not path.exists()


@pytest.mark.skipif(os.getuid() == 0, reason="root may remove everything")
def test_a_clone_that_cannot_be_removed_is_a_sentence(shop: Path):
    path = made(shop, "clone")
    path.parent.chmod(0o500)
    with pytest.raises(GitError, match="Permission denied"):
        remove(path, shop, "", "")
    path.parent.chmod(0o700)
