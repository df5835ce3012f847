"""One run of a check: what it prints is kept, bounded, and nothing of it is left running."""

import os
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import until

from hiveui.hive.attempt import MARK, Attempt, End, end_left
from hiveui.machine import this_machine
from hiveui.storage.tail import Tail, end_of

MACHINE = this_machine()
ENV = {"PATH": os.environ["PATH"]}
ORPHAN = (
    "import subprocess,sys; "
    "subprocess.Popen([sys.executable,'-c','import time;time.sleep(600)'],start_new_session=True); print('left one')"
)
DEAF = "trap '' TERM; echo begun; while :; do sleep 0.1; done"


def attempt(folder: Path, *argv: str, mark: str = "") -> Attempt:
    return Attempt(MACHINE, mark or f"test:{folder}", argv, str(folder), ENV)


def marked(mark: str) -> list[int]:
    return [pid for pid, value in MACHINE.processes_with(MARK) if value == mark and MACHINE.alive(pid)]


@pytest.mark.parametrize(("line", "exit_"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", -9)])
def test_it_ends_as_its_program_does_and_what_was_printed_is_kept_for_this_user_alone(
    tmp_path: Path, line: str, exit_: int
):
    output = tmp_path / "checks" / "one.txt"
    end = attempt(tmp_path, "sh", "-c", f"echo out; echo err >&2; {line}").run(output, 60)
    assert (end.exit, end.why) == (exit_, "")
    assert output.read_text() == "out\nerr\n"
    assert output.stat().st_mode & 0o777 == 0o600


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path):
    mark = f"test:{tmp_path}"
    end = attempt(tmp_path, "sh", "-c", f"sleep 600 & {DEAF}", mark=mark).run(tmp_path / "o", 3)
    assert (end.exit, end.why) == (None, "it took over 0.05 min and was ended")
    assert (tmp_path / "o").read_text() == "begun\n"
    until(lambda: not marked(mark), what="the end of all")


def test_what_leaves_its_group_and_holds_its_output_open_is_ended_too_once_the_check_itself_is_over(tmp_path: Path):
    mark = f"test:{tmp_path}"
    end = attempt(tmp_path, sys.executable, "-c", ORPHAN, mark=mark).run(tmp_path / "o", 60)
    assert end.exit == 0
    assert end.seconds < 30
    until(lambda: not marked(mark), what="the end of all")


def test_it_is_over_once_its_program_is_whatever_that_left_printing(tmp_path: Path):
    mark = f"test:{tmp_path}"
    end = attempt(tmp_path, "sh", "-c", "echo begun; yes & sleep 0.2", mark=mark).run(tmp_path / "o", 60)
    assert (end.exit, end.why) == (0, "")
    until(lambda: not marked(mark), what="the end of all")


def test_a_program_that_is_not_there_and_a_folder_that_is_gone_are_a_sentence(tmp_path: Path):
    assert "'nix' was not found" in attempt(tmp_path, "nix").run(tmp_path / "o", 1).why
    assert "could not be started" in attempt(tmp_path / "gone", "true").run(tmp_path / "o", 1).why
    (tmp_path / "run").write_text("#!/bin/sh\nexit 4\n")
    (tmp_path / "run").chmod(0o755)
    assert attempt(tmp_path, "./run").run(tmp_path / "o", 60).exit == 4


def test_it_is_stopped_at_once_and_what_a_killed_daemon_left_is_found(tmp_path: Path):
    mark = f"test:{tmp_path}"
    running = attempt(tmp_path, "sh", "-c", DEAF, mark=mark)
    ends: list[End] = []
    thread = threading.Thread(target=lambda: ends.append(running.run(tmp_path / "o", 60)))
    thread.start()
    until(lambda: (tmp_path / "o").exists() and (tmp_path / "o").read_text(), what="its first word")
    running.stop("the daemon stops")
    thread.join(60)
    assert (ends[0].why, ends[0].stopped) == ("the daemon stops", True)

    left = attempt(tmp_path, "sh", "-c", DEAF, mark=mark)
    thread = threading.Thread(target=lambda: ends.append(left.run(tmp_path / "p", 60)))
    thread.start()
    until(lambda: (tmp_path / "p").exists() and (tmp_path / "p").read_text(), what="its first word")
    end_left(MACHINE, "test:elsewhere")
    assert marked(mark)
    end_left(MACHINE, f"test:{tmp_path}")
    thread.join(60)
    until(lambda: not marked(mark), what="the end of what was left")
    assert ends[1].exit == -9


@given(st.lists(st.binary(max_size=50)), st.integers(1, 40))
def test_the_end_of_what_is_printed_is_kept_however_much_it_is(tmp_path_factory, chunks: list[bytes], kept: int):
    path = tmp_path_factory.mktemp("tail") / "out"
    tail = Tail(path, kept)
    for chunk in chunks:
        tail.write(chunk)
        assert path.stat().st_size <= 2 * kept
    tail.close()
    assert path.read_bytes() == b"".join(chunks)[-kept:]


def test_a_long_output_is_read_from_its_end(tmp_path: Path):
    (tmp_path / "o").write_bytes(b"abc\xffdef")
    assert end_of(tmp_path / "o", 4) == ("\ufffddef", True)
    assert end_of(tmp_path / "o", 100)[1] is False
    assert end_of(tmp_path / "none", 100) == ("", False)
