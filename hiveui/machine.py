"""What differs between operating systems: peers of a socket, the process tree, the session.

What is slow to import is imported where it is used: short-lived processes (the tap) import this module.
"""

import os
import re
import signal
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from hiveui.errors import MachineError


class Peer(NamedTuple):
    """The process at the other end of a Unix socket, as the kernel saw it connect."""

    uid: int
    pid: int


class SocketOptions(Protocol):
    """The part of a socket that names its peer."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """Read `size` bytes of a socket option."""


class Machine(Protocol):
    """One operating system. A process that is gone, or not ours to read, has None for a value."""

    socket_path_limit: int
    """Bytes that the path of a Unix socket may have."""
    watches_trees: bool
    """The kernel tells of a folder with all below it by one watch; else it tells of each folder by one."""

    def peer(self, sock: SocketOptions) -> Peer:
        """Tell who connected. Raises MachineError where the kernel does not say."""

    def ancestors(self, pid: int) -> Iterator[int]:
        """Walk up from the parent of `pid` to the first process."""

    def environ(self, pid: int) -> Mapping[str, str] | None:
        """Give the environment that the process was started with."""

    def processes_with(self, name: str) -> Iterator[tuple[int, str]]:
        """Find processes whose environment carries the variable `name`: pids and its value."""

    def cpu_seconds(self, pid: int) -> float | None:
        """Give the CPU time that the process has used, children apart."""

    def memory(self, pid: int) -> int | None:
        """Give the resident memory in bytes."""

    def parents(self) -> Iterator[tuple[int, int]]:
        """List every process with its parent."""

    def open_to_write(self, pid: int) -> Iterator[str]:
        """List the files that the process has open to write, where the kernel tells."""

    def alive(self, pid: int) -> bool:
        """Tell whether the process still runs; one that only waits to be reaped does not."""

    def die_with_parent(self) -> None:
        """Make the calling process end by SIGKILL when its parent does, where the kernel can."""

    def outside_session(self, argv: Sequence[str]) -> list[str]:
        """Wrap a command so that the end of the login session or the calling unit does not end it."""

    def watch(self, folder: str) -> int | None:
        """Give a descriptor that can be read, without waiting, once a file of a folder was written and closed.

        None where the kernel does not tell.
        """

    def file_system(self, path: str) -> str:
        """Give the type of the file system that an absolute path is on, as mount(8) names it; '' where unknown."""


def _holds(folder: str, path: str) -> bool:
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


_UCRED = struct.Struct("3i")
_PR_SET_PDEATHSIG = 1
_IN_CLOSE_WRITE = 8
_FLAGS = re.compile(rb"^flags:\s*([0-7]+)", re.MULTILINE)
_NO_FILES = ("/dev/", "/proc/", "/memfd:")


class Linux:
    """Linux, by proc(5), unix(7) and prctl(2)."""

    socket_path_limit = 107
    watches_trees = False

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = proc
        self._tick = os.sysconf("SC_CLK_TCK")
        self._page = os.sysconf("SC_PAGE_SIZE")

    def peer(self, sock: SocketOptions) -> Peer:
        """Read SO_PEERCRED: `struct ucred {pid, uid, gid}`."""
        import socket  # noqa: PLC0415  see the module's docstring

        try:
            pid, uid, _ = _UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
        except (OSError, struct.error) as error:
            raise MachineError(f"The peer of a socket could not be told: {error}.") from error
        return Peer(uid, pid)

    def ancestors(self, pid: int) -> Iterator[int]:
        """Follow the fourth field of `stat`."""
        while (fields := self._stat(pid)) is not None and (pid := int(fields[1])) > 0:
            yield pid

    def environ(self, pid: int) -> Mapping[str, str] | None:
        """Read `environ`; what the program itself changed since is not in it."""
        data = self._read(pid, "environ")
        if data is None:
            return None
        pairs = (entry.partition(b"=") for entry in data.split(b"\0") if b"=" in entry)
        return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}

    def processes_with(self, name: str) -> Iterator[tuple[int, str]]:
        """Look through every process of ours, 30 µs each."""
        sought = os.fsencode(name) + b"="
        for entry in os.listdir(self._proc):  # noqa: PTH208  names, not paths
            if not entry.isdecimal() or (data := self._read(int(entry), "environ")) is None:
                continue
            for variable in data.split(b"\0") if sought in data else ():
                if variable.startswith(sought):
                    yield int(entry), os.fsdecode(variable[len(sought) :])
                    break

    def cpu_seconds(self, pid: int) -> float | None:
        """Add `utime` and `stime`."""
        fields = self._stat(pid)
        return None if fields is None else (int(fields[11]) + int(fields[12])) / self._tick

    def memory(self, pid: int) -> int | None:
        """Read the second field of `statm`, in pages."""
        data = self._read(pid, "statm")
        return int(data.split()[1]) * self._page if data else None

    def parents(self) -> Iterator[tuple[int, int]]:
        """Read the fourth field of every `stat`, 15 µs each."""
        for entry in os.listdir(self._proc):  # noqa: PTH208  names, not paths
            if entry.isdecimal() and (fields := self._stat(int(entry))) is not None:
                yield int(entry), int(fields[1])

    def open_to_write(self, pid: int) -> Iterator[str]:
        """Follow `fd`, and read the octal `flags` of `fdinfo`; what is no file of a disk has no absolute path."""
        folder = f"{self._proc}/{pid}/fd"
        try:
            numbers = os.listdir(folder)  # noqa: PTH208  names, not paths
        except OSError:
            return
        for number in numbers:
            try:
                path = os.readlink(f"{folder}/{number}")  # noqa: PTH115  called for every file
            except OSError:
                continue
            if path.startswith("/") and not path.startswith(_NO_FILES):
                found = _FLAGS.search(self._read(pid, f"fdinfo/{number}") or b"")
                if found is not None and int(found[1], 8) & os.O_ACCMODE:
                    yield path

    def alive(self, pid: int) -> bool:
        """Read the state: `Z` and `X` are dead."""
        fields = self._stat(pid)
        return fields is not None and fields[0] not in {b"Z", b"X"}

    def die_with_parent(self) -> None:
        """Ask for PR_SET_PDEATHSIG; it is bound to the parent's *thread* and kept over exec."""
        import ctypes  # noqa: PLC0415  see the module's docstring

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    def outside_session(self, argv: Sequence[str]) -> list[str]:
        """Use a scope of the user's systemd where one answers: logind ends sessions, not those."""
        import shutil  # noqa: PLC0415  see the module's docstring
        import subprocess  # noqa: PLC0415

        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        program = shutil.which("systemd-run")
        if program is None or not os.access(f"{runtime}/systemd/private", os.W_OK):
            return list(argv)
        scope = [program, "--user", "--scope", "--quiet", "--"]
        try:
            answer = subprocess.run([*scope, "true"], capture_output=True, timeout=5, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return list(argv)
        return [*scope, *argv] if answer.returncode == 0 else list(argv)

    def watch(self, folder: str) -> int | None:
        """Ask inotify(7), which tells of files that were unlinked meanwhile too; of so many only as a user may have."""
        import ctypes  # noqa: PLC0415  see the module's docstring

        libc = ctypes.CDLL(None)
        watching: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if watching < 0:
            return None
        if libc.inotify_add_watch(watching, os.fsencode(folder), _IN_CLOSE_WRITE) < 0:
            os.close(watching)
            return None
        return watching

    def file_system(self, path: str) -> str:
        """Read `self/mountinfo`; the last mount of a place is the one that is seen."""
        found = (0, "")
        for line in (self._read("self", "mountinfo") or b"").decode("utf-8", "surrogateescape").splitlines():
            before, _, after = line.partition(" - ")
            place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), before.split(" ")[4])
            if len(place) >= found[0] and _holds(place, path):
                found = len(place), after.split(" ")[0]
        return found[1]

    def _read(self, pid: int | str, name: str) -> bytes | None:
        try:
            with open(f"{self._proc}/{pid}/{name}", "rb") as file:  # noqa: PTH123  called for every process
                return file.read()
        except OSError:
            return None

    def _stat(self, pid: int) -> list[bytes] | None:
        """Give the fields of `stat` from the third (state) on; the second may hold spaces and brackets."""
        data = self._read(pid, "stat")
        return data[data.rindex(b")") + 2 :].split() if data else None


_SOL_LOCAL = 0
_LOCAL_PEERCRED = 1
_LOCAL_PEERPID = 2
_XUCRED = struct.Struct("=IIh2x16I")


class Mac:
    """macOS, by unix(4) and psutil. All but `peer` and `watch` behave the same on Linux, where it is tested."""

    socket_path_limit = 103
    watches_trees = True

    def peer(self, sock: SocketOptions) -> Peer:
        """Read LOCAL_PEERCRED (`struct xucred {version, uid, ngroups, groups[16]}`) and LOCAL_PEERPID."""
        try:
            uid = _XUCRED.unpack(sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size))[1]
            pid = int.from_bytes(sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID, 4), sys.byteorder)
        except (OSError, struct.error) as error:
            raise MachineError(f"The peer of a socket could not be told: {error}.") from error
        return Peer(uid, pid)

    def ancestors(self, pid: int) -> Iterator[int]:
        """Ask for each parent in turn."""
        while (parent := self._ask(pid, "ppid")) is not None and (pid := parent) > 0:
            yield pid

    def environ(self, pid: int) -> Mapping[str, str] | None:
        """Read it by sysctl(3), KERN_PROCARGS2; not given for programs that the system protects."""
        found: Mapping[str, str] | None = self._ask(pid, "environ")
        return found

    def processes_with(self, name: str) -> Iterator[tuple[int, str]]:
        """Look through every process of ours."""
        import psutil  # noqa: PLC0415  see the module's docstring

        for pid in psutil.pids():
            value = (self.environ(pid) or {}).get(name)
            if value is not None:
                yield pid, value

    def cpu_seconds(self, pid: int) -> float | None:
        """Add user and system time."""
        times = self._ask(pid, "cpu_times")
        return None if times is None else float(times.user + times.system)

    def memory(self, pid: int) -> int | None:
        """Give the resident set."""
        info = self._ask(pid, "memory_info")
        return None if info is None else int(info.rss)

    def parents(self) -> Iterator[tuple[int, int]]:
        """Ask for the parent of each."""
        import psutil  # noqa: PLC0415  see the module's docstring

        for pid in psutil.pids():
            parent = self._ask(pid, "ppid")
            if parent is not None:
                yield pid, parent

    def open_to_write(self, pid: int) -> Iterator[str]:  # noqa: ARG002  it is not asked
        """Give nothing: lsof(8) tells, and takes seconds."""
        return iter(())

    def alive(self, pid: int) -> bool:
        """Ask for the state; a zombie is dead."""
        return self._ask(pid, "status") not in {None, "zombie", "dead"}

    def die_with_parent(self) -> None:
        """Do nothing: the kernel has no such wish. The child ends when its standard input does."""

    def outside_session(self, argv: Sequence[str]) -> list[str]:
        """Give the command as it is: launchd ends no process of a login that left its terminal."""
        return list(argv)

    def watch(self, folder: str) -> int | None:  # noqa: ARG002  it is not asked
        """Give nothing: kqueue(2) tells of a folder's names, and not that a file of it was written."""
        return None

    def file_system(self, path: str) -> str:
        """Ask for the mounts."""
        import psutil  # noqa: PLC0415  see the module's docstring

        mounts = [mount for mount in psutil.disk_partitions(all=True) if _holds(mount.mountpoint, path)]
        return max(mounts, key=lambda mount: len(mount.mountpoint)).fstype if mounts else ""

    @staticmethod
    def _ask(pid: int, question: str) -> Any:
        import psutil  # noqa: PLC0415  see the module's docstring

        try:
            return getattr(psutil.Process(pid), question)()
        except (psutil.Error, OSError):
            return None


def this_machine() -> Machine:
    """Give the operating system that runs this process."""
    return Mac() if sys.platform == "darwin" else Linux()
