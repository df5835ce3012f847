"""Trains: the agents' branches brought into another one by one. Their records, their events, and the pure fold."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from hiveui.model.agent import WorkspaceId

TRAINS = 20
"""Trains that are remembered of one workspace."""
CONFLICTS = 50
"""Conflicts that are kept of one step."""


class Way(StrEnum):
    """How a branch's commits come into another."""

    MERGE = "merge"
    """As they are, with a commit that joins both."""
    SQUASH = "squash"
    """As one commit."""
    REBASE = "rebase"
    """Each anew, behind the other's last."""


class Status(StrEnum):
    """How far one agent's step of a train has come. A step is written down before what it names is done."""

    WAITING = "waiting"
    MERGING = "merging"
    CHECKING = "checking"
    """The role's check runs on what the merge gave."""
    LANDING = "landing"
    """The branch is moved to `made`, or will be in a moment: where it stands tells which."""
    MERGED = "merged"
    NOTHING = "nothing new"
    CONFLICT = "conflict"
    FAILED = "check failed"
    STOPPED = "stopped"
    """It could not be done; `note` says why."""
    INTERRUPTED = "interrupted"
    """The daemon ended meanwhile; nothing of it was landed."""
    LEFT_OUT = "left out"
    UNDONE = "rolled back"


UNDER_WAY = frozenset({Status.MERGING, Status.CHECKING, Status.LANDING})
TROUBLE = frozenset({Status.CONFLICT, Status.FAILED, Status.STOPPED, Status.INTERRUPTED})
"""What a train stops at, until the person says how it goes on."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One file that two sides changed in ways that do not go together. Its path is hostile until sanitised."""

    path: str
    what: str
    """Git's word for it: `contents`, `modify/delete`, …"""


@dataclass(frozen=True, slots=True)
class Step:
    """One agent's branch on its way."""

    role: str
    branch: str
    tip: str
    """The commit that its branch stood at when the train was made up."""
    since: str = ""
    """The commit of it up to which its changes were landed before, as other commits; '' where none were."""
    status: Status = Status.WAITING
    onto: str = ""
    """The commit that it is merged into; '' until then."""
    made: str = ""
    """The commit that came, or comes, of it; the branch that is merged into stands there once it is landed."""
    conflicts: tuple[Conflict, ...] = ()
    tree: str = ""
    """Where there are conflicts: the tree with both sides in the files (git-merge-tree(1))."""
    output: str = ""
    """The file that has what its check printed."""
    note: str = ""
    """A sentence on what went wrong or was not done."""


@dataclass(frozen=True, slots=True)
class Train:
    """The branches of some agents, merged one after the other."""

    id: str
    """Begins with its time, so that ids sort by age."""
    folder: str
    """Where the repository is asked: the workspace's folder."""
    into: str
    """The branch that they are merged into."""
    before: str
    """The commit that it stood at; '' where there was no such branch."""
    steps: tuple[Step, ...]
    way: Way = Way.MERGE
    checked: bool = True
    """Each role's check is run before its step is landed."""
    message: str = ""
    """The person's message of squashed commits; '' for one made of their own."""
    begun: str = ""
    """RFC 3339, UTC."""
    undone: bool = False
    """The branch was put back to `before`."""

    @property
    def tip(self) -> str:
        """Where the branch stands after what was landed so far."""
        landed = [step.made for step in self.steps if step.status is Status.MERGED]
        return landed[-1] if landed else self.before

    @property
    def trouble(self) -> int | None:
        """The number of the step that it stopped at, from 0."""
        return next((i for i, step in enumerate(self.steps) if step.status in TROUBLE), None)

    @property
    def running(self) -> bool:
        """Something of it is done, or is to be done by itself."""
        if self.undone or self.trouble is not None:
            return False
        return any(step.status in UNDER_WAY or step.status is Status.WAITING for step in self.steps)

    @property
    def landed(self) -> bool:
        """There is something to roll back."""
        return not self.undone and any(step.status is Status.MERGED for step in self.steps)


Trains = tuple[Train, ...]
"""The newest last."""


@dataclass(frozen=True, slots=True)
class MergeBegun:
    """A train was made up, and sets out."""

    workspace: WorkspaceId
    train: Train


@dataclass(frozen=True, slots=True)
class MergeStepped:
    """A step of a train came further."""

    workspace: WorkspaceId
    train: str
    number: int
    """From 0."""
    step: Step


@dataclass(frozen=True, slots=True)
class MergeUndone:
    """The branch was put back to where it stood before the train."""

    workspace: WorkspaceId
    train: str


MergeEvent = MergeBegun | MergeStepped | MergeUndone


def fold(trains: Trains, event: MergeEvent) -> Trains:
    """Give the trains of a workspace after an event; what is told of a train that is not known changes nothing."""
    match event:
        case MergeBegun():
            return (*(train for train in trains if train.id != event.train.id), event.train)[-TRAINS:]
        case MergeStepped():
            return _changed(trains, event.train, lambda train: _stepped(train, event.number, event.step))
        case MergeUndone():
            return _changed(trains, event.train, _undone)


def _changed(trains: Trains, id_: str, change: Callable[[Train], Train]) -> Trains:
    return tuple(change(train) if train.id == id_ else train for train in trains)


def _stepped(train: Train, number: int, step: Step) -> Train:
    return replace(train, steps=tuple(step if i == number else old for i, old in enumerate(train.steps)))


def _undone(train: Train) -> Train:
    """Give a train that was rolled back: what was landed no longer is, what was not never will be."""
    turned = {Status.MERGED: Status.UNDONE, Status.WAITING: Status.LEFT_OUT}
    steps = tuple(replace(step, status=turned.get(step.status, step.status)) for step in train.steps)
    return replace(train, steps=steps, undone=True)


def newest(trains: Trains) -> Train | None:
    """Give the train that the person has to do with: the last one that was not rolled back, else the last."""
    standing = [train for train in trains if not train.undone] or trains
    return standing[-1] if standing else None


def undoable(trains: Trains) -> Train | None:
    """Give the train that would be rolled back: the last one of which anything was landed."""
    return next((train for train in reversed(trains) if train.landed), None)


def ordered(roles: Iterable[str], conflicts: Mapping[str, int]) -> tuple[str, ...]:
    """Order roles for a train: those with the fewest conflicts first, else as they stand in the roster."""
    return tuple(sorted(roles, key=lambda role: conflicts.get(role, 0)))


def summary(train: Train) -> str:
    """Tell in one sentence how a train fares. Names in it are hostile until sanitised."""
    landed = sum(step.status is Status.MERGED for step in train.steps)
    left = sum(step.status is Status.LEFT_OUT for step in train.steps)
    count = f"{landed} of {len(train.steps)} merged into {train.into}{f', {left} left out' if left else ''}"
    if train.undone:
        return f"{train.into} was rolled back to before."
    if train.trouble is not None:
        step = train.steps[train.trouble]
        why = f": {step.note.rstrip('.')}" if step.note else ""
        return f"{count}; stopped at {step.role}, {step.status}{why}."
    going = next((step for step in train.steps if step.status in UNDER_WAY), None)
    return f"{count}; {going.role}: {going.status}." if going else f"{count}."
