"""The repository that a folder belongs to: where it stands, what is checked out where."""

import os
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.head import read_start, top_of
from hiveui.git.program import git, refuse_moved

HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Repository:
    """What git says of the repository of a folder."""

    common: Path
    """What all its worktrees share: its `.git`."""
    top: Path | None
    """The top of the checkout that the folder is in; None where there is none: a bare repository."""
    head: str
    """The commit that is checked out in the folder; '' before the first."""
    branches: frozenset[str]
    """The branches that are named `hive` or begin so."""

    @property
    def main(self) -> Path | None:
        """The top of its main checkout; None where none is known: bare, or a submodule seen from a worktree of it."""
        if self.common.name == ".git":
            return self.common.parent
        return self.top if self.top is not None and admin_of(self.top) is None else None


@dataclass(frozen=True, slots=True)
class Linked:
    """A worktree that a repository knows of (gitrepository-layout(5), `worktrees/<id>`)."""

    admin: Path
    """What git keeps of it."""
    path: Path
    """Where it stands, or stood."""
    head: str
    """Its branch as `refs/heads/…`, else a commit."""
    locked: str | None
    """Why git may not forget it, '' where no reason was given; None where it may."""


def real(path: Path) -> Path:
    """Follow the links of a path; unlike Path.resolve it gives one that leads in a circle as it is."""
    return Path(os.path.realpath(path))


def find(folder: Path) -> Repository | None:
    """Ask git for the repository of a folder; None where there is none. Raises GitError."""
    asked = ("--is-bare-repository", "--is-inside-work-tree", "--show-cdup", "--git-common-dir")
    answer = git(folder, "rev-parse", *asked)
    if answer.status and "not a git repository" in answer.said:
        return None
    bare, inside, rest = answer.checked().removesuffix("\n").split("\n", 2)
    if bare != "true" and inside != "true":
        sentence = f"{folder} is inside of a repository's own files, or outside of those that its core.worktree names."
        raise GitError(sentence, "Open the project's folder.")
    up, common = ("", rest) if bare == "true" else rest.split("\n", 1)
    top = None if bare == "true" else real(folder / up)
    if top is not None and top_of(real(folder))[0] != str(top):
        refuse_moved(folder)
    head = tip(folder)
    found = git(folder, "for-each-ref", "--format=%(refname)", f"{HEADS}hive", f"{HEADS}hive-*").checked()
    branches = frozenset(line.removeprefix(HEADS) for line in found.split("\n") if line)
    return Repository(real(folder / common), top, head, branches)


def tip(folder: Path, ref: str = "HEAD") -> str:
    """Give the commit that a ref stands at; '' where there is none. Raises GitError."""
    return git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").out.strip()


def linked(repository: Repository) -> list[Linked]:
    """List the worktrees beside the main one, from the repository's files: nothing of it runs."""
    try:
        admins = sorted((repository.common / "worktrees").iterdir())
    except OSError:
        return []
    return [_linked(admin) for admin in admins]


def _linked(admin: Path) -> Linked:
    path = _led_to(admin, "gitdir").parent
    locked = os.path.lexists(admin / "locked")
    head = read_start(admin / "HEAD").strip().removeprefix("ref: ")
    return Linked(admin, path, head, read_start(admin / "locked").strip() if locked else None)


def _led_to(folder: Path, name: str, before: str = "") -> Path:
    """Give the path that a file of git's holds after `before`: absolute, or relative to the file's folder."""
    said = read_start(folder / name, "surrogateescape").removeprefix(before).rstrip("\n")
    return real(folder / said) if said and "\0" not in said else folder


def admin_of(path: Path) -> Path | None:
    """Give what git keeps of the worktree at `path`; None where no worktree is there, or its repository is gone."""
    admin = _led_to(path, ".git", "gitdir: ")
    if not os.path.isfile(admin / "commondir"):  # noqa: PTH113  unlike Path's, it is False where it may not be seen
        return None
    return admin if _led_to(admin, "gitdir") == real(path / ".git") else None


def common_of(top: Path) -> Path | None:
    """Give what all worktrees of a checkout's repository share, read from its files; None where there is none."""
    if os.path.isdir(top / ".git"):  # noqa: PTH112  unlike Path's, it is False where the folder may not be entered
        return real(top / ".git")
    admin = _led_to(top, ".git", "gitdir: ")
    return _led_to(admin, "commondir") if admin != top else None


def checked_out(repository: Repository) -> list[tuple[Path, str]]:
    """List what is checked out where: folders, each with a branch as `refs/heads/…` or a commit."""
    main = [(repository.main, read_start(repository.common / "HEAD").strip().removeprefix("ref: "))]
    return [(place, head) for place, head in main if place] + [(one.path, one.head) for one in linked(repository)]


def checkouts(repository: Repository, apart: Path) -> list[Path]:
    """List the folders that hold files of the repository or its own, but for the worktree `apart`."""
    known = [place for place, _ in checked_out(repository) if place != apart]
    return [place for place in (repository.top, repository.common, *known) if place is not None]
