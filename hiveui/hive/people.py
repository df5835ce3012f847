"""Who is here: the screens that show the hive, whose each is, where it looks, and who types.

None of it is an event: it holds for as long as a connection does, and stands in no log.
"""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hiveui.hive.bus import Bus, Viewer
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.codec import to_json
from hiveui.model.people import Screen
from hiveui.model.seat import Seat

PAUSE = 0.1
"""Seconds between two notifications to one client, at least."""
TYPES = 2.0
"""Seconds for which it is said of somebody that they type, after their last key."""
BACKLOG = 1 << 18
"""Bytes that a client may have left unread and still be told more."""


@dataclass(slots=True)
class _Present:
    """A client that has a screen."""

    viewer: Viewer
    screen: Screen
    typed: float = 0.0
    """When its person typed last, by the loop's clock."""
    rest: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class _Watcher:
    """A client that is told."""

    viewer: Viewer
    told: Any = None


class People:
    """Everybody who is here. Its public methods are verbs (hive.hive.Hive), or called by `hive.panes.Panes`."""

    def __init__(self, bus: Bus, supervisors: Mapping[WorkspaceId, Supervisor]) -> None:
        self._bus = bus
        self._supervisors = supervisors
        self._present: dict[int, _Present] = {}
        self._watchers: dict[int, _Watcher] = {}
        self._ids = itertools.count(1)
        self._due: asyncio.TimerHandle | None = None

    # verbs

    def look(self, viewer: Viewer, *, workspace: str, role: str, tab: int, zoomed: bool, follows: int = 0) -> None:
        """Take note where a client's screen is; it is told of all of them from now on."""
        known = self._bus.workspace(WorkspaceId(workspace))
        there = role if known.role(role) is not None else ""
        present = self._present.get(id(viewer))
        if present is None:
            arrived = Screen(next(self._ids), viewer.seat or Seat(), stamp(datetime.now(UTC)), known.id)
            present = self._present[id(viewer)] = _Present(viewer, arrived)
        present.screen = replace(
            present.screen, workspace=known.id, role=there, tab=tab, zoomed=zoomed, follows=follows
        )
        self._watchers.setdefault(id(viewer), _Watcher(viewer))
        self.changed()

    def watch(self, viewer: Viewer) -> dict[str, Any]:
        """Tell who is here, and tell it again whenever it changes."""
        told = self._told(viewer, self._screens())
        self._watchers[id(viewer)] = _Watcher(viewer, told)
        return told

    def leave(self, viewer: Viewer) -> None:
        """Forget a client that is gone."""
        self._watchers.pop(id(viewer), None)
        gone = self._present.pop(id(viewer), None)
        if gone is not None:
            if gone.rest is not None:
                gone.rest.cancel()
            self.changed()

    # what they do

    def typed(self, viewer: Viewer, role: str) -> None:
        """Take note that somebody types into an agent of the workspace that they look at."""
        present = self._present.get(id(viewer))
        if present is None:
            return
        loop = asyncio.get_running_loop()
        present.typed = loop.time()
        if present.rest is None:
            present.rest = loop.call_later(TYPES, self._rest, present)
        if present.screen.typing != role:
            present.screen = replace(present.screen, typing=role)
            self.changed()

    def _rest(self, present: _Present) -> None:
        """Say no more of somebody that they type, once they have not for a while."""
        loop = asyncio.get_running_loop()
        left = present.typed + TYPES - loop.time()
        present.rest = loop.call_later(left, self._rest, present) if left > 0 else None
        if present.rest is None:
            present.screen = replace(present.screen, typing="")
            self.changed()

    # who is told

    def changed(self) -> None:
        """Tell those who watch, soon, where anything is news to them."""
        if self._due is None and self._watchers:
            self._due = asyncio.get_running_loop().call_later(PAUSE, self._tell)

    def _tell(self) -> None:
        self._due = None
        screens = self._screens()
        late = False
        for watcher in self._watchers.values():
            told = self._told(watcher.viewer, screens)
            if told == watcher.told:
                continue
            if watcher.viewer.backlog > BACKLOG:
                late = True
                continue
            watcher.told = told
            watcher.viewer.notify("people", told)
        if late:
            self.changed()

    def _told(self, viewer: Viewer, screens: list[Any]) -> dict[str, Any]:
        present = self._present.get(id(viewer))
        return {"you": present.screen.id if present is not None else 0, "screens": screens}

    def _screens(self) -> list[Any]:
        return [to_json(replace(p.screen, sizes=self._sizes(p))) for p in self._present.values()]

    def _sizes(self, present: _Present) -> bool:
        supervisor = self._supervisors.get(present.screen.workspace)
        stations = supervisor.stations.values() if supervisor is not None else ()
        return any(station.session.owner == id(present.viewer) for station in stations)
