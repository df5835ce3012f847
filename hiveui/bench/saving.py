"""The row about saving: how long it holds the loop that everybody waits for."""

import json
import subprocess
import sys
import tempfile

from hiveui.bench.figures import Figure, at_most, quantile
from hiveui.bench.scale import Scale

AGENTS = 32
_SAVE = """
import asyncio, json, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from hiveui.daemon.process import SWITCH
from hiveui.model.agent import Agent
from hiveui.model.events import AgentAdded, PromptDrafted, WorkspaceOpened
from hiveui.storage.eventlog import EventLog
EVERY, PAUSE = 10, 0.002
folder, agents, saves = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
sys.setswitchinterval(SWITCH)
disk = ThreadPoolExecutor(1)
log = EventLog(folder, every=EVERY, aside=disk.submit)
log.append(WorkspaceOpened("one", "one", "/one", "team", "0" * 64, ()))
for i in range(agents):
    had = tuple(f"{i:08x}-{n:027d}" for n in range(20))
    log.append(AgentAdded("one", Agent(f"a-{i}", f"role {i}", "shell", "/one", conversations=had)))
    log.append(PromptDrafted("one", f"role {i}", "x" * 2000))

async def longest():
    held = []
    while log.seq % EVERY or not held:
        began = time.perf_counter()
        log.append(PromptDrafted("one", "role 1", str(log.seq).ljust(2000, "x")))
        if log.seq % EVERY == 0:
            log.sync()
        done = time.perf_counter()
        await asyncio.sleep(PAUSE)
        held += [done - began, time.perf_counter() - done - PAUSE]
    return max(held) * 1000

async def main():
    return [await longest() for _ in range(saves)]

print(json.dumps(asyncio.run(main())))
disk.shutdown()
"""
"""Keeps events and, two hundred times as often as a daemon does, the state; gives for each state the milliseconds
that the loop was held at the longest: by an event, or by what is saved beside the loop while that waits its turn."""


def save(scale: Scale) -> list[Figure]:
    """Keep events and states of 32 agents that had many conversations and have texts that were not sent."""
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        argv = [sys.executable, "-P", "-c", _SAVE, folder, str(AGENTS), str(scale.keys // 5)]
        held = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
    return [
        at_most("the longest that one holds the loop, p50", quantile(held, 0.5), 5, "ms"),
        at_most("the longest that one holds the loop, p99", quantile(held, 0.99), 5, "ms"),
    ]
