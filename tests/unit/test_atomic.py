import os
import signal
import subprocess
import sys

import pytest

from hiveui.errors import StorageError
from hiveui.storage import atomic
from hiveui.storage.trust import Trust

WRITER = """
import sys
from pathlib import Path
from hiveui.storage import atomic
path = Path(sys.argv[1])
print("ready", flush=True)
while True:
    for letter in b"ab":
        atomic.write(path, bytes([letter]) * 200_000)
"""


def test_a_file_is_replaced_as_a_whole_and_is_for_this_user_alone(tmp_path):
    path = tmp_path / "kept"
    atomic.write(path, b"one")
    atomic.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["kept"]


def test_a_killed_writer_leaves_the_old_or_the_new_and_its_leavings_are_swept(tmp_path):
    path = tmp_path / "kept"
    atomic.write(path, b"a" * 200_000)
    for _ in range(10):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
        writer.stdout.readline()
        for _ in range(20):
            assert path.read_bytes() in (b"a" * 200_000, b"b" * 200_000)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert path.read_bytes() in (b"a" * 200_000, b"b" * 200_000)
    (tmp_path / f".kept.{writer.pid}-00000000.tmp").write_bytes(b"half")
    assert atomic.sweep(tmp_path) >= 1
    assert os.listdir(tmp_path) == ["kept"]


def test_the_sweep_leaves_a_living_writer_and_other_files_alone(tmp_path):
    for name in (f".kept.{os.getppid()}-00000000.tmp", ".mine.tmp", "x.tmp"):
        (tmp_path / name).write_bytes(b"")
    assert atomic.sweep(tmp_path) == 0


@pytest.mark.parametrize("fails", ["write", "fsync", "replace"])
def test_a_full_disk_keeps_the_old_file_leaves_nothing_and_says_the_mend(tmp_path, monkeypatch, fails):
    path = tmp_path / "kept"
    atomic.write(path, b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(atomic.os, fails, full)
        with pytest.raises(StorageError, match="No space left") as caught:
            atomic.write(path, b"new")
    assert "Free some space" in caught.value.hint
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["kept"]
    atomic.write(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_layout_once_run_is_known_to_the_next_daemon(tmp_path):
    trust = Trust(tmp_path)
    assert trust.hashes == frozenset()
    trust.remember("a" * 64)
    trust.remember("b" * 64)
    assert Trust(tmp_path).hashes == {"a" * 64, "b" * 64}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 1, "layouts": [1]}', '{"version": 2, "layouts": ["a"]}', "\x00"]
)
def test_a_damaged_list_of_known_layouts_trusts_nothing(tmp_path, text):
    (tmp_path / "trusted.json").write_text(text)
    assert Trust(tmp_path).hashes == frozenset()
