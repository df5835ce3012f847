"""A checkout of HiveUI's own, on no branch, in which a merge is proved before it is landed anywhere."""

import contextlib
import os
import time
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.commits import LOCK, git_folder
from hiveui.git.program import git
from hiveui.git.repository import Repository, admin_of
from hiveui.git.worktrees import CHECKOUT, inside


def stand(repository: Repository, place: Path, commit: str) -> None:
    """Have the checkout at `place` hold what `commit` has, and of other files what git ignores. Raises GitError.

    It is made where it is not there. Nobody works in it: what a killed git or a check left in it is cleared away.
    """
    admin = admin_of(place)
    if admin is None:
        _make(repository, place, commit)
        return
    if admin.parent.parent != repository.common:
        raise GitError(f"{place} is a checkout of another repository.", "Remove it: it is made anew.")
    own = git_folder(place)
    (own / LOCK).unlink(missing_ok=True)
    _let_a_second_pass(own / "index")
    git(place, "checkout", "--quiet", "--force", "--detach", commit, within=CHECKOUT).checked()
    git(place, "clean", "-d", "--force", "--quiet", within=CHECKOUT).checked()


def _let_a_second_pass(index: Path) -> None:
    """Wait until another second has begun than the one in which the checkout was written last.

    Files that a check left there, such as Python's bytecode, hold for sources of the same size and second.
    """
    with contextlib.suppress(OSError):
        written = index.stat().st_mtime
        while int(written) == int(time.time()):
            time.sleep(0.05)


def _make(repository: Repository, place: Path, commit: str) -> None:
    barred = inside(repository, place)
    if barred is not None:
        raise GitError(f"{place} is inside of the checkout {barred}.", "Set XDG_STATE_HOME to a folder outside.")
    if os.path.lexists(place) and (not place.is_dir() or any(place.iterdir())):
        raise GitError(f"{place} is in the way: a merge is to be proved there.", "Move it away.")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = ("worktree", "add", "--quiet", "--force", "--force", "--detach", str(place), commit)
    git(repository.common, *words, within=CHECKOUT).checked()
