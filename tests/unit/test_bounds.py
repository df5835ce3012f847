"""What a hostile host may have brought here: by a real git, whose packs and files are larger than they may be."""

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hiveui.errors import GitError
from hiveui.git import bounds
from hiveui.git.bounds import fits, room
from hiveui.git.mirrors import PICTURE, Mirrored, Picture, bring, transport
from tests.repositories import ENV, commit, git, repository

LARGE = 3 << 20


@pytest.fixture
def here(tmp_path: Path) -> Path:
    place = tmp_path / "shop"
    place.mkdir()
    repository(place, "file")
    return place


@pytest.fixture
def far(tmp_path: Path, here: Path) -> Path:
    """A clone of it that is another host's."""
    git(tmp_path, "clone", "-q", str(here), "far")
    return tmp_path / "far"


def brought(here: Path, far: Path, picture: str, most: int) -> Path:
    """Bring over a picture of there, no more than `most` bytes of it."""
    git(far, "update-ref", PICTURE, picture)
    by = transport(["git", "upload-pack", str(far)], {"PATH": os.environ["PATH"]}, most)
    mirror = Mirrored(here.parent / "mirror", "box-1")
    bring(mirror, Picture("/far", "refs/heads/main", picture, picture), by, here)
    return mirror.path


def test_no_more_comes_than_may_and_nothing_is_left_of_what_did(here: Path, far: Path):
    (far / "large").write_bytes(random.Random(1).randbytes(LARGE))
    for number in range(120):  # then they come as one pack
        (far / f"file{number}").write_text(str(number))
    packs = here / ".git" / "objects" / "pack"
    before = sorted(packs.iterdir())
    made = commit(far)
    with pytest.raises(GitError, match="what comes is larger than 1 MiB"):
        brought(here, far, made, 1 << 20)
    assert sorted(packs.iterdir()) == before
    assert (brought(here, far, made, 2 * LARGE) / "large").stat().st_size == LARGE


def zeros(far: Path) -> str:
    """Commit a file of zeros."""
    with (far / "zeros").open("wb") as file:
        file.truncate(LARGE)
    return commit(far)


def folders(far: Path) -> str:
    """Commit a folder that holds one folder twice, which holds one twice, and so on: it has 2^40 files."""
    tree = git(far, "rev-parse", "HEAD^{tree}")
    for _ in range(40):
        given = f"040000 tree {tree}\ta\n040000 tree {tree}\tb\n"
        done = subprocess.run(
            ["git", "mktree"], cwd=far, env=ENV, input=given, capture_output=True, text=True, check=True
        )
        tree = done.stdout.strip()
    return git(far, "commit-tree", tree, "-m", "folders")


@pytest.mark.parametrize("grow", [zeros, folders])
def test_little_that_would_be_much_on_disk_is_refused(
    here: Path, far: Path, monkeypatch: pytest.MonkeyPatch, grow: Callable[[Path], str]
):
    mirror = brought(here, far, git(far, "rev-parse", "HEAD"), LARGE)
    monkeypatch.setattr(bounds, "MOST", 1 << 20)
    with pytest.raises(GitError, match="its files take over 1 MiB"):
        brought(here, far, grow(far), LARGE)
    assert sorted(path.name for path in mirror.iterdir()) == [".git", "file"]


def test_a_disk_that_is_nearly_full_takes_nothing(here: Path, monkeypatch: pytest.MonkeyPatch):
    assert 0 < room(here) <= bounds.MOST
    monkeypatch.setattr(bounds, "RESERVE", 1 << 60)
    with pytest.raises(GitError, match="are free here"):
        room(here)
    with pytest.raises(GitError, match="that is not free here"):
        fits(here, "HEAD", here.parent / "none")
