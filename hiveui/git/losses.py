"""How a checkout stands, what would be lost with it, and its removal where nothing would."""

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.commits import LOCK, in_progress
from hiveui.git.head import branch_of
from hiveui.git.program import converted, git
from hiveui.git.repository import HEADS, Repository, admin_of, find, linked, tip
from hiveui.git.worktrees import owner_of
from hiveui.model.text import visible

LOOK = 60.0
"""Seconds that a look at all files may take."""
NAMED = 3
"""Paths that a sentence names."""
GONE = ".hive-gone"
"""What the name of a clone ends in while it is removed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a checkout stands. Names in it are hostile until shown through the sanitiser."""

    branch: str = ""
    """'' for a commit that is no branch's."""
    head: str = ""
    base: str = ""
    """What it is compared with: what is checked out in the workspace's folder."""
    ahead: int | None = None
    """Commits that the base lacks; None where that is not known."""
    behind: int | None = None
    changed: tuple[str, ...] = ()
    """Tracked files that differ from the last commit."""
    untracked: tuple[str, ...] = ()
    """Files that are neither tracked nor ignored."""


def standing(top: Path, base: Path | None = None) -> Standing:
    """Tell how a checkout stands, compared with what is checked out in the folder `base`. Raises GitError."""
    asked = ("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames")
    lines = [line for line in git(top, *asked, within=LOOK).checked().split("\0") if line]
    untracked = tuple(line[3:] for line in lines if line.startswith("??"))
    changed = tuple(line[3:] for line in lines if not line.startswith("??"))
    head = tip(top)
    theirs = tip(base) if base is not None else ""
    counts = (
        git(top, "rev-list", "--left-right", "--count", f"{theirs}...{head}").out.split() if theirs and head else []
    )
    behind, ahead = map(int, counts) if len(counts) == 2 else (None, None)
    name = (branch_of(base) or theirs[:12]) if base is not None else ""
    return Standing(branch_of(top) or "", head, name, ahead, behind, changed, untracked)


def losses(top: Path, owner: str, origin: Path) -> list[str]:
    """Say what would be lost if an agent's worktree or clone at `top` were removed; nothing where it may go.

    `origin` is a folder of the repository that it is of. Raises GitError.
    """
    admin = admin_of(top)
    clone = admin is None
    home = admin or top / ".git"
    if not home.is_dir() or home.is_symlink() or owner_of(home) != owner:
        return ["it is not known to be this agent's"]
    now = standing(top)
    found = [f"{operation.what} is in progress" for operation in in_progress(home)]
    found += ["git writes its index"] if os.path.lexists(home / LOCK) else []
    found += _named(now.changed, "changed") + _named(now.untracked, "not tracked") + _hidden(top)
    if clone:
        return found + _unknown_to(top, origin)
    known = next((one for one in linked(_repository(top)) if one.admin == home), None)
    if known is not None and known.locked is not None:
        found.append(f"it is locked{f': {visible(known.locked)}' if known.locked else ''}")
    return found + _unmerged(top, now) + _stashed(top, now.branch)


def _repository(top: Path) -> Repository:
    found = find(top)
    if found is None:
        raise GitError(f"{top} is in no git repository.")
    return found


def _named(paths: Sequence[str], how: str) -> list[str]:
    if not paths:
        return []
    names = ", ".join(visible(path) for path in paths[:NAMED])
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return [f"{len(paths)} {'file is' if len(paths) == 1 else 'files are'} {how}: {names}{more}"]


def _hidden(top: Path) -> list[str]:
    """Say where git was told not to look, and submodules: what changed there is not seen."""
    entries = git(top, "ls-files", "--stage", "-v", "-z", within=LOOK).checked().split("\0")
    paths = [(entry.split("\t", 1)[0], entry.split("\t", 1)[1]) for entry in entries if "\t" in entry]
    hidden = [p for facts, p in paths if facts[0].islower() or (facts[0] == "S" and os.path.lexists(top / p))]
    modules = [p for facts, p in paths if facts[2:8] == "160000" and os.path.lexists(top / p / ".git")]
    return _named(hidden, "hidden from git") + [f"a submodule is checked out: {visible(path)}" for path in modules]


def _unmerged(top: Path, now: Standing) -> list[str]:
    """Say where a worktree has commits that nothing else in its repository has."""
    own = (f"--exclude={now.branch}",) if now.branch else ()  # no name of a branch has what a glob has
    asked = ("rev-list", "--count", "HEAD", "--not", *own, "--branches", "--remotes", "--tags")
    count = int(git(top, *asked, within=LOOK).checked() if now.head else "0")
    return [f"{count} {'commit is' if count == 1 else 'commits are'} on no other branch"] if count else []


def _stashed(top: Path, branch: str) -> list[str]:
    """Say where something was stashed on its branch."""
    said = git(top, "log", "-g", "--format=%gs", "refs/stash", "--").out.splitlines() if branch else []
    begun = tuple(f"{word} {branch}:" for word in ("WIP on", "On"))
    return ["something is stashed on its branch"] if any(line.startswith(begun) for line in said) else []


def _unknown_to(top: Path, origin: Path) -> list[str]:
    """Say which refs of a clone lead to commits that its origin's own refs do not lead to."""
    asked = ("for-each-ref", "--format=%(objectname) %(refname)", HEADS, "refs/tags", "refs/stash")
    refs = [line.split(" ", 1) for line in git(top, *asked).checked().split("\n") if line]
    refs += [[head, "HEAD"] for head in [tip(top)] if head not in {commit for commit, _ in refs}]
    known = ("for-each-ref", "--count=1", "--format=x", HEADS, "refs/remotes", "refs/tags")
    lost = [
        name for commit, name in refs if commit and not git(origin, *known, f"--contains={commit}", within=LOOK).out
    ]
    return [f"the origin lacks what {visible(name.removeprefix(HEADS))} has" for name in dict.fromkeys(lost)]


def remove(top: Path, origin: Path, branch: str, head: str) -> bool:
    """Remove a worktree or clone that `losses` says nothing of; tell whether its branch went too.

    The branch goes where it leads to `head` still. Raises GitError.
    """
    if admin_of(top) is None:
        gone = top.with_name(f".{top.name}.{secrets.token_hex(4)}{GONE}")
        with converted():
            top.rename(gone)
            shutil.rmtree(gone)
        return True
    repository = find(origin)
    if repository is None:
        raise GitError(f"{origin} is in no git repository.")
    git(repository.common, "worktree", "remove", "--force", str(top), within=LOOK).checked()
    if not branch:
        return False
    return git(repository.common, "update-ref", "-d", HEADS + branch, head).status == 0
