"""The verbs on bringing agents' work together: look ahead, merge one by one, go on, roll back."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from hiveui.errors import UsageError
from hiveui.git import commits, landing
from hiveui.git.program import git
from hiveui.hive.branches import Branch, Branches
from hiveui.hive.bus import Bus
from hiveui.hive.session import now
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.trains import Trains
from hiveui.model.agent import WorkspaceId
from hiveui.model.conflicts import request, sides
from hiveui.model.merging import (
    MergeBegun,
    MergeStepped,
    Status,
    Step,
    Train,
    Way,
    newest,
    undoable,
)
from hiveui.model.names import quoted
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.storage.tail import end_of

SHOWN = 200_000
"""Bytes of a file in conflict, or of a check's output, that are shown."""


class Prompts(Protocol):
    """Tells agents something, once they are at rest."""

    async def queue(self, *, workspace: str, role: str, text: str) -> Any:
        """Have a text typed and submitted."""


class Merging:
    """Its public methods are verbs."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        prompts: Prompts,
        trains: Trains,
        spawn: Callable[[Awaitable[None]], None],
        *,
        seen: Callable[[Workspace], Workspace] = lambda workspace: workspace,
    ) -> None:
        """`seen` gives a workspace's agents with the folders in which their files are here."""
        self._seen = seen
        self._bus = bus
        self._supervisors = supervisors
        self._prompts = prompts
        self._spawn = spawn
        self._trains = trains
        self._deciding = asyncio.Lock()
        """One thing is decided about trains at a time."""

    def begin(self) -> None:
        """Take over from an earlier daemon."""
        for workspace in list(self._bus.state.workspaces):
            self._spawn(self._settle(workspace))

    async def _settle(self, workspace: WorkspaceId) -> None:
        async with self._deciding:
            await self._trains.settle(workspace)

    # looking ahead

    async def plan(self, *, workspace: str, roles: Sequence[str] = (), into: str = "") -> dict[str, Any]:
        """Say what each agent has to merge, and what merging those that are named, else all, would come to."""
        branches = await self._branches(workspace, into)

        def looked() -> tuple[Branch, ...]:
            return branches.foreseen(branches.chosen(roles) if roles else branches.ready())

        chosen = await asyncio.to_thread(looked)
        left = [one for one in branches.all if one.role not in {taken.role for taken in chosen}]
        train = newest(self._bus.workspace(WorkspaceId(workspace)).trains)
        return {
            "into": branches.into,
            "tip": branches.before,
            "chosen": [one.to_json() for one in chosen],
            "left": [one.to_json() for one in left],
            "train": train.id if train else "",
        }

    async def _branches(self, workspace: str, into: str) -> Branches:
        """Look at the branches of a workspace. Raises GitError and UsageError."""
        found = self._bus.workspace(WorkspaceId(workspace))
        supervisor = self._supervisors.get(found.id)
        launches = dict(supervisor.launches) if supervisor is not None else {}
        return await asyncio.to_thread(Branches.of, self._seen(found), launches, into)

    # merging

    async def start(
        self,
        *,
        workspace: str,
        roles: Sequence[str] = (),
        into: str = "",
        way: str = Way.MERGE,
        check: bool = True,
        message: str = "",
    ) -> dict[str, Any]:
        """Merge the branches of agents one by one, in the order that they are named in; gives the train's id."""
        async with self._deciding:
            self._refuse_two(workspace)
            branches = await self._branches(workspace, into)
            chosen = await asyncio.to_thread(lambda: branches.chosen(roles) if roles else branches.ready())
            if not chosen:
                raise UsageError("No agent has commits to merge.", "`hive commit ROLE -m MESSAGE` makes one.")
            train = Train(
                id=f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}",
                folder=self._bus.workspace(WorkspaceId(workspace)).path,
                into=branches.into,
                before=branches.before,
                steps=tuple(Step(one.role, one.name, one.source.tip, since=one.source.since) for one in chosen),
                way=_way(way),
                checked=check,
                message=message,
                begun=now(),
            )
            tips = dict(_kept(number, step) for number, step in enumerate(train.steps)) | {"base": train.before}
            await asyncio.to_thread(commits.identity, branches.repository.common)
            await asyncio.to_thread(landing.keep, branches.repository.common, train.id, tips)
            self._bus.publish(MergeBegun(WorkspaceId(workspace), train))
            self._spawn(self._trains.run(WorkspaceId(workspace), train.id))
        return {"train": train.id}

    def _refuse_two(self, workspace: str) -> None:
        """Raise UsageError where the workspace's repository, as far as that is known, is being merged already."""
        folder = self._bus.workspace(WorkspaceId(workspace)).path
        for other in self._bus.state.workspaces.values():
            if other.path == folder and any(train.running for train in other.trains):
                raise UsageError("A merge is under way here.", "`hive merge --wait` waits for its end.")

    async def resume(self, *, workspace: str, skip: bool = False) -> dict[str, Any]:
        """Have the train that stopped go on: with the step again, from where its branch stands now, or without it."""
        id_ = WorkspaceId(workspace)
        async with self._deciding:
            self._refuse_two(workspace)
            train = newest(self._bus.workspace(id_).trains)
            if train is None or train.undone or train.trouble is None:
                raise UsageError("No merge stopped here.", "`hive merge` begins one.")
            number = train.trouble
            step = replace(train.steps[number], status=Status.LEFT_OUT, note="")
            if not skip:
                step = await self._again(workspace, train, step)
                await asyncio.to_thread(landing.keep, Path(train.folder), train.id, dict([_kept(number, step)]))
            self._bus.publish(MergeStepped(id_, train.id, number, step))
            self._spawn(self._trains.run(id_, train.id))
        return {"train": train.id}

    async def _again(self, workspace: str, train: Train, step: Step) -> Step:
        """Give a step to be taken anew."""
        branches = await self._branches(workspace, train.into)
        (one,) = branches.chosen([step.role])
        return Step(step.role, one.name, one.source.tip, since=one.source.since)

    def stop(self, *, workspace: str) -> None:
        """End the check of the merge that is under way: it stops there, with nothing of that step landed."""
        train = newest(self._bus.workspace(WorkspaceId(workspace)).trains)
        if train is None or not train.running or not self._trains.stop(train):
            raise UsageError("No check of a merge runs here.")

    async def undo(self, *, workspace: str, train: str = "") -> dict[str, Any]:
        """Put the branch back to where it stood before the last train of which anything was landed.

        Raises UsageError where that is another than the one that is named.
        """
        id_ = WorkspaceId(workspace)
        async with self._deciding:
            self._refuse_two(workspace)
            last = undoable(self._bus.workspace(id_).trains)
            if last is None:
                raise UsageError("Nothing was merged here that could be rolled back.")
            if train not in {"", last.id}:
                raise UsageError("Another merge has come to an end since: look at it before you roll it back.")
            await self._trains.undo(id_, last)
        return {"train": last.id, "into": last.into, "before": last.before}

    # what went wrong

    async def conflict(self, *, workspace: str, train: str, step: int, path: str) -> dict[str, Any]:
        """Give both sides of a file in conflict: its lines with git's marks, as far as it is a text."""
        found = self._step(workspace, train, step)
        if path not in {one.path for one in found.conflicts}:
            raise UsageError(f"{quoted(path)} is not in conflict there.")
        folder = Path(self._trains.find(WorkspaceId(workspace), train).folder)
        answer = await asyncio.to_thread(git, folder, "cat-file", "blob", f"{found.tree}:{path}")
        return {"text": answer.out[:SHOWN] if answer.status == 0 else "", "cut": len(answer.out) > SHOWN}

    async def output(self, *, workspace: str, train: str, step: int) -> dict[str, Any]:
        """Give the end of what a step's check printed."""
        file = self._step(workspace, train, step).output
        return {"text": (await asyncio.to_thread(end_of, Path(file), SHOWN))[0] if file else ""}

    async def ask(self, *, workspace: str, train: str, step: int) -> dict[str, Any]:
        """Ask the agent of a step in conflict to rebase its branch."""
        found, whole = self._step(workspace, train, step), self._trains.find(WorkspaceId(workspace), train)
        if found.status is not Status.CONFLICT:
            raise UsageError(f"{found.role} is in no conflict there.")
        texts = []
        for one in found.conflicts[:3]:
            told = await self.conflict(workspace=workspace, train=train, step=step, path=one.path)
            texts.append((one, sides(told["text"])))
        text = request(found, visible(whole.into), texts)
        answer: dict[str, Any] = await self._prompts.queue(workspace=workspace, role=found.role, text=text)
        return answer

    def _step(self, workspace: str, train: str, number: int) -> Step:
        steps = self._trains.find(WorkspaceId(workspace), train).steps
        if number >= len(steps):
            raise UsageError(f"That merge has {len(steps)} steps.")
        return steps[number]


def _kept(number: int, step: Step) -> tuple[str, str]:
    """Give the name under which the tip of a step is kept, and the tip."""
    return f"{number + 1}-{step.tip[:12]}", step.tip


def _way(name: str) -> Way:
    if name not in set(Way):
        raise UsageError(f"{quoted(name)} is no way to merge.", f"There are: {', '.join(Way)}.")
    return Way(name)
