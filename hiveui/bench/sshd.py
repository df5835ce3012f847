"""SSH for the bench, all its own: keys, OpenSSH's client configured, and sshd(8) on a port of this machine."""

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Self

from hiveui.bench.figures import BenchError, SkippedError
from hiveui.bench.terminal import PATIENCE

HERE = "127.0.0.1"
PLACES = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"
"""Where sshd is, which is in few people's PATH."""
LOOK = 0.005
CLIENT = """\
Host {name}
HostName {here}
Port {port}
User {user}
IdentityFile {folder}/id
IdentitiesOnly yes
IdentityAgent none
UserKnownHostsFile {folder}/known_hosts
GlobalKnownHostsFile /dev/null
LogLevel ERROR
"""
SERVER = """\
Port {port}
ListenAddress {here}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/id.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
LogLevel QUIET
SetEnv HOME={home} PATH={path} SHELL=/bin/sh
"""


class Way:
    """How OpenSSH's client gets to one server: a name in a configuration of its own, and a key."""

    def __init__(self, folder: Path, environ: Mapping[str, str], name: str = "it") -> None:
        """Make a key. Raises SkippedError where there is no client."""
        if shutil.which("ssh") is None:
            raise SkippedError("there is no ssh here")
        self.folder, self.environ, self.name = folder, environ, name
        folder.mkdir(parents=True)
        keygen(folder / "id")

    @property
    def config(self) -> Path:
        """The client's configuration."""
        return self.folder / "config"

    def lead(self, port: int, host_key: str) -> None:
        """Have it lead to a server, whose public key is known."""
        told = {"name": self.name, "here": HERE, "port": port, "user": getpass.getuser(), "folder": self.folder}
        self.config.write_text(CLIENT.format(**told))
        (self.folder / "known_hosts").write_text(f"[{HERE}]:{port} {host_key}\n")

    def argv(self, *words: str, options: tuple[str, ...] = ()) -> list[str]:
        """Give the command that calls."""
        return ["ssh", "-F", str(self.config), *options, self.name, *words]

    @contextlib.contextmanager
    def logged_in(self) -> Iterator[tuple[str, ...]]:
        """Log in and ask for nothing yet; gives the options by which a session is asked for then."""
        control = self.folder / "control"
        with ended(subprocess.Popen(self.argv(options=("-M", "-N", "-S", str(control))), env=self.environ)):
            wait_for(control.exists, "a login")
            yield ("-S", str(control))


class Sshd:
    """A server of the machine's own kind, whose people have a home in `folder`."""

    def __init__(self, folder: Path, environ: Mapping[str, str], name: str = "it") -> None:
        program = shutil.which("sshd", path=PLACES)
        if program is None:
            raise SkippedError("there is no sshd here")
        self._program = program
        self.way = Way(folder, environ, name)
        self.home = folder / "home"
        self.home.mkdir()
        keygen(folder / "host_key")
        self.port = free_port()
        told = {"here": HERE, "port": self.port, "folder": folder, "home": self.home, "path": environ["PATH"]}
        (folder / "server").write_text(SERVER.format(**told))
        self.way.lead(self.port, (folder / "host_key.pub").read_text().strip())

    def __enter__(self) -> Self:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # sshd(8) shuts itself into it
        config = str(self.way.folder / "server")
        self.process = subprocess.Popen([self._program, "-D", "-e", "-f", config], env=self.way.environ)
        self._open = ended(self.process)
        self._open.__enter__()
        wait_for(lambda: answers(self.port), "sshd")
        return self

    def __exit__(self, *_: object) -> None:
        self._open.__exit__(None, None, None)


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process at the end."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def keygen(file: Path) -> None:
    """Make a key pair."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True, capture_output=True)


def free_port() -> int:
    """Find a port of this machine on which nothing listens."""
    with socket.create_server((HERE, 0)) as found:
        port: int = found.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with contextlib.suppress(OSError), socket.create_connection((HERE, port), 1):
        return True
    return False


def wait_for(there: Callable[[], object], what: str, within: float = PATIENCE) -> None:
    """Wait until a function gives true. Raises BenchError."""
    deadline = time.monotonic() + within
    while not there():
        if time.monotonic() > deadline:
            raise BenchError(f"{what} did not come within {within:g} s.")
        time.sleep(LOOK)
