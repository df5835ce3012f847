"""Worktrees of agents: made where they are not there, used again where they are; `losses` removes them."""

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.guards import filters
from hiveui.git.program import converted, foreign, git
from hiveui.git.repository import HEADS, Linked, Repository, admin_of, checked_out, checkouts, find, linked, real
from hiveui.model.text import visible
from hiveui.model.worktree import Worktree

CHECKOUT = 300.0
"""Seconds that writing the files of a worktree may take."""
OWNER = "hiveui-agent"
READY = "hiveui-ready"
"""Files that stand beside what git keeps of a worktree and go with it: whose it is, and that it was set up."""
HALF_MADE = "initializing"
"""Why a worktree is locked while git makes it (git-worktree(1))."""
ELSEWHERE = "Move it away, or set another place by `worktrees:` in the layout."


@dataclass(frozen=True, slots=True)
class Made:
    """A worktree that is there."""

    ready: Path
    """The file that stands once it was set up."""
    remark: str = ""
    """A sentence on what was not done in it, or ''."""


def choose(names: Sequence[str], taken: frozenset[str]) -> str:
    """Give the one of `names` that is a branch already, or the first that can become one among `taken`.

    A branch `hive` leaves no room for a branch `hive/…`, and the other way round: both are files or folders.
    """
    free = [name for name in names if not any(_bars(other, name) or _bars(name, other) for other in taken)]
    return next((name for name in names if name in taken), (free or list(names))[0])


def _bars(one: str, other: str) -> bool:
    return other.startswith(one + "/")


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
    known = next((one for one in linked(repository) if one.path == path), None)
    if known is not None and known.locked == HALF_MADE:
        mend = f"If no git is at work on it: git worktree remove --force --force {path}"
        raise GitError(f"{path} was begun and is not finished.", mend)
    remark = ""
    if os.path.lexists(path) and not _empty(path):
        _check(tree, repository, known)
    else:
        remark = _add(tree, repository, known)
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
    barred = inside(repository, Path(tree.path))
    if barred is not None:
        raise GitError(f"{tree.path} is inside of the checkout {barred}.", ELSEWHERE)
    return repository


def without(folder: Path, repository: Repository | None) -> tuple[str, str]:
    """Say why a folder can have no worktrees, and the mend."""
    if repository is None:
        return f"{folder} is in no git repository.", "git init, and a first commit, make it one."
    return f"the repository of {folder} has no commit yet.", "Make one: git commit --allow-empty -m start"


def inside(repository: Repository, place: Path) -> Path | None:
    """Give the checkout of the repository that a place would lie in, links followed; None where it is outside."""
    goal = real(place)
    return next((one for one in checkouts(repository, goal) if goal.is_relative_to(real(one))), None)


def owner_of(admin: Path) -> str:
    """Give the agent that a worktree or clone was made for, by what git keeps of it; '' for none."""
    with contextlib.suppress(OSError, ValueError):
        return (admin / OWNER).read_text("ascii")
    return ""


def _empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _check(tree: Worktree, repository: Repository, known: Linked | None) -> None:
    """Raise GitError unless what stands in a worktree's place was made for it, and not noted any more."""
    path = Path(tree.path)
    admin = admin_of(path)
    if admin is None and known is not None:
        raise GitError(f"{path} has lost its repository.", f"In {tree.folder}: git worktree repair {path}")
    if admin is None:
        raise GitError(f"{path} is in the way: it is no worktree of this repository.", "Move it away.")
    if admin.parent.parent != repository.common:
        raise GitError(f"{path} is a worktree of another repository.", ELSEWHERE)
    if owner_of(admin):
        raise GitError(f"{path} belongs to another agent or workspace.", ELSEWHERE)
    if known is None or known.head.removeprefix(HEADS) not in tree.branches:
        raise GitError(f"{path} is a worktree of yours.", ELSEWHERE)


def _add(tree: Worktree, repository: Repository, known: Linked | None) -> str:
    """Make a worktree where none stands; a remark on what was not done, or ''. Raises GitError.

    `known` is one that stood there and was deleted: what it had checked out is checked out again.
    """
    path = Path(tree.path)
    if known is not None and known.locked is not None:
        raise GitError(
            f"{path} is gone, and locked.", f"Bring it back, or in {tree.folder}: git worktree unlock {path}"
        )
    branch = choose(tree.branches, repository.branches)
    words = [str(path), branch]
    if known is not None and known.head.startswith(HEADS) and _is_branch(repository, known.head):
        branch = known.head.removeprefix(HEADS)
        words = [str(path), branch]
    elif known is not None and re.fullmatch(r"[0-9a-f]{40,64}", known.head):
        branch, words = "", ["--detach", str(path), known.head]
    elif branch not in repository.branches:
        words = ["--no-track", "-b", branch, str(path), repository.head]
    _refuse_elsewhere(repository, branch, path)
    skipped = filters(foreign(Path(tree.folder)))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    again = ["--force"] if known is not None else []
    with _alone(repository):
        git(Path(tree.folder), "worktree", "add", "--quiet", *again, *words, within=CHECKOUT).checked()
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


def _refuse_elsewhere(repository: Repository, branch: str, path: Path) -> None:
    """Raise GitError where another checkout is on the branch; git would let `--force` pass."""
    for place, head in checked_out(repository):
        if branch and head == HEADS + branch and place != path:
            mend = "Switch that to another branch, or open this workspace by another name: hive up --name NAME."
            if not place.exists():
                mend = "That folder is gone: `git worktree prune` has git forget it."
            raise GitError(f"the branch {branch} is checked out in {place}.", mend)


def _is_branch(repository: Repository, ref: str) -> bool:
    return git(repository.common, "show-ref", "--verify", "--quiet", ref).status == 0
