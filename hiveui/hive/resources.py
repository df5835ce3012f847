"""What the programs of agents take of the machine, looked up when somebody asks and never else."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hiveui.hive.bus import Bus
from hiveui.machine import Machine
from hiveui.model.agent import WorkspaceId


class Resources:
    """Looks them up; `taken` is a verb (hive.hive.Hive)."""

    def __init__(self, bus: Bus, machine: Machine) -> None:
        self._bus = bus
        self._machine = machine

    async def taken(self, *, workspace: str | None = None) -> dict[str, Any]:
        """Tell the memory and the CPU time of each running agent's process tree: two answers give a rate."""
        if workspace is not None:
            self._bus.workspace(WorkspaceId(workspace))
        running = [
            (w.name, agent)
            for w in self._bus.state.workspaces.values()
            for agent in w.agents
            if agent.here and agent.pid is not None and workspace in (None, w.id)
        ]
        pids = [agent.pid for _, agent in running if agent.pid is not None]
        found = await asyncio.to_thread(self._sums, pids)
        return {
            "agents": [
                {"name": name, "role": agent.role, "kind": agent.kind, "pid": agent.pid, **found[agent.pid or 0]}
                for name, agent in running
            ]
        }

    def _sums(self, pids: Iterable[int]) -> dict[int, dict[str, Any]]:
        children = _children(self._machine.parents())
        sums = {}
        for pid in pids:
            tree = list(_tree(pid, children))
            sums[pid] = {
                "processes": len(tree),
                "memory": sum(filter(None, map(self._machine.memory, tree))),
                "cpu": round(sum(filter(None, map(self._machine.cpu_seconds, tree))), 2),
            }
        return sums


def _children(parents: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for pid, parent in parents:
        children.setdefault(parent, []).append(pid)
    return children


def _tree(pid: int, children: Mapping[int, list[int]]) -> Iterator[int]:
    """Give a process and all that it has started, each once: what is read while it changes may go around."""
    seen, left = {pid}, [pid]
    while left:
        one = left.pop()
        yield one
        new = [child for child in children.get(one, ()) if child not in seen]
        seen.update(new)
        left += new
