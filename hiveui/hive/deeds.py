"""What can be undone in one workspace: how the panes stood, and the agents that were closed or stopped."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from hiveui.agents.launch import Launch
from hiveui.model.agent import Agent
from hiveui.model.codec import from_json, to_json
from hiveui.model.shape import Tabs

LASTS = 600.0
"""Seconds that something can be undone."""
ONE_GO = 1.0
"""Seconds within which one change of the panes after another is one thing: a key that is held down."""
MANY = 200
"""Deeds that are kept, at most."""


@dataclass(frozen=True, slots=True)
class Ended:
    """An agent that was closed, or stopped where it stands."""

    agent: Agent
    launch: Launch
    place: int
    """Its number less one."""
    closed: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that a person did."""

    before: Tabs
    after: Tabs
    ended: Ended | None = None
    """None: panes were arranged, and nothing else."""
    at: float = 0.0
    """Seconds, as time.time() counts them: the clock outlives the daemon."""


class Deeds:
    """The deeds of one workspace, the last on top."""

    def __init__(self, data: object = (), clock: Callable[[], float] = time.time) -> None:
        """Begin with those that an earlier daemon kept (`kept`). Raises ValueError where they are none."""
        self._clock = clock
        self._deeds: deque[Deed] = deque(from_json(tuple[Deed, ...], data), maxlen=MANY)

    def kept(self) -> object:
        """Give the agents' part as JSON, for the next daemon: launches may hold secrets, so it is for no file."""
        return to_json([deed for deed in self._deeds if deed.ended is not None])

    def note(self, before: Tabs, after: Tabs, ended: Ended | None = None) -> None:
        """Remember a deed."""
        deed = Deed(before, after, ended, self._clock())
        last = self._deeds[-1] if self._deeds else None
        if last is not None and not (ended or last.ended) and last.after == before and abs(deed.at - last.at) < ONE_GO:
            self._deeds.pop()
            deed = replace(deed, before=last.before)
        self._deeds.append(deed)

    def take(self, now: Tabs) -> Deed | None:
        """Give the last deed that can be undone, and forget it; `now` is how the panes stand.

        Panes that stand otherwise than a deed left them have been changed by something that cannot be undone.
        """
        while self._deeds:
            deed = self._deeds.pop()
            if abs(self._clock() - deed.at) <= LASTS and (deed.ended or deed.after == now):
                return deed
        return None

    def roles(self) -> set[str]:
        """Give the names that may come back."""
        return {deed.ended.agent.role for deed in self._deeds if deed.ended is not None}
