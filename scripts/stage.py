"""A stage to take pictures on: a hive in a home of its own, seen on terminals inside a tmux of its own."""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

HIVE = Path(sys.executable).with_name("hive")
WITHIN = 20.0
"""Seconds for what a picture waits for."""
STEP = 0.1
"""Seconds between two looks."""
STILL = 3
"""Looks in a row that are alike before a picture is taken."""
PATIENCE = 1.0
"""Seconds after which it is taken although something moves: a clock, a spinner."""
ESCAPED = 0.2
"""Seconds after escape in which another key would be taken for one with alt."""


class MissedError(Exception):
    """What was waited for did not come; says it, and what stood there instead."""


class Stage:
    """A home, a project in it that is a git repository, and one terminal at a time."""

    def __init__(self, *, columns: int = 120, rows: int = 32) -> None:
        self.columns, self.rows = columns, rows
        self._folder = tempfile.TemporaryDirectory(prefix="hive-picture-", ignore_cleanup_errors=True)
        self.home = Path(self._folder.name)
        self.project = self.home / "code" / "shop"
        self.project.mkdir(parents=True)
        self.environment = {
            "HOME": str(self.home),
            "PATH": f"{HIVE.parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "HIVE_MOTION": "reduced",
            "TZ": "UTC",
            "SHELL": "/bin/sh",
            "PS1": "$ ",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        self._terminals = 0
        self.done("git", "init", "-q", "-b", "main", ".")

    @property
    def _outer(self) -> list[str]:
        """The tmux of the terminal; each has one of its own, for one that ends takes no other session."""
        return ["tmux", "-u", "-S", str(self.home / f"outer{self._terminals}.sock"), "-f", os.devnull]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.hang_up()
        self._run([str(HIVE), "down", "--all"])
        said = self._run([str(HIVE), "doctor", "--json"])
        pid = json.loads(said.stdout)["daemon"]["pid"]
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
        self._folder.cleanup()

    def _run(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(argv, env=self.environment, capture_output=True, text=True, check=False, cwd=self.project)

    def done(self, *argv: str) -> str:
        """Run a program, which is to succeed; what it gave."""
        done = self._run(list(argv))
        if done.returncode:
            raise SystemExit(f"{shlex.join(argv)} failed: {done.stderr}{done.stdout}")
        return done.stdout

    def hive(self, *argv: str) -> str:
        """Run `hive`; what it gave."""
        return self.done(str(HIVE), *argv)

    def opens(self, *argv: str, size: tuple[int, int] | None = None, **environment: str) -> None:
        """Run `hive` on a terminal, of which nothing is left when it ends but what it said."""
        self.hang_up()
        self.columns, self.rows = size or (self.columns, self.rows)
        given = [f"{name}={value}" for name, value in environment.items()]
        self._terminals += 1
        command = shlex.join(["env", *given, str(HIVE), *argv]) + "; exec sleep 1000"
        where = ["-x", str(self.columns), "-y", str(self.rows), "-c", str(self.project)]
        self.done(*self._outer, "new-session", "-d", *where, command)
        self.done(*self._outer, "set-option", "-g", "status", "off")
        self.done(*self._outer, "set-option", "-s", "escape-time", "0")

    def hang_up(self) -> None:
        """Close the terminal."""
        self._run([*self._outer, "kill-server"])

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        for key in keys:
            self.done(*self._outer, "send-keys", key)
            if key == "Escape":
                time.sleep(ESCAPED)

    def types(self, text: str) -> None:
        """Type a text."""
        self.done(*self._outer, "send-keys", "-l", text)

    def screen(self) -> str:
        """Give the text that stands on the terminal."""
        return self.done(*self._outer, "capture-pane", "-p")

    def waits(self, *texts: str) -> None:
        """Wait until all texts stand on the terminal, each without its `!` if it is to be gone."""
        self.until(
            lambda screen: all((text.removeprefix("!") in screen) is not text.startswith("!") for text in texts),
            " and ".join(map(repr, texts)),
        )

    def until(self, suits: Callable[[str], bool], what: str, within: float = WITHIN) -> None:
        """Wait until the screen is as it should be."""
        deadline = time.monotonic() + within
        while not suits(screen := self.screen()):
            if time.monotonic() > deadline:
                raise MissedError(f"{what} did not come:\n{screen}")
            time.sleep(STEP)

    def lines(self) -> list[str]:
        """Give the screen's lines with their SGR, once nothing moves on it."""
        before, alike = "", 0
        deadline = time.monotonic() + PATIENCE
        while alike < STILL and time.monotonic() < deadline:
            seen = self.done(*self._outer, "capture-pane", "-p", "-e", "-N")
            alike = alike + 1 if seen == before else 0
            before = seen
            time.sleep(STEP)
        return before.split("\n")[: self.rows]

    def layout(self, name: str, agents: Mapping[str, object], **more: object) -> None:
        """Write a layout of the project."""
        file = self.project / ".hive" / "layouts" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"version": 1, "name": name, "agents": agents, **more}))
