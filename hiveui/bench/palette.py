"""The row about the palette: from a key to the list that it leaves."""

import json
import re
import subprocess
import sys

from hiveui.bench.figures import Figure, at_most, quantile
from hiveui.bench.keyboard import streaming
from hiveui.bench.scale import Scale
from hiveui.bench.screens import leave_interact
from hiveui.bench.subjects import Ours, Panes, program

COUNT = re.compile(rb"(\d+) of \d+ ")
"""How many entries are found, in the palette's heading."""
QUERY = b"go to p03"
LIMIT = 2.0
"""Seconds after which a list counts as never shown."""
QUIET = 0.1
"""Seconds between one key and the next."""
MANY = 2000
_FILTER = """
import json, sys, time
from hiveui.tui.finding import Entry, Finding
count, query = int(sys.argv[1]), sys.argv[2]
entries = [Entry(f"Go to {i} service-{i}", "claude working", str(i), print) for i in range(count)]
took = []
for _ in range(20):
    finding = Finding(entries)
    for letter in query:
        began = time.perf_counter()
        finding.type(letter)
        finding.rows(15, 120)
        took.append((time.perf_counter() - began) * 1000)
print(json.dumps(took))
"""


def find(scale: Scale) -> list[Figure]:
    """Type into the palette beside fifteen streams; and filter as many entries as no workspace has."""
    waits: list[float] = []
    with Ours(Panes([program("echo"), *streaming(15)])) as ours:
        terminal = ours.terminal
        leave_interact(terminal)
        while len(waits) < scale.keys:
            for key, count in ((b":", True), *((bytes([letter]), True) for letter in QUERY), (b"\x1b", False)):
                began = terminal.write(key)
                if count:
                    found = terminal.until(lambda data: COUNT.search(data) is not None, LIMIT)
                    waits.append(LIMIT * 1000 if found is None else (found - began) * 1000)
                terminal.drain(QUIET)
    argv = [sys.executable, "-P", "-c", _FILTER, str(MANY), "service 77"]
    took = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
    return [
        at_most("key to filtered list, p95", quantile(waits, 0.95), 60, "ms"),
        at_most(f"filtering {MANY} entries, p95", quantile(took, 0.95), 60, "ms"),
    ]
