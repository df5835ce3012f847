"""Clones for agents: repositories of their own, which nothing that is done in them leads out of."""

import os
import shutil
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.guards import filters
from hiveui.git.head import read_start
from hiveui.git.plots import ELSEWHERE, choose
from hiveui.git.program import converted, foreign, git
from hiveui.git.worktrees import CHECKOUT, OWNER, READY, Made, place_of, repository_of
from hiveui.model.text import visible
from hiveui.model.worktree import Worktree

NEW = ".hive-new"
"""What the name of a clone ends in while it is made: one that was not finished is made anew."""


def existing(tree: Worktree) -> bool:
    """Tell whether a clone is there and is this agent's."""
    inner = Path(tree.path) / ".git"
    return inner.is_dir() and not inner.is_symlink() and read_start(inner / OWNER) == tree.owner


def ensure(tree: Worktree) -> Made:
    """Have a clone be there. Raises GitError with the reason why it cannot be, and the mend."""
    with converted():
        return _ensured(tree)


def _ensured(tree: Worktree) -> Made:
    path = place_of(tree)
    if existing(tree):
        return Made(path / ".git" / READY)
    repository = repository_of(tree)
    if os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir())):
        raise GitError(f"{path} is in the way: it is no clone of this agent's.", ELSEWHERE)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}{NEW}")
    shutil.rmtree(new, ignore_errors=True)
    source = str(repository.top or repository.common)
    # objects that were linked could be spoiled through the clone
    words = ("clone", "--quiet", "--local", "--no-hardlinks", "--no-checkout", "--template=", "--", source, str(new))
    git(path.parent, *words, protocols=("file",), within=CHECKOUT).checked()
    branch = choose(tree.branches, repository.branches)
    start = f"refs/remotes/origin/{branch}" if branch in repository.branches else repository.head
    git(new, "checkout", "--no-track", "-b", branch, start, within=CHECKOUT).checked()
    (new / ".git" / OWNER).write_text(tree.owner, "ascii")
    new.rename(path)
    names = ", ".join(visible(name) for name in filters(foreign(Path(tree.folder))))
    remark = f"filters of the repository's own configuration are not set up in it: {names}" if names else ""
    return Made(path / ".git" / READY, remark)
