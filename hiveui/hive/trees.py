"""Worktrees of agents on other hosts come to stand there. The rules are those of here (git.plots)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hiveui.errors import GitError, HostError
from hiveui.git.plots import ELSEWHERE, START, Checkout, Plot, Step, barred, settle
from hiveui.git.program import Answer
from hiveui.git.repository import HEADS
from hiveui.git.worktrees import READY
from hiveui.hive.remote import Remote
from hiveui.hosts.line import Done
from hiveui.hosts.survey import Survey, said
from hiveui.hosts.trees import NO_CHECKOUT, NO_COMMIT, NO_FOLDER, NO_GIT, Ground, look, make
from hiveui.model.worktree import Worktree

CLONE = "Clone the repository there, or mend `dir` of the host."
WITHOUT = {
    NO_GIT: ("git was not found on {host}, in the PATH of a login shell there", "Install it there."),
    NO_FOLDER: ("{folder} is not there on {host}", CLONE),
    NO_CHECKOUT: ("{folder} on {host} is no checkout: {said}", CLONE),
    NO_COMMIT: ("the repository of {folder} on {host} has no commit yet", START),
}
"""Why there can be no worktree, and the mend, by what a look ended with."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A worktree that is there."""

    path: str
    """Absolute, links followed."""
    prefix: str
    """The folder below it that is the like of the host's `dir`; '' for itself."""
    top: str
    """The checkout there that it is beside."""
    ready: str
    """The file that stands once it was set up."""
    is_ready: bool


async def ensure(host: Remote, found: Survey, tree: Worktree, say: Callable[[str], None]) -> Stand:
    """Have a worktree be there; its paths are absolute. `say` hears of one that is made.

    Raises GitError with the reason why it cannot be, and the mend; HostError where the host does not answer.
    """
    done, ground = await look(host.line, found.env, tree.folder, tree.path)
    if done.code in WITHOUT:
        sentence, mend = WITHOUT[done.code]
        raise GitError(f"{sentence.format(folder=tree.folder, host=host.name, said=said(done))}.", mend)
    if ground is None:
        raise _unanswered(host, done)
    own = ground.own
    if not (ground.of and ground.owner == tree.owner):
        try:
            step = _step(replace(tree, path=ground.goal), ground)
            done, own = await make(host.line, found.env, ground.top, ground.goal, owner=tree.owner, add=step.words)
            if done.code not in {0, 1}:
                raise _unanswered(host, done)
            Answer(("worktree",), done.code, b"", done.err.decode("utf-8", "replace")).checked()
        except GitError as error:
            raise GitError(f"on {host.name}, {error}", error.hint) from error
        if step.words:
            say(f"a new worktree on {host.name}, branch {step.branch or 'none'}, in {ground.goal}")
    return Stand(ground.goal, ground.prefix, ground.top, f"{own}/{READY}", ground.ready)


def _step(tree: Worktree, ground: Ground) -> Step:
    """Give what is to be done for a worktree to stand there. Raises GitError."""
    every = [Checkout(Path(one.path), one.head, one.locked, one.gone) for one in ground.checkouts]
    known = next((one for one in ground.checkouts if one.path == tree.path), None)
    inside = barred(Path(tree.path), map(Path, (ground.top, ground.common, *_others(ground))))
    if inside is not None:
        raise GitError(f"{tree.path} is inside of the checkout {inside}.", ELSEWHERE)
    plot = Plot(
        Path(ground.common),
        ground.head,
        frozenset(ref.removeprefix(HEADS) for ref in ground.refs),
        every,
        ground.full,
        Path(ground.of) if ground.of else None,
        ground.owner,
        known is None or known.lost,
    )
    return settle(tree, plot)


def _others(ground: Ground) -> list[str]:
    return [one.path for one in ground.checkouts if one.path != ground.goal]


def _unanswered(host: Remote, done: Done) -> HostError:
    return host.unreached() if not host.up else HostError(f"{host.name} does not answer: {said(done)}.")
