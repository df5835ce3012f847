"""Worktrees on another host: what becomes of each place is what becomes of it here, sentence for sentence."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hiveui.errors import GitError
from hiveui.git.worktrees import ensure
from hiveui.hive import trees
from hiveui.hive.remote import Remote
from hiveui.hosts.line import Local
from hiveui.hosts.survey import Folder, Survey
from hiveui.model.agent import AgentId
from hiveui.model.hosts import HostSpec
from hiveui.model.slugs import branches
from hiveui.model.worktree import Worktree
from tests.repositories import ENV, commit, git, repository

PATH = os.environ["PATH"]


def tree_in(root: Path, **more: str) -> Worktree:
    given = {"path": str(root / "trees/api"), "folder": str(root / "shop"), "root": str(root / "shop"), **more}
    return Worktree(owner=AgentId("a-1"), branches=branches("shop", "api"), **given)


def there(tree: Worktree, path: str = PATH) -> tuple[trees.Stand, list[str]]:
    """Have a worktree be there, on a host that is this one; gives what was said too."""
    env = {**ENV, "PATH": path, "HOME": str(Path(tree.folder).parent)}
    host = Remote(HostSpec("far"), Local({"PATH": PATH, "LC_ALL": "C"}, "far"), "ours", lambda _: None, lambda _: None)
    heard: list[str] = []
    found = Survey(env, Folder("/ours"))
    return asyncio.run(trees.ensure(host, found, tree, heard.append)), heard


def nothing(folder: Path) -> None:
    repository(folder / "shop", "file", "web/page")


def other(folder: Path, words: str) -> None:
    nothing(folder)
    git(folder / "shop", "worktree", "add", "-q", *words.split(), "../trees/api")


def owned(folder: Path, owner: str) -> None:
    other(folder, "-b hive/shop/api")
    (folder / "shop/.git/worktrees/api/hiveui-agent").write_text(owner)


def no_checkout(folder: Path) -> None:
    (folder / "shop").mkdir()


def no_commit(folder: Path) -> None:
    (folder / "shop").mkdir()
    git(folder / "shop", "init", "-q", "-b", "main")


def in_the_way(folder: Path) -> None:
    nothing(folder)
    (folder / "trees/api").mkdir(parents=True)
    (folder / "trees/api/mine").touch()


def empty(folder: Path) -> None:
    nothing(folder)
    (folder / "trees/api").mkdir(parents=True)


def of_another_repository(folder: Path) -> None:
    nothing(folder)
    repository(folder / "second")
    git(folder / "second", "worktree", "add", "-q", "-b", "hive/shop/api", "../trees/api")


def lost(folder: Path) -> None:
    other(folder, "-b hive/shop/api")
    (folder / "trees/api/.git").unlink()


def deleted(folder: Path) -> None:
    other(folder, "-b mine")
    shutil.rmtree(folder / "trees/api")


def deleted_with_its_branch(folder: Path) -> None:
    other(folder, "-b mine")
    shutil.rmtree(folder / "trees/api")
    git(folder / "shop", "update-ref", "-d", "refs/heads/mine")


def deleted_and_on_a_commit(folder: Path) -> None:
    other(folder, "--detach")
    shutil.rmtree(folder / "trees/api")


def deleted_and_locked(folder: Path) -> None:
    other(folder, "-b hive/shop/api --lock")
    shutil.rmtree(folder / "trees/api")


def half_made(folder: Path) -> None:
    other(folder, "-b hive/shop/api --lock --reason initializing")


def checked_out_elsewhere(folder: Path) -> None:
    nothing(folder)
    git(folder / "shop", "worktree", "add", "-q", "-b", "hive/shop/api", "../mine")


def checked_out_where_nothing_is(folder: Path) -> None:
    checked_out_elsewhere(folder)
    shutil.rmtree(folder / "mine")


def checked_out_by_the_person(folder: Path) -> None:
    nothing(folder)
    git(folder / "shop", "switch", "-q", "-c", "hive/shop/api")


def barred_by_a_branch(folder: Path) -> None:
    nothing(folder)
    git(folder / "shop", "branch", "hive")


def with_a_branch_of_before(folder: Path) -> None:
    nothing(folder)
    git(folder / "shop", "switch", "-q", "-c", "hive/shop/api")
    commit(folder / "shop")
    git(folder / "shop", "switch", "-q", "main")


SCENES: tuple[Callable[[Path], None], ...] = (
    nothing,
    empty,
    no_commit,
    in_the_way,
    of_another_repository,
    lost,
    deleted,
    deleted_with_its_branch,
    deleted_and_on_a_commit,
    deleted_and_locked,
    half_made,
    checked_out_elsewhere,
    checked_out_where_nothing_is,
    checked_out_by_the_person,
    barred_by_a_branch,
    with_a_branch_of_before,
)


def outcome(folder: Path, made: Callable[[], object]) -> tuple[str, ...]:
    """Give what became of a place, in words that are the same wherever it was."""
    try:
        made()
    except GitError as error:
        return (
            str(error).removeprefix("on far, ").replace(str(folder), "ROOT"),
            error.hint.replace(str(folder), "ROOT"),
        )
    place = folder / "trees/api"
    listed = git(folder / "shop", "worktree", "list", "--porcelain").replace(str(folder), "ROOT")
    same = [line for line in listed.splitlines() if not line.startswith("HEAD")]
    return (git(place, "branch", "--show-current"), (place / "file").read_text(), *same)


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("scene", [*SCENES, *(lambda f, o=o: owned(f, o) for o in ("a-1", "a-2", ""))])
def test_each_place_comes_to_the_same_there_as_here(scene: Callable[[Path], None], tmp_path: Path) -> None:
    results = []
    for name, make in (("here", ensure), ("far", there)):
        folder = tmp_path / name
        folder.mkdir()
        scene(folder)
        results.append(outcome(folder, lambda make=make, folder=folder: make(tree_in(folder))))
    here, far = results
    if scene is no_commit:  # the host is named
        far = (far[0].replace(" on far", ""), far[1])
    assert far == here


def refused(tree: Worktree, path: str = PATH) -> str:
    with pytest.raises(GitError) as caught:
        there(tree, path)
    return f"{caught.value} {caught.value.hint}"


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH with what every POSIX system has, and no git."""
    place = tmp_path / "bin"
    place.mkdir()
    for name in ("sh", "env", "dd", "sed", "cat", "ls"):
        (place / name).symlink_to(str(shutil.which(name)))
    return str(place)


def test_what_a_host_lacks_is_said_with_the_mend(tmp_path: Path, bare_path: str) -> None:
    tree = tree_in(tmp_path)
    assert refused(tree) == f"{tmp_path}/shop is not there on far. {trees.CLONE}"
    no_checkout(tmp_path)
    assert refused(tree).startswith(f"{tmp_path}/shop on far is no checkout: fatal: not a git repository")
    assert refused(tree).endswith(trees.CLONE)
    assert refused(tree, bare_path).startswith("git was not found on far, in the PATH of a login shell there. Install")


@pytest.mark.parametrize("place", ["shop/trees/api", "shop/.git/trees/api", "mine/api", "link/api"])
def test_a_worktree_inside_of_a_checkout_is_refused_there_too(tmp_path: Path, place: str) -> None:
    nothing(tmp_path)
    git(tmp_path / "shop", "worktree", "add", "-q", "-b", "mine", "../mine")
    (tmp_path / "link").symlink_to(tmp_path / "shop")
    assert "is inside of the checkout" in refused(tree_in(tmp_path, path=str(tmp_path / place)))
    assert not (tmp_path / place).exists()


def test_a_worktree_there_is_made_once_by_nothing_that_the_repository_names(tmp_path: Path) -> None:
    nothing(tmp_path)
    shop, ran = tmp_path / "shop", tmp_path / "ran"
    hook = shop / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    git(shop, "config", "core.fsmonitor", f"touch {ran}; false")
    stand, heard = there(tree_in(tmp_path, folder=str(shop / "web")))
    assert (stand.path, stand.prefix, stand.top) == (str(tmp_path / "trees/api"), "web/", str(shop))
    assert heard == [f"a new worktree on far, branch hive/shop/api, in {stand.path}"]
    (Path(stand.path) / "new").touch()
    Path(stand.ready).touch()
    again, heard = there(tree_in(tmp_path))
    assert (again.path, again.is_ready, heard) == (stand.path, True, [])
    assert (Path(stand.path) / "new").exists()
    assert not ran.exists()
    assert (tmp_path / "trees").stat().st_mode & 0o777 == 0o700


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 64 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    if subprocess.run(words, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    with ExitStack() as stack:
        stack.callback(subprocess.run, ["umount", "-l", str(place)], check=True)
        yield place


def test_a_full_disk_there_is_a_sentence_and_another_try_makes_it(tmp_path: Path, small: Path) -> None:
    nothing(tmp_path)
    (tmp_path / "shop/large").write_bytes(os.urandom(200_000))
    commit(tmp_path / "shop")
    tree = tree_in(tmp_path, path=str(small / "api"))
    said = "unable to write file large. Is that disk full, or is it not yours to write there?"
    assert refused(tree) == f"on far, git worktree failed: {said}"
    (tmp_path / "shop/large").unlink()
    commit(tmp_path / "shop")
    git(tmp_path / "shop", "branch", "-D", "hive/shop/api")
    stand, _ = there(tree)
    assert (Path(stand.path) / "file").exists()
