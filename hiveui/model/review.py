"""What the person said of agents' changes: hunks that they have seen, comments, and what they took back."""

from dataclasses import dataclass, replace
from enum import StrEnum

from hiveui.model.agent import WorkspaceId

MOST = 200
"""Comments, and reverts, that are kept; those that are settled go first."""
MARKS = 10_000
"""Marks that are kept, the newest."""


class Stage(StrEnum):
    """How far a comment has come."""

    QUEUED = "queued"
    """It waits for its author to be at rest."""
    DELIVERED = "delivered"
    ANSWERED = "answered"
    """The author named its number in a turn that followed."""
    CHANGED = "changed"
    """The place reads otherwise since a turn that followed."""
    RESOLVED = "resolved"
    """The person is content."""


OPEN = frozenset({Stage.QUEUED, Stage.DELIVERED})
"""Stages in which the author owes an answer."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What the person says of one line. All texts are hostile until shown through the sanitiser."""

    number: int
    """Counts within the workspace, from 1: its author names it so."""
    role: str
    """Whom it was sent to."""
    top: str
    """The checkout, absolute."""
    path: str
    line: int
    """From 1, on the new side; on the old one where `old`."""
    text: str
    time: str
    """RFC 3339, UTC."""
    old: bool = False
    place: tuple[str, ...] = ()
    """Hashes of the line and those next to it as they read then (`model.comments.place`)."""
    stage: Stage = Stage.QUEUED
    prompt: str = ""
    """The id of the prompt that carries it, while it waits."""
    answer: str = ""
    """The line in which it was answered."""


@dataclass(frozen=True, slots=True)
class Reverted:
    """Changes that the person took back, kept so that they can be brought again."""

    name: str
    """Of the patch that brings them again."""
    top: str
    path: str
    role: str
    time: str
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Review:
    """One workspace's review."""

    comments: tuple[Comment, ...] = ()
    """By number."""
    count: int = 0
    """Comments that there ever were."""
    reviewed: tuple[str, ...] = ()
    """Digests of the hunks that the person has seen, the newest last (`model.diff.digests`)."""
    reverts: tuple[Reverted, ...] = ()
    """The newest last."""

    def comment(self, number: int) -> Comment | None:
        """Find a comment by its number."""
        return next((comment for comment in self.comments if comment.number == number), None)


@dataclass(frozen=True, slots=True)
class HunksReviewed:
    """The person has seen hunks, or takes that back."""

    workspace: WorkspaceId
    digests: tuple[str, ...]
    reviewed: bool = True


@dataclass(frozen=True, slots=True)
class CommentWritten:
    """The person said something of a line."""

    workspace: WorkspaceId
    comment: Comment


@dataclass(frozen=True, slots=True)
class CommentMoved:
    """A comment came to another stage."""

    workspace: WorkspaceId
    number: int
    stage: Stage
    answer: str = ""


@dataclass(frozen=True, slots=True)
class HunksReverted:
    """The person took changes back."""

    workspace: WorkspaceId
    reverted: Reverted


@dataclass(frozen=True, slots=True)
class RevertUndone:
    """What was taken back is there again."""

    workspace: WorkspaceId
    name: str


ReviewEvent = HunksReviewed | CommentWritten | CommentMoved | HunksReverted | RevertUndone


def fold(review: Review, event: ReviewEvent) -> Review:
    """Give the review after `event`. Pure."""
    match event:
        case HunksReviewed():
            told = set(event.digests)
            others = tuple(digest for digest in review.reviewed if digest not in told)
            marks = (*others, *event.digests) if event.reviewed else others
            return replace(review, reviewed=marks[-MARKS:])
        case CommentWritten():
            kept = _bounded((*review.comments, event.comment))
            return replace(review, comments=kept, count=max(review.count, event.comment.number))
        case CommentMoved():
            return replace(review, comments=tuple(_moved(comment, event) for comment in review.comments))
        case HunksReverted():
            return replace(review, reverts=(*review.reverts, event.reverted)[-MOST:])
        case RevertUndone():
            return replace(review, reverts=tuple(one for one in review.reverts if one.name != event.name))


def _moved(comment: Comment, event: CommentMoved) -> Comment:
    if comment.number != event.number:
        return comment
    prompt = comment.prompt if event.stage is Stage.QUEUED else ""
    return replace(comment, stage=event.stage, prompt=prompt, answer=event.answer or comment.answer)


def _bounded(comments: tuple[Comment, ...]) -> tuple[Comment, ...]:
    """Drop what is settled and oldest where there are too many; then what is oldest."""
    over = len(comments) - MOST
    if over <= 0:
        return comments
    settled = [comment for comment in comments if comment.stage not in OPEN]
    dropped = {comment.number for comment in (settled or list(comments))[:over]}
    return tuple(comment for comment in comments if comment.number not in dropped)
