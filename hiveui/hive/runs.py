"""Runs commands that prove something: as many at once as the person chose, the others in their turn."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hiveui.config.files import Configuration
from hiveui.config.settings import Settings
from hiveui.errors import GitError
from hiveui.git.tree import Tree, tree
from hiveui.hive.attempt import Attempt, End, end_left
from hiveui.hive.session import now
from hiveui.hive.slots import Slots
from hiveui.machine import Machine
from hiveui.model.checks import Outcome, Status
from hiveui.paths import Paths

LEFT = 20
"""Outputs that are kept of commands which are no agent's."""
OTHERS = "other-"
"""What their names begin with."""


class Job(NamedTuple):
    """What is to be run."""

    name: str
    """One of a kind while it waits and runs; its output is kept under it."""
    argv: Sequence[str]
    folder: str
    env: Mapping[str, str]


class Runs:
    """The commands of one hive that run or wait."""

    def __init__(self, paths: Paths, machine: Machine) -> None:
        self._machine = machine
        self._folder = paths.state / "checks"
        self._mark = hashlib.sha256(str(paths.state).encode("utf-8", "surrogateescape")).hexdigest()[:12]
        self._choices = Configuration(paths, paths.config, {}, commands={})
        self._threads = ThreadPoolExecutor(64, "check")
        self._attempts: dict[str, Attempt] = {}
        self._over = ""
        """Why nothing is begun any more."""
        self.slots = Slots(self._places)

    @property
    def chosen(self) -> Settings:
        """What the person chose, as it was when something came or began last."""
        return self._choices.config.settings

    async def run(self, job: Job, begun: Callable[[Outcome], None] = lambda _: None) -> Outcome:
        """Run a command in its turn; `begun` is told when it begins, and on what. Raises StorageError."""
        async with self.slots.slot(job.name):
            seen = await stands(job.folder)
            await asyncio.to_thread(self._prepare)
            output = self._folder / f"{job.name}.txt"
            outcome = Outcome(Status.RUNNING, output=str(output), commit=seen.commit, tree=seen.files, time=now())
            begun(outcome)
            end = await self._tried(job, output)
            after = await stands(job.folder)
        status = Status.ENDED if end.stopped else Status.PASSED if end.exit == 0 else Status.FAILED
        ended = replace(outcome, status=status, exit=end.exit, seconds=round(end.seconds, 3), why=end.why, time=now())
        if seen.tracked == after.tracked:
            return replace(ended, tree=after.files)  # what it left beside the tracked files is its own
        return replace(ended, stale=True)

    async def _tried(self, job: Job, output: Path) -> End:
        attempt = Attempt(self._machine, f"{self._mark}:{job.name}", job.argv, job.folder, job.env)
        if self._over:
            return End(None, 0.0, self._over, stopped=True)
        self._attempts[job.name] = attempt
        try:
            within = 60.0 * self.chosen.check_minutes
            return await asyncio.get_running_loop().run_in_executor(self._threads, attempt.run, output, within)
        finally:
            del self._attempts[job.name]

    async def _places(self) -> int:
        """Say how many may run at once, as the person chose it by now."""
        await asyncio.to_thread(self._choices.look)
        return self.chosen.checks

    def stop(self, name: str, why: str) -> bool:
        """End one that runs; tell whether it did."""
        attempt = self._attempts.get(name)
        if attempt is not None:
            attempt.stop(why)
        return attempt is not None

    def adopt(self) -> None:
        """End what an earlier daemon, which was killed, left running."""
        end_left(self._machine, self._mark)

    def close(self) -> None:
        """End all: the daemon stops."""
        self._over = "the daemon was stopped before it ended"
        for name in self._attempts:
            self.stop(name, self._over)
        self._threads.shutdown(wait=False)

    def _prepare(self) -> None:
        """Read what the person chose, and remove outputs that are no agent's, but for the newest."""
        self._choices.look()
        others = sorted(self._folder.glob(f"{OTHERS}*.txt"), key=lambda path: path.stat().st_mtime_ns)
        for path in others[: -LEFT + 1]:
            path.unlink(missing_ok=True)


async def stands(folder: str) -> Tree:
    """Tell what stands in a folder; nothing where git cannot say."""
    try:
        return await asyncio.to_thread(tree, Path(folder))
    except GitError:
        return Tree()
