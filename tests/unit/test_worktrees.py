"""Worktrees on real repositories: made, used again, and every way in which one cannot be had."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hiveui.errors import GitError
from hiveui.git import program
from hiveui.git.head import branch_of
from hiveui.git.plots import choose
from hiveui.git.program import git as asked
from hiveui.git.repository import find
from hiveui.git.worktrees import ensure, existing
from hiveui.model.agent import AgentId
from hiveui.model.slugs import branches
from hiveui.model.worktree import Worktree
from tests.repositories import commit, git, repository

pytestmark = pytest.mark.usefixtures("person")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", "README", "web/page.html")


@pytest.fixture
def tree(shop: Path, tmp_path: Path) -> Worktree:
    return wanted(shop, tmp_path / "trees" / "backend")


def wanted(folder: Path, path: Path, role: str = "backend", **more) -> Worktree:
    names = branches("shop", role)
    return Worktree(str(path), AgentId(f"a-{role}"), str(folder), str(folder), names, **more)


def refused(tree: Worktree, sentence: str, mend: str) -> GitError:
    with pytest.raises(GitError, match=sentence) as caught:
        ensure(tree)
    assert mend in caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value


# made and used again


def test_a_worktree_is_made_on_a_branch_of_its_own_from_what_is_checked_out(shop: Path, tree: Worktree):
    git(shop, "checkout", "-q", "-b", "topic")
    (shop / "new").write_text("x")
    head = commit(shop)
    assert not existing(tree)
    made = ensure(tree)
    path = Path(tree.path)
    assert (path / "new").read_text() == "x"
    assert branch_of(path) == "hive/shop/backend"
    assert git(path, "rev-parse", "HEAD") == head
    assert git(shop, "status", "--porcelain") == git(path, "status", "--porcelain") == ""
    assert git(shop, "config", "--list", "--local").find("hive") == -1, "no upstream is set"
    assert existing(tree)
    assert not made.ready.exists()
    assert not made.ready.is_relative_to(path)


def test_a_worktree_is_used_again_as_it_is_without_asking_git(tree: Worktree, monkeypatch):
    ensure(tree)
    path = Path(tree.path)
    git(path, "checkout", "-q", "-b", "other")
    (path / "unsaved").write_text("x")
    monkeypatch.setenv("PATH", "/nowhere")
    ensure(tree)
    assert (path / "unsaved").read_text() == "x"
    assert branch_of(path) == "other"


def test_a_deleted_worktree_comes_back_with_its_branch_and_is_set_up_anew(shop: Path, tree: Worktree):
    made = ensure(tree)
    made.ready.touch()
    (Path(tree.path) / "work").write_text("x")
    head = commit(Path(tree.path))
    shutil.rmtree(tree.path)
    assert not existing(tree)
    assert not ensure(tree).ready.exists()
    assert (branch_of(Path(tree.path)), git(Path(tree.path), "rev-parse", "HEAD")) == ("hive/shop/backend", head)


def test_a_deleted_worktree_comes_back_on_what_its_agent_had_checked_out(tree: Worktree):
    ensure(tree)
    path = Path(tree.path)
    git(path, "checkout", "-q", "-b", "other")
    shutil.rmtree(path)
    ensure(tree)
    assert branch_of(path) == "other"
    git(path, "checkout", "-q", "--detach")
    head = commit(path)
    shutil.rmtree(path)
    ensure(tree)
    assert (branch_of(path), git(path, "rev-parse", "HEAD")) == (None, head), "a commit on no branch is not lost"


def test_a_branch_that_was_kept_is_taken_up_again(shop: Path, tree: Worktree):
    ensure(tree)
    (Path(tree.path) / "work").write_text("x")
    head = commit(Path(tree.path))
    git(shop, "worktree", "remove", tree.path)
    ensure(tree)
    assert git(Path(tree.path), "rev-parse", "HEAD") == head


def test_an_empty_folder_is_no_hindrance_and_other_worktrees_are_not_forgotten(shop: Path, tree: Worktree):
    unplugged = shop.parent / "unplugged"
    git(shop, "worktree", "add", "-q", "-b", "stick", str(unplugged))
    shutil.rmtree(unplugged)
    Path(tree.path).mkdir(parents=True)
    ensure(tree)
    shutil.rmtree(tree.path)
    ensure(tree)
    assert str(unplugged) in git(shop, "worktree", "list", "--porcelain")


def test_several_at_once_are_made_each(shop: Path, tmp_path: Path):
    trees = [wanted(shop, tmp_path / "trees" / f"w-{n}", f"w-{n}") for n in range(8)]
    failed: list[BaseException] = []

    def work(tree: Worktree) -> None:
        try:
            ensure(tree)
        except GitError as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(tree,)) for tree in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(branch_of(Path(tree.path)) or "" for tree in trees) == [f"hive/shop/w-{n}" for n in range(8)]


# what a repository may be


@pytest.mark.parametrize("taken", ["hive", "hive/shop", "hive/shop/backend/x"])
def test_a_branch_in_the_way_gives_the_flat_name(shop: Path, tree: Worktree, taken: str):
    git(shop, "branch", taken)
    ensure(tree)
    assert branch_of(Path(tree.path)) == "hive-shop-backend"


def test_the_name_that_is_a_branch_already_is_chosen_whatever_could_be_made():
    names = ("hive/shop/a", "hive-shop-a")
    assert choose(names, frozenset()) == "hive/shop/a"
    assert choose(names, frozenset({"hive-shop-a"})) == "hive-shop-a"
    assert choose(names, frozenset({*names})) == "hive/shop/a"
    assert choose(names, frozenset({"hive"})) == "hive-shop-a"
    assert choose(names, frozenset({"hive", "hive-shop-a/x"})) == "hive/shop/a", "git says what is in the way"


def test_a_detached_head_a_bare_repository_and_another_worktree_are_places_to_start_from(shop: Path, tmp_path: Path):
    git(shop, "checkout", "-q", "--detach")
    ensure(wanted(shop, tmp_path / "trees" / "a", "a"))
    git(shop, "checkout", "-q", "main")
    git(tmp_path, "clone", "-q", "--bare", str(shop), "bare.git")
    ensure(wanted(tmp_path / "bare.git", tmp_path / "trees" / "b", "b"))
    git(shop, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "theirs"))
    head = commit(tmp_path / "theirs")
    ensure(wanted(tmp_path / "theirs", tmp_path / "trees" / "c", "c"))
    assert git(tmp_path / "trees" / "c", "rev-parse", "HEAD") == head
    assert branch_of(tmp_path / "trees" / "b") == "hive/shop/b"


def test_a_folder_below_the_top_belongs_to_the_repository(shop: Path, tmp_path: Path):
    found = find(shop / "web")
    assert found is not None
    assert (found.top, found.common, found.main) == (shop, shop / ".git", shop)
    tree = replace(wanted(shop / "web", tmp_path / "t"), root=str(shop))
    assert [tree.place(where) for where in (".", "../x", str(shop / "web" / "deep"), str(shop))] == [
        *(
            str(tmp_path / "t" / "web"),
            str(tmp_path / "t" / "x"),
            str(tmp_path / "t" / "web" / "deep"),
            str(tmp_path / "t"),
        )
    ]
    assert not any(tree.holds(tree.place(where)) for where in ("../..", "/srv", "../../t2"))


def test_what_is_no_repository_or_has_no_commit_is_a_sentence(tmp_path: Path):
    (tmp_path / "plain").mkdir()
    refused(wanted(tmp_path / "plain", tmp_path / "t"), "is in no git repository", "git init")
    git(tmp_path, "init", "-q", "empty")
    refused(wanted(tmp_path / "empty", tmp_path / "t"), "has no commit yet", "git commit")
    refused(
        wanted(tmp_path / "empty" / ".git", tmp_path / "t"), "inside of a repository's own files", "Open the project"
    )
    refused(wanted(tmp_path / "gone", tmp_path / "t"), "is not there any more", "")
    assert not (tmp_path / "t").exists()


def test_a_sparse_checkout_stays_sparse_and_submodules_stay_empty(shop: Path, tree: Worktree, tmp_path: Path):
    other = repository(tmp_path / "other")
    git(shop, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other), "part")
    commit(shop)
    git(shop, "sparse-checkout", "set", "web")
    ensure(tree)
    path = Path(tree.path)
    assert (path / "web" / "page.html").exists()
    assert list((path / "part").iterdir() if (path / "part").exists() else []) == []


# what is in the way


def test_a_branch_that_is_checked_out_elsewhere_is_named_with_its_place(shop: Path, tree: Worktree, tmp_path: Path):
    git(shop, "checkout", "-q", "-b", "hive/shop/backend")
    refused(tree, f"hive/shop/backend is checked out in {shop}", "--name")
    git(shop, "checkout", "-q", "main")
    git(shop, "worktree", "add", "-q", str(tmp_path / "other"), "hive/shop/backend")
    refused(tree, f"is checked out in {tmp_path}/other", "--name")
    shutil.rmtree(tmp_path / "other")
    refused(tree, "is checked out in", "git worktree prune")
    git(shop, "worktree", "prune")
    ensure(tree)


def test_a_deleted_worktree_whose_branch_is_elsewhere_by_now_is_not_checked_out_twice(shop: Path, tree: Worktree):
    ensure(tree)
    shutil.rmtree(tree.path)
    git(shop, "checkout", "-q", "--ignore-other-worktrees", "hive/shop/backend")
    refused(tree, f"is checked out in {shop}", "Switch that")


def _file(path: Path, shop: Path) -> None:
    path.write_text("mine")


def _folder(path: Path, shop: Path) -> None:
    path.mkdir()
    (path / "thesis").write_text("mine")


def _clone(path: Path, shop: Path) -> None:
    git(path.parent, "clone", "-q", str(shop), str(path))


def _theirs(path: Path, shop: Path) -> None:
    git(shop, "worktree", "add", "-q", "-b", "theirs", str(path))


def _orphan(path: Path, shop: Path) -> None:
    other = repository(shop.parent / "other")
    git(other, "worktree", "add", "-q", "-b", "x", str(path))
    shutil.rmtree(other)


def _foreign(path: Path, shop: Path) -> None:
    other = repository(shop.parent / "other")
    git(other, "worktree", "add", "-q", "-b", "hive/shop/backend", str(path))


def _torn(path: Path, shop: Path) -> None:
    git(shop, "worktree", "add", "-q", "-b", "hive/shop/backend", str(path))
    (path / ".git").unlink()


def _link(path: Path, shop: Path) -> None:
    (shop.parent / "target").mkdir()
    path.symlink_to(shop.parent / "target")


def _dangling(path: Path, shop: Path) -> None:
    path.symlink_to(shop.parent / "nowhere")


def _half(path: Path, shop: Path) -> None:
    git(shop, "worktree", "add", "-q", "--lock", "--reason", "initializing", "-b", "hive/shop/backend", str(path))


@pytest.mark.parametrize(
    ("occupy", "sentence", "mend"),
    [
        (_file, "is in the way", "Move it away"),
        (_folder, "is in the way", "Move it away"),
        (_clone, "is in the way", "Move it away"),
        (_theirs, "is a worktree of yours", "worktrees:"),
        (_orphan, "is in the way", "Move it away"),
        (_foreign, "is a worktree of another repository", "worktrees:"),
        (_torn, "has lost its repository", "git worktree repair"),
        (_link, "is reached by a link", "Take the link away"),
        (_dangling, "is reached by a link", "Take the link away"),
        (_half, "was begun and is not finished", "git worktree remove"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_stands_in_the_place_of_a_worktree_is_said_and_stays(
    shop: Path, tree: Worktree, occupy: Callable[[Path, Path], None], sentence: str, mend: str
):
    path = Path(tree.path)
    path.parent.mkdir()
    occupy(path, shop)
    before = sorted(str(p) for p in path.rglob("*")) if path.is_dir() else path.lstat().st_mtime_ns
    refused(tree, sentence, mend)
    assert before == (sorted(str(p) for p in path.rglob("*")) if path.is_dir() else path.lstat().st_mtime_ns)


def test_a_worktree_that_was_made_and_not_noted_is_taken_over(shop: Path, tree: Worktree):
    git(shop, "worktree", "add", "-q", "-b", "hive/shop/backend", tree.path)
    ensure(tree)
    assert existing(tree)


def test_a_worktree_of_another_agent_or_workspace_is_not_shared(tree: Worktree):
    ensure(tree)
    refused(replace(tree, owner=AgentId("a-other")), "belongs to another agent or workspace", "worktrees:")


def test_a_locked_one_that_is_gone_is_left_to_the_person(shop: Path, tree: Worktree):
    ensure(tree)
    git(shop, "worktree", "lock", tree.path)
    shutil.rmtree(tree.path)
    refused(tree, "is gone, and locked", "git worktree unlock")


@pytest.mark.parametrize("where", ["trees/x", ".git/x", "web/../trees/x"])
def test_a_place_inside_of_the_checkout_is_refused_also_through_a_link(shop: Path, tmp_path: Path, where: str):
    refused(wanted(shop, Path(os.path.normpath(shop / where))), "is inside of the checkout", "worktrees:")
    (tmp_path / "door").symlink_to(shop)
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    refused(wanted(shop, tmp_path / "circle" / "x"), "circle", "")
    refused(wanted(shop, tmp_path / "door" / "x"), "is reached by a link", "")
    other = wanted(shop, tmp_path / "other", "other")
    ensure(other)
    refused(wanted(shop, tmp_path / "other" / "x"), "is inside of the checkout", "")


def test_a_lock_that_was_left_behind_is_said_in_gits_words(shop: Path, tree: Worktree):
    lock = shop / ".git" / "refs" / "heads" / "hive" / "shop" / "backend.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    refused(tree, r"git worktree failed: .*backend", "remove that file")
    assert not Path(tree.path).exists()
    lock.unlink()
    (shop / ".git" / "index.lock").touch()
    ensure(tree)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_place_that_may_not_be_written_is_a_sentence(shop: Path, tmp_path: Path):
    (tmp_path / "closed").mkdir(mode=0o500)
    refused(wanted(shop, tmp_path / "closed" / "trees" / "x"), "Permission denied", "")


def test_a_disk_that_is_full_is_said_and_nothing_half_made_stays(shop: Path, tree: Worktree, tmp_path: Path):
    (shop / "large").write_bytes(os.urandom(1 << 20))
    commit(shop)
    code = (
        "import resource, signal, sys; from hiveui.git.worktrees import ensure; from hiveui.errors import GitError\n"
        "from hiveui.model.worktree import Worktree\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))\n"
        f"tree = {tree!r}\n"
        "try: ensure(tree)\n"
        "except GitError as error: print('said', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert done.stdout.startswith("said git worktree failed: "), done
    assert not Path(tree.path).exists()
    ensure(tree)
    assert (Path(tree.path) / "large").stat().st_size == 1 << 20


def test_a_git_that_is_missing_or_stuck_is_a_sentence(tree: Worktree, tmp_path: Path, monkeypatch):
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", "/nowhere")
    refused(tree, "git was not found", "Install git")
    stuck = tmp_path / "bin" / "git"
    stuck.parent.mkdir()
    stuck.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid"\ntrap "" TERM\nwhile :; do sleep 0.1; done\n')
    stuck.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stuck.parent}:{path}")
    monkeypatch.setattr(program, "PARTING", 0.2)
    with pytest.raises(GitError, match="took over 5 s"):
        asked(tmp_path, "status", within=5.0)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIG_DFL)


# hostile repositories


def test_nothing_that_a_repository_names_is_run(shop: Path, tree: Worktree, tmp_path: Path):
    marks = tmp_path / "marks"
    marks.mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman", "post-commit"):
        file = shop / ".git" / "hooks" / hook
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'#!/bin/sh\ntouch "{marks}/{hook}"\n')
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    (shop / ".gitattributes").write_text("* filter=x\n")
    commit(shop)
    for key, mark in {
        "core.fsmonitor": "touch {}; false",
        "core.sshCommand": "touch {}",
        "core.pager": "touch {}",
        "core.hooksPath": str(shop / ".git" / "hooks"),
        "filter.x.smudge": "touch {}; cat",
        "filter.x.clean": "touch {}; cat",
        "filter.y z.process": "touch {}",
        "filter.x.required": "true",
        "credential.helper": "!touch {}",
    }.items():
        git(shop, "config", key, mark.format(marks / key.replace(" ", "-")))
    (tmp_path / "more").write_text(f'[filter "x"]\n\tprocess = touch {marks}/included\n')
    git(shop, "config", "include.path", str(tmp_path / "more"))
    remark = ensure(tree).remark
    assert list(marks.iterdir()) == []
    assert remark == "filters of the repository's own configuration were not run in it: x, y z"
    shutil.rmtree(tree.path)
    ensure(tree)
    assert list(marks.iterdir()) == []
    git(shop, "config", "filter.a=b.smudge", "touch x")
    assert "a=b" in ensure(wanted(shop, tmp_path / "t", "other")).remark
    assert not (shop / "x").exists()


def test_a_filter_of_the_persons_own_is_run(shop: Path, tree: Worktree, person: Path):
    (person / ".gitconfig").write_text('[filter "x"]\n\tsmudge = sed s/this/THAT/\n')
    (shop / ".gitattributes").write_text("README filter=x\n")
    commit(shop)
    assert ensure(tree).remark == ""
    assert (Path(tree.path) / "README").read_text() == "THAT is README\n"


@pytest.mark.parametrize("name", ["@click=app.quit]", "#(touch)", "$(touch)", "-rf", "a;b", "\u202egnp", "a\u2028hive"])
def test_a_hostile_branch_is_no_trouble(shop: Path, tree: Worktree, name: str):
    git(shop, "update-ref", f"refs/heads/{name}", "HEAD")
    git(shop, "update-ref", f"refs/heads/hive-{name}", "HEAD")
    git(shop, "symbolic-ref", "HEAD", f"refs/heads/{name}")
    ensure(tree)
    assert branch_of(Path(tree.path)) == "hive/shop/backend"


def test_what_git_says_is_passed_on_in_one_visible_line(tmp_path: Path):
    with pytest.raises(GitError) as caught:
        asked(tmp_path, "rev-parse", "--git-dir", "--path-format=\x1b]52;c;x\x07").checked()
    assert str(caught.value).isprintable()
