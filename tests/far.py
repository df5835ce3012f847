"""Hosts of a test's own: a box that is like a container, and an sshd in a network namespace with a home of its own."""

import contextlib
import fcntl
import os
import random
import select
import shutil
import signal
import struct
import subprocess
import threading
from pathlib import Path

import pytest

from tests.waiting import end, until

PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def run(*argv: str) -> str:
    """Run a program that has to succeed; gives what it printed."""
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def lacking(*programs: str, path: str = PATH) -> str:
    """Say which of the programs that a test needs are not installed, or ''."""
    absent = [program for program in programs if shutil.which(program, path=path) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""


def able(*argv: str) -> str:
    """Say why a program cannot do what a test needs, or ''."""
    if why := lacking(argv[0]):
        return why
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return f"{argv[0]}: {done.stderr.strip()}" if done.returncode else ""


class Box:
    """Processes, mounts and a name apart from this host's, reached by words put before a command, as docker exec is."""

    def __init__(self, folder: Path) -> None:
        """Begin one whose home is `folder`. Skips the test where the system lets nobody have one."""
        why = lacking("nsenter", "tmux") or able("unshare", "-m", "-u", "-p", "-f", "--mount-proc", "true")
        if why:
            pytest.skip(f"no namespaces here: {why}")
        self.home = folder
        folder.mkdir(parents=True, exist_ok=True)
        words = ["unshare", "-m", "-u", "-p", "-f", "--mount-proc", "--kill-child", "sleep", "infinity"]
        self._keeper = subprocess.Popen(words, start_new_session=True)
        children = Path(f"/proc/{self._keeper.pid}/task/{self._keeper.pid}/children")
        (child,) = until(lambda: children.read_text().split(), what="the box")
        self._init = int(child)
        until(lambda: Path(f"/proc/{self._init}/comm").read_text().strip() == "sleep", what="the box's first process")
        self.path = PATH

    @property
    def command(self) -> list[str]:
        """The words before a command that is to run in it."""
        inner = ["env", "-i", f"HOME={self.home}", f"PATH={self.path}", "SHELL=/bin/sh", "USER=box"]
        return ["nsenter", "-t", str(self._init), "-m", "-u", "-p", *inner]

    def processes(self) -> list[int]:
        """List what runs in it, by pids of this host, without its first process."""
        own = os.readlink(f"/proc/{self._init}/ns/pid")
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if not entry.name.isdecimal() or os.readlink(entry / "ns/pid") != own:
                    continue
                if int(entry.name) != self._init and ") Z " not in (entry / "stat").read_text():  # nobody reaps there
                    found.append(int(entry.name))
        return found

    def running(self, words: str) -> int:
        """Count the processes in it whose command has these words."""
        count = 0
        for pid in self.processes():
            with contextlib.suppress(OSError):
                command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
                count += words in command and not command.startswith("tmux")
        return count

    def freeze(self) -> None:
        """Stop all in it."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let all go on."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """End it, with all that runs in it."""
        end(self._init)
        end(self._keeper.pid)
        self._keeper.wait()


SSHD = """
Port 22
ListenAddress {address}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv HOME={home} PATH={path}
LogLevel ERROR
"""
CLIENT = """
Host {name}
  HostName {address}
  User {user}
  IdentityFile {folder}/id
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known_hosts
  GlobalKnownHostsFile /dev/null
"""


class Wire(threading.Thread):
    """A line between two interfaces (tun(4)), on which a part of all packets is lost; no kernel has to know how."""

    def __init__(self, one: str, other: str) -> None:
        """Make both interfaces. Raises OSError where that is not allowed."""
        super().__init__(daemon=True)
        self.lost = 0.0
        """The part of packets that is lost, either way: 1.0 is a cut line that tells nobody."""
        self._ends = [self._interface(one), self._interface(other)]
        self._over, self._done = os.pipe()
        self._chance = random.Random(7)

    @staticmethod
    def _interface(name: str) -> int:
        file = os.open("/dev/net/tun", os.O_RDWR)
        tun, no_header = 0x0001, 0x1000  # linux/if_tun.h: IFF_TUN, IFF_NO_PI; TUNSETIFF is 0x400454ca
        fcntl.ioctl(file, 0x400454CA, struct.pack("16sH", name.encode(), tun | no_header))
        return file

    def run(self) -> None:
        """Carry packets."""
        across = dict(zip(self._ends, reversed(self._ends), strict=True))
        while True:
            ready, _, _ = select.select([*self._ends, self._over], [], [])
            if self._over in ready:
                return
            for source in ready:
                packet = os.read(source, 65536)
                if self._chance.random() >= self.lost:
                    with contextlib.suppress(OSError):  # the other one is not up
                        os.write(across[source], packet)

    def close(self) -> None:
        """Take it away, and both interfaces with it."""
        os.write(self._done, b".")
        self.join(5)
        for file in (*self._ends, self._over, self._done):
            os.close(file)


class Space:
    """A network namespace of its own, at the other end of a wire that can lose what it carries."""

    def __init__(self, number: int = 1) -> None:
        """Make one. Skips the test where the system lets nobody have one."""
        if os.getuid() != 0:
            pytest.skip("no network namespace here: that takes root")
        if why := lacking("ip", "ss") or able("ip", "netns", "list"):
            pytest.skip(f"no network namespace here: {why}")
        self.space = f"hv{os.getpid()}n{number}"
        ours, self._theirs = f"hv{os.getpid() % 10**6}a{number}", f"hv{os.getpid() % 10**6}b{number}"
        self.here, self.address, self._other = (f"10.213.{os.getpid() % 250}.{number * 8 + end}" for end in (1, 2, 3))
        """This machine's address on the wire, the other end's, and one more to move to."""
        try:
            self.wire = Wire(ours, self._theirs)
            run("ip", "netns", "add", self.space)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no network namespace here: {error}")
        run("ip", "link", "set", self._theirs, "netns", self.space)
        run("ip", "addr", "add", f"{self.here}/29", "dev", ours)
        run("ip", "link", "set", ours, "up")
        self.inside("ip", "addr", "add", f"{self.address}/29", "dev", self._theirs)
        self.inside("ip", "link", "set", self._theirs, "up")
        self.wire.start()

    @property
    def command(self) -> list[str]:
        """The words before a command that is to run there."""
        return ["ip", "netns", "exec", self.space]

    def inside(self, *argv: str) -> str:
        """Run a program there that has to succeed; gives what it printed."""
        return run(*self.command, *argv)

    def processes(self) -> list[int]:
        """List what runs there."""
        return [int(pid) for pid in run("ip", "netns", "pids", self.space).split()]

    def cut(self) -> None:
        """Drop every packet, and tell nobody."""
        self.wire.lost = 1.0

    def mend(self) -> None:
        """Let packets through again."""
        self.wire.lost = 0.0

    def move(self) -> None:
        """Take another address: connections from the one before stand still for ever."""
        self.inside("ip", "addr", "flush", "dev", self._theirs)
        self.address, self._other = self._other, self.address
        self.inside("ip", "addr", "add", f"{self.address}/29", "dev", self._theirs)

    def close(self) -> None:
        """End all there, and take the namespace away."""
        with contextlib.suppress(subprocess.CalledProcessError):  # a namespace that is gone has none
            until(lambda: not [end(pid) for pid in self.processes()], what="the end of all there")
        self.wire.close()
        subprocess.run(["ip", "netns", "del", self.space], capture_output=True, check=False)


class Far(Space):
    """An sshd in a network namespace."""

    def __init__(self, folder: Path, number: int = 1, name: str = "far") -> None:
        """Begin one, with a home in `folder`. Skips the test where the system lets nobody have one."""
        if why := lacking("sshd", "ssh", "ssh-keygen", "tmux"):
            pytest.skip(why)
        super().__init__(number)
        self.folder, self.name = folder, name
        self.home = folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self._sshd: subprocess.Popen[bytes] | None = None
        for key in ("host_key", "id"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key))
        (folder / "authorized_keys").write_bytes((folder / "id.pub").read_bytes())
        (folder / "sshd_config").write_text(SSHD.format(address=self.address, folder=folder, home=self.home, path=PATH))
        user = run("id", "-un").strip()
        config = CLIENT.format(name=name, address=self.address, folder=folder, user=user)
        (folder / "ssh_config").write_text(config)
        self.know()
        self.begin()

    @property
    def ssh(self) -> list[str]:
        """The words of ssh(1) that lead there."""
        return ["-F", str(self.folder / "ssh_config"), self.name]

    def know(self, key: Path | None = None) -> None:
        """Write the host's key, or another, where the client looks for it."""
        public = (key or self.folder / "host_key").with_suffix(".pub").read_text()
        (self.folder / "known_hosts").write_text(f"{self.address} {public}")

    def begin(self) -> None:
        """Start the sshd."""
        Path("/run/sshd").mkdir(exist_ok=True)
        sshd = str(shutil.which("sshd", path=PATH))
        words = [*self.command, sshd, "-D", "-e", "-f", str(self.folder / "sshd_config")]
        log = (self.folder / "sshd.log").open("ab")
        self._sshd = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=log, start_new_session=True)
        log.close()
        until(lambda: "22" in self.inside("ss", "-ltnH"), what="the sshd")

    def connections(self) -> int:
        """Count those that lead from here to the sshd."""
        return len(run("ss", "-tnH", "state", "established", "dst", self.address).splitlines())

    def signal(self, number: int, program: str) -> None:
        """Signal each process of a program there."""
        for pid in self.processes():
            with contextlib.suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text().strip().startswith(program):
                    os.kill(pid, number)

    def close(self) -> None:
        """End all there, and take the namespace away."""
        super().close()
        if self._sshd is not None:
            self._sshd.wait()
