"""What tells the files of a checkout from any others: content, and neither commits nor times."""

import os
from pathlib import Path

from repositories import commit, git, repository

from hiveui.git.tree import tree


def test_the_same_files_are_the_same_tree_before_and_after_they_are_committed(tmp_path: Path):
    shop = repository(tmp_path / "shop", "a", "b/c")
    first = tree(shop)
    (shop / "a").write_text("changed\n")
    (shop / "new").write_text("new\n")
    os.symlink("a", shop / "link")
    (shop / "b/c").unlink()
    changed = tree(shop)
    assert changed.files != first.files
    commit(shop)
    committed = tree(shop)
    assert committed.files == changed.files
    assert committed.commit != changed.commit
    git(shop, "reset", "-q", "--hard", "HEAD~1")
    assert tree(shop) == first


def test_what_git_does_not_know_counts_apart_from_what_it_knows_and_what_it_ignores_not_at_all(tmp_path: Path):
    shop = repository(tmp_path / "shop", "a")
    (shop / ".gitignore").write_text("*.log\n")
    commit(shop)
    before = tree(shop)
    (shop / "made.log").write_text("ignored")
    assert tree(shop) == before
    (shop / ".coverage").write_text("left by a check")
    after = tree(shop)
    assert (after.files != before.files, after.tracked == before.tracked) == (True, True)
    (shop / "a").chmod(0o755)
    assert tree(shop).tracked != before.tracked


def test_a_touch_changes_nothing_and_strange_names_and_missing_repositories_are_told_apart_too(tmp_path: Path):
    shop = repository(tmp_path / "shop", "a")
    (shop / "new\nline \udcff\t ü").write_text("x")
    before = tree(shop)
    os.utime(shop / "a", (1, 1))
    assert tree(shop) == before
    (shop / "new\nline \udcff\t ü").write_text("y")
    assert tree(shop).files != before.files

    plain = tmp_path / "plain"
    plain.mkdir()
    empty = tree(plain)
    (plain / "a").write_text("x")
    assert tree(plain).files != empty.files
    assert tree(plain).commit == ""

    bare = tmp_path / "young"
    bare.mkdir()
    git(bare, "init", "-q", "-b", "main")
    (bare / "a").write_text("x")
    young = tree(bare)
    commit(bare)
    assert tree(bare).files == young.files
