"""What agents do to files: one watcher for each checkout that agents work in, and whose each change is."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Protocol

from hiveui.agents.launch import Launch
from hiveui.errors import UsageError
from hiveui.hive import traces
from hiveui.hive.attributing import Attributing, Scene
from hiveui.hive.authors import Teller
from hiveui.hive.bus import Bus
from hiveui.hive.feed import BARS, Entry, Feed
from hiveui.hive.status import Dirty, ask
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.tops import Known, Top, find
from hiveui.machine import Machine
from hiveui.model import attention
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attribution import Moment
from hiveui.model.changes import NOTICED, Batch, Deed, Write, is_passing
from hiveui.model.events import AgentAdded, AgentRead, AgentRemoved, AgentStarted, Event
from hiveui.model.reach import holds
from hiveui.model.signs import AgentState
from hiveui.model.turns import Hooked
from hiveui.model.weighing import RESTING

PLACES = 2.0
"""Seconds between two looks at where agents work."""
TICK = 0.03
"""Seconds between two looks at what waits to be said whose it is."""
SHARE = 5
"""How many times as long as a look at processes it is before the next."""
GRAIN = 0.02
"""Seconds that the kernel's times of files may be behind."""
UNSEEN = 2.0
"""Seconds within which a change was made that left no time behind."""
GIT = 2.0
"""Seconds around what git writes for itself in which it changes files."""
SLICE = 200
"""Changes that are taken in at once: the loop has other work."""
MOST = 20_000
"""Paths that wait to be taken in, at most: for more, git is asked."""
RESTS = RESTING | {AgentState.EXITED}

Heard = Callable[[WorkspaceId, Sequence[Write]], None]


class Watching(Protocol):
    """What tells of changes below one top."""

    async def run(self, told: Callable[[Batch], None]) -> None:
        """Tell until cancelled."""


@dataclass(slots=True)
class _Box:
    """What was told of one checkout and is not taken in yet."""

    paths: dict[str, Deed] = field(default_factory=dict)
    rescan: bool = False


class Files:
    """The changes of every checkout that agents work in, in memory."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        machine: Machine,
        watcher: Callable[[Path], Watching],
        *,
        seen: Callable[[Agent], Agent] = lambda agent: agent,
        way: Callable[[Agent, Launch | None], Launch | None] = lambda _, launch: launch,
        span: Callable[[str], Moment | None] = lambda _: None,
    ) -> None:
        """`watcher` makes what watches a top, `seen` gives agents with the folders in which their files are here.

        `way` gives how they were started, with their worktrees as they are here.
        `span` gives when what changed last below a top was changed, where the files do not tell that.
        """
        self._seen = seen
        self._way = way
        self._span = span
        self._supervisors = supervisors
        self._machine = machine
        self._watcher = watcher
        self._attributing = Attributing(self._scene, self._settled)
        self._tops: Mapping[str, Top] = {}
        self._feeds: dict[str, Feed] = {}
        self._dirty: dict[str, Dirty] = {}
        self._boxes: dict[str, _Box] = {}
        self._rung, self._moved = asyncio.Event(), asyncio.Event()
        self._processes, self._unlooked, self._noticed = traces.Processes(), list[Entry](), asyncio.Event()
        self._listeners: list[Heard] = []
        self._followers: list[Callable[[Feed, Sequence[Entry]], None]] = []
        self._numbers = count(1)
        bus.listen(self._happened)

    # what others ask

    def listen(self, heard: Heard) -> None:
        """Call `heard` with each batch of writes, on the loop, once it is said whose they are.

        Of some nobody knows: `by` is None. Where it is known later they are told again, with the same number.
        """
        self._listeners.append(heard)

    def follow_feeds(self, told: Callable[[Feed, Sequence[Entry]], None]) -> None:
        """Call `told` with what is new in a feed, at once, and again with what became known of it."""
        self._followers.append(told)

    def feeds(self, workspace: WorkspaceId) -> list[Feed]:
        """Give the feeds of the checkouts that a workspace's agents work in."""
        return [self._feeds[path] for path, top in self._tops.items() if top.of(workspace) and path in self._feeds]

    def writes(self, workspace: WorkspaceId, *, role: str = "", path: str = "", after: str = "") -> list[Write]:
        """Give what is remembered, newest first: an agent's, a path's (absolute, or below a top), after a time."""
        found: list[Write] = []
        for feed in self.feeds(workspace):
            entries = feed.of(path if path.startswith("/") else f"{feed.top}/{path}") if path else feed.newest()
            found += [e.write for e in entries if role in {"", e.write.role} and e.write.time > after]
        return sorted(found, key=lambda write: write.number, reverse=True)

    def tops(self, workspace: WorkspaceId) -> Mapping[str, tuple[AgentId, ...]]:
        """Give each checkout that is watched for a workspace, and which of its agents work in it."""
        return {path: agents for path, top in self._tops.items() if (agents := top.of(workspace))}

    def top_of(self, workspace: WorkspaceId, path: str) -> str:
        """Give the checkout of a workspace that an absolute path is in, the innermost; '' for none."""
        return max((top for top in self.tops(workspace) if holds(top, path)), key=len, default="")

    def since(self, top: str) -> str:
        """Give since when a checkout is watched, RFC 3339, UTC; '' where it is not."""
        return self._feeds[top].since if top in self._feeds else ""

    def bars(self, workspace: WorkspaceId) -> dict[AgentId, list[int]]:
        """Give how much each agent changed, in the spans of feeds, oldest first."""
        counted: dict[AgentId, list[int]] = {}
        for feed in self.feeds(workspace):
            for agent, bars in feed.bars(time.time()).items():
                counted[agent] = [a + b for a, b in zip(counted.get(agent, [0] * BARS), bars, strict=True)]
        return counted

    def acting(self, top: str) -> AbstractContextManager[None]:
        """Take what changes in a checkout meanwhile for HiveUI's own doing: no agent is said to have done it."""
        return self._attributing.acting(top, time.time)

    # what is told

    def heard(self, _: Supervisor, agent: Agent, event: Hooked) -> None:
        """Take what an agent's hook told."""
        now = time.time()
        by = Teller(agent.child_of or agent.id, agent.role, agent.pid, agent.dir)
        over = self._attributing.authors.heard(by, event, now)
        if over is not None and over.reach.names:
            for feed in self._feeds.values():
                self._attributing.correct(feed, over, now)

    def _happened(self, event: Event) -> None:
        match event:
            case AgentAdded() | AgentStarted() | AgentRemoved():
                self._moved.set()
            case AgentRead(id=id_, reading=reading) if reading.state is AgentState.WORKING:
                self._attributing.authors.works(id_, time.time())
            case _:
                pass

    def _told(self, batch: Batch) -> None:
        box = self._boxes.setdefault(batch.top, _Box())
        box.paths.update((change.path, change.deed) for change in batch.changes)
        box.rescan = box.rescan or batch.rescan or len(box.paths) > MOST
        if len(box.paths) > MOST:
            box.paths.clear()
        if batch.top in self._feeds:
            self._feeds[batch.top].notice = batch.notice
        self._rung.set()

    # for ever

    async def follow(self) -> None:
        """Watch where agents work, for ever."""
        watching: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._take_all(tasks))
            tasks.create_task(self._settle())
            tasks.create_task(self._look_at_processes())
            while True:
                self._moved.clear()
                self._tops = await asyncio.to_thread(find, list(self._known()))
                for path in watching.keys() - self._tops.keys():
                    watching.pop(path).cancel()
                    self._feeds.pop(path, None)
                    self._dirty.pop(path, None)
                for path in self._tops.keys() - watching.keys():
                    self._feeds[path] = Feed(path, stamp(time.time()))
                    watching[path] = tasks.create_task(self._watcher(Path(path)).run(self._told))
                self._attributing.authors.forget({agent.id for _, agent, _ in self._known()}, time.time())
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PLACES):
                        await self._moved.wait()

    def _known(self) -> Iterator[Known]:
        for id_, supervisor in list(self._supervisors.items()):
            with contextlib.suppress(UsageError):  # of a workspace that is being closed
                for agent in supervisor.workspace.agents:
                    yield id_, self._seen(agent), self._way(agent, supervisor.launches.get(agent.id))

    async def _take_all(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            boxes, self._boxes = self._boxes, {}
            for path, box in boxes.items():
                feed, top = self._feeds.get(path), self._tops.get(path)
                if feed is None or top is None:
                    continue
                await self._take(feed, top, box.paths)
                dirty = self._dirty.setdefault(path, Dirty())
                dirty.asked = dirty.asked or box.rescan
                if dirty.asked and not dirty.asking:
                    tasks.create_task(self._rescan(feed, top, dirty))

    async def _rescan(self, feed: Feed, top: Top, dirty: Dirty) -> None:
        """Take in what git says has changed and was not told of."""
        dirty.asking = True
        try:
            while dirty.asked:
                dirty.asked = False
                before = dirty.before
                missed = await asyncio.to_thread(ask, top.path, dirty)
                untold = {path: deed for path, deed in missed.items() if not feed.knows(f"{top.path}/{path}", before)}
                await self._take(feed, top, untold)
        finally:
            dirty.asking = False

    async def _take(self, feed: Feed, top: Top, paths: Mapping[str, Deed]) -> None:
        """Take changes into a feed."""
        noticed = time.time()
        seen = await asyncio.to_thread(traces.look, top.path, top.git, list(paths))
        gone = paths.keys() - seen.changed.keys() if len(paths) < traces.MOST else set()
        told = ((p, d) for p, d in paths.items() if not (is_passing(p) or (d is Deed.ADDED and p in gone)))
        while part := list(islice(told, SLICE)):
            entries = [self._entry(feed, path, deed, noticed, seen) for path, deed in part]
            for follower in self._followers:
                follower(feed, entries)
            await asyncio.sleep(0)

    def _entry(self, feed: Feed, path: str, deed: Deed, noticed: float, seen: traces.Traces) -> Entry:
        absolute, at = f"{feed.top}/{path}", seen.changed.get(path)
        entry = Entry(
            write=Write(feed.top, path, deed, stamp(noticed), evidence=NOTICED, number=next(self._numbers)),
            path=absolute,
            noticed=noticed,
            moment=self._span(feed.top) or _moment(noticed, at),
            git=abs(seen.git - (at or noticed)) < GIT,
        )
        feed.add(entry)
        self._attributing.notice(feed, entry)
        if len(self._unlooked) < MOST:
            entry.writers = None
            self._unlooked.append(entry)
        self._noticed.set()
        return entry

    async def _look_at_processes(self) -> None:
        """See who has files open that changed; what takes long is done the less often."""
        loop = asyncio.get_running_loop()
        while True:
            await self._noticed.wait()
            self._noticed.clear()
            entries, self._unlooked = self._unlooked, []
            shared = {entry.write.top for entry in entries} & {
                path for path, top in self._tops.items() if not top.owner
            }
            agents = [agent for path in shared for _, agent in self._tops[path].agents]
            began, writes = loop.time(), dict[str, frozenset[AgentId]]()
            if agents:
                self._processes = await asyncio.to_thread(traces.processes, self._machine, agents)
                writes.update(self._processes.writes)
            for entry in entries:
                entry.writers = writes.get(entry.path, frozenset())
            await asyncio.sleep((loop.time() - began) * SHARE)

    # whose they are

    async def _settle(self) -> None:
        while True:
            await self._attributing.waits.wait()
            await asyncio.sleep(TICK)
            self._attributing.settle(time.time(), SLICE)

    def _scene(self, path: str) -> Scene:
        top = self._tops.get(path)
        if top is None:
            return Scene()
        mute = [agent for _, agent in top.agents if self._is_mute(agent)]
        doubts = tuple(f"{agent.role}, which does not tell what it does" for agent in mute)
        known = [agent for _, agent, _ in self._known()]
        there = {agent.id for _, agent in top.agents}
        absent = frozenset(agent.child_of or agent.id for agent in known if not (agent.here or agent.id in there))
        return Scene(top.owner, doubts, {agent.id: agent.role for agent in known}, absent)

    def _is_mute(self, agent: Agent) -> bool:
        """Tell whether an agent may write with nothing to tell of it; a shell that waits for a command does not."""
        if agent.pid is None or agent.reading.state in RESTS or self._attributing.authors.speaks(agent.id, agent.pid):
            return False
        waits = agent.person and all(word.startswith("-") and word != "-c" for word in agent.argv[1:])
        return not waits or agent.id in self._processes.busy

    def _settled(self, feed: Feed, entries: Sequence[Entry]) -> None:
        """Tell who listens of changes of which it is known now whose they are, or that nobody knows."""
        now, top = time.time(), self._tops.get(feed.top)
        for entry in entries:
            if entry.write.by is not None:
                feed.count(entry.write.by, now)
        for told in self._followers:
            told(feed, entries)
        writes = [entry.write for entry in entries]
        for workspace in dict.fromkeys(id_ for id_, _ in top.agents) if top is not None else ():
            for heard in self._listeners:
                heard(workspace, writes)


def _moment(noticed: float, at: float | None) -> Moment:
    """Give when a file changed, by the time that the kernel kept, else by when that was noticed."""
    return Moment(noticed - UNSEEN, noticed) if at is None else Moment(at - GRAIN, at + GRAIN)


def stamp(seconds: float) -> str:
    """Write a time, in seconds since 1970, as changes carry it."""
    return attention.stamp(datetime.fromtimestamp(seconds, UTC))
