"""Plain files are read; whatever else stands where one stood is an error, and leaves nothing open."""

import os
from pathlib import Path

import pytest

from hiveui.hive import blame
from hiveui.storage import regular


def test_a_plain_file_is_read_as_far_as_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert regular.read(tmp_path / "file", 2) == (b"ab", (tmp_path / "file").stat().st_mtime)


@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "nothing", "no name"])
def test_what_is_none_is_an_error_and_nothing_stays_open(tmp_path: Path, kind: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    path = "no\0name" if kind == "no name" else kind
    before = len(os.listdir("/dev/fd"))
    with pytest.raises((OSError, ValueError)):
        regular.read(tmp_path / path, 2)
    assert blame.read((str(tmp_path), path)) == (None, 0.0)
    assert len(os.listdir("/dev/fd")) == before
