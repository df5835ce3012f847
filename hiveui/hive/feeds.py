"""The verbs on what changed in files, and the clients that look on."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus, Viewer, named
from hiveui.hive.callers import caller, where
from hiveui.hive.feed import Entry, Feed
from hiveui.hive.files import Files, stamp
from hiveui.model import reservations
from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.changes import Write
from hiveui.model.codec import to_json
from hiveui.model.names import quoted

ROWS = 500
"""Changes of one answer, at most."""
NEWS = 100
"""Changes of one notification, at most: the newest."""
PAUSE = 0.05
"""Seconds between two notifications to a client."""
BEAT = 1.0
"""Seconds between two to one that only looks on how much changes."""
BACKLOG = 1 << 18
"""Bytes that a client may have left unread and still be told more."""


@dataclass(slots=True)
class _Look:
    """What one client looks at."""

    viewer: Viewer
    workspace: WorkspaceId
    rows: bool
    """Whether it wants the changes themselves."""
    news: dict[int, Write] = field(default_factory=dict)
    """What it was not told of yet, by number."""
    due: asyncio.TimerHandle | None = None
    told: float = 0.0
    """When it was told something last, by the loop's clock."""


class Feeds:
    """What clients see of the files."""

    def __init__(self, bus: Bus, files: Files) -> None:
        self._bus = bus
        self._files = files
        self._looks: dict[int, _Look] = {}
        files.follow_feeds(self._changed)

    def list(
        self, *, workspace: str, role: str = "", path: str = "", after: str = "", limit: int = ROWS, by: AgentId
    ) -> dict[str, Any]:
        """Give what changed, newest first; an agent is given that of its own workspace."""
        known = where(self._bus, by, workspace)
        if role:
            named(known, role)
        writes = self._files.writes(known.id, role=role, path=path, after=_time(after))
        return {"writes": [_json(write) for write in writes[: min(limit, ROWS)]], **self._places(known.id)}

    def who(self, *, path: str, by: AgentId) -> dict[str, Any]:
        """Tell who changed a file, newest first, and who holds it, in whichever workspace that is.

        An agent is told of its own workspace.
        """
        if not path.startswith("/"):
            raise UsageError("A path is to begin with `/`.")
        place = os.path.normpath(path)
        for id_ in [caller(self._bus, by)[0].id] if by else self._bus.state.workspaces:
            top = self._files.top_of(id_, place)
            if top:
                writes = self._files.writes(id_, path=place)
                told = {"top": top, "since": self._files.since(top), "writes": [_json(w) for w in writes[:ROWS]]}
                return {**told, "held": self._held(id_, os.path.relpath(place, top))}
        raise UsageError(
            f"{quoted(place)} is in no checkout that is watched.", "`hive files` lists those that agents work in."
        )

    def _held(self, workspace: WorkspaceId, path: str) -> Sequence[dict[str, Any]]:
        """Give the reservations that mean a path below a checkout's top."""
        standing, now = self._bus.workspace(workspace).radar.reservations, stamp(time.time())
        return [to_json(one) for one in standing if not one.over(now) and reservations.read(one.globs).covers(path)]

    def look(self, viewer: Viewer, *, workspace: str, rows: bool = False) -> dict[str, Any]:
        """Tell a client what changes from now on, or only how much; give what there is."""
        known = self._bus.workspace(WorkspaceId(workspace))
        self.leave(viewer)
        self._looks[id(viewer)] = _Look(viewer, known.id, rows)
        writes = self._files.writes(known.id)[:ROWS] if rows else []
        return {"writes": [_json(write) for write in writes], **self._places(known.id)}

    def leave(self, viewer: Viewer) -> None:
        """Forget a client that is gone."""
        gone = self._looks.pop(id(viewer), None)
        if gone is not None and gone.due is not None:
            gone.due.cancel()

    def _places(self, workspace: WorkspaceId) -> dict[str, Any]:
        """Give which checkouts are watched, and how much each agent changed in the last minutes."""
        notices = {feed.top: feed.notice for feed in self._files.feeds(workspace)}
        tops = self._files.tops(workspace)
        checkouts = [
            {"top": top, "agents": list(agents), "notice": notices.get(top, "")} for top, agents in tops.items()
        ]
        return {"checkouts": checkouts, "bars": self._files.bars(workspace)}

    def _changed(self, feed: Feed, entries: Sequence[Entry]) -> None:
        for look in self._looks.values():
            if feed.top not in self._files.tops(look.workspace):
                continue
            if look.rows:
                look.news.update((entry.write.number, entry.write) for entry in entries[-NEWS:])
                for number in list(islice(look.news, max(0, len(look.news) - NEWS))):
                    del look.news[number]
            if look.due is None:
                loop = asyncio.get_running_loop()
                wait = max(0.0, look.told + (PAUSE if look.rows else BEAT) - loop.time())
                look.due = loop.call_later(wait, self._tell, look)

    def _tell(self, look: _Look) -> None:
        """Tell a client its news; one that does not read is told later, the newest of all that came meanwhile."""
        loop = asyncio.get_running_loop()
        look.told, look.due = loop.time(), None
        if look.viewer.backlog > BACKLOG:
            look.due = loop.call_later(BEAT, self._tell, look)
            return
        news, look.news = list(look.news.values()), {}
        said = {"writes": [_json(write) for write in reversed(news)], "bars": self._files.bars(look.workspace)}
        look.viewer.notify("files/feed", {"workspace": look.workspace, **said})


def _time(said: str) -> str:
    """Give a time as changes carry it; '' for none. Raises UsageError where it is none."""
    if not said:
        return ""
    try:
        return stamp(datetime.fromisoformat(said).timestamp())
    except ValueError:
        raise UsageError(f"{quoted(said)} is no time.", "Write it as 2026-01-31T18:00:00Z.") from None


def _json(write: Write) -> dict[str, Any]:
    """Give a change as clients see it (codec.to_json), at the speed at which there may be many."""
    return {
        "top": write.top,
        "path": write.path,
        "deed": write.deed.value,
        "time": write.time,
        "by": write.by,
        "role": write.role,
        "how": write.how.value,
        "evidence": write.evidence,
        "lines": write.lines,
        "number": write.number,
    }
