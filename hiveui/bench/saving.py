"""The row about saving: how long it holds the loop that everybody waits for."""

import asyncio
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hiveui.bench.figures import Figure, at_most, quantile
from hiveui.bench.scale import Scale
from hiveui.daemon.process import SWITCH
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import AgentAdded, PromptDrafted, WorkspaceOpened
from hiveui.storage.eventlog import EventLog

AGENTS = 32
CONVERSATIONS = 20
DRAFT = 2000
"""Characters of a text that is being written."""
EVERY = 10
"""Events between two states: two hundred times as often as a daemon keeps one."""
PAUSE = 0.002
"""Seconds between two events."""


def save(scale: Scale) -> list[Figure]:
    """Keep events and states of 32 agents while a loop waits for its turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    with tempfile.TemporaryDirectory(prefix="hb-") as folder, ThreadPoolExecutor(1) as disk:
        log = EventLog(Path(folder), every=EVERY, aside=disk.submit)
        _fill(log)
        held = asyncio.run(_held(log, scale.keys // 5))
        disk.shutdown()
        log.close()
    sys.setswitchinterval(before)
    return [
        at_most("the longest that one holds the loop, p50", quantile(held, 0.5), 5, "ms"),
        at_most("the longest that one holds the loop, p99", quantile(held, 0.99), 5, "ms"),
    ]


def _fill(log: EventLog) -> None:
    """Open a workspace whose agents have had many conversations, and have texts that were not sent."""
    log.append(WorkspaceOpened(WorkspaceId("one"), "one", "/one", "team", "0" * 64, ()))
    for number in range(AGENTS):
        had = tuple(f"{number:08x}-{i:027d}" for i in range(CONVERSATIONS))
        role = f"role-{number}"
        log.append(AgentAdded(WorkspaceId("one"), Agent(AgentId(role), role, "shell", "/one", conversations=had)))
        log.append(PromptDrafted(WorkspaceId("one"), role, "x" * DRAFT))


async def _held(log: EventLog, saves: int) -> list[float]:
    """Keep events and that many states; for each state, the milliseconds that it held the loop, at the longest.

    What holds it is the event, and what is done beside the loop while that waits for its turn.
    """
    longest = []
    for number in range(saves):
        held = []
        for _ in range(EVERY):
            began = time.perf_counter()
            log.append(PromptDrafted(WorkspaceId("one"), "role-1", f"{number}".ljust(DRAFT, "x")))
            log.sync()
            done = time.perf_counter()
            await asyncio.sleep(PAUSE)
            held += [done - began, time.perf_counter() - done - PAUSE]
        longest.append(max(held) * 1000)
    return longest
