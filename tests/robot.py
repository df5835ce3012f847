"""A robot that works as a person does: a hive and a project of its own, and the real screen on its own terminals."""

import contextlib
import itertools
import json
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from hiveui.model.agent import Agent
from hiveui.model.codec import from_json
from hiveui.model.state import State, Workspace
from tests.home import HIVE, IN_FOLDER, MACHINE, Home, ask_tmux, child_of
from tests.terminal import Terminal
from tests.waiting import WITHIN, end, until

CAT = ("cat",)
YES = ("yes", "flood")
COUNT = ("sh", "-c", "i=0; while :; do i=$((i+1)); echo line $i.; sleep 0.05; done")
DEAF = ("sh", "-c", "trap '' HUP; echo deaf; while :; do sleep 0.1; done")
"""Outlives its terminal."""
Program = Sequence[str] | Mapping[str, Any]


class World(Home):
    """A hive with agents, and terminals that show it; everything in it has ended when it is left."""

    def __init__(self, folder_name: str = "shop", where: Path | None = None) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="hj", dir=where)), folder_name)
        self._panes: dict[str, str] = {}
        self._robots: list[Robot | Terminal] = []
        self._numbers = itertools.count()
        """Of robots: none has the socket of one before it."""
        subprocess.run(["git", "init", "-q", "-b", "main", "."], cwd=self.project, env=self.env, check=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for robot in self._robots:
            robot.close()
        self.end_all()
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

    def reboot(self) -> None:
        """End everything at once, and wipe what does not outlive a reboot; agents get other panes after it."""
        super().reboot()
        self._panes.clear()

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
        robot = Robot(self, argv, columns, lines, next(self._numbers))
        self._robots.append(robot)
        return robot

    # what is there

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
        return until(lambda: (new := counted(self.screen(role))) > old and new, WITHIN, f"{role} counts on")


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
        return ask_tmux(self._socket, self._env, *argv)

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
            return until(found, within)
        except AssertionError:
            raise AssertionError(f"{texts} did not appear within {within} s on\n{last}") from None

    def counts(self, above: int = 0, within: float = WITHIN) -> int:
        """Wait until a counter on the terminal has gone beyond `above`; its last number.

        While it is drawn anew, lines of before and after may stand there together.
        """

        def seen() -> int:
            with contextlib.suppress(AssertionError):
                return counted(self.screen())
            return 0

        return until(lambda: (last := seen()) > above and last, within, f"line {above + 1} on the terminal")

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
        return int(until(lambda: re.search(r"hive ended with (\d+)", self.screen()), WITHIN, "the end of hive")[1])

    def hang_up(self) -> None:
        """Close the terminal."""
        self._ask("kill-server")

    def close(self) -> None:
        """End the terminal, if it is still there."""
        if MACHINE.alive(self.server):
            end(self.server)


def counted(screen: str) -> int:
    """Give the last number on a screen that COUNT prints to, of which no line may be missing; 0 for none."""
    found = [int(n) for n in re.findall(r"line (\d+)\.", screen)]
    assert not found or found == list(range(found[0], found[-1] + 1)), screen
    return found[-1] if found else 0
