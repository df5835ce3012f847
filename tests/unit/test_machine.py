import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_machine import FakeMachine, FakeProcess

from hiveui.errors import MachineError
from hiveui.machine import Linux, Mac, Machine, Peer
from tests.waiting import until

MACHINES: list[Machine] = [Mac(), *([Linux()] if sys.platform == "linux" else [])]
every_machine = pytest.mark.parametrize("machine", MACHINES, ids=lambda m: type(m).__name__)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"], env={**os.environ, "HIVE_TEST_MARK": "a=b £"})
    yield process
    process.kill()
    process.wait()


@every_machine
def test_a_process_is_found_by_a_variable_of_its_environment(machine: Machine, child) -> None:
    assert (child.pid, "a=b £") in list(machine.processes_with("HIVE_TEST_MARK"))
    assert (machine.environ(child.pid) or {})["HIVE_TEST_MARK"] == "a=b £"
    assert list(machine.processes_with("MARK")) == []


@every_machine
def test_the_ancestors_of_a_child_begin_with_this_process_and_end(machine: Machine, child) -> None:
    ancestors = list(machine.ancestors(child.pid))
    assert ancestors[:2] == [os.getpid(), os.getppid()]
    assert len(ancestors) == len(set(ancestors))


@every_machine
def test_memory_and_time_of_this_process_are_known(machine: Machine) -> None:
    assert (machine.memory(os.getpid()) or 0) > 1_000_000
    before = machine.cpu_seconds(os.getpid())
    assert before is not None
    until(lambda: (machine.cpu_seconds(os.getpid()) or 0) > before)


@every_machine
def test_a_process_that_is_gone_has_no_answers(machine: Machine) -> None:
    process = subprocess.Popen(["true"])
    until(lambda: not machine.alive(process.pid))  # while it is still a zombie
    process.wait()
    assert machine.alive(os.getpid())
    assert not machine.alive(process.pid)
    assert machine.environ(process.pid) is None
    assert machine.memory(process.pid) is None
    assert machine.cpu_seconds(process.pid) is None
    assert list(machine.ancestors(process.pid)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="SO_PEERCRED")
def test_linux_names_the_peer_of_a_socket() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert Linux().peer(ours) == Peer(os.getuid(), os.getpid())


class MacSocket:
    """Answers as macOS does: `struct xucred`, then a `pid_t`."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        answers = {1: struct.pack("=IIh2x16I", 0, 501, 1, *[20] * 16), 2: struct.pack("=i", 4242)}
        assert (level, size) == (0, {1: 76, 2: 4}[option])
        return answers[option]


def test_macos_names_the_peer_of_a_socket() -> None:
    assert Mac().peer(MacSocket()) == Peer(501, 4242)


class DeafSocket:
    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        raise OSError(22, "Invalid argument")


@every_machine
def test_a_socket_without_a_peer_is_an_error_with_a_sentence(machine: Machine) -> None:
    with pytest.raises(MachineError, match=r"Invalid argument\.$"):
        machine.peer(DeafSocket())


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG")
def test_a_child_that_asked_for_it_dies_with_its_parent() -> None:
    parent = (
        "import subprocess; from hiveui.machine import this_machine\n"
        "p = subprocess.Popen(['sleep', '60'], preexec_fn=this_machine().die_with_parent)\n"
        "print(p.pid, flush=True); input()"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    pid = int(process.stdout.readline())
    assert Linux().alive(pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    until(lambda: not Linux().alive(pid))


def test_without_a_user_systemd_a_command_stays_as_it_is(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert Linux().outside_session(["hive", "daemon"]) == ["hive", "daemon"]


@pytest.mark.parametrize(("status", "wrapped"), [(0, True), (1, False)])
def test_a_command_is_wrapped_only_where_systemd_really_answers(monkeypatch, tmp_path, status, wrapped) -> None:
    (tmp_path / "systemd").mkdir()
    (tmp_path / "systemd" / "private").touch()
    program = tmp_path / "systemd-run"
    program.write_text(f"#!/bin/sh\nexit {status}\n")
    program.chmod(0o755)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    expected = [str(program), "--user", "--scope", "--quiet", "--", "hive"] if wrapped else ["hive"]
    assert Linux().outside_session(["hive"]) == expected


def test_importing_the_module_loads_nothing_slow() -> None:
    code = "import sys, hiveui.machine; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=".")
    assert not {"psutil", "ctypes", "subprocess", "asyncio", "dataclasses"} & set(loaded.stdout.split())


def test_the_fake_machine_fits_the_protocol() -> None:
    machine: Machine = FakeMachine({7: FakeProcess(3, {"A": "b"}), 3: FakeProcess(1)})
    assert list(machine.ancestors(7)) == [3, 1]
    assert list(machine.processes_with("A")) == [(7, "b")]


@every_machine
def test_every_process_is_listed_with_its_parent(machine: Machine, child) -> None:
    parents = dict(machine.parents())
    assert parents[child.pid] == os.getpid()
    assert parents[os.getpid()] == os.getppid()


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_linux_tells_when_a_file_of_a_folder_was_written_also_after_it_lost_its_name(tmp_path) -> None:
    def told() -> bool:
        readable = bool(select.select([watching], [], [], 0)[0])
        if readable:
            os.read(watching, 1 << 12)
        return readable

    watching = Linux().watch(str(tmp_path))
    assert watching is not None
    try:
        with (tmp_path / "a").open("w") as late:
            assert not told()
            (tmp_path / "b").write_text("b")
            assert told()
            (tmp_path / "a").rename(tmp_path / "c")
            (tmp_path / "c").unlink()
            late.write("late")
            assert not told()
        assert told()
    finally:
        os.close(watching)
    assert Linux().watch(str(tmp_path / "none")) is None


def test_the_file_system_is_that_of_the_innermost_mount_that_was_made_last(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    mounts = [
        "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
        "23 22 0:40 / /home/far rw shared:7 - fuse.sshfs me@far: rw",
        r"24 22 0:41 / /home/with\040space rw - nfs4 server:/x rw",
        "25 22 0:42 / /mnt rw - ext4 /dev/vdb rw",
        "26 22 0:43 / /mnt rw - tmpfs none rw",
    ]
    (tmp_path / "self" / "mountinfo").write_text("\n".join(mounts) + "\n")
    machine = Linux(str(tmp_path))
    asked = ("/home/far/away", "/home/farther", "/home/with space", "/mnt/a", "/")
    assert [machine.file_system(path) for path in asked] == ["fuse.sshfs", "ext4", "nfs4", "tmpfs", "ext4"]


@every_machine
def test_the_file_system_of_a_folder_is_known(machine: Machine, tmp_path: Path) -> None:
    assert machine.file_system(str(tmp_path))
