"""What is done where a worktree is to stand, by what is known of the place: on any host. Nothing here looks or acts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.repository import HEADS
from hiveui.model.worktree import Worktree

HALF_MADE = "initializing"
"""Why a worktree is locked while git makes it (git-worktree(1))."""
ELSEWHERE = "Move it away, or set another place by `worktrees:` in the layout."
START = "Make one: git commit --allow-empty -m start"


@dataclass(frozen=True, slots=True)
class Checkout:
    """One that a repository knows of, its main one or a worktree."""

    path: Path
    """Where it stands, or stood."""
    head: str
    """Its branch as `refs/heads/…`, else a commit."""
    locked: str | None = None
    """Why git may not forget it, '' where no reason was given; None where it may."""
    gone: bool = False
    """Nothing stands there any more."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What is known of the place of a worktree, and of the repository that it is to be of."""

    common: Path
    """What all checkouts of the repository share."""
    head: str
    """The commit that a new branch starts from."""
    branches: frozenset[str]
    """The branches that are named `hive` or begin so."""
    checkouts: Sequence[Checkout]
    """All of the repository, the main one among them."""
    full: bool = False
    """Something stands there that is no empty folder."""
    of: Path | None = None
    """What the repository shares whose worktree stands there; None where none stands there."""
    owner: str = ""
    """The agent that it was made for; '' for none."""
    lost: bool = False
    """Nothing is left of the branch that was checked out there."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done for a worktree to be there, besides noting whose it is."""

    words: tuple[str, ...] = ()
    """What follows `git worktree add`; nothing where one stands there that can be taken."""
    branch: str = ""


def choose(names: Sequence[str], taken: frozenset[str]) -> str:
    """Give the one of `names` that is a branch already, or the first that can become one among `taken`.

    A branch `hive` leaves no room for a branch `hive/…`, and the other way round: both are files or folders.
    """
    free = [name for name in names if not any(_bars(other, name) or _bars(name, other) for other in taken)]
    return next((name for name in names if name in taken), (free or list(names))[0])


def _bars(one: str, other: str) -> bool:
    return other.startswith(one + "/")


def barred(place: Path, folders: Iterable[Path]) -> Path | None:
    """Give the folder that a place would lie in; all are free of links."""
    return next((one for one in folders if place.is_relative_to(one)), None)


def settle(tree: Worktree, plot: Plot) -> Step:
    """Give what is to be done for a worktree that is not there yet. Raises GitError: why it cannot be, and the mend."""
    path = Path(tree.path)
    known = next((one for one in plot.checkouts if one.path == path), None)
    if known is not None and known.locked == HALF_MADE:
        mend = f"If no git is at work on it: git worktree remove --force --force {path}"
        raise GitError(f"{path} was begun and is not finished.", mend)
    if plot.full:
        _check(tree, plot, known)
        return Step()
    if known is not None and known.locked is not None:
        mend = f"Bring it back, or in {tree.folder}: git worktree unlock {path}"
        raise GitError(f"{path} is gone, and locked.", mend)
    return _added(tree, plot, known)


def _check(tree: Worktree, plot: Plot, known: Checkout | None) -> None:
    """Raise GitError unless what stands in a worktree's place was made for it, and not noted any more."""
    path = tree.path
    if plot.of is None and known is not None:
        raise GitError(f"{path} has lost its repository.", f"In {tree.folder}: git worktree repair {path}")
    if plot.of is None:
        raise GitError(f"{path} is in the way: it is no worktree of this repository.", "Move it away.")
    if plot.of != plot.common:
        raise GitError(f"{path} is a worktree of another repository.", ELSEWHERE)
    if plot.owner:
        raise GitError(f"{path} belongs to another agent or workspace.", ELSEWHERE)
    if known is None or known.head.removeprefix(HEADS) not in tree.branches:
        raise GitError(f"{path} is a worktree of yours.", ELSEWHERE)


def _added(tree: Worktree, plot: Plot, known: Checkout | None) -> Step:
    """Give how a worktree is made where none stands. Raises GitError.

    `known` is one that stood there and was deleted: what it had checked out is checked out again.
    """
    branch = choose(tree.branches, plot.branches)
    words = [tree.path, branch]
    if known is not None and known.head.startswith(HEADS) and not plot.lost:
        branch = known.head.removeprefix(HEADS)
        words = [tree.path, branch]
    elif known is not None and re.fullmatch(r"[0-9a-f]{40,64}", known.head):
        branch, words = "", ["--detach", tree.path, known.head]
    elif branch not in plot.branches:
        words = ["--no-track", "-b", branch, tree.path, plot.head]
    _refuse_elsewhere(plot, branch, Path(tree.path))
    return Step((*(["--force"] if known is not None else []), *words), branch)


def _refuse_elsewhere(plot: Plot, branch: str, path: Path) -> None:
    """Raise GitError where another checkout is on the branch; git would let `--force` pass."""
    for one in plot.checkouts:
        if branch and one.head == HEADS + branch and one.path != path:
            mend = "Switch that to another branch, or open this workspace by another name: hive up --name NAME."
            if one.gone:
                mend = "That folder is gone: `git worktree prune` has git forget it."
            raise GitError(f"the branch {branch} is checked out in {one.path}.", mend)
