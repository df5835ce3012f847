"""A HOME of its own, which is a hive of its own: what is run in it, what is asked of it, and the processes that it has."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from hiveui.errors import GatewayError
from hiveui.gateway.blocking import BlockingClient, connect
from hiveui.machine import this_machine
from hiveui.paths import Paths
from tests.waiting import WITHIN, end, until

HIVE = (sys.executable, "-P", "-m", "hiveui")
MACHINE = this_machine()
IN_FOLDER = ("sh", "-c", 'cd "$1" && shift && exec "$@"', "sh")


class Home:
    """A home folder with a project in it, and the hive that commands in it find."""

    def __init__(self, home: Path, project: str) -> None:
        self.home = home
        self.project = home / project
        self.project.mkdir(parents=True)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "SHELL": "/bin/sh",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")},
        }
        self.paths = Paths.find(self.env)
        self.inside: tuple[str, ...] = ()
        """What comes before a command, for a hive in namespaces of its own."""

    # commands and questions

    def hive(self, *argv: str, env: Mapping[str, str] | None = None, within: float = 60) -> tuple[int, str, str]:
        """Run `hive`; its exit status, what it gave and what it said."""
        done = subprocess.run(
            [*self.inside, *IN_FOLDER, str(self.project), *HIVE, *argv],
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr

    def done(self, *argv: str, env: Mapping[str, str] | None = None, within: float = 60) -> str:
        """Run `hive`, which is to succeed; what it gave."""
        code, gave, said = self.hive(*argv, env=env, within=within)
        assert code == 0, said
        return gave

    def client(self) -> BlockingClient:
        """Connect to the daemon as the person, once it answers."""
        return until(self._connected, WITHIN, "a daemon that answers")

    def _connected(self) -> BlockingClient | None:
        with contextlib.suppress(GatewayError):
            return connect(self.paths.hive_socket, "robot", "0")
        return None

    def ask(self, method: str, **params: Any) -> Any:
        """Ask the daemon one thing."""
        with self.client() as client:
            return client.call(method, **params)

    def tmux(self, *argv: str) -> str:
        """Ask the hive's tmux."""
        return ask_tmux(self.paths.tmux_socket, self.env, *argv)

    # processes

    def daemon(self) -> int:
        """Give the daemon's pid; 0 while none runs."""
        text = self.paths.lock.read_text() if self.paths.lock.exists() else ""
        return int(text) if text.isdecimal() and MACHINE.alive(int(text)) else 0

    def kill_daemon(self) -> None:
        """End the daemon by SIGKILL."""
        pid = until(self.daemon, WITHIN, "a daemon")
        end(pid)
        until(lambda: not MACHINE.alive(pid), WITHIN, "the end of the daemon")

    def end_all(self) -> None:
        """End everything, and what it forks meanwhile."""
        until(lambda: not [end(pid) for pid in self.processes()], WITHIN, "the end of everything")

    def reboot(self) -> None:
        """End everything at once, tmux and the daemon first, and wipe what does not outlive a reboot."""
        for pid in (self.server(), until(self.daemon, WITHIN, "a daemon")):
            end(pid)
        self.end_all()
        shutil.rmtree(self.paths.run)

    def server(self) -> int:
        """Give the tmux server's pid."""
        return int(self.tmux("display-message", "-p", "#{pid}"))

    def taps(self) -> set[int]:
        """Give the pids of this hive's taps."""
        return {pid for pid in self.processes() if "hiveui.tmux.tap" in argv_of(pid)}

    def clients(self) -> set[int]:
        """Give the pids of this hive's control clients."""
        return {pid for pid in self.processes() if "-C" in argv_of(pid) and argv_of(pid)[0] == "tmux"}

    def processes(self) -> set[int]:
        """Give the pids of all that runs in this hive: what has its HOME, and what that has started."""
        marked = {pid for pid, home in MACHINE.processes_with("HOME") if home == str(self.home)}
        return {pid for pid in marked | {child for pid in marked for child in children_of(pid)} if MACHINE.alive(pid)}


def child_of(pid: int) -> int:
    """Wait for a process's child in its session: of the one that guards a terminal, the one which draws the screen."""

    def found() -> int:
        with contextlib.suppress(ProcessLookupError):
            return next((c for c in children_of(pid, recursive=False) if os.getsid(c) == os.getsid(pid)), 0)
        return 0

    return until(found, WITHIN, f"a child of {pid}")


def argv_of(pid: int) -> list[str]:
    """Give the words that a process was started with."""
    try:
        return psutil.Process(pid).cmdline() or [""]
    except psutil.Error:
        return [""]


def children_of(pid: int, *, recursive: bool = True) -> list[int]:
    """Give the pids of what a process has started, and what that has."""
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=recursive)]
    except psutil.Error:
        return []


def ask_tmux(socket: Path, env: Mapping[str, str], *argv: str) -> str:
    """Ask a tmux that runs."""
    return subprocess.run(
        ["tmux", "-u", "-N", "-S", str(socket), *argv], env=env, check=True, capture_output=True, text=True
    ).stdout
