"""Merges as trees, landings and commits, on a real git."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hiveui.errors import GitError
from hiveui.git import checkpoints, commits, landing, merging, patches, proving
from hiveui.git.merging import Source
from hiveui.git.repository import Repository, find, tip
from hiveui.model.agent import AgentId
from hiveui.model.checkpoint import Checkpoint
from hiveui.model.merging import CONFLICTS, Conflict, Way
from tests.repositories import git, repository


@pytest.fixture(autouse=True)
def person(tmp_path_factory, monkeypatch) -> None:
    """Git knows who commits, and nothing else of this machine."""
    file = tmp_path_factory.mktemp("config") / "config"
    file.write_text("[user]\n\tname = Ada\n\temail = ada@invalid\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(file.parent))
    monkeypatch.setenv("HOME", str(file.parent))
    (file.parent / ".gitconfig").write_text(file.read_text())


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", "file", "other")


def branch(shop: Path, name: str, **files: str | None) -> Path:
    """Make a worktree on a branch of its own, with a commit of changed files; None deletes one."""
    place = shop.parent / name
    git(shop, "worktree", "add", "-q", "-b", name, str(place), "main")
    change(place, f"Change by {name}", **files)
    return place


def change(place: Path, subject: str, **files: str | None) -> str:
    for file, text in files.items():
        if text is None:
            (place / file).unlink()
        else:
            (place / file).write_text(text)
    git(place, "add", "--all")
    git(place, "commit", "-q", "--allow-empty", "-m", subject)
    return git(place, "rev-parse", "HEAD")


def found(shop: Path) -> Repository:
    there = find(shop)
    assert there is not None
    return there


def head(place: Path) -> str:
    return git(place, "rev-parse", "HEAD")


def clean(place: Path) -> bool:
    return git(place, "status", "--porcelain") == ""


def merged(shop: Path, place: Path, way: Way = Way.MERGE, message: str = "joined", since: str = "") -> merging.Merged:
    return merging.merge(shop, way, head(shop), Source(head(place), since, "one"), message)


def test_a_merge_makes_a_commit_and_touches_no_checkout(shop: Path) -> None:
    one = branch(shop, "one", file="one\n")
    change(shop, "meanwhile", other="else\n")
    before = head(shop)
    made = merged(shop, one)
    assert git(shop, "show", f"{made.commit}:file") == "one"
    assert git(shop, "show", f"{made.commit}:other") == "else"
    assert (
        git(shop, "log", "-1", "--format=%P %an %ae %s", made.commit) == f"{before} {head(one)} Ada ada@invalid joined"
    )
    assert (head(shop), clean(shop), (shop / "file").read_text()) == (before, True, "this is file\n")


def test_a_squash_has_one_parent_and_a_rebase_keeps_authors_and_messages(shop: Path) -> None:
    one = branch(shop, "one", file="one\n")
    change(one, "Second\n\nWith a body.", other="two\n")
    change(shop, "meanwhile", third="3\n")
    squashed = merged(shop, one, Way.SQUASH)
    assert git(shop, "log", "--format=%s", f"main..{squashed.commit}") == "joined"
    rebased = merged(shop, one, Way.REBASE)
    shown = git(shop, "log", "--format=%an %cn %B", f"main..{rebased.commit}").split("\n")
    assert shown == ["a Ada Second", "", "With a body.", "", "a Ada Change by one"]
    assert git(shop, "rev-parse", f"{rebased.commit}^{{tree}}") == git(shop, "rev-parse", f"{squashed.commit}^{{tree}}")


def test_what_was_squashed_before_is_not_in_conflict_with_itself(shop: Path) -> None:
    one = branch(shop, "one", file="one\n")
    first = merged(shop, one, Way.SQUASH)
    landing.move(found(shop), "main", head(shop), first.commit, "test")
    change(shop, "on top", file="one, mended\n")
    tip = head(one)
    change(one, "more", other="more\n")
    assert merged(shop, one, Way.SQUASH).conflicts
    again = merged(shop, one, Way.SQUASH, since=tip)
    assert git(shop, "show", f"{again.commit}:file") == "one, mended"
    assert git(shop, "show", f"{again.commit}:other") == "more"
    assert merging.fresh(shop, head(shop), Source(head(one), tip)) == [head(one)]


def test_conflicts_are_named_by_file_and_kind(shop: Path) -> None:
    odd = "a\tb\n\x1b[31m é"
    change(shop, "odd", **{odd: "x\n"})
    one = branch(shop, "one", file="one\n", other=None, **{odd: "one\n"})
    change(shop, "clash", file="main\n", other="changed\n", **{odd: "main\n"})
    for way in Way:
        told = merged(shop, one, way)
        assert {c.path: c.what for c in told.conflicts} == {
            odd: "contents",
            "file": "contents",
            "other": "modify/delete",
        }
        assert not told.commit
    assert "<<<<<<<" in git(shop, "show", f"{told.tree}:file")


def test_a_conflict_without_files_is_a_conflict(shop: Path) -> None:
    (shop / "d").mkdir()
    lines = "".join(f"line {number}\n" for number in range(20))
    change(shop, "folder", **{"d/a": f"a\n{lines}", "d/b": f"b\n{lines}"})
    one = branch(shop, "one", **{"d/c": "new\n"})
    for name, folder in (("a", "e"), ("b", "f")):
        (shop / folder).mkdir()
        git(shop, "mv", f"d/{name}", f"{folder}/{name}")
    change(shop, "split")
    told = merged(shop, one)
    assert told.conflicts == (Conflict("d", "directory rename unclear split"),)
    assert not told.commit


def test_names_of_every_kind_are_merged_landed_and_taken_back(shop: Path) -> None:
    listed = json.loads((Path(__file__).parents[1] / "data" / "names.json").read_text())
    names = {
        one["name"] for one in listed if not set(one["name"]) & {"/", "\0"} and 0 < len(os.fsencode(one["name"])) < 200
    }
    names -= {".", "..", ".git"}
    safe = {name: "here\n" for name in names if not git_refuses(name)}
    assert len(safe) > 100
    one = branch(shop, "one", **safe)
    before, made = head(shop), merged(shop, one)
    landing.move(found(shop), "main", before, made.commit, "test")
    assert clean(shop)
    assert {path.name for path in shop.iterdir()} >= set(safe)
    landing.move(found(shop), "main", made.commit, before, "test")
    assert clean(shop)
    change(shop, "clash", **dict.fromkeys(safe, "main\n"))
    told = merged(shop, one).conflicts
    assert len(told) == CONFLICTS
    assert {c.path for c in told} <= set(safe)


def git_refuses(name: str) -> bool:
    """Tell whether git has no file of such a name: it would be its own."""
    return name.casefold().startswith((".git", "git~")) or "\u200c" in name


def test_branches_without_a_common_commit_are_refused_in_a_sentence(shop: Path, tmp_path: Path) -> None:
    git(shop, "checkout", "-q", "--orphan", "lone")
    lone = change(shop, "lone")
    with pytest.raises(GitError, match="no commit in common"):
        merging.trees(shop, lone, "main")


def test_a_landing_brings_every_checkout_along_and_keeps_what_is_changed_elsewhere(shop: Path) -> None:
    one = branch(shop, "one", file="one\n", new="n\n")
    (shop / "other").write_text("mine, unfinished\n")
    (shop / "staged").write_text("staged\n")
    git(shop, "add", "staged")
    before, made = head(shop), merged(shop, one)
    landing.move(found(shop), "main", before, made.commit, "test")
    assert head(shop) == made.commit
    assert ((shop / "file").read_text(), (shop / "new").read_text()) == ("one\n", "n\n")
    assert git(shop, "status", "--porcelain") == "M other\nA  staged"
    landing.move(found(shop), "main", made.commit, before, "undo")
    assert (head(shop), (shop / "file").read_text(), (shop / "new").exists()) == (before, "this is file\n", False)
    assert git(shop, "status", "--porcelain") == "M other\nA  staged"


@pytest.mark.parametrize("where", ["file", "new"])
def test_a_checkout_whose_changes_would_be_lost_stays_with_its_branch(shop: Path, where: str) -> None:
    one = branch(shop, "one", file="one\n", new="n\n")
    (shop / where).write_text("mine, unfinished\n")
    before, status = head(shop), git(shop, "status", "--porcelain")
    with pytest.raises(GitError, match=rf"write over: {where}") as caught:
        landing.move(found(shop), "main", before, merged(shop, one).commit, "test")
    assert caught.value.hint == "Commit or stash them there."
    assert (head(shop), git(shop, "status", "--porcelain")) == (before, status)


def test_a_file_that_was_but_touched_is_in_nobodys_way(shop: Path) -> None:
    one = branch(shop, "one", file="one\n")
    os.utime(shop / "file", (1, 1))
    landing.move(found(shop), "main", head(shop), merged(shop, one).commit, "test")
    assert (shop / "file").read_text() == "one\n"


def ignored(shop: Path, *names: str) -> None:
    """Have the person's checkout ignore some names, as nobody else's does."""
    (shop / ".git" / "info").mkdir(exist_ok=True)
    (shop / ".git" / "info" / "exclude").write_text("".join(f"{name}\n" for name in names))


@pytest.mark.parametrize(
    ("theirs", "new"),
    [(".env", ".env"), ("build", "build/out"), ("build/cache/x", "build"), ("new/x/y", "new/x/y"), ("dir/x", "dir")],
)
def test_an_ignored_file_of_the_persons_is_not_written_over(shop: Path, theirs: str, new: str) -> None:
    (shop / "dir").mkdir()
    (shop / "dir" / "tracked").write_text("x")
    change(shop, "a folder")
    one = branch(shop, "one")
    if new == "dir":
        git(one, "rm", "-q", "-r", "dir")
    (one / new).parent.mkdir(parents=True, exist_ok=True)
    (one / new).write_text("theirs\n")
    git(one, "add", "--force", new)
    git(one, "commit", "-q", "-m", "new")
    ignored(shop, theirs.split("/", 1)[0] if new != "dir" else theirs)
    (shop / theirs).parent.mkdir(parents=True, exist_ok=True)
    (shop / theirs).write_text("the person's secrets\n")
    before = head(shop)
    with pytest.raises(GitError, match=f"that a merge would write over: {'dir' if new == 'dir' else theirs}"):
        landing.move(found(shop), "main", before, merged(shop, one).commit, "test")
    assert (head(shop), clean(shop), (shop / theirs).read_text()) == (before, True, "the person's secrets\n")


def test_a_new_file_that_the_person_has_staged_just_so_is_in_nobodys_way(shop: Path) -> None:
    one = branch(shop, "one", new="n\n")
    (shop / "new").write_text("n\n")
    git(shop, "add", "new")
    (shop / "new").write_text("n\nand more\n")
    landing.move(found(shop), "main", head(shop), merged(shop, one).commit, "test")
    assert (git(shop, "status", "--porcelain"), (shop / "new").read_text()) == ("M new", "n\nand more\n")


def test_a_link_of_the_persons_in_a_new_folders_place_is_not_followed(shop: Path, tmp_path: Path) -> None:
    one = branch(shop, "one")
    (one / "out").mkdir()
    change(one, "out", **{"out/file": "theirs\n"})
    ignored(shop, "out")
    (tmp_path / "elsewhere").mkdir()
    (shop / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GitError, match="write over: out"):
        landing.move(found(shop), "main", head(shop), merged(shop, one).commit, "test")
    assert (shop / "out").is_symlink()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_files_and_folders_take_each_others_place_and_come_back(shop: Path) -> None:
    (shop / "dir" / "deep").mkdir(parents=True)
    change(shop, "a folder", **{"dir/deep/tracked": "x\n", "plain": "y\n"})
    one = branch(shop, "one")
    git(one, "rm", "-q", "-r", "dir", "plain")
    (one / "plain").mkdir()
    change(one, "turned", dir="a file now\n", **{"plain/in": "z\n"})
    before, made = head(shop), merged(shop, one).commit
    landing.move(found(shop), "main", before, made, "test")
    assert ((shop / "dir").read_text(), (shop / "plain" / "in").read_text()) == ("a file now\n", "z\n")
    landing.move(found(shop), "main", made, before, "test")
    assert ((shop / "plain").read_text(), clean(shop)) == ("y\n", True)


@pytest.mark.parametrize("scope", ["--local", "--worktree"])
def test_a_repository_that_says_its_files_are_elsewhere_has_nothing_written_there(
    shop: Path, tmp_path: Path, scope: str
) -> None:
    one = branch(shop, "one", file="one\n", new="n\n")
    before, made = head(shop), merged(shop, one).commit
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("this is file\n")
    site = checkpoints.place(shop, tmp_path / "own")
    git(shop, "config", "extensions.worktreeConfig", "true")
    git(shop, "config", scope, "core.worktree", str(elsewhere))
    for act in (
        lambda: landing.move(Repository(shop / ".git", shop, before, frozenset()), "main", before, made, "test"),
        lambda: landing.put_back(shop, before, made),
        lambda: commits.commit(shop, "all"),
        lambda: checkpoints.take(site, AgentId("a-1"), Checkpoint(0, "", "", 0)),
        lambda: find(shop),
        lambda: patches.take_back(shop, b"--- a/file\n+++ b/file\n@@ -1 +1 @@\n-x\n+this is file\n"),
    ):
        with pytest.raises(GitError, match=r"no checkout of its own|core\.worktree"):
            act()
    assert [path.name for path in elsewhere.iterdir()] == ["file"]
    assert (elsewhere / "file").read_text() == "this is file\n"
    assert tip(shop, "refs/heads/main") == before


def test_a_checkout_whose_files_are_said_to_be_a_folder_above_it_is_refused(shop: Path, tmp_path: Path) -> None:
    git(shop, "config", "core.worktree", str(tmp_path))
    with pytest.raises(GitError, match=r"says by core\.worktree that its files stand in"):
        find(shop)
    git(shop, "config", "core.worktree", "..")  # which is what it would be anyway
    assert found(shop).top == shop


def test_a_submodule_says_where_its_files_are_and_is_right(shop: Path, tmp_path: Path) -> None:
    part = repository(tmp_path / "part", "inner")
    git(shop, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(part), "part")
    place = shop / "part"
    one = branch(place, "one", inner="one\n")
    git(place, "checkout", "-q", "main")
    landing.move(found(place), "main", head(place), merged(place, one).commit, "test")
    assert (place / "inner").read_text() == "one\n"


def test_a_checkout_that_another_branch_has_come_to_is_left_alone(shop: Path) -> None:
    one = branch(shop, "one", file="one\n")
    place = branch(shop, "two")
    (place / ".git").write_text(f"gitdir: {shop / '.git'}\n")  # so its files would be compared with main's index
    before = git(shop, "rev-parse", "two")
    with pytest.raises(GitError, match=r"no checkout of its own|not what its repository"):
        landing.move(found(shop), "two", before, head(one), "test")
    assert (git(shop, "rev-parse", "two"), clean(shop)) == (before, True)


def test_a_branch_that_somebody_else_has_moved_is_not_moved(shop: Path) -> None:
    one = branch(shop, "one", file="one\n")
    before, made = head(shop), merged(shop, one)
    later = change(shop, "later", other="later\n")
    with pytest.raises(GitError, match="Somebody else has moved main"):
        landing.move(found(shop), "main", before, made.commit, "test")
    assert (head(shop), clean(shop)) == (later, True)


def test_where_the_branch_moves_in_the_last_moment_the_checkout_is_put_back(shop: Path, monkeypatch) -> None:
    one = branch(shop, "one", file="one\n", other=None, new="n\n")
    before, made = head(shop), merged(shop, one)

    def lost(*_: object) -> None:
        raise GitError("Somebody else has moved main meanwhile.")

    monkeypatch.setattr(landing, "_swap", lost)
    with pytest.raises(GitError):
        landing.move(found(shop), "main", before, made.commit, "test")
    assert (head(shop), clean(shop), (shop / "other").read_text()) == (before, True, "this is other\n")


def test_whatever_a_disk_refuses_the_checkouts_that_had_followed_are_put_back(shop: Path, monkeypatch) -> None:
    one = branch(shop, "one", file="one\n")
    more = shop.parent / "more"
    git(shop, "worktree", "add", "-q", "--force", str(more), "main")
    before, made = head(shop), merged(shop, one)
    bring = landing._bring

    def torn(place: Path, old: str, new: str) -> None:
        bring(place, old, new)
        if new == made.commit and place == more:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(landing, "_bring", torn)
    with pytest.raises(OSError, match="Input/output"):
        landing.move(found(shop), "main", before, made.commit, "test")
    assert (head(shop), clean(shop), clean(more)) == (before, True, True)


def test_a_checkout_that_cannot_be_put_back_is_named_beside_the_reason_and_the_others_are(
    shop: Path, monkeypatch
) -> None:
    one = branch(shop, "one", file="one\n")
    more = shop.parent / "more"
    git(shop, "worktree", "add", "-q", "--force", str(more), "main")
    before, made = head(shop), merged(shop, one)
    put_back = landing.put_back

    def torn(place: Path, old: str, new: str) -> None:
        if place == shop:
            raise GitError("Its disk is gone.")
        put_back(place, old, new)

    def lost(*_: object) -> None:
        raise GitError("Somebody else has moved main meanwhile.")

    monkeypatch.setattr(landing, "put_back", torn)
    monkeypatch.setattr(landing, "_swap", lost)
    with pytest.raises(GitError, match=r"moved main meanwhile\. .*shop could not be put back: Its disk is gone"):
        landing.move(found(shop), "main", before, made.commit, "test")
    assert clean(more)


def test_files_that_git_was_killed_over_are_put_back_and_those_of_somebody_else_stay(shop: Path) -> None:
    one = branch(shop, "one", file="one\n", other=None, new="new one\n", third="3\n")
    before, made = head(shop), merged(shop, one)
    (shop / "file").write_text("on")  # git had begun to write it
    (shop / "other").unlink()
    (shop / "new").write_text("")
    (shop / "third").write_text("somebody's\n")
    landing.put_back(shop, before, made.commit)
    assert git(shop, "status", "--porcelain") == "?? third"
    assert (shop / "file").read_text() == "this is file\n"


def test_a_branch_is_made_and_taken_away_again(shop: Path) -> None:
    one = branch(shop, "one", file="one\n")
    made = merged(shop, one)
    landing.move(found(shop), "train/next", "", made.commit, "test")
    assert tip(shop, "refs/heads/train/next") == made.commit
    with pytest.raises(GitError, match="Somebody else"):
        landing.move(found(shop), "train/next", "", made.commit, "test")
    landing.move(found(shop), "train/next", made.commit, "", "test")
    assert tip(shop, "refs/heads/train/next") == ""


def test_old_tips_are_kept_and_the_oldest_trains_let_go(shop: Path) -> None:
    for number in range(landing.TRAINS + 3):
        landing.keep(shop, f"t{number:03}", {"base": head(shop), "1": head(shop), "none": ""})
    refs = git(shop, "for-each-ref", "--format=%(refname)", landing.KEPT).split()
    assert len(refs) == 2 * landing.TRAINS
    assert refs[0] == "refs/hive/before/t003/1"
    landing.keep(shop, "t042", {"1": head(shop)})
    assert len(git(shop, "for-each-ref", "--format=%(refname)", landing.KEPT).split()) == 2 * landing.TRAINS


def test_what_was_rolled_back_is_let_go_with_its_train(shop: Path) -> None:
    for number in range(landing.TRAINS + 3):
        landing.keep(shop, f"t{number:03}", {"base": head(shop)})
        git(shop, "update-ref", f"{landing.AFTER}t{number:03}", "HEAD")
    refs = git(shop, "for-each-ref", "--format=%(refname)", landing.AFTER).split()
    assert refs[0] == f"{landing.AFTER}t003"
    assert len(refs) == landing.TRAINS


IN_THE_WAY = {
    "rebase": lambda own: (own / "rebase-merge").mkdir(),
    "merge": lambda own: (own / "MERGE_HEAD").write_text("x"),
    "a bisection": lambda own: (own / "BISECT_LOG").write_text("x"),
    "a sequence of picks": lambda own: (own / "sequencer").mkdir(),
    "locked": lambda own: (own / "index.lock").touch(),
}


@pytest.mark.parametrize("what", IN_THE_WAY)
def test_a_checkout_in_the_middle_of_something_is_not_touched(shop: Path, what: str) -> None:
    one = branch(shop, "one", file="one\n")
    IN_THE_WAY[what](shop / ".git")
    before = head(shop)
    with pytest.raises(GitError, match=what):
        landing.move(found(shop), "main", before, merged(shop, one).commit, "test")
    assert (head(shop), (shop / "file").read_text()) == (before, "this is file\n")


def test_a_commit_takes_all_that_is_there_and_leaves_what_is_staged(shop: Path) -> None:
    (shop / "file").write_text("changed\n")
    (shop / "other").unlink()
    (shop / "new é").write_text("new\n")
    (shop / "staged").write_text("first\n")
    git(shop, "add", "staged")
    (shop / "staged").write_text("second\n")
    made = commits.commit(shop, commits.signed_off("Do it\n\nWhy: so", "back end"))
    assert commits.files(shop, made) == ["file", "new é", "other", "staged"]
    assert git(shop, "log", "-1", "--format=%an|%B") == "Ada|Do it\n\nWhy: so\nAgent: back end"
    assert git(shop, "status", "--porcelain") == "MM staged", "what was staged is staged still"
    assert git(shop, "show", ":staged") == "first"


def test_a_kill_in_the_middle_of_a_commit_leaves_nothing_staged_that_would_take_it_back(
    shop: Path, monkeypatch
) -> None:
    class KilledError(BaseException):
        pass

    before, call, left = head(shop), commits.git, [0]

    def dies(*words: object, **more: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise KilledError
        return call(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(commits, "git", dies)
    for number in range(1, 100):
        git(shop, "reset", "-q", "--hard", before)
        (shop / "file").write_text("changed\n")
        (shop / "other").unlink()
        (shop / "new").write_text("new\n")
        left[0] = number
        try:
            commits.commit(shop, "all of it")
        except KilledError:
            staged = git(shop, "diff", "--cached", "--name-status").splitlines()
            assert set(staged) in (set(), {"M\tfile", "D\tother", "A\tnew"})
            assert not staged or head(shop) == before, "it would be taken back by the next commit"
            left[0] = 0
            commits.commit(shop, "all of it")
            assert clean(shop)
        else:
            break
    assert number > 10


def test_a_commit_of_paths_takes_just_these(shop: Path) -> None:
    for name in ("file", "other", "[a]*"):
        (shop / name).write_text("changed\n")
    (shop / "a").write_text("not meant\n")
    made = commits.commit(shop, "message", ["file", "[a]*"])
    assert commits.files(shop, made) == ["[a]*", "file"]
    assert git(shop, "status", "--porcelain") == "M other\n?? a"
    with pytest.raises(GitError, match="neither there nor"):
        commits.commit(shop, "message", ["nowhere"])
    with pytest.raises(GitError, match="No file has such a name"):  # which would be all of them
        commits.commit(shop, "message", [""])
    assert commits.commit(shop, "message", ["file"]) == ""


def test_what_goes_through_a_filter_of_the_repositorys_own_is_left_to_the_person(shop: Path) -> None:
    git(shop, "config", "filter.secret.clean", "tr a-z A-Z")
    (shop / ".gitattributes").write_text("*.key filter=secret\n")
    (shop / "one.key").write_text("word\n")
    before = git(shop, "rev-parse", "HEAD")
    with pytest.raises(GitError, match=r"one\.key goes through the filter secret"):
        commits.commit(shop, "all of it")
    assert git(shop, "rev-parse", "HEAD") == before
    assert commits.commit(shop, "no key", [".gitattributes"])


def test_a_file_of_two_gigabytes_is_left_to_the_person(shop: Path) -> None:
    (shop / "file").write_text("changed\n")
    (shop / "huge").touch()
    os.truncate(shop / "huge", 2 << 30)
    os.mkfifo(shop / "pipe")
    began = time.monotonic()
    with pytest.raises(GitError, match="huge has 2,048 MiB"):
        commits.commit(shop, "all of it")
    assert commits.commit(shop, "one of it", ["file"])
    assert time.monotonic() - began < 30
    assert git(shop, "diff", "--cached", "--name-only") == ""


def test_the_first_commit_of_a_repository_can_be_made(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    assert commits.commit(tmp_path, "nothing") == ""
    (tmp_path / "file").write_text("x\n")
    made = commits.commit(tmp_path, "first")
    assert (git(tmp_path, "rev-parse", "main"), git(tmp_path, "status", "--porcelain")) == (made, "")


def test_without_an_identity_nothing_is_committed(shop: Path, monkeypatch) -> None:
    (Path(os.environ["HOME"]) / ".gitconfig").unlink()
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nowhere")
    (shop / "file").write_text("changed\n")
    before = head(shop)
    with pytest.raises(GitError, match="does not know who you are") as caught:
        commits.commit(shop, "message")
    assert "user.name" in caught.value.hint
    assert head(shop) == before


def test_a_head_on_no_branch_is_said(shop: Path) -> None:
    git(shop, "checkout", "-q", "--detach")
    (shop / "file").write_text("changed\n")
    with pytest.raises(GitError, match="on no branch"):
        commits.commit(shop, "message")


def test_the_checkout_for_proofs_holds_each_commit_in_turn_and_what_git_ignores(shop: Path, tmp_path: Path) -> None:
    change(shop, "ignore", **{".gitignore": "built\n"})
    one = branch(shop, "one", file="one\n")
    place = tmp_path / "proofs" / "w"
    proving.stand(found(shop), place, head(one))
    first = int((commits.git_folder(place) / "index").stat().st_mtime)
    (place / "built").write_text("kept\n")
    (place / "file").write_text("left by a check\n")
    (place / "junk").write_text("left by a check\n")
    (commits.git_folder(place) / "index.lock").touch()
    proving.stand(found(shop), place, head(shop))
    assert (place / "file").read_text() == "this is file\n"
    assert sorted(path.name for path in place.iterdir()) == [".git", ".gitignore", "built", "file", "other"]
    assert int((place / "file").stat().st_mtime) > first, "no cache takes it for the file of before"
    with pytest.raises(GitError, match="inside of the checkout"):
        proving.stand(found(shop), shop / "within", head(shop))


def test_a_disk_that_is_full_in_the_middle_of_a_merge_leaves_all_as_it_was(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("no namespaces on this machine")
    script = Path(__file__).with_name("full_disk.py")
    mount = 'mount -t tmpfs -o size=3m,mode=700 none "$1" && exec "$2" "$3" "$1"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, "sh", tmp_path, sys.executable, script],
        env=os.environ | {"PYTHONPATH": str(script.parents[2])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": before" in line or ": merged" in line)
    untouched = "before, status '', a 'this is a\\n'"
    assert told == {
        "little room": untouched,
        "full in the middle": untouched,
        "full from the start": untouched,
        "room again": "merged, status '', a 'one\\n'",
    }
    assert "has no room for the merge" in done.stdout
    assert done.stdout.count("Free ") == 3, done.stdout
