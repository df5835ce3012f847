"""The rows about the feed of changes: how soon one stands in it, and what a flood of them does to the hive."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psutil

from hiveui.bench.figures import BenchError, Figure, at_most, noted, quantile
from hiveui.bench.scale import Scale
from hiveui.bench.subjects import Ours, Panes, program

AGENTS = 20
SCRIBBLE = "i=0; while :; do i=$((i+1)); echo $i > {}-$((i % 50)).txt; sleep 0.1; done"
"""Changes ten files a second."""
LIMIT = 2.0
"""Seconds after which a change counts as never shown."""
RATE = 10_000
"""Changes a second of the flood."""
FILES = 5000
"""Files that they go to."""
SETTLED = 15.0
"""Seconds after the flood in which all of it is taken in."""


def feed(scale: Scale) -> list[Figure]:
    """Change one file after the other while the feed is open, and 20 agents change others."""
    panes = Panes([["sh", "-c", SCRIBBLE.format(f"agent{i:02d}")] for i in range(1, AGENTS + 1)])
    times = []
    with Ours(panes) as ours:
        _open(ours)
        for number in range(scale.rounds(60)):
            name = f"Mark{number:03d}.txt"
            began = time.monotonic()
            (ours.sandbox.project / name).write_text("x")
            ours.terminal.expect(name.encode(), LIMIT)
            times.append((ours.terminal.at - began) * 1000)
            ours.terminal.drain(0.13)
    return [
        noted("to the open feed, p50", quantile(times, 0.5), "ms"),
        at_most("to the open feed, p95", quantile(times, 0.95), 150, "ms"),
    ]


def flood(scale: Scale) -> list[Figure]:
    """Make 10,000 changes a second with the feed open; then see that the hive knows what git knows."""
    with Ours(Panes([program("idle")])) as ours:
        _open(ours)
        daemon = psutil.Process(ours.status()["pid"])
        before, stalls, made = daemon.memory_info().rss, [0.0], 0
        seconds = 3 if scale.quick else 10
        with _flooding(ours.sandbox.project) as told:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                ours.terminal.drain(0.25)
                stalls.append(ours.status()["stall"])
            made = told[0]
        grown = daemon.memory_info().rss - before
        (ours.sandbox.project / "Last.txt").write_text("x")
        began = time.monotonic()
        ours.terminal.expect(b"Last.txt", SETTLED)
        taken = time.monotonic() - began
    return [
        noted("changes a second", made / seconds, "a second"),
        at_most("longest stall of the daemon's loop", max(stalls) * 1000, 100, "ms"),
        at_most("memory more", grown / 1e6, 100, "MB"),
        at_most("until the last is in the feed", taken, SETTLED, "s"),
    ]


def _open(ours: Ours) -> None:
    """Show the feed on the screen, once the checkout is watched."""
    ours.terminal.write(b"\x1d")
    ours.terminal.drain(0.5)
    deadline = time.monotonic() + 20
    for number in count():
        (ours.sandbox.project / f"first{number}").write_text("x")
        ours.terminal.drain(0.2)
        workspace = next(iter(ours.client.call("state/subscribe")["state"]["workspaces"]))
        if ours.client.call("files/list", workspace=workspace, limit=1)["writes"]:
            break
        if time.monotonic() > deadline:
            raise BenchError("No change was told of.")
    ours.terminal.write(b"f")
    ours.terminal.expect(b"one or all")
    ours.terminal.drain(0.5)


@contextmanager
def _flooding(folder: Path) -> Iterator[list[int]]:
    """Change files below `folder` RATE times a second; gives how many were changed."""
    made, over = [0], threading.Event()
    (folder / "flood").mkdir()
    names = [f"{folder}/flood/f{number}.txt" for number in range(FILES)]

    def write() -> None:
        began = time.monotonic()
        while not over.is_set():
            file = os.open(names[made[0] % FILES], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.write(file, b"x")
            os.close(file)
            made[0] += 1
            if made[0] % 100 == 0:
                over.wait(max(0.0, began + made[0] / RATE - time.monotonic()))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield made
    finally:
        over.set()
        writer.join()
