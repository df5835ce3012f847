"""Says whose changes are: holds each until hooks have told, judges it, and mends it when one tells late."""

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hiveui.hive.authors import Authors
from hiveui.hive.feed import Entry, Feed
from hiveui.model.agent import AgentId
from hiveui.model.attribution import OURS, Author, Case, Moment, Use, judge
from hiveui.model.changes import Deed
from hiveui.model.reach import holds

HOLD = 0.15
"""Seconds that a change waits for what hooks are about to tell."""
LOOK = 2.0
"""Seconds within which somebody has looked who has a file open, or nobody waits for it any more."""
AFTERWARDS = 5.0
"""Seconds after it was over in which a use is still asked of: changes are told of later than they are made."""
LONGEST = 3600.0
"""Seconds that HiveUI may take for what it does itself."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of a checkout beside the uses of tools."""

    owner: Author | None = None
    """Who has it as a worktree of its own, and runs."""
    doubts: tuple[str, ...] = ()
    """Who may write there unseen, in words."""
    roles: Mapping[AgentId, str] = field(default_factory=dict)
    absent: frozenset[AgentId] = frozenset()
    """Who is on another host, and so cannot have written there, whatever it tells."""


class Attributing:
    """The changes of which it is not said yet whose they are. Times are seconds since 1970."""

    def __init__(self, scene: Callable[[str], Scene], told: Callable[[Feed, Sequence[Entry]], None]) -> None:
        """`scene` gives what is known of a top; `told` hears of changes of which more is known now."""
        self.authors = Authors()
        self._scene = scene
        self._told = told
        self._pending: deque[tuple[float, Feed, Entry]] = deque()
        self.waits = asyncio.Event()
        """Changes are there of which it is to be said whose they are (`settle`)."""
        self._acting: defaultdict[str, list[Moment]] = defaultdict(list)

    def correct(self, feed: Feed, use: Use, now: float) -> None:
        """Say whose changes are of which nobody knew, now that a use that names them is over."""
        entries = feed.unknown(use.reach.names, now)
        if entries:
            self._judge(feed, entries, now)

    def notice(self, feed: Feed, entry: Entry) -> None:
        """Take a change, of which it is said a little later whose it is."""
        self._hold(entry.noticed + HOLD, feed, entry)

    def settle(self, now: float, most: int) -> None:
        """Say whose changes are that have waited long enough, of the oldest `most`.

        Nothing is said of those that newer ones of their paths have driven out: in a flood it would fall behind.
        """
        due: dict[int, tuple[Feed, list[Entry]]] = {}
        while most and self._pending and self._pending[0][0] <= now:
            _, feed, entry = self._pending.popleft()
            if entry.write.by is None and not feed.superseded(entry):
                due.setdefault(id(feed), (feed, []))[1].append(entry)
                most -= 1
        if not self._pending:
            self.waits.clear()
        for feed, entries in due.values():
            self._judge(feed, entries, now)

    @contextlib.contextmanager
    def acting(self, top: str, clock: Callable[[], float]) -> Iterator[None]:
        """Take what changes in a checkout meanwhile for HiveUI's own doing."""
        moments = self._acting[top]
        open_ended = Moment(clock(), clock() + LONGEST)
        moments.append(open_ended)
        try:
            yield
        finally:
            moments.remove(open_ended)
            moments[:] = [m for m in moments if m.latest > clock() - LONGEST]
            moments.append(Moment(open_ended.earliest, clock()))

    def _hold(self, until: float, feed: Feed, entry: Entry) -> None:
        self._pending.append((until, feed, entry))
        self.waits.set()

    def _judge(self, feed: Feed, entries: Sequence[Entry], now: float) -> None:
        scene = self._scene(feed.top)
        uses = [use for use in self.authors.uses() if use.agent not in scene.absent and _touches(use, feed.top, now)]
        news = []
        for entry in entries:
            verdict = judge(self._case(feed, entry, uses, scene, now), now)
            unlooked = entry.writers is None and verdict.by is None and now < entry.noticed + LOOK
            if verdict.wait or unlooked:
                self._hold(now + HOLD, feed, entry)
            elif entry.take(verdict):
                news.append(entry)
        if news:
            self._told(feed, news)

    def _case(self, feed: Feed, entry: Entry, uses: Sequence[Use], scene: Scene, now: float) -> Case:
        ours = any(moment.meets(entry.moment) for moment in self._acting.get(feed.top, ()))
        git = entry.git and not any(use.reach.command and "git" in use.reach.what for use in uses)
        return Case(
            path=entry.path,
            top=feed.top,
            moment=entry.moment,
            new=entry.write.deed is Deed.ADDED,
            uses=uses,
            moments=feed.moments(entry.path, now),
            owner=scene.owner,
            writers=[Author(agent, scene.roles.get(agent, "")) for agent in entry.writers or ()],
            doubts=scene.doubts,
            others=OURS if ours else "git" if git else "",
        )


def _touches(use: Use, top: str, now: float) -> bool:
    """Tell whether a use may have written below a top, of late."""
    if use.over is not None and use.over < now - AFTERWARDS:
        return False
    places = (*use.reach.names, *use.reach.covers, *use.reach.near)
    return any(holds(top, place) or holds(place, top) for place in places)
