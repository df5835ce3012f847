"""What a checkout has more and fewer than a commit, and taking it back."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from hiveui.errors import GitError, UsageError
from hiveui.git import patches
from hiveui.git.diff import base_of, difference, patch
from hiveui.git.patches import bring_again, stands, take_back
from hiveui.model.diff import FileDiff, Status, written
from tests.repositories import commit, git, repository

NAMES = (
    "plain",
    "with blank",
    "tab\there",
    "line\nend",
    'quo"te',
    "back\\slash",
    "ü",
    os.fsdecode(b"\xff\xfe"),
    "-flag",
)
"""Names that git quotes, each in its own way, or takes for an option."""


def holding(place: Path, *names: str) -> Path:
    """Make a repository with a commit of files by any names."""
    repository(place)
    for name in names:
        (place / name).write_bytes(b"as it was\n")
    commit(place)
    return place


def files(place: Path) -> dict[str, FileDiff]:
    return {file.path: file for file in difference(place, base_of(place, None).commit).files}


def test_what_git_follows_and_what_it_does_not_yet_are_compared_whatever_they_are_called(tmp_path: Path) -> None:
    place = holding(tmp_path / "r", *NAMES)
    for name in NAMES:
        (place / name).write_bytes(b"changed\r\n\xff")
        (place / f"new {name}").write_bytes(b"fresh\n")
    found = files(place)
    assert set(found) == {*NAMES, *(f"new {name}" for name in NAMES)}
    assert all(found[name].status is Status.MODIFIED and found[name].added == 2 for name in NAMES)
    assert all(found[f"new {name}"].status is Status.ADDED for name in NAMES)


def test_each_change_is_taken_back_and_brought_again_and_others_stay(tmp_path: Path) -> None:
    place = holding(tmp_path / "r", *NAMES, "gone", "run")
    (place / "gone").unlink()
    (place / "run").chmod(0o755)
    (place / "plain").rename(place / "moved")
    git(place, "add", "moved")
    (place / "link").symlink_to("/etc/passwd")
    (place / "bin").write_bytes(b"\0" * 99)
    for name in NAMES[1:]:
        (place / name).write_bytes(b"changed\r\n\xff")
    before = files(place)
    base = base_of(place, None).commit
    staged = git(place, "diff", "--cached", "--name-only")
    for path, file in before.items():
        kept = patch(place, base, file)
        take_back(place, kept)
        left = files(place)
        assert path not in left or (path in {"plain", "moved"}), path
        assert {other: one for other, one in left.items() if other not in {path, "plain", "moved"}} == {
            other: one for other, one in before.items() if other not in {path, "plain", "moved"}
        }
        bring_again(place, kept)
        assert {name: one.hunks for name, one in files(place).items()} == {n: one.hunks for n, one in before.items()}
    assert git(place, "diff", "--cached", "--name-only") == staged


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_hunk_is_taken_back_and_the_rest_of_the_file_stays(tmp_path: Path, end: str) -> None:
    place = repository(tmp_path / "r", "x")
    (place / "x").write_text("".join(f"{n}{end}" for n in range(40)), newline="")
    base = commit(place)
    (place / "x").write_text("".join(f"{n}{'!' * (n in {3, 20, 36})}{end}" for n in range(40)), newline="")
    (file,) = difference(place, base).files
    assert len(file.hunks) == 3
    middle = written(file, [file.hunks[1]])
    take_back(place, middle)
    lines = (place / "x").read_bytes().decode().split(end)
    assert [line for line in lines if "!" in line] == ["3!", "36!"]
    (place / "x").write_text("none of it\n")
    for do in (take_back, bring_again):
        with pytest.raises(UsageError, match="does not fit there any more"):
            do(place, middle)
    assert (place / "x").read_text() == "none of it\n"


def test_a_full_disk_or_a_kill_leaves_a_file_as_it_was_or_as_it_is_to_be(tmp_path: Path, monkeypatch) -> None:
    place = repository(tmp_path / "r", "x")
    (place / "x").write_text("".join(f"{n}\n" for n in range(40)))
    base = commit(place)
    (place / "x").write_text("changed, and in no commit\n")
    kept = patch(place, base, files(place)["x"])
    rename = os.rename

    def refuse(*words: Any, **more: Any) -> None:
        if more:
            raise OSError(errno.ENOSPC, "No space left on device")
        rename(*words)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(GitError, match="No space left") as caught:
        take_back(place, kept)
    assert "nothing is lost" in caught.value.hint
    assert (place / "x").read_text() == "changed, and in no commit\n"
    assert [path.name for path in place.iterdir() if path.name != ".git"] == ["x"]
    assert stands(place, kept)
    monkeypatch.undo()
    take_back(place, kept)
    assert not stands(place, kept)


def test_a_file_that_changes_in_the_last_moment_is_left_alone(tmp_path: Path, monkeypatch) -> None:
    place = repository(tmp_path / "r", "x")
    base = base_of(place, None).commit
    (place / "x").write_text("changed\n")
    kept = patch(place, base, files(place)["x"])
    made = patches._made

    def late(aside: Path, path: str) -> Any:
        (place / "x").write_text("changed meanwhile\n")
        return made(aside, path)

    monkeypatch.setattr(patches, "_made", late)
    with pytest.raises(UsageError, match="changed meanwhile"):
        take_back(place, kept)
    assert (place / "x").read_text() == "changed meanwhile\n"


def test_what_is_written_has_the_line_ends_that_its_attributes_name(tmp_path: Path) -> None:
    place = repository(tmp_path / "r", "sub/x")
    (place / "sub" / ".gitattributes").write_text("x text eol=crlf\n")
    (place / "sub" / "x").write_bytes(b"one\r\ntwo\r\n")
    base = commit(place)
    (place / "sub" / "x").write_bytes(b"one\r\nchanged\r\n")
    kept = patch(place, base, files(place)["sub/x"])
    take_back(place, kept)
    assert (place / "sub" / "x").read_bytes() == b"one\r\ntwo\r\n"
    bring_again(place, kept)
    assert (place / "sub" / "x").read_bytes() == b"one\r\nchanged\r\n"


def test_a_file_of_two_gigabytes_is_named_at_once_and_a_pipe_is_not_read(tmp_path: Path) -> None:
    place = repository(tmp_path / "r", "x", "grown")
    for name in ("huge", "grown"):
        with (place / name).open("wb") as file:
            file.truncate(2 << 30)
    os.mkfifo(place / "pipe")
    (place / "x").write_text("changed\n")
    found = difference(place, base_of(place, None).commit)
    assert [file.path for file in found.files] == ["x"]
    assert {file.path: why for file, why in found.unshown} == dict.fromkeys(("huge", "grown"), "not shown: 2,048.0 MiB")


def test_a_worktree_is_compared_with_where_it_left_its_base(tmp_path: Path) -> None:
    place = repository(tmp_path / "r", "x", "y")
    tree = tmp_path / "tree"
    git(place, "worktree", "add", "-q", "-b", "hive/a", str(tree))
    (tree / "x").write_text("committed\n")
    commit(tree)
    (tree / "z").write_text("not yet\n")
    (place / "y").write_text("the base went on\n")
    commit(place)
    base = base_of(tree, place)
    assert base.words == "main"
    assert {file.path for file in difference(tree, base.commit).files} == {"x", "z"}


def test_before_the_first_commit_everything_is_new(tmp_path: Path) -> None:
    place = tmp_path / "r"
    place.mkdir()
    git(place, "init", "-q")
    (place / "x").write_text("a\n")
    base = base_of(place, None)
    assert base.words == "nothing: no commit yet"
    assert [(file.path, file.status) for file in difference(place, base.commit).files] == [("x", Status.ADDED)]


def test_nothing_that_the_repository_names_is_run(tmp_path: Path) -> None:
    place = repository(tmp_path / "r", "x")
    mark = tmp_path / "mark"
    run = f"touch {mark}; cat"
    (place / ".gitattributes").write_text("* filter=evil diff=evil\n")
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "diff.evil.command", "diff.external"):
        git(place, "config", key, run)
    (place / "x").write_text("changed\n")
    found = files(place)
    kept = patch(place, base_of(place, None).commit, found["x"])
    take_back(place, kept)
    bring_again(place, kept)
    assert set(found) == {"x", ".gitattributes"}
    assert not mark.exists()
