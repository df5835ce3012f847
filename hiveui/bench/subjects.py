"""What is measured: a hive of its own with the real screen, and a plain tmux with the same panes."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import psutil

from hiveui.bench import programs
from hiveui.bench.figures import BenchError
from hiveui.bench.terminal import COLUMNS, ROWS, Terminal
from hiveui.gateway.blocking import BlockingClient
from hiveui.gateway.transport import dial
from hiveui.machine import this_machine
from hiveui.paths import Paths

Argv = Sequence[str]
HIVE = (sys.executable, "-P", "-m", "hiveui")
NAME = "bench"


def program(name: str, *words: str) -> list[str]:
    """Give the command of one of the bench's own programs."""
    return [sys.executable, "-I", "-S", programs.__file__, name, *words]


@dataclass(frozen=True, slots=True)
class Panes:
    """What runs: the first visible pane has the focus; hidden ones stand in other tabs."""

    visible: Sequence[Argv]
    hidden: Sequence[Argv] = ()
    in_a_tab: int = 64
    """Hidden panes that one tab has."""
    history: int = 0
    """Lines that each keeps; 0: as many as its kind does."""


class Sandbox:
    """A home of its own in a temporary folder. When it is closed, all that was started with it is gone."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hb-"))
        self.project = self.folder / "project"
        self.project.mkdir()
        self.environ = {name: value for name, value in os.environ.items() if name in _KEPT} | {
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            **{f"XDG_{kind}_HOME": str(self.folder / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")},
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end_all()
        shutil.rmtree(self.folder, ignore_errors=True)

    def end_all(self) -> None:
        """End every process that has this home."""
        deadline = time.monotonic() + 10
        while (left := self.processes()) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, 9)
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Find every process that still runs with this home, or with one in it."""
        machine = this_machine()
        homes = machine.processes_with("HOME")
        return [pid for pid, home in homes if Path(home).is_relative_to(self.folder) and machine.alive(pid)]

    def run(self, *argv: str) -> str:
        """Run a short command in the project. Raises BenchError with what it said."""
        done = subprocess.run(
            argv, cwd=self.project, env=self.environ, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise BenchError(f"{' '.join(argv)} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


_KEPT = frozenset({"PATH", "PYTHONPATH", "LANG", "USER", "LOGNAME", "SHELL"})


class Subject(Protocol):
    """One side of a comparison."""

    terminal: Terminal

    @abstractmethod
    def processes(self) -> list[int]:
        """List the processes whose work counts: not the programs in the panes."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *_: object) -> None: ...


class Plain(Subject):
    """A tmux server of its own with the panes as splits, tiled; `tmux attach` is the screen."""

    def __init__(self, panes: Panes, *, attach: bool = True) -> None:
        self._open = contextlib.ExitStack()
        self._panes = panes
        self._attach = attach

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            sandbox = self.sandbox = opening.enter_context(Sandbox())
            config = sandbox.folder / "tmux.conf"
            config.write_text("set -s escape-time 0\nset -g status off\nset -g default-terminal tmux-256color\n")
            self.tmux = ("tmux", "-u", "-S", str(sandbox.folder / "s"), "-f", str(config))
            first, *others = self._panes.visible
            sandbox.run(*self.tmux, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), *first)
            for argv in others:
                sandbox.run(*self.tmux, "split-window", "-d", *argv, ";", "select-layout", "tiled")
            for argv in self._panes.hidden:
                sandbox.run(*self.tmux, "new-window", "-d", *argv)
            self.server = int(sandbox.run(*self.tmux, "display-message", "-p", "#{pid}"))
            if self._attach:
                argv = (*self.tmux, "attach-session")
                self.terminal = opening.enter_context(Terminal(argv, sandbox.environ, sandbox.project))
                self.terminal.drain(0.5)
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def processes(self) -> list[int]:
        """The server and the attached client."""
        return [self.server, *([self.terminal.process.pid] if self._attach else [])]


class Ours(Subject):
    """A hive of its own, with the screen attached and typing into the first pane."""

    def __init__(self, panes: Panes, *, attach: bool = True) -> None:
        self._open = contextlib.ExitStack()
        self._panes = panes
        self._attach = attach

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            self.sandbox = opening.enter_context(Sandbox())
            self._make_project()
            self.sandbox.run(*HIVE, "up", NAME, "--detach", "--yes")
            self.client = opening.enter_context(self.connection())
            if self._attach:
                self.terminal = opening.enter_context(self.screen())
                self.interact(self.terminal)
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def connection(self) -> BlockingClient:
        """Give a connection to the daemon."""
        client = BlockingClient(dial(Paths.find(self.sandbox.environ).hive_socket))
        client.initialize("hive-bench", "1")
        return client

    def screen(self, argv: Argv = HIVE) -> Terminal:
        """Start a screen on a terminal of its own."""
        return Terminal(argv, self.sandbox.environ, self.sandbox.project)

    @staticmethod
    def interact(terminal: Terminal) -> None:
        """Wait until a screen is there, and go into Interact."""
        terminal.expect(b"leave")
        terminal.drain(0.5)
        Ours.type_into(terminal)

    @staticmethod
    def type_into(terminal: Terminal) -> None:
        """Go into Interact."""
        terminal.write(b"i")
        terminal.expect(b"typing into")
        terminal.drain(0.5)

    def status(self) -> dict[str, Any]:
        """Ask the daemon for its figures (`daemon/status`)."""
        answer: dict[str, Any] = self.client.call("daemon/status")
        return answer

    def processes(self) -> list[int]:
        """The daemon, its taps and control clients, tmux, the screen and the process that keeps its terminal."""
        status = self.status()
        roots = [status["pid"], *([self.terminal.process.pid] if self._attach else [])]
        return [status["tmux"]["pid"], *(pid for root in roots for pid in tree(root))]

    def layout(self) -> Mapping[str, Any]:
        """Give the layout that is opened."""
        return layout(self._panes)

    def _make_project(self) -> None:
        folder = self.sandbox.project / ".hive" / "layouts"
        folder.mkdir(parents=True)
        (folder / f"{NAME}.yaml").write_text(json.dumps(self.layout()))
        self.sandbox.run("git", "init", "-q")


def tree(pid: int) -> list[int]:
    """List a process and its descendants."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def layout(panes: Panes) -> Mapping[str, Any]:
    """Give the layout file: roles `p01`, `p02`, …; JSON is YAML."""
    history = {"history": panes.history} if panes.history else {}
    agents = [{"kind": "shell", "command": list(argv)} | history for argv in (*panes.visible, *panes.hidden)]
    return layout_of(agents, len(panes.visible), panes.in_a_tab)


def layout_of(agents: Sequence[Mapping[str, Any]], visible: int, in_a_tab: int) -> Mapping[str, Any]:
    """Give the layout file of any agents, the first `visible` of them in the first tab."""
    names = [f"p{i:02d}" for i in range(1, len(agents) + 1)]
    seen, unseen = names[:visible], names[visible:]
    tabs = [{"title": "seen", **grid(seen)}]
    tabs += [{"title": f"unseen {i}", **grid(unseen[i : i + in_a_tab])} for i in range(0, len(unseen), in_a_tab)]
    return {"version": 1, "name": NAME, "agents": dict(zip(names, agents, strict=True)), "tabs": tabs}


def grid(names: Sequence[str]) -> dict[str, Any]:
    """Stand panes in a near-square grid, as tmux's `tiled` does: columns of rows."""
    columns = 1
    while columns * columns < len(names):
        columns += 1
    groups = [names[i * len(names) // columns : (i + 1) * len(names) // columns] for i in range(columns)]
    parts = [group[0] if len(group) == 1 else {"split": "rows", "panes": list(group)} for group in groups if group]
    return {"split": "columns", "panes": parts} if len(parts) > 1 else {"panes": [names[0]]}
