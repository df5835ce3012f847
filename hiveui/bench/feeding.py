"""The rows about the feed of changes: how soon one stands in it, and what a flood of them does to the hive."""

import json
import time
from itertools import count

import psutil

from hiveui.bench.figures import BenchError, Figure, at_most, noted, quantile
from hiveui.bench.scale import Scale
from hiveui.bench.subjects import Ours, Panes, program
from hiveui.bench.watching import WRITERS, writing

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
    """Make 10,000 changes a second with the feed open, and ask the daemon something all the while."""
    seconds = 3.0 if scale.quick else 10.0
    with Ours(Panes([program("idle")])) as ours:
        _open(ours)
        for number in range(WRITERS):
            (ours.sandbox.project / f"w{number}").mkdir()
        daemon = psutil.Process(ours.status()["pid"])
        before, waits = daemon.memory_info().rss, []
        with writing(ours.sandbox.project, RATE, seconds, FILES // WRITERS) as writer:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                ours.terminal.drain(0.02)
                asked = time.monotonic()
                ours.status()
                waits.append((time.monotonic() - asked) * 1000)
            made = json.loads(writer.communicate()[0])["count"]
        grown = daemon.memory_info().rss - before
        (ours.sandbox.project / "Last.txt").write_text("x")
        began = time.monotonic()
        ours.terminal.expect(b"Last.txt", SETTLED)
        taken = time.monotonic() - began
    return [
        noted("changes a second", made / seconds, "a second"),
        noted("an answer of the daemon meanwhile, p50", quantile(waits, 0.5), "ms"),
        at_most("the longest that one took", max(waits), 100, "ms"),
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
