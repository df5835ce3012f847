"""Runs trains: one branch after the other is merged, checked, and landed, until there is trouble.

Each step is written down before it is done, so that a daemon which takes over knows what was going on; a landing, only
once nothing stands in its way: what is taken back after a kill was not there before.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from hiveui.agents import setup
from hiveui.errors import GitError, HiveError, MachineError, StorageError, UsageError
from hiveui.git import commits, landing, merging, proving
from hiveui.git.merging import Source
from hiveui.git.program import git
from hiveui.git.repository import HEADS, Repository, real, tip
from hiveui.hive.branches import repository_of
from hiveui.hive.bus import Bus
from hiveui.hive.holding import Place, Starting
from hiveui.hive.runs import OTHERS, Job
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.writes import Writes
from hiveui.model.agent import Agent, WorkspaceId
from hiveui.model.checks import Outcome
from hiveui.model.checks import Status as Proof
from hiveui.model.events import Noticed
from hiveui.model.merging import (
    TROUBLE,
    UNDER_WAY,
    MergeStepped,
    MergeUndone,
    Status,
    Step,
    Train,
    Way,
    summary,
    undoable,
)
from hiveui.model.text import counted, visible
from hiveui.model.worktree import Worktree

log = logging.getLogger(__name__)

_CAME_TO = {Proof.PASSED: Status.MERGING, Proof.FAILED: Status.FAILED}
"""What a check's end means for its step; any other end proves nothing."""
NAMED = 3
"""Files in conflict that a sentence names."""
ENDED = "The daemon ended meanwhile; nothing of it was merged."


class Runs(Protocol):
    """Runs checks, each in its turn (`hive.runs.Runs`)."""

    async def run(self, job: Job) -> Outcome:
        """Run one, and keep what it prints. Raises StorageError."""

    def stop(self, name: str, why: str) -> bool:
        """End one that runs; tell whether it did."""


class Trains:
    """The trains of every workspace."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        runs: Runs,
        files: Writes,
        place: Path,
    ) -> None:
        """`place` is the folder of the checkouts in which merges are proved, by workspace."""
        self._bus = bus
        self._supervisors = supervisors
        self._runs = runs
        self._files = files
        self._place = place

    async def run(self, workspace: WorkspaceId, id_: str) -> None:
        """Take the steps of a train that wait, until one is in trouble, or none is left."""
        try:
            while True:
                train = self.find(workspace, id_)
                number = next((i for i, step in enumerate(train.steps) if step.status is Status.WAITING), None)
                if number is None or not train.running:
                    self._bus.publish(Noticed(summary(train), "info" if train.trouble is None else "warning"))
                    return
                await self._take(workspace, train, number)
        except UsageError as error:  # the workspace was closed meanwhile
            log.info("the train %s of %s goes no further: %s", id_, workspace, error)

    def find(self, workspace: WorkspaceId, id_: str) -> Train:
        """Find a train. Raises UsageError."""
        found = next((train for train in self._bus.workspace(workspace).trains if train.id == id_), None)
        if found is None:
            raise UsageError("That merge is not known any more.")
        return found

    async def _take(self, workspace: WorkspaceId, train: Train, number: int) -> None:
        """Take one step, and say how far it comes."""

        def say(step: Step) -> Step:
            self._bus.publish(MergeStepped(workspace, train.id, number, step))
            return step

        step = say(replace(train.steps[number], status=Status.MERGING, onto=train.tip, made="", note="", output=""))
        try:
            step = await asyncio.to_thread(_merged, train, step)
            if step.status is not Status.MERGING:
                say(step)
                return
            step = await self._proved(workspace, train, step, say)
            if step.status in TROUBLE:
                say(step)
                return
            await asyncio.to_thread(landing.fit, _repository(train), train.into, train.tip, step.made)
            step = say(replace(step, status=Status.LANDING))
            async with self._acting(train):
                await asyncio.to_thread(_land, train, step)
            say(replace(step, status=Status.MERGED))
        except (GitError, MachineError, StorageError, OSError) as error:
            say(replace(step, status=Status.STOPPED, note=_sentence(error)))

    async def undo(self, workspace: WorkspaceId, train: Train) -> None:
        """Put the branch of a train back to where it stood before. Raises GitError where others built on it."""
        async with self._acting(train):
            await asyncio.to_thread(_undo, train)
        self._bus.publish(MergeUndone(workspace, train.id))

    @contextlib.asynccontextmanager
    async def _acting(self, train: Train) -> AsyncIterator[None]:
        """Take what changes in the checkouts of a train's branch for HiveUI's own doing."""
        places = await asyncio.to_thread(lambda: landing.checkouts_on(_repository(train), train.into))
        with contextlib.ExitStack() as stack:
            for place in places:
                stack.enter_context(self._files.acting(str(real(place))))
            yield

    async def _proved(self, workspace: WorkspaceId, train: Train, step: Step, say: Callable[[Step], Step]) -> Step:
        """Run the role's check on what the merge gave, where it has one and checks are wanted."""
        supervisor = self._supervisors.get(workspace)
        agent = self._bus.workspace(workspace).role(step.role)
        check = agent.spec.check if agent is not None and agent.spec is not None else ()
        if not train.checked or not check or agent is None:
            return step
        if supervisor is None:
            raise GitError("Its check cannot be run: the workspace's agents are gone.", "`hive restore` starts them.")
        say(replace(step, status=Status.CHECKING))
        place = self._place / workspace
        tree, ready = await asyncio.to_thread(_stood, train, step, agent, place)
        argv = setup.words(tree, ready, check, "") if tree.needs_setup and not ready.exists() else list(check)
        env = {one.name: one.value for one in supervisor.environment(agent) if not one.name.startswith("HIVE_")}
        dir_ = agent.spec.dir if agent.spec is not None else "."
        launch = supervisor.launches.get(agent.id)
        if launch is not None and launch.sandbox is not None:
            starting = Starting(agent, replace(launch, argv=tuple(argv)), Place(place), env)
            argv = list(await supervisor.aside(starting, place, tree.place(dir_)))
        job = Job(_name(train), argv, tree.place(dir_), env | {"HIVE_ROLE": agent.role})
        proof = await self._runs.run(job)
        status = _CAME_TO.get(proof.status, Status.INTERRUPTED)
        return replace(step, status=status, output=proof.output, note="" if status is step.status else proof.sentence)

    def stop(self, train: Train) -> bool:
        """End the check that runs for a train; tell whether one did."""
        return self._runs.stop(_name(train), "you stopped it")

    # after another daemon

    async def settle(self, workspace: WorkspaceId) -> None:
        """Find out what came of the steps that were under way when a daemon ended, and say it."""
        for train in self._bus.workspace(workspace).trains:
            if train.running:
                number = next(i for i, step in enumerate(train.steps) if step.status in UNDER_WAY | {Status.WAITING})
                found = await asyncio.to_thread(_found, train, train.steps[number])
                self._bus.publish(MergeStepped(workspace, train.id, number, found))
            if self.find(workspace, train.id).running:
                ended = replace(train.steps[number + 1], status=Status.INTERRUPTED, note=ENDED)
                self._bus.publish(MergeStepped(workspace, train.id, number + 1, ended))
        last = undoable(self._bus.workspace(workspace).trains)
        try:
            if last is not None and await asyncio.to_thread(was_undone, last):
                self._bus.publish(MergeUndone(workspace, last.id))
        except (GitError, OSError) as error:
            log.warning("whether the train %s was rolled back is not known: %s", last and last.id, error)


def _name(train: Train) -> str:
    """Give the name of the checks of a train, which run one after the other."""
    return f"{OTHERS}{train.id}"


def _merged(train: Train, step: Step) -> Step:
    """Merge a step's branch behind what was landed so far."""
    repository = _repository(train)
    folder = repository.common
    onto = train.tip or repository.head
    stands = tip(folder, HEADS + train.into)
    if stands != train.tip:
        raise GitError(f"Somebody else has moved {visible(train.into)} meanwhile.", "Look at what came; then go on.")
    source = Source(step.tip, step.since, visible(step.branch))
    if not merging.fresh(folder, onto, source):
        return replace(step, status=Status.NOTHING)
    found = merging.merge(folder, train.way, onto, source, message(folder, train, step, onto))
    if found.conflicts:
        named = [visible(one.path) for one in found.conflicts[:NAMED]]
        note = ", ".join(named) + (" and more" if len(found.conflicts) > NAMED else "")
        return replace(step, status=Status.CONFLICT, conflicts=found.conflicts, tree=found.tree, note=note)
    return replace(step, made=found.commit, conflicts=(), tree="")


def message(folder: Path, train: Train, step: Step, onto: str) -> str:
    """Write the message of the commit that a step makes. Raises GitError."""
    source = Source(step.tip, step.since, visible(step.branch))
    said = f"Merge {source.name} into {visible(train.into)}"
    if train.way is Way.SQUASH:
        said = train.message or merging.squashed_message(folder, onto, source)
    return commits.signed_off(said, visible(step.role))


def _stood(train: Train, step: Step, agent: Agent, place: Path) -> tuple[Worktree, Path]:
    """Have the checkout for proofs hold what was merged; how it is set up for a role, and the file that says it was."""
    repository = _repository(train)
    proving.stand(repository, place, step.made)
    spec = agent.spec
    tree = Worktree(
        path=str(place),
        owner=agent.id,
        folder=train.folder,
        root=str(repository.top or train.folder),
        branches=(),
        copy=spec.copy if spec else (),
        link=spec.link if spec else (),
        setup=spec.setup if spec else (),
    )
    return tree, commits.git_folder(place) / f"hiveui-ready-{agent.id}"


def _land(train: Train, step: Step) -> None:
    """Move the branch to what a step made, with the checkouts on it."""
    landing.move(_repository(train), train.into, train.tip, step.made, f"hive merge: {visible(step.role)}")


def _found(train: Train, step: Step) -> Step:
    """Tell what came of a step that was under way."""
    ended = replace(step, status=Status.INTERRUPTED, note=ENDED)
    if step.status is not Status.LANDING:
        return ended
    try:
        repository = _repository(train)
        stands = tip(repository.common, HEADS + train.into)
        if stands and merging.holds(repository.common, stands, step.made):
            return replace(step, status=Status.MERGED)
        if stands == train.tip:
            landing.put_all_back(landing.checkouts_on(repository, train.into), train.tip, step.made)
    except (GitError, OSError) as error:
        return replace(ended, status=Status.STOPPED, note=_sentence(error))
    return ended


def _sentence(error: HiveError | OSError) -> str:
    """Say what stopped a step, and the mend."""
    if isinstance(error, OSError):
        return f"{visible(str(error.filename))}: {error.strerror}."
    return " ".join(filter(None, (str(error), error.hint)))


def _repository(train: Train) -> Repository:
    return repository_of(Path(train.folder))


def _undo(train: Train) -> None:
    """Put the branch of a train back to where it stood before. Raises GitError where others built on it."""
    repository = _repository(train)
    folder, into = repository.common, visible(train.into)
    stands = tip(folder, HEADS + train.into)
    if stands == train.before:
        return
    if stands != train.tip:
        mend = f"Take that back first; what was before is kept as {landing.KEPT}{train.id}/base."
        if merging.holds(folder, stands, train.tip):
            count = len(merging.fresh(folder, train.tip, Source(stands)))
            raise GitError(f"{counted(count, 'commit')} came into {into} on top of what was merged.", mend)
        raise GitError(f"{into} was moved elsewhere since.", mend)
    landing.fit(repository, train.into, train.tip, train.before)
    git(folder, "update-ref", landing.AFTER + train.id, train.tip).checked()
    try:
        landing.move(repository, train.into, train.tip, train.before, "hive merge --undo")
    except (GitError, OSError):
        git(folder, "update-ref", "-d", landing.AFTER + train.id)
        raise


def was_undone(train: Train) -> bool:
    """Tell whether a train was rolled back by a daemon that ended before it said so; half of it is taken back."""
    if not train.landed:
        return False
    repository = _repository(train)
    stands = tip(repository.common, HEADS + train.into)
    if not tip(repository.common, landing.AFTER + train.id):
        return False
    if stands == train.tip and train.before:
        landing.put_all_back(landing.checkouts_on(repository, train.into), train.tip, train.before)
        git(repository.common, "update-ref", "-d", landing.AFTER + train.id)
    return stands == train.before
