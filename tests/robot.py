"""A robot that works as a person does: a hive and a project of its own, and the real screen on its own terminals."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import psutil
import pytest

from hiveui.errors import GatewayError
from hiveui.gateway.blocking import BlockingClient, connect
from hiveui.machine import this_machine
from hiveui.model.agent import Agent
from hiveui.model.codec import from_json
from hiveui.model.state import State, Workspace
from hiveui.paths import Paths
from tests.terminal import Terminal
from tests.waiting import end, until

HIVE = (sys.executable, "-P", "-m", "hiveui")
WITHIN = 20.0
"""Seconds that something may take on a busy machine."""
MACHINE = this_machine()

CAT = ("cat",)
YES = ("yes", "flood")
COUNT = ("sh", "-c", "i=0; while :; do i=$((i+1)); echo line $i.; sleep 0.05; done")
DEAF = ("sh", "-c", "trap '' HUP; echo deaf; while :; do sleep 0.1; done")
"""Outlives its terminal."""


def promised(seconds: float) -> pytest.MarkDecorator:
    """Give a test `within`: time enough on a busy machine, and where slow tests are run the seconds that are promised."""
    fast = pytest.param(seconds, marks=pytest.mark.slow, id=f"within {seconds:g} s")
    return pytest.mark.parametrize("within", [pytest.param(WITHIN, id="soon"), fast])


IN_FOLDER = ("sh", "-c", 'cd "$1" && shift && exec "$@"', "sh")

Program = Sequence[str] | Mapping[str, Any]


class World:
    """A hive with folders of its own, and a project in it; everything in it has ended when it is left."""

    def __init__(self, folder_name: str = "shop", where: Path | None = None) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hj", dir=where))
        self.project = self.home / folder_name
        self.project.mkdir(parents=True)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "SHELL": "/bin/sh",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")},
        }
        self.paths = Paths.find(self.env)
        self.inside: tuple[str, ...] = ()
        """What comes before a command, for a hive in namespaces of its own."""
        self._panes: dict[str, str] = {}
        self._robots: list[Robot | Terminal] = []
        subprocess.run(["git", "init", "-q", "-b", "main", "."], cwd=self.project, env=self.env, check=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for robot in self._robots:
            robot.close()
        for _ in range(3):  # what was forking just now has ended forking by the second round
            for pid in self.processes():
                end(pid)
        until(lambda: not self.processes(), WITHIN, "the end of everything")
        shutil.rmtree(self.home, ignore_errors=True)

    # what a person does

    def layout(self, agents: Mapping[str, Program], name: str = "robot", **more: Any) -> None:
        """Write a layout; a role runs an argv, or is what its fields say."""
        specs = {role: dict(p) if isinstance(p, Mapping) else {"command": list(p)} for role, p in agents.items()}
        file = self.project / ".hive" / "layouts" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"version": 1, "name": name, "agents": specs, **more}))

    def up(self, agents: Mapping[str, Program], **more: Any) -> dict[str, int]:
        """Open a layout of `agents` in the background; their pids."""
        self.layout(agents, **more)
        self.done("up", "robot", "--detach", "--yes")
        return self.pids()

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

    def terminal(self, *argv: str) -> Terminal:
        """Run `hive` on a bare pty, whose bytes are kept."""
        terminal = Terminal([*HIVE, *argv], self.env, cwd=str(self.project))
        self._robots.append(terminal)
        return terminal

    def opens(self, *argv: str, columns: int = 120, lines: int = 32) -> "Robot":
        """Run `hive` on a terminal of its own."""
        return self.runs((*HIVE, *argv), columns, lines)

    def runs(self, argv: Sequence[str], columns: int = 120, lines: int = 32) -> "Robot":
        """Run any command on a terminal of its own."""
        robot = Robot(self, argv, columns, lines, len(self._robots))
        self._robots.append(robot)
        return robot

    # what is there

    def client(self) -> BlockingClient:
        """Connect to the daemon as the person, once it answers."""
        found = until(self._connected, WITHIN, "a daemon that answers")
        assert isinstance(found, BlockingClient)
        return found

    def _connected(self) -> BlockingClient | None:
        with contextlib.suppress(GatewayError):
            return connect(self.paths.hive_socket, "robot", "0")
        return None

    def ask(self, method: str, **params: Any) -> Any:
        """Ask the daemon one thing."""
        with self.client() as client:
            return client.call(method, **params)

    def workspace(self) -> Workspace:
        """Give the one workspace."""
        state: State = from_json(State, self.ask("state/subscribe")["state"])
        (workspace,) = state.workspaces.values()
        return workspace

    def agent(self, role: str) -> Agent:
        """Give one agent."""
        found = self.workspace().role(role)
        assert found is not None
        return found

    def pids(self) -> dict[str, int]:
        """Give the programs that run, by role."""
        return {agent.role: agent.pid for agent in self.workspace().agents if agent.pid is not None}

    def daemon(self) -> int:
        """Give the daemon's pid; 0 while none runs."""
        text = self.paths.lock.read_text() if self.paths.lock.exists() else ""
        return int(text) if text.isdecimal() and MACHINE.alive(int(text)) else 0

    def kill_daemon(self) -> None:
        """End the daemon by SIGKILL."""
        pid = int(str(until(self.daemon, WITHIN, "a daemon")))
        end(pid)
        until(lambda: not MACHINE.alive(pid), WITHIN, "the end of the daemon")

    def server(self) -> int:
        """Give the tmux server's pid."""
        return int(self.tmux("display-message", "-p", "#{pid}"))

    def taps(self) -> set[int]:
        """Give the pids of this hive's taps."""
        return {pid for pid in self.processes() if "hiveui.tmux.tap" in _argv(pid)}

    def clients(self) -> set[int]:
        """Give the pids of this hive's control clients."""
        return {pid for pid in self.processes() if "-C" in _argv(pid) and _argv(pid)[0] == "tmux"}

    def processes(self) -> set[int]:
        """Give the pids of all that runs in this hive: what has its HOME, and what that has started."""
        marked = {pid for pid, home in MACHINE.processes_with("HOME") if home == str(self.home)}
        return {pid for pid in marked | {child for pid in marked for child in _children(pid)} if MACHINE.alive(pid)}

    def tmux(self, *argv: str) -> str:
        """Ask the hive's tmux."""
        return _tmux(self.paths.tmux_socket, self.env, *argv)

    def pane(self, role: str) -> str:
        """Give the pane of a role."""
        if role not in self._panes:
            self._panes[role] = str(self.agent(role).pane)
        return self._panes[role]

    def screen(self, role: str) -> str:
        """Give what stands in a role's pane, as its tmux has it."""
        return self.tmux("capture-pane", "-p", "-t", self.pane(role))

    def pane_sees(self, role: str, text: str, within: float = WITHIN) -> None:
        """Wait until a text stands in a role's pane."""
        until(lambda: text in self.screen(role), within, f"{text!r} in {role}")

    def counts_on(self, role: str, above: int = 0) -> int:
        """Wait until a counter has gone on, beyond `above`, and see that no line is missing; the last number."""
        old = above or counted(self.screen(role))
        return int(str(until(lambda: (new := counted(self.screen(role))) > old and new, WITHIN, f"{role} counts on")))


class Robot:
    """A person at a terminal that runs a command, `hive` above all: an outer tmux of its own."""

    def __init__(self, world: World, argv: Sequence[str], columns: int, lines: int, number: int) -> None:
        self._socket = world.home / f"outer{number}.sock"
        self._env = world.env
        self.bytes_file = world.home / f"outer{number}.bytes"
        config = world.home / "outer.conf"
        config.write_text(
            "set -s escape-time 0\nset -g status off\nset -g default-terminal tmux-256color\n"
            "set -s focus-events on\nset -s extended-keys on\n"
        )
        command = shlex.join([*world.inside, *IN_FOLDER, str(world.project), *argv])
        script = world.home / f"outer{number}.sh"
        script.write_text(f"{command}; echo hive ended with $?; exec sleep 1000", errors="surrogateescape")
        tmux = ["tmux", "-u", "-S", str(self._socket), "-f", str(config)]
        session = ["new-session", "-d", "-s", "outer", "-x", str(columns), "-y", str(lines), f"exec sh {script}"]
        subprocess.run([*tmux, *session], env=self._env, check=True)
        self._ask("pipe-pane", "-t", "outer", f"exec cat >> {self.bytes_file}")
        self.server = int(self._ask("display-message", "-p", "#{pid}"))
        self.shell = int(self._ask("display-message", "-p", "-t", "outer", "#{pane_pid}"))

    @property
    def guard(self) -> int:
        """The process of `hive`; it guards the terminal for the screen, its child."""
        return child_of(self.shell)

    def _ask(self, *argv: str) -> str:
        return _tmux(self._socket, self._env, *argv)

    def screen(self) -> str:
        """Give what stands on the terminal."""
        return self._ask("capture-pane", "-p", "-t", "outer")

    def title(self) -> str:
        """Give the terminal's title."""
        return self._ask("display-message", "-p", "-t", "outer", "#{pane_title}").rstrip("\n")

    def sees(self, *texts: str, within: float = WITHIN) -> str:
        """Wait until all the texts stand on the terminal together; the screen that has them."""
        last = ""

        def found() -> str:
            nonlocal last
            last = self.screen()
            return last if all(text in last for text in texts) else ""

        try:
            return str(until(found, within))
        except AssertionError:
            raise AssertionError(f"{texts} did not appear within {within} s on\n{last}") from None

    def misses(self, text: str, within: float = WITHIN) -> None:
        """Wait until a text no longer stands on the terminal."""
        until(lambda: text not in self.screen(), within, f"the absence of {text!r}")

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: `Enter`, `C-]`, `q`."""
        self._ask("send-keys", "-t", "outer", *keys)

    def types(self, text: str) -> None:
        """Type a text as it is."""
        self._ask("send-keys", "-t", "outer", "-H", *(f"{byte:x}" for byte in text.encode()))

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        self._ask("resize-window", "-t", "outer", "-x", str(columns), "-y", str(lines))

    def leaves(self) -> str:
        """Press q, and wait until `hive` has ended; the screen that is left."""
        self.press("q")
        assert self.exit_status() == 0, self.screen()
        return self.screen()

    def exit_status(self) -> int:
        """Wait for the end of `hive`."""
        return int(str(until(lambda: re.search(r"hive ended with (\d+)", self.screen()), WITHIN, "the end of hive")[1]))

    def hang_up(self) -> None:
        """Close the terminal."""
        self._ask("kill-server")

    def close(self) -> None:
        """End the terminal, if it is still there."""
        if MACHINE.alive(self.server):
            end(self.server)


def child_of(pid: int) -> int:
    """Wait for a process's child in its session: of the one that guards a terminal, the one which draws the screen."""

    def found() -> int:
        with contextlib.suppress(ProcessLookupError):
            return next((c for c in _children(pid, recursive=False) if os.getsid(c) == os.getsid(pid)), 0)
        return 0

    return int(str(until(found, WITHIN, f"a child of {pid}")))


def counted(screen: str) -> int:
    """Give the last number on a screen that COUNT prints to, of which no line may be missing; 0 for none."""
    found = [int(n) for n in re.findall(r"line (\d+)\.", screen)]
    assert not found or found == list(range(found[0], found[-1] + 1)), screen
    return found[-1] if found else 0


def _argv(pid: int) -> list[str]:
    try:
        return psutil.Process(pid).cmdline() or [""]
    except psutil.Error:
        return [""]


def _children(pid: int, *, recursive: bool = True) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=recursive)]
    except psutil.Error:
        return []


def _tmux(socket: Path, env: Mapping[str, str], *argv: str) -> str:
    return subprocess.run(
        ["tmux", "-u", "-N", "-S", str(socket), *argv], env=env, check=True, capture_output=True, text=True
    ).stdout
