"""Worktrees of agents: made where they are not there, used again where they are; `losses` removes them."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.guards import filters
from hiveui.git.plots import ELSEWHERE, START, Checkout, Plot, Step, barred, settle
from hiveui.git.program import converted, foreign, git
from hiveui.git.repository import Repository, admin_of, checked_out, checkouts, find, linked, real
from hiveui.model.text import visible
from hiveui.model.worktree import Worktree

CHECKOUT = 300.0
"""Seconds that writing the files of a worktree may take."""
OWNER = "hiveui-agent"
READY = "hiveui-ready"
"""Files that stand beside what git keeps of a worktree and go with it: whose it is, and that it was set up."""


@dataclass(frozen=True, slots=True)
class Made:
    """A worktree that is there."""

    ready: Path
    """The file that stands once it was set up."""
    remark: str = ""
    """A sentence on what was not done in it, or ''."""


def existing(tree: Worktree) -> bool:
    """Tell whether a worktree is there and is this agent's."""
    admin = admin_of(Path(tree.path))
    return admin is not None and owner_of(admin) == tree.owner


def ensure(tree: Worktree) -> Made:
    """Have a worktree be there. Raises GitError with the reason why it cannot be, and the mend."""
    with converted():
        return _ensured(tree)


def _ensured(tree: Worktree) -> Made:
    path = place_of(tree)
    admin = admin_of(path)
    if admin is not None and owner_of(admin) == tree.owner:
        return Made(admin / READY)
    repository = repository_of(tree)
    step = settle(tree, _plot(tree, repository))
    remark = _add(tree, repository, step) if step.words else ""
    admin = admin_of(path)
    if admin is None:
        raise GitError(f"{path} is no worktree, though git made it one.", "Look at what `git worktree list` says.")
    (admin / OWNER).write_text(tree.owner, "ascii")
    return Made(admin / READY, remark)


def place_of(tree: Worktree) -> Path:
    """Give where a working copy is to stand. Raises GitError where a link leads there."""
    path = Path(tree.path)
    if real(path) != path:
        raise GitError(f"{path} is reached by a link.", "Take the link away, or name the place that it leads to.")
    return path


def repository_of(tree: Worktree) -> Repository:
    """Give the repository that a working copy is to be of. Raises GitError where it can have none there."""
    repository = find(Path(tree.folder))
    if repository is None or not repository.head:
        raise GitError(*without(Path(tree.folder), repository))
    checkout = inside(repository, Path(tree.path))
    if checkout is not None:
        raise GitError(f"{tree.path} is inside of the checkout {checkout}.", ELSEWHERE)
    return repository


def without(folder: Path, repository: Repository | None) -> tuple[str, str]:
    """Say why a folder can have no worktrees, and the mend."""
    if repository is None:
        return f"{folder} is in no git repository.", "git init, and a first commit, make it one."
    return f"the repository of {folder} has no commit yet.", START


def inside(repository: Repository, place: Path) -> Path | None:
    """Give the checkout of the repository that a place would lie in, links followed; None where it is outside."""
    goal = real(place)
    return barred(goal, (real(one) for one in checkouts(repository, goal)))


def owner_of(admin: Path) -> str:
    """Give the agent that a worktree or clone was made for, by what git keeps of it; '' for none."""
    with contextlib.suppress(OSError, ValueError):
        return (admin / OWNER).read_text("ascii")
    return ""


def _empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _plot(tree: Worktree, repository: Repository) -> Plot:
    """Look at the place of a worktree."""
    path = Path(tree.path)
    admin = admin_of(path)
    locked = {one.path: one.locked for one in linked(repository)}
    every = [Checkout(at, head, locked.get(at), not at.exists()) for at, head in checked_out(repository)]
    known = next((one for one in every if one.path == path), None)
    return Plot(
        repository.common,
        repository.head,
        repository.branches,
        every,
        os.path.lexists(path) and not _empty(path),
        admin.parent.parent if admin is not None else None,
        owner_of(admin) if admin is not None else "",
        known is None or not _is_branch(repository, known.head),
    )


def _add(tree: Worktree, repository: Repository, step: Step) -> str:
    """Make a worktree; a remark on what was not done, or ''. Raises GitError."""
    path = Path(tree.path)
    skipped = filters(foreign(Path(tree.folder)))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(repository):
        git(Path(tree.folder), "worktree", "add", "--quiet", *step.words, within=CHECKOUT).checked()
    names = ", ".join(visible(name) for name in skipped)
    return f"filters of the repository's own configuration were not run in it: {names}" if names else ""


@contextlib.contextmanager
def _alone(repository: Repository) -> Iterator[None]:
    """Make one worktree of a repository at a time, whoever of ours asks: git fails on another's that it half wrote."""
    folder = os.open(repository.common, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _is_branch(repository: Repository, ref: str) -> bool:
    return git(repository.common, "show-ref", "--verify", "--quiet", ref).status == 0
