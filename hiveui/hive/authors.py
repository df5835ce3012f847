"""What agents' tools are at: from what their hooks tell, who may have written a file at a moment."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from hiveui.model.agent import AgentId
from hiveui.model.attribution import NEAR, Use
from hiveui.model.reach import Reach, reach
from hiveui.model.turns import Happening, Hooked

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


class Authors:
    """The uses of tools of every agent. Times are seconds since 1970."""

    def __init__(self) -> None:
        self._uses: dict[AgentId, deque[tuple[str, Use]]] = {}
        self._spoke: dict[AgentId, int | None] = {}
        """By agent: the pid of the program that told something last."""

    def heard(self, role: str, event: Hooked, by: tuple[AgentId, int | None, str], now: float) -> Use | None:
        """Take what an agent's hook told; give the use that is over by it.

        `by` is the agent, its program's pid, and its folder. It was not told after `now`.
        """
        agent, pid, folder = by
        if self._spoke.get(agent) != pid:
            self._uses.pop(agent, None)
        self._spoke[agent] = pid
        if event.happening is Happening.TOOL:
            self._begin(agent, role, event, folder)
        elif event.happening is Happening.TOOL_OVER:
            return self._end(agent, role, event, folder, now)
        elif event.happening is Happening.APPROVAL:
            self._hold(agent, event.use)
        elif event.happening in _ENDS and not event.task:
            self._rest(agent, now, tasks=event.tasks)
        return None

    def works(self, agent: AgentId, now: float) -> None:
        """Take note that an agent goes on: what waited for the person's leave has it."""
        self._change(
            agent, lambda use: replace(use, held=False, began=max(use.began, now - LEAVE)) if use.held else use
        )

    def speaks(self, agent: AgentId, pid: int | None) -> bool:
        """Tell whether an agent's program has told anything since it was started."""
        return pid is not None and self._spoke.get(agent) == pid

    def uses(self) -> list[Use]:
        """Give what may have written something of late, the oldest use of each agent first."""
        return [use for known in self._uses.values() for _, use in known]

    def forget(self, agents: Iterable[AgentId], now: float) -> None:
        """Let go of what is over for long, and of all agents but these."""
        keep = set(agents)
        for agent in [agent for agent in self._uses if agent not in keep]:
            self._uses.pop(agent)
            self._spoke.pop(agent, None)
        for agent, known in self._uses.items():
            fresh = (pair for pair in known if pair[1].over is None or pair[1].over > now - KEPT)
            self._uses[agent] = deque(fresh, MOST)

    def _begin(self, agent: AgentId, role: str, event: Hooked, folder: str) -> None:
        found = _reach(event, folder)
        if found is not None:
            self._known(agent).append((event.use, Use(agent, role, found, event.since)))

    def _end(self, agent: AgentId, role: str, event: Hooked, folder: str, now: float) -> Use | None:
        """End a use, which what it left behind may outlast; one of which no beginning was told has just begun."""
        known = self._known(agent)
        pair = next((pair for pair in known if pair[0] == event.use and pair[1].over is None), None)
        found = pair[1].reach if pair is not None else _reach(event, folder)
        if found is None:
            return None
        use = pair[1] if pair is not None else Use(agent, role, found, now - NEAR)
        if pair is not None:
            known.remove(pair)
        began = max(use.began, now - LEAVE) if use.held else use.began
        told = found.failed() if event.failure or "Failure" in event.event else found
        over = replace(use, reach=told, began=began, over=now, held=False)
        known.append((event.use, over))
        left = found.over()
        if left is not None:
            known.append((LEFT, Use(agent, role, left, use.began)))
        return over

    def _hold(self, agent: AgentId, use: str) -> None:
        """Take note that a use waits for leave: the one that is named, else every one that goes on."""
        known = self._known(agent)
        which = {key for key, _ in known if key == use} or {key for key, _ in known if key != LEFT}
        for place, (key, found) in enumerate(known):
            if key in which and found.over is None:
                known[place] = key, replace(found, held=True)

    def _rest(self, agent: AgentId, now: float, *, tasks: frozenset[str] | None) -> None:
        """End what goes on; what was left behind goes on too, unless the program says that nothing does."""
        known = self._known(agent)
        for place, (key, use) in enumerate(known):
            if use.over is None and (key != LEFT or tasks == frozenset()):
                known[place] = key, replace(use, over=now)

    def _change(self, agent: AgentId, change: Callable[[Use], Use]) -> None:
        known = self._uses.get(agent, deque())
        for place, (key, use) in enumerate(known):
            known[place] = key, change(use)

    def _known(self, agent: AgentId) -> deque[tuple[str, Use]]:
        return self._uses.setdefault(agent, deque(maxlen=MOST))


def _reach(event: Hooked, folder: str) -> Reach | None:
    """Read what a use may write, links followed: what a watcher tells of has none."""
    found = reach(event.tool, event.tool_input, event.folder or folder)
    if found is None:
        return None
    names = {place: lines for path, lines in found.names.items() for place in (_beside(path), os.path.realpath(path))}
    covers, near = (tuple(map(os.path.realpath, places)) for places in (found.covers, found.near))
    return replace(found, names=names, covers=covers, near=near)


def _beside(path: str) -> str:
    """Follow the links of a file's folder, and not the file: it is replaced as often as it is written to."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118  a text
