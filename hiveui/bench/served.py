"""Rows about people who look on by ssh: `hive serve` beside sshd(8) with `tmux attach`."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, Self

import psutil

from hiveui.bench.figures import BenchError, Figure, at_most, median, noted, quantile
from hiveui.bench.keyboard import Echoes, streaming
from hiveui.bench.load import MB
from hiveui.bench.scale import PAIRS, Scale
from hiveui.bench.screens import SHEET, sheets
from hiveui.bench.sshd import Sshd, Way, ended, wait_for
from hiveui.bench.subjects import HIVE, Ours, Panes, Plain, program
from hiveui.bench.terminal import PATIENCE, Terminal
from hiveui.paths import Paths

PEOPLE = 5
BUSY = 8
"""Panes; all but the one that is typed into stream."""
WARM_UP = 3.0
ROUNDS = 20
"""Logins; one of before is not counted, by which all is warm."""


class Served(Protocol):
    """Panes that people come to by ssh."""

    folder: Path
    way: Way
    command: tuple[str, ...]
    """What they ask for."""

    def settle(self, terminal: Terminal) -> None:
        """Wait until a screen shows all."""

    def screens(self) -> list[int]:
        """List the processes that there are for each of those who look on."""


class Hive(Served):
    """A hive of its own, served."""

    def __init__(self, panes: Panes) -> None:
        self._ours = Ours(panes, attach=False)
        self.command = ()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            sandbox = opening.enter_context(self._ours).sandbox
            self.folder = sandbox.project
            self.way = Way(sandbox.folder / "ssh", sandbox.environ)
            sandbox.run(*HIVE, "keys", "add", str(self.way.folder / "id.pub"), "--role", "owner")
            argv = [*HIVE, "serve", "--port", "0", "--json"]
            self.process = subprocess.Popen(argv, env=sandbox.environ, cwd=self.folder, stdout=subprocess.PIPE)
            opening.enter_context(ended(self.process))
            assert self.process.stdout is not None  # noqa: S101  it is a pipe
            self.port = json.loads(self.process.stdout.readline() or b"{}").get("port")
            if not self.port:
                raise BenchError("hive serve did not begin.")
            told = Paths.find(sandbox.environ).state / "ssh" / "serving.json"
            wait_for(told.exists, "hive serve")
            self.way.lead(self.port, json.loads(told.read_bytes())["host_key"])
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def settle(self, terminal: Terminal) -> None:
        """Wait for the status line."""
        terminal.expect(b"leave")

    def screens(self) -> list[int]:
        """List what the process has forked that forks."""
        (zygote,) = psutil.Process(self.process.pid).children()
        return [child.pid for child in zygote.children()]


class Attached(Served):
    """A plain tmux, to which people come by an sshd."""

    def __init__(self, panes: Panes) -> None:
        self._plain = Plain(panes, attach=False)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            plain = opening.enter_context(self._plain)
            self.folder = plain.sandbox.project
            self._sshd = opening.enter_context(Sshd(plain.sandbox.folder / "ssh", plain.sandbox.environ))
            self.way = self._sshd.way
            self.command = (*plain.tmux, "attach-session")
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def settle(self, terminal: Terminal) -> None:
        """Wait until something is there."""
        terminal.until(bool, PATIENCE)

    def screens(self) -> list[int]:
        """List sshd's processes and tmux's clients."""
        return [child.pid for child in psutil.Process(self._sshd.process.pid).children(recursive=True)]


@contextlib.contextmanager
def looked_on(served: Served, people: int) -> Iterator[list[Terminal]]:
    """Have people come; the others' screens are read along with the first."""
    argv = served.way.argv(*served.command, options=("-tt",))
    with contextlib.ExitStack() as opening:
        there = []
        for _ in range(people):
            there.append(opening.enter_context(Terminal(argv, served.way.environ, served.folder)))
            served.settle(there[-1])
        there[0].beside = there[1:]
        there[0].drain(WARM_UP)
        yield there


def paint(scale: Scale) -> list[Figure]:
    """Log in, then ask for the screen: until the first of it is drawn, and until all of it is."""
    panes = sheets(BUSY)
    times: dict[type, list[tuple[float, float]]] = {Hive: [], Attached: []}
    for kind in (Attached, Hive):
        with kind(panes) as served:
            times[kind] = [_painted(served) for _ in range(1 + scale.rounds(ROUNDS))][1:]
    (plain_first, plain), (first, whole) = (
        ([one for one, _ in times[kind]], [one for _, one in times[kind]]) for kind in (Attached, Hive)
    )
    return [
        at_most("first paint, p50", median(first), 150, "ms", median(plain_first)),
        noted("first paint, worst", max(first), "ms", max(plain_first)),
        noted("every pane drawn, p50", median(whole), "ms", median(plain)),
    ]


def _painted(served: Served) -> tuple[float, float]:
    """Give the milliseconds until a pane is drawn, and until all are."""
    missing = {f"p{i:02d}".encode() for i in range(1, BUSY + 1)}
    painted: list[float] = []

    def look(data: bytes) -> bool:
        if not painted and SHEET.search(data):
            painted.append(time.perf_counter())
        missing.difference_update(pane for pane, _ in SHEET.findall(data))
        return not missing

    with served.way.logged_in() as options:
        argv = served.way.argv(*served.command, options=(*options, "-tt"))
        began = time.perf_counter()
        with Terminal(argv, served.way.environ, served.folder) as terminal:
            done = terminal.until(look, PATIENCE) or began + PATIENCE
    return ((painted[0] if painted else done) - began) * 1000, (done - began) * 1000


def crowd(scale: Scale) -> list[Figure]:
    """Type by ssh while four others look on and all else streams; what each costs, and who comes meanwhile."""
    panes = Panes([program("echo"), *streaming(BUSY - 1)])
    waits: dict[type, list[float]] = {Hive: [], Attached: []}
    sizes: dict[type, list[float]] = {Hive: [], Attached: []}
    knocks: list[float] = []
    for kind in (Attached, Hive) * PAIRS:
        with kind(panes) as served, looked_on(served, PEOPLE) as (first, *_):
            if isinstance(served, Hive):
                Ours.type_into(first)
            echoes = Echoes(first)
            for _ in range(5):
                echoes.press(count=False)
            echoes.type(-(-scale.keys // PAIRS))
            waits[kind] += echoes.waits
            sizes[kind].append(proportional(served.screens()) / PEOPLE)
            if isinstance(served, Hive):
                knocks += _knocked(served.port, first, scale.seconds)
    ours, plain = waits[Hive], waits[Attached]
    return [
        at_most("key echo, p50", median(ours), 40, "ms", median(plain)),
        at_most("key echo, p95", quantile(ours, 0.95), 150, "ms", quantile(plain, 0.95)),
        at_most("PSS of each", max(sizes[Hive]), 20, "MB", max(sizes[Attached])),
        at_most("until who comes is greeted: the server's longest stall", max(knocks), 60, "ms"),
    ]


def proportional(pids: list[int]) -> float:
    """Add up the proportional set size of processes, in MB (proc(5), smaps_rollup)."""
    sizes = (int(word) for pid in pids for word in _rollup(pid))
    return sum(sizes) * 1024 / MB


def _rollup(pid: int) -> Iterator[str]:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            yield line.split()[1]


def _knocked(port: int, terminal: Terminal, seconds: float) -> list[float]:
    """Give the milliseconds after which a server greets those who come, several times a second."""
    argv = program("knock", str(port))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=sys.stderr) as knocking:
        terminal.drain(seconds)
        knocking.terminate()
        assert knocking.stdout is not None  # noqa: S101  it is a pipe
        return [int(line) / 1000 for line in knocking.stdout]
