"""When the person was away, and what changed meanwhile."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from hiveui.hive.bus import Bus
from hiveui.hive.wording import Wording
from hiveui.model.absence import changes
from hiveui.model.agent import WorkspaceId
from hiveui.model.events import PersonReturned, Record
from hiveui.storage.eventlog import EventLog

AWAY = timedelta(minutes=5)
"""Without a deed of the person's for so long, they are away."""
PAGE = 2000
"""Events read at once."""
MOST = 50_000
"""Events that are looked back on, at most."""


class Absence:
    """Hears of the person's deeds; `since` is a verb (hive.hive.Hive)."""

    def __init__(
        self,
        bus: Bus,
        events: EventLog,
        wording: Wording,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus = bus
        self._wording = wording
        self._events = events
        self._clock = clock
        self._last = _time(events.saved)
        """When the person did something last; what an earlier daemon kept last stands for it."""

    def acted(self) -> None:
        """Take note that the person did something."""
        now, before = self._clock(), self._last
        self._last = now
        if before is not None and now - before >= AWAY:
            self._bus.publish(PersonReturned(_stamp(before)))

    async def since(
        self, *, minutes: int | None = None, workspace: str | None = None, words: bool = False
    ) -> dict[str, Any]:
        """Tell what changed in the last minutes; where none are said, since the person was last away.

        Who is away just now has been since their last deed; who never was: since the daemon began. With `words`, also
        in those of the model that the person chose.
        """
        if workspace is not None:
            self._bus.workspace(WorkspaceId(workspace))
        start = self._clock() - timedelta(minutes=minutes) if minutes is not None else None
        if start is None and self._last is not None and self._clock() - self._last >= AWAY:
            start = self._last
        records, since, whole = await asyncio.to_thread(self._after, start)
        found = changes(self._bus.state, records)
        told = [
            {"sentence": change.sentence, "quiet": change.quiet, **asdict(change), "now": change.now.value}
            for change in found
            if workspace in (None, change.workspace)
        ]
        for change in told:
            del change["known"], change["dialog"]
        cost = {"words": asdict(await self._wording.put(told))} if words else {}
        return {"since": since, "whole": whole, "model": await self._wording.model(), "agents": told, **cost}

    def _after(self, start: datetime | None) -> tuple[list[Record], str, bool]:
        """Read the events after a time, oldest first; where that is None, since the person was away last.

        Also that time, and whether the log went back as far. Blocks on the disk.
        """
        found: list[Record] = []
        first = self._bus.seq
        while first > 0 and len(found) < MOST:
            before = first
            first = max(0, first - PAGE)
            page = [record for record in self._events.read(first, before - first) if record.seq <= before]
            found = [*page, *found]
            if start is None:
                start = next((_time(r.event.away) for r in reversed(page) if isinstance(r.event, PersonReturned)), None)
            if start is not None and page and (_time(page[0].time) or start) < start:
                break
        kept = [r for r in found if start is None or (_time(r.time) or start) >= start]
        since = _stamp(start) if start is not None else (found[0].time if found else _stamp(self._clock()))
        return kept, since, len(found) < MOST or len(kept) < len(found)


def _time(said: str) -> datetime | None:
    """Read a time of an event's; None where it has none."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
