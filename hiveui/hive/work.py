"""What agents change: who looks after it, each made once, and who hears of what."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from hiveui.git import apart
from hiveui.git.ignored import tracked_though_ignored
from hiveui.hive.checkpoints import Checkpoints
from hiveui.hive.checks import Checks
from hiveui.hive.cleaning import Cleaning
from hiveui.hive.colliding import Colliding
from hiveui.hive.committing import Committing
from hiveui.hive.comparisons import Comparisons
from hiveui.hive.contracts import ContractWatch
from hiveui.hive.feeds import Feeds
from hiveui.hive.files import Files
from hiveui.hive.hearing import Told
from hiveui.hive.lookout import Call
from hiveui.hive.memory import Memory
from hiveui.hive.merging import Merging
from hiveui.hive.owners import Owners
from hiveui.hive.panes import Panes
from hiveui.hive.prompts import Prompts
from hiveui.hive.remote_commits import RemoteCommits
from hiveui.hive.review import Review
from hiveui.hive.runs import Runs
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.surroundings import Surroundings
from hiveui.hive.telling import Telling
from hiveui.hive.trains import Trains
from hiveui.hive.writing import Writing
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.turns import Hooked
from hiveui.paths import Paths
from hiveui.storage.texts import Texts
from hiveui.watch.watcher import Watcher


class Work:
    """Everything that looks after what agents change. Its attributes have the verbs (daemon.verbs)."""

    def __init__(
        self,
        paths: Paths,
        around: Surroundings,
        supervisors: Mapping[WorkspaceId, Supervisor],
        prompts: Prompts,
        panes: Panes,
        *,
        call: Call,
    ) -> None:
        """`call` calls the person to collisions."""
        self._paths, self._mirrors, mirrors = paths, around.mirrors, around.mirrors
        bus, machine, spawn = around.bus, around.machine, around.spawn
        watcher = partial(Watcher, machine=machine, tracked=tracked_though_ignored)
        telling = Telling(supervisors, prompts.queue)
        self._runs = runs = Runs(paths, machine)
        self.files = files = Files(
            bus, supervisors, machine, watcher, seen=mirrors.seen, way=mirrors.way, span=mirrors.span
        )
        self.feeds = Feeds(bus, files)
        writing = Writing(bus)
        self.owners = Owners(bus, supervisors, telling, spawn, mirrors.seen)
        self.contracts = ContractWatch(bus, supervisors, telling, spawn, mirrors.seen)
        self.colliding = Colliding(bus, supervisors, files.tops, paths.state / "trials", queue=telling.queue, call=call)
        self.checkpoints = Checkpoints(
            paths.checkpoints, bus, supervisors, files, telling.queue, spawn=spawn, mirrors=mirrors
        )
        self.cleaning = Cleaning(paths.worktrees, paths.checkpoints, bus, supervisors, mirrors.seen)
        comparisons, patches = Comparisons(supervisors, files, mirrors), Texts(paths.reverts)
        self.review = Review(bus, comparisons, prompts, panes, patches=patches, spawn=spawn)
        self.checks = Checks(bus, supervisors, runs, telling, spawn, watched=files.tops, mirrors=mirrors)
        self.memory = Memory(bus, telling, files)
        trains = Trains(bus, supervisors, runs, files, paths.proofs)
        self.merging = Merging(bus, supervisors, telling, trains, spawn, seen=mirrors.all_seen)
        self.committing = Committing(supervisors, files, mirrors.all_seen, RemoteCommits(mirrors))

        for wrote in (
            writing.wrote,
            self.owners.wrote,
            self.contracts.wrote,
            self.colliding.wrote,
            self.checks.wrote,
        ):
            files.listen(wrote)
        self._heard: Sequence[Told] = (
            writing.heard,
            files.heard,
            self.colliding.heard,
            self.checkpoints.heard,
            self.owners.heard,
            self.review.comments.heard,
        )
        """Who hears of each event that agents' hooks tell of."""
        self.follow: Sequence[Callable[[], Awaitable[None]]] = (
            files.follow,
            self.colliding.follow,
            self.checks.watch,
            self.memory.watch,
        )
        """What is done for ever."""

    def hear(self, supervisor: Supervisor, agent: Agent, event: Hooked) -> None:
        """Tell each of what a hook told, with files as they are here (Hearing)."""
        seen, event = self._mirrors.seen(agent), self._mirrors.told(agent, event)
        for told in self._heard:
            told(supervisor, seen, event)

    async def begin(self) -> None:
        """Go on with what an earlier daemon left."""
        await asyncio.to_thread(apart.sweep, self._paths.checkpoints)
        self.contracts.begin()
        self.merging.begin()
        self.checks.adopt()

    def close(self) -> None:
        """End what was started."""
        self._runs.close()
