import os
from pathlib import Path

import pytest

from hiveui.git import trial as module
from hiveui.git.repository import common_of, find
from hiveui.git.trial import Trial
from hiveui.hive.foresight import Foresight
from tests.repositories import commit, git, repository


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a worktree `other` beside it."""
    top = repository(tmp_path / "shop", "schema.py", "notes")
    (top / "schema.py").write_text("".join(f"line {n}\n" for n in range(1, 31)))
    commit(top)
    git(top, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    return top


def other(top: Path) -> Path:
    return top.parent / "other"


def change(top: Path, number: int, text: str) -> None:
    lines = (top / "schema.py").read_text().splitlines()
    lines[number - 1] = text
    (top / "schema.py").write_text("\n".join(lines) + "\n")


def trial(top: Path) -> Trial:
    common = common_of(top)
    assert common is not None
    return Trial(top.parent / "trial", common)


def foreseen(tried: Trial, top: Path) -> tuple[str, ...]:
    return tried.merge(top, tried.state(top), tried.state(other(top))).paths


def test_a_repository_is_found_from_each_of_its_checkouts_as_git_finds_it(shop: Path) -> None:
    for top in (shop, other(shop)):
        known = find(top)
        assert known is not None
        assert common_of(top) == known.common
    assert common_of(shop.parent) is None


def test_a_conflict_is_foreseen_before_anything_is_committed_and_goes_when_one_side_takes_it_back(shop: Path) -> None:
    tried = trial(shop)
    assert foreseen(tried, shop) == ()
    change(shop, 12, "mine")
    change(other(shop), 12, "theirs")
    assert foreseen(tried, shop) == ("schema.py",)
    merged = tried.merge(shop, tried.state(shop), tried.state(other(shop)))
    assert b"<<<<<<<" in (tried.text(shop, merged.tree, "schema.py") or b"")
    change(other(shop), 12, "line 12")
    change(other(shop), 25, "far away")
    assert foreseen(tried, shop) == ()


def test_new_files_of_one_name_conflict_and_ignored_ones_do_not_count(shop: Path) -> None:
    tried = trial(shop)
    for top, text in ((shop, "one\n"), (other(shop), "two\n")):
        (top / "new.py").write_text(text)
        (top / "made.o").write_text(text)
        (top / ".gitignore").write_text("*.o\n")
    assert foreseen(tried, shop) == ("new.py",)


def test_nothing_of_it_is_left_in_the_repository(shop: Path) -> None:
    change(shop, 3, "mine")
    (shop / "new.py").write_text("new\n")
    before = {path: path.stat().st_mtime_ns for path in (shop / ".git").rglob("*")}
    foreseen(trial(shop), shop)
    assert {path: path.stat().st_mtime_ns for path in (shop / ".git").rglob("*")} == before


def test_names_that_git_could_misread_and_files_that_are_no_files_are_tried_as_they_are(shop: Path) -> None:
    tried = trial(shop)
    names = (b":(top)x", b"-rf", b"a\nb", b"gl*b", b"\xff\xfe", "grün".encode())
    for top, text in ((shop, "one\n"), (other(shop), "two\n")):
        for name in names:
            Path(os.fsdecode(os.path.join(os.fsencode(top), name))).write_text(text)
        (top / "link").symlink_to(text.strip())
        os.mkfifo(top / "pipe")
        (top / "notes").unlink()
    conflicts = foreseen(tried, shop)
    assert {os.fsencode(path) for path in conflicts} == {*names, b"link"}


def test_what_a_repository_names_to_be_run_is_not(shop: Path) -> None:
    marker = shop.parent / "marker"
    git(shop, "config", "filter.evil.clean", f"touch {marker}; cat")
    git(shop, "config", "merge.evil.driver", f"touch {marker}; false")
    git(shop, "config", "core.fsmonitor", f"touch {marker}")
    for top, text in ((shop, "mine"), (other(shop), "theirs")):
        (top / ".gitattributes").write_text("* filter=evil merge=evil\n")
        change(top, 12, text)
    assert foreseen(trial(shop), shop) == ("schema.py",)
    assert not marker.exists()


def test_a_repository_without_a_commit_has_no_state(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert trial(tmp_path).state(tmp_path) == ""


def test_what_was_tried_is_cleared_away_once_it_is_much_and_all_is_foreseen_again(shop: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "LOOSE", 0)
    common, tops = str(common_of(shop)), [str(shop), str(other(shop))]
    foresight = Foresight(shop.parent / "trials")
    for top in tops:
        foresight.knows(top, common)
    change(shop, 12, "mine")
    change(other(shop), 12, "theirs")
    assert foresight.conflicts(common, tops, tops)[0].found.paths == ("schema.py",)
    counted = next((shop.parent / "trials").iterdir()) / "objects" / "17"
    counted.mkdir(exist_ok=True)
    (counted / "one of many").touch()
    change(other(shop), 13, "theirs too")
    assert foresight.conflicts(common, tops, [tops[1]])[0].found.paths == ("schema.py",)
    assert not (counted / "one of many").exists()


def test_what_an_earlier_daemon_tried_goes_with_its_first_trial(shop: Path) -> None:
    left = shop.parent / "trials" / "of-another" / "objects"
    left.mkdir(parents=True)
    Foresight(shop.parent / "trials").conflicts(str(common_of(shop)), [str(shop), str(other(shop))], [str(shop)])
    assert not left.exists()
