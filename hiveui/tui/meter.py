"""How fast the screen is: key echo, frames a second and CPU."""

import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple


class Report(NamedTuple):
    """Figures of the last seconds."""

    echo_median: float | None
    """Milliseconds from a key to the next frame of its pane, painted; None before any."""
    echo_worst: float | None
    frames: float
    """Frames of all panes a second."""
    paints: float
    """Writes to the terminal a second."""
    cpu: float
    """Per cent of one core that this process used."""


class Meter:
    """Counts; costs nothing worth naming while nobody looks."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._pending: dict[str, float] = {}
        self._echoes: deque[float] = deque(maxlen=100)
        self._frames = 0
        self._paints = 0
        self._since = clock()
        self._cpu = time.process_time()

    def typed(self, pane: str) -> None:
        """Note that a key went to a pane."""
        self._pending.setdefault(pane, self._clock())

    def painted(self, panes: Iterable[str]) -> None:
        """Note that frames of panes were written to the terminal."""
        self._paints += 1
        now = self._clock()
        for pane in panes:
            self._frames += 1
            began = self._pending.pop(pane, None)
            if began is not None:
                self._echoes.append((now - began) * 1000)

    def report(self) -> Report:
        """Give the figures since the last report."""
        now, cpu = self._clock(), time.process_time()
        elapsed = max(now - self._since, 1e-3)
        report = Report(
            statistics.median(self._echoes) if self._echoes else None,
            max(self._echoes, default=None),
            self._frames / elapsed,
            self._paints / elapsed,
            (cpu - self._cpu) / elapsed * 100,
        )
        self._frames = self._paints = 0
        self._since, self._cpu = now, cpu
        return report


def lines(report: Report, daemon: Mapping[str, object]) -> list[str]:
    """Write the performance display: this process, then what `daemon/status` said."""

    def figure(value: object, unit: str, digits: int = 1) -> str:
        return f"{value:.{digits}f} {unit}" if isinstance(value, int | float) else "-"

    memory = daemon.get("memory")
    rows = (
        ("key echo", f"{figure(report.echo_median, 'ms')}, worst {figure(report.echo_worst, 'ms')}"),
        ("frames", figure(report.frames, "/s", 0)),
        ("paints", figure(report.paints, "/s", 0)),
        ("CPU, screen", figure(report.cpu, "%")),
        ("CPU, daemon", figure(daemon.get("cpu"), "%")),
        ("memory, daemon", figure(memory / 2**20 if isinstance(memory, int) else None, "MB", 0)),
        ("forks", figure(daemon.get("forks"), "", 0).strip()),
        ("stall, daemon", figure(daemon.get("stall"), "ms", 0)),
    )
    return [f" {name:<15}{value}" for name, value in rows]
