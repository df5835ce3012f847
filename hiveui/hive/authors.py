"""What agents' tools are at: from what their hooks tell, who may have written a file at a moment."""

import os
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

from hiveui.model.agent import AgentId
from hiveui.model.attribution import NEAR, Use
from hiveui.model.reach import Reach, reach
from hiveui.model.turns import Happening, Hooked
from hiveui.storage.secrets import redact

KEPT = 30.0
"""Seconds that a use is kept once it is over."""
MOST = 256
"""Uses of one agent that are kept; the oldest goes first."""
LEAVE = 1.0
"""Seconds that may pass between the person's leave and its being seen."""
_ENDS = frozenset(
    {Happening.DONE, Happening.FAILED, Happening.LIMITED, Happening.INTERRUPTED, Happening.REST, Happening.ENDED}
)
"""After these no tool of the turn runs any more."""
LEFT = "\0"
"""Stands for the id of a use that left something running."""


@dataclass(slots=True)
class _Known:
    """A use, and what it is told from others by."""

    key: str
    task: str
    use: Use


class Teller(NamedTuple):
    """The agent whose hook told something."""

    agent: AgentId
    role: str
    pid: int | None
    folder: str


class Authors:
    """The uses of tools of every agent. Times are seconds since 1970."""

    def __init__(self) -> None:
        self._known: dict[AgentId, deque[_Known]] = {}
        self._spoke: dict[AgentId, int | None] = {}
        """By agent: the pid of the program that told something last."""

    def heard(self, by: Teller, event: Hooked, now: float) -> Use | None:
        """Take what an agent's hook told, not after `now`; give the use that is over by it."""
        if by.agent not in self._known or self._spoke.get(by.agent) != by.pid:
            self._known[by.agent] = deque(maxlen=MOST)
        self._spoke[by.agent] = by.pid
        if event.happening in {Happening.TOOL_OVER, Happening.USE_OVER}:
            return self._end(by, event, now)
        if event.happening is Happening.APPROVAL:
            self._hold(by.agent, event.use)
        elif event.happening in {Happening.TOOL, Happening.USE}:
            found = self._go_on(by.agent, event.task, now)
            reach = _reach(event, by.folder)
            if reach is not None:
                use = Use(by.agent, by.role, reach, event.since)
                self._known[by.agent].append(_Known(event.use, event.task, use))
            return found
        elif event.happening is Happening.PROMPT:
            return self._go_on(by.agent, event.task, now)
        elif event.happening in _ENDS and not event.task:
            return self._rest(by.agent, now, event.tasks)
        return None

    def works(self, agent: AgentId, now: float) -> None:
        """Take note that an agent goes on: what waited for the person's leave has it."""
        for known in self._known.get(agent, ()):
            if known.use.held:
                known.use = replace(known.use, held=False, began=max(known.use.began, now - LEAVE))

    def speaks(self, agent: AgentId, pid: int | None) -> bool:
        """Tell whether an agent's program has told anything since it was started."""
        return pid is not None and self._spoke.get(agent) == pid

    def uses(self) -> list[Use]:
        """Give what may have written something of late, the oldest use of each agent first."""
        return [known.use for every in self._known.values() for known in every]

    def forget(self, agents: Collection[AgentId], now: float) -> None:
        """Let go of what is over for long, and of all agents but these."""
        for agent in self._known.keys() - agents:
            del self._known[agent], self._spoke[agent]
        for agent, every in self._known.items():
            fresh = (known for known in every if known.use.over is None or known.use.over > now - KEPT)
            self._known[agent] = deque(fresh, MOST)

    def _go_on(self, agent: AgentId, task: str, now: float) -> Use | None:
        """End an edit of which no end is told: it is over when its thread goes on; what still waited was not done.

        Codex is silent of patches that failed, and of those in a shell.
        """
        ended = None
        for known in self._known[agent]:
            if known.task == task and known.use.over is None and not known.use.reach.command:
                reach = known.use.reach.failed() if known.use.held else known.use.reach
                known.use = ended = replace(known.use, reach=reach, over=now, sure=False)
        return ended

    def _end(self, by: Teller, event: Hooked, now: float) -> Use | None:
        """End a use, which what it left behind may outlast; one of which no beginning was told has just begun."""
        every = self._known[by.agent]
        open_ones = (one for one in every if one.key == event.use and (one.use.over is None or not one.use.sure))
        known = next(open_ones, None)
        if known is None:
            reach = _reach(event, by.folder)
            if reach is None:
                return None
            known = _Known(event.use, event.task, Use(by.agent, by.role, reach, now - NEAR))
            every.append(known)
        use = known.use
        left = use.reach.over()
        if left is not None:
            every.append(_Known(LEFT, event.task, Use(by.agent, by.role, left, use.began)))
        failed = bool(event.failure) or "Failure" in event.event
        reach = use.reach.failed() if failed else use.reach
        began = max(use.began, now - LEAVE) if use.held else use.began
        known.use = replace(use, reach=reach, began=began, over=now, held=False, sure=True)
        return known.use

    def _hold(self, agent: AgentId, use: str) -> None:
        """Take note that a use waits for leave: the one that is named, else every one that goes on."""
        goes_on = [known for known in self._known[agent] if known.use.over is None and known.key != LEFT]
        for known in [known for known in goes_on if known.key == use] or goes_on:
            known.use = replace(known.use, held=True)

    def _rest(self, agent: AgentId, now: float, tasks: frozenset[str] | None) -> Use | None:
        """End the turn; a command of which no end was told may go on, unless the program says that nothing does."""
        ended = self._go_on(agent, "", now)
        for known in self._known[agent]:
            use = known.use
            if use.over is None and (use.held or tasks == frozenset()):
                known.use = replace(use, over=now)
            elif use.over is None:
                known.key = LEFT
                known.use = replace(use, reach=replace(use.reach, leaves=True).over() or use.reach)
        return ended


def _reach(event: Hooked, folder: str) -> Reach | None:
    """Read what a use may write, links followed: what a watcher tells of has none."""
    found = reach(event.tool, event.tool_input, event.folder or folder)
    if found is None:
        return None
    names = {place: lines for path, lines in found.names.items() for place in (_beside(path), os.path.realpath(path))}
    covers, near = (tuple(map(os.path.realpath, places)) for places in (found.covers, found.near))
    return replace(found, what=redact(found.what), names=names, covers=covers, near=near)


def _beside(path: str) -> str:
    """Follow the links of a file's folder, and not the file: it is replaced as often as it is written to."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118  a text
