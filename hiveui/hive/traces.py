"""What the system still shows of a change once it is told: when the file changed, who has it open, whether git ran."""

import contextlib
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from hiveui.machine import Machine
from hiveui.model.agent import Agent, AgentId

MOST = 1000
"""Files of one batch that are looked at."""
_GIT = ("HEAD", "index", "ORIG_HEAD", "MERGE_HEAD", "logs/HEAD")
"""What git writes in its own folder when it changes what is checked out (gitrepository-layout(5))."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What was seen."""

    changed: Mapping[str, float] = field(default_factory=dict)
    """When the kernel last changed a file, by its path below the top; one that is gone is not in it."""
    git: float = 0.0
    """When git last changed what is checked out; 0 for never."""


def look(top: str, git: str, paths: Iterable[str]) -> Traces:
    """Look at the files that changed below `top`. It looks at the disk: not for the event loop."""
    changed = {}
    for path, _ in zip(paths, range(MOST), strict=False):
        with contextlib.suppress(OSError, ValueError):
            changed[path] = os.lstat(f"{top}/{path}").st_ctime
    return Traces(changed, _git_at(git) if git else 0.0)


def _git_at(folder: str) -> float:
    newest = 0.0
    for name in _GIT:
        with contextlib.suppress(OSError, ValueError):
            newest = max(newest, os.lstat(f"{folder}/{name}").st_ctime)
    return newest


@dataclass(frozen=True, slots=True)
class Processes:
    """What processes of panes were seen at."""

    writes: Mapping[str, frozenset[AgentId]] = field(default_factory=dict)
    """Who has a file open to write, by its absolute path."""
    busy: frozenset[AgentId] = frozenset()
    """Agents whose program has started others that run."""


def processes(machine: Machine, agents: Collection[Agent]) -> Processes:
    """Look at what runs in the panes of agents. It takes milliseconds: not for the event loop."""
    children: dict[int, list[int]] = {}
    for pid, parent in machine.parents():
        children.setdefault(parent, []).append(pid)
    writes: dict[str, set[AgentId]] = {}
    busy = set()
    for agent in agents:
        if agent.pid is None or not agent.here:
            continue
        whose = agent.child_of or agent.id
        found = _below(agent.pid, children)
        if len(found) > 1:
            busy.add(agent.id)
        for pid in found:
            for path in machine.open_to_write(pid):
                writes.setdefault(path, set()).add(whose)
    return Processes({path: frozenset(who) for path, who in writes.items()}, frozenset(busy))


def _below(pid: int, children: Mapping[int, list[int]]) -> list[int]:
    found = [pid]
    for one in found:
        found += children.get(one, ())
    return found
