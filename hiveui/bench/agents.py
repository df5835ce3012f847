"""Rows about what it costs to follow sixty agents."""

import shlex
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hiveui.bench import standin
from hiveui.bench.figures import BenchError, Figure, at_least, at_most, noted
from hiveui.bench.load import cpu_seconds, memory
from hiveui.bench.scale import Scale
from hiveui.bench.subjects import Ours, Panes, layout_of
from hiveui.bench.terminal import Terminal

AGENTS = 60
IN_A_TAB = 15
EVERY = 4.0
"""Seconds between two events of an agent that works."""
ENDLESS = 1_000_000
"""Turns."""
BEGINNING = 40.0
"""Seconds for which agents are started one after the other, and come to rest."""
MOST = 0.75
"""The part of those that work of which work is told at any time: between two turns they rest."""


class Staffed(Ours):
    """A hive whose agents are stand-ins for Claude Code, or what a layout says of them."""

    def __init__(self, agents: Sequence[Mapping[str, Any]], visible: int) -> None:
        super().__init__(Panes([]))
        self._agents = agents
        self._visible = visible

    def layout(self) -> Mapping[str, Any]:
        """Give the layout that is opened; put the stand-in where its program is looked for."""
        place = self.sandbox.folder / "bin" / "claude"
        place.parent.mkdir()
        words = shlex.join((sys.executable, "-I", "-S", standin.__file__))
        place.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        place.chmod(0o755)
        self.sandbox.environ["PATH"] = f"{place.parent}:{self.sandbox.environ['PATH']}"
        return layout_of(self._agents, self._visible, IN_A_TAB)

    @staticmethod
    def interact(terminal: Terminal) -> None:
        """Wait until a screen is there: nobody types."""
        terminal.expect(b"leave")

    def state(self) -> dict[str, dict[str, Any]]:
        """Give the agents as the daemon knows them, by role; over a connection that is told of nothing afterwards."""
        with self.connection() as client:
            (workspace,) = client.call("state/subscribe")["state"]["workspaces"].values()
        return {agent["role"]: agent for agent in workspace["agents"]}

    def begin(self, roles: Collection[str], state: str) -> None:
        """Wait until hooks have told that most of some agents are in a state. Raises BenchError."""
        deadline = time.monotonic() + BEGINNING
        while time.monotonic() < deadline:
            self.terminal.drain(1)
            agents = self.state()
            heard = [agents[role]["reading"] for role in roles if agents[role]["reading"]["source"] == "hook"]
            there = [reading for reading in heard if reading["state"] == state]
            if len(heard) == len(roles) and len(there) > MOST * len(roles):
                return
        raise BenchError(f"Of {len(roles)} agents, {len(heard)} were heard, and {len(there)} are {state}.")

    def own(self) -> list[int]:
        """List the processes of ours: all but tmux's server."""
        server = self.status()["tmux"]["pid"]
        return [pid for pid in self.processes() if pid != server]


def worker(turns: int, every: float) -> dict[str, Any]:
    """Give what a layout says of a stand-in that does so many turns."""
    return {"kind": "claude", "env": {"STANDIN_TURNS": str(turns), "STANDIN_EVERY": str(every)}}


def rest(scale: Scale) -> list[Figure]:
    """Let sixty agents have a turn each, and then nothing happen."""
    with Staffed([worker(1, 0)] * AGENTS, IN_A_TAB) as ours:
        ours.begin(ours.state(), "done")
        forks = ours.status()["forks"]
        figures = [at_most("CPU, first minute", _cost(ours, scale.seconds * 2)[0], 1, "%")]
        if not scale.quick:
            ours.terminal.drain(60)
            figures.append(at_most("CPU, later", _cost(ours, scale.seconds * 2)[0], 1, "%"))
        return [*figures, at_most("forks", ours.status()["forks"] - forks, 0, "")]


def active(scale: Scale) -> list[Figure]:
    """Let sixty agents work, most of them where nobody looks."""
    with Staffed([worker(ENDLESS, EVERY)] * AGENTS, IN_A_TAB) as ours:
        ours.begin(ours.state(), "working")
        ours.terminal.drain(scale.rounds(10))
        before, began = ours.status(), time.monotonic()
        space = memory([before["pid"]])
        mine, tmux = _cost(ours, scale.seconds * 2)
        after, took = ours.status(), time.monotonic() - began
        events = after["hooks"]["heard"] - before["hooks"]["heard"]
        return [
            at_most("CPU of daemon and screen", mine, 25, "%"),
            noted("CPU of tmux", tmux, "%"),
            at_least("events that were heard", round(events / took), round(0.6 * AGENTS / EVERY), "/s"),
            noted("daemon, growth meanwhile", memory([after["pid"]]) - space, "MB"),
            at_most("forks", after["forks"] - before["forks"], 0, ""),
        ]


def _cost(ours: Staffed, seconds: float) -> tuple[float, float]:
    """Give the CPU time of what is ours, and of tmux, in per cent of one core."""
    ours.terminal.drain(3)
    own, tmux = ours.own(), [ours.status()["tmux"]["pid"]]
    mine, theirs = cpu_seconds(own), cpu_seconds(tmux)
    took = ours.terminal.drain(seconds)
    return (cpu_seconds(own) - mine) / took * 100, (cpu_seconds(tmux) - theirs) / took * 100
