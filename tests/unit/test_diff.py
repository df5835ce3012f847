"""Diffs: what git writes is read, applied and written again, whatever files are called and hold."""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hiveui.model.diff import FileDiff, Hunk, Line, Status, apply, digests, parse, quoted, unquoted, written
from tests.repositories import ENV, WHO, git, repository

LINES = st.lists(
    st.sampled_from(
        [b"a", b"b", b"c", b"", b"-- x", b"++ y", b"@@ -1 +1 @@", b"\\ No", b"d\r", b"\xff\xfe", b"\xe2\x82"]
    )
)
CONTENT = st.builds(lambda lines, end: b"\n".join(lines) + end, LINES, st.sampled_from([b"", b"\n"]))
NAMES = st.binary(min_size=1, max_size=12).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in {b".", b"..", b".git"}
)


def between(old: dict[bytes, bytes], new: dict[bytes, bytes], *words: str) -> bytes:
    """Give git's diff of two folders of files, as if they were two states of one."""
    with tempfile.TemporaryDirectory() as place:
        for folder, files in (("a", old), ("b", new)):
            (Path(place) / folder).mkdir()
            for name, content in files.items():
                Path(os.fsdecode(os.path.join(place.encode(), folder.encode(), name))).write_bytes(content)
        asked = ["git", "diff", "--no-index", "--no-prefix", "--full-index", *words, "--", "a", "b"]
        done = subprocess.run(asked, cwd=place, env=ENV, capture_output=True)
        assert done.returncode in {0, 1}, done.stderr
        return done.stdout


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, st.tuples(CONTENT, CONTENT), max_size=8), st.sampled_from(["-U3", "-U0", "-U9"]))
def test_what_git_writes_makes_the_new_side_of_the_old_one_and_back(
    files: dict[bytes, tuple[bytes, bytes]], around: str
) -> None:
    old = {name: before for name, (before, _) in files.items()}
    new = {name: after for name, (_, after) in files.items()}
    text = between(old, new, "--text", around)
    diffs = {os.fsencode(file.path): file for file in parse(text)}
    assert set(diffs) == {name for name in files if old[name] != new[name]}
    for name, file in diffs.items():
        assert apply(file.hunks, old[name]) == new[name]
        (again,) = parse(written(file, file.hunks))
        assert (again.path, again.hunks) == (file.path, file.hunks)


@given(st.binary(min_size=1))
def test_a_quoted_name_is_read_back_and_holds_no_line_end(name: bytes) -> None:
    text = os.fsdecode(name)
    assert "\n" not in quoted(text)
    assert unquoted(quoted(text)) == text


@given(st.binary(max_size=300))
def test_no_bytes_are_read_as_anything_but_files_or_a_sentence(junk: bytes) -> None:
    for text in (junk, b"diff --git a/x b/x\n@@ -1,2 +1 @@\n" + junk):
        with contextlib.suppress(ValueError):
            assert all(isinstance(file, FileDiff) for file in parse(text))


def test_a_file_is_added_deleted_renamed_and_made_executable(tmp_path: Path) -> None:
    place = repository(tmp_path / "r", "gone", "old name", "run")
    (place / "gone").unlink()
    (place / "old name").rename(place / "new name")
    (place / "run").chmod(0o755)
    (place / "fresh").write_text("one\ntwo")
    git(place, "add", "--all")
    files = {file.path: file for file in parse(git(place, "diff", "-M", "HEAD").encode() + b"\n")}
    assert {path: file.status for path, file in files.items()} == {
        "gone": Status.DELETED,
        "new name": Status.RENAMED,
        "run": Status.MODIFIED,
        "fresh": Status.ADDED,
    }
    assert files["new name"].old_path == "old name"
    assert (files["run"].old_mode, files["run"].new_mode, files["run"].hunks) == ("100644", "100755", ())
    assert files["fresh"].hunks[0].lines[-1] == Line("+", "two", bare=True)
    assert files["gone"].removed == files["fresh"].added - 1 == 1


def test_binary_files_are_named_and_hold_no_hunks() -> None:
    for words in ((), ("--binary",)):
        text = between({b"x": b"\0a", b"y": b"a\n"}, {b"x": b"\0b" * 90, b"y": b"b\n"}, *words)
        first, second = parse(text)
        assert (first.path, first.binary, first.hunks) == ("x", True, ())
        assert (second.path, second.binary, len(second.hunks)) == ("y", False, 1)


def test_a_conflict_is_said_and_what_follows_is_read(tmp_path: Path) -> None:
    place = repository(tmp_path / "r", "x", "y")
    git(place, "switch", "-q", "-c", "other")
    (place / "x").write_text("theirs\n")
    git(place, "commit", "-qam", "theirs")
    git(place, "switch", "-q", "main")
    (place / "x").write_text("ours\n")
    git(place, "commit", "-qam", "ours")
    merge = subprocess.run(["git", *WHO, "merge", "-q", "other"], cwd=place, env=ENV, capture_output=True)
    assert merge.returncode == 1
    (place / "y").write_text("changed\n")
    combined, plain = parse(git(place, "diff").encode() + b"\n")
    assert (combined.path, combined.status, combined.hunks) == ("x", Status.UNMERGED, ())
    assert (plain.path, plain.added) == ("y", 1)
    against = {file.path: file for file in parse(git(place, "diff", "HEAD").encode() + b"\n")}
    assert Line("+", "=======") in against["x"].hunks[0].lines


def test_a_hunk_keeps_its_name_when_it_moves_and_loses_it_when_it_changes() -> None:
    def file(*hunks: Hunk) -> FileDiff:
        return FileDiff("x", "x", hunks=hunks)

    body = (Line(" ", "a"), Line("+", "b"))
    (here,) = digests(file(Hunk(1, 1, 1, 2, "", body)))
    assert digests(file(Hunk(9, 1, 12, 2, "def f", body))) == (here,)
    twice = digests(file(Hunk(1, 1, 1, 2, "", body), Hunk(9, 1, 10, 2, "", body)))
    assert twice[0] == here != twice[1]
    for other in (Line("+", "b "), Line("-", "b"), Line("+", "b", bare=True)):
        assert digests(file(Hunk(1, 1, 1, 2, "", (body[0], other)))) != (here,)
    assert digests(FileDiff("x", "x", binary=True, new_blob="1")) != digests(FileDiff("x", "x", binary=True))


def test_a_hunk_that_does_not_fit_is_refused_with_its_place() -> None:
    hunk = Hunk(2, 1, 2, 1, "", (Line("-", "b"), Line("+", "c")))
    assert apply([hunk], b"a\nb\n") == b"a\nc\n"
    for old in (b"a\nB\n", b"a\nb", b"a"):
        with pytest.raises(ValueError, match="line 2"):
            apply([hunk], old)
