"""Rows about what it costs: CPU time, frames, bytes and memory."""

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil

from hiveui.bench.figures import Figure, at_least, at_most, median, over_plain, times_plain
from hiveui.bench.keyboard import streaming, typed
from hiveui.bench.scale import PAIRS, Scale
from hiveui.bench.subjects import Ours, Panes, Plain, Subject, program
from hiveui.bench.terminal import Terminal
from hiveui.machine import this_machine

LINE = re.compile(rb"m([a-z]{2})(\d{6})")
"""The start of a line of `lines`: its style's end, its name, its number."""
FOCUSED_RATE = 120
"""Lines a second of the pane with the focus: more than its frames."""
WARM_UP = 3.0
FULL = 12_000
"""Lines that fill any history: the limit is 10,000 and what tmux adds before it trims."""
MB = 1 << 20


@dataclass(slots=True)
class Load:
    """What one subject used over some seconds."""

    cpu: float
    """Per cent of one core."""
    rate: float = 0.0
    """Bytes a second to the terminal."""
    frames: Counter[bytes] = field(default_factory=Counter)
    """Frames a second of each stream: reads in which it had a newer line."""


def load(subject: Subject, seconds: float) -> Load:
    """Measure an attached subject."""
    terminal = subject.terminal
    newest: dict[bytes, bytes] = {}
    frames: Counter[bytes] = Counter()
    last_read: dict[bytes, float] = {}

    def look(data: bytes) -> None:
        for name, number in LINE.findall(data):
            if number > newest.get(name, b""):
                newest[name] = number
                if terminal.at - last_read.get(name, 0) > SAME_FRAME:
                    frames[name] += 1
                last_read[name] = terminal.at

    terminal.drain(WARM_UP, look)
    frames.clear()
    used, received = cpu_seconds(subject.processes()), terminal.received
    took = terminal.drain(seconds, look)
    cpu = (cpu_seconds(subject.processes()) - used) / took * 100
    return Load(cpu, (terminal.received - received) / took, Counter({n: round(c / took) for n, c in frames.items()}))


SAME_FRAME = 0.008
"""Seconds within which reads are of one frame, which may be longer than a read."""


def cpu_seconds(pids: Sequence[int]) -> float:
    """Add up the CPU time of processes."""
    machine = this_machine()
    return sum(machine.cpu_seconds(pid) or 0.0 for pid in pids)


def memory(pids: Sequence[int]) -> float:
    """Add up the resident memory of processes, in MB."""
    machine = this_machine()
    return sum(machine.memory(pid) or 0 for pid in pids) / MB


def compared(panes: Panes, seconds: float) -> tuple[list[Load], list[Load]]:
    """Measure tmux, ours, tmux, ours."""
    plain, ours = [], []
    for _ in range(PAIRS):
        with Plain(panes) as subject:
            plain.append(load(subject, seconds))
        with Ours(panes) as subject:
            ours.append(load(subject, seconds))
    return plain, ours


def visible(scale: Scale, count: int, limit: float) -> list[Figure]:
    """Stream in so many visible panes, the one with the focus faster than its frames."""
    focused, *others = streaming(count)
    panes = Panes([[*focused[:-1], str(FOCUSED_RATE)], *others])
    plain, ours = compared(panes, scale.seconds)
    slowest = [min(load.frames[argv[-2].encode()] for argv in others) for load in ours]
    return [
        at_most(f"CPU, {count} panes", mean([o.cpu for o in ours]), limit, "%", mean([p.cpu for p in plain])),
        at_least(f"frames/s of the focused, {count} panes", round(mean([o.frames[b"aa"] for o in ours])), 30, "/s"),
        at_least(f"frames/s of the slowest other, {count} panes", min(slowest), 10, "/s"),
    ]


def mean(values: Sequence[float]) -> float:
    """Give the mean."""
    return sum(values) / len(values)


def streams(scale: Scale) -> list[Figure]:
    """Sixteen, then thirty-two."""
    return [*visible(scale, 16, 50), *visible(scale, 32, 90)]


def hidden(scale: Scale) -> list[Figure]:
    """Stream in 64 panes that nobody looks at."""
    panes = Panes([program("idle")], streaming(64))
    plain, ours = [], []
    for _ in range(PAIRS):
        with Plain(panes, attach=False) as subject:
            time.sleep(WARM_UP)
            used = cpu_seconds(subject.processes())
            time.sleep(scale.seconds)
            plain.append((cpu_seconds(subject.processes()) - used) / scale.seconds * 100)
        with Ours(panes) as mine:
            ours.append(load(mine, scale.seconds).cpu)
    return [over_plain("CPU", mean(ours), mean(plain), 15, "%")]


def idle(scale: Scale) -> list[Figure]:
    """Do nothing in 32 panes: while ages are counted in seconds, and when they are not any more."""
    with Ours(Panes([program("idle")] * 32)) as ours:
        forks = ours.status()["forks"]
        young = load(ours, scale.seconds * 2)
        figures = [at_most("CPU, first minute", young.cpu, 1, "%")]
        if not scale.quick:
            ours.terminal.drain(60)
            figures.append(at_most("CPU, later", load(ours, scale.seconds * 2).cpu, 1, "%"))
        return [*figures, at_most("forks", ours.status()["forks"] - forks, 0, "")]


def terminal_bytes(scale: Scale) -> list[Figure]:
    """Count what sixteen streaming panes send to the terminal."""
    plain, ours = compared(Panes(streaming(16)), scale.seconds)
    rates = [mean([load.rate for load in side]) / 1e6 for side in (ours, plain)]
    return [at_most("MB/s", rates[0], 1.5, "MB/s", rates[1])]


def space(scale: Scale) -> list[Figure]:
    """Fill the histories of 32 agents, four a tab; then stream in 32 and watch what grows."""
    fills = [program("fill", f"f{chr(97 + i % 26)}{i // 26}", str(FULL)) for i in range(32)]
    with Ours(Panes(fills[:4], fills[4:], in_a_tab=4)) as ours:
        tmux = grown(ours.terminal, ours.status()["tmux"]["pid"])
    with Ours(Panes([program("idle"), *streaming(31)])) as ours:
        ours.terminal.drain(scale.rounds(30))
        status = ours.status()
        screen = children(ours.terminal)
        daemon_before, screen_before = memory([status["pid"]]), memory(screen)
        ours.terminal.drain(scale.rounds(60))
        daemon, shown = memory([status["pid"]]), memory(screen)
    return [
        at_most("daemon, 32 agents streaming", daemon, 90, "MB"),
        at_most("screen, 32 agents streaming", shown, 90, "MB"),
        at_most("daemon, growth in a minute", daemon - daemon_before, 1, "MB"),
        at_most("screen, growth in a minute", shown - screen_before, 1, "MB"),
        at_most("tmux, all histories full", tmux, 1024, "MB"),
    ]


def grown(terminal: Terminal, pid: int) -> float:
    """Wait until a process grows no more, two minutes at most; give its memory in MB."""
    sizes = [0.0]
    for _ in range(60):
        terminal.drain(2)
        sizes.append(memory([pid]))
        if sizes[-1] - sizes[-2] < 1:
            break
    return sizes[-1]


def three(scale: Scale) -> list[Figure]:
    """Type into one of three screens, one of the others stopped by SIGSTOP."""
    panes = Panes([program("echo"), *streaming(15)])
    alone: list[float] = []
    together: list[float] = []
    growth: list[float] = []
    for _ in range(PAIRS):
        with Ours(panes) as ours:
            alone += typed(ours, scale.keys // PAIRS).waits
        with Ours(panes) as ours, ours.screen() as second, ours.screen() as stopped:
            settle_beside(ours.terminal, second, stopped)
            frozen = children(stopped)
            for pid in frozen:
                os.kill(pid, signal.SIGSTOP)
            daemon = [ours.status()["pid"]]
            echoes = typed(ours, scale.keys // PAIRS // 2)
            before = memory(daemon)
            echoes.type(scale.keys // PAIRS // 2)
            together += echoes.waits
            growth.append(memory(daemon) - before)
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
    return [
        times_plain("p50 of another, against one screen", median(together), median(alone), 2, "ms"),
        at_most("daemon, growth over the second half", max(growth), 2, "MB"),
    ]


def children(terminal: Terminal) -> list[int]:
    """List the processes below the one on a terminal: the screen itself, which that one guards."""
    return [child.pid for child in psutil.Process(terminal.process.pid).children(recursive=True)]


def settle_beside(terminal: Terminal, *others: Terminal) -> None:
    """Have other terminals read along with one, until they show something."""
    for other in others:
        other.expect(b"leave")
    terminal.beside = list(others)
    terminal.drain(WARM_UP)
