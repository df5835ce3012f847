"""Checkpoints of a checkout's files: commits on private refs of its repository.

The person's index, HEAD, branches and reflogs are not touched, and no program of the repository's is run (`apart`).
Ignored files, nested repositories, files that cannot be read and large ones are left out.
"""

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from hiveui.errors import GitError
from hiveui.git.apart import opened
from hiveui.git.program import converted, git
from hiveui.git.repository import Repository, find
from hiveui.model.agent import AgentId
from hiveui.model.checkpoint import Checkpoint, surplus

REFS = "refs/hive/checkpoints/"
LARGE = 50 << 20
"""Bytes from which a file is left out."""
WITHIN = 600.0
"""Seconds that git may take to read all files of a checkout."""
SHOWN = 20
"""Paths that a checkpoint names of those that it lacks."""
_FORMAT = "%(refname:lstrip=4)%00%(objectname)%00%(tree)%00%(committerdate:unix)%00%(contents:subject)"
_KEPT = frozenset({"reason", "turn", "prompt", "files", "added", "removed", "left_out", "lacking"})
"""What a commit's message says of its checkpoint, as JSON."""


class Site(NamedTuple):
    """A checkout whose files are kept."""

    top: Path
    """Its top, absolute, links followed."""
    own: Path
    """The git directory of HiveUI's own for it."""


def place(folder: Path, own: Path, within: Path | None = None) -> Site:
    """Give the checkout that a folder is in; `own` holds those of HiveUI's own, `within` is where its top must be.

    Raises GitError where there is none.
    """
    found = _found(folder)
    if found.top is None:
        raise GitError(f"{folder} is a bare repository: there are no files to keep.", "Give the agent a worktree.")
    if within is not None and found.top != within:
        raise GitError(f"{folder} is no checkout of its own any more: it belongs to {found.top}.", "Look at its .git.")
    return Site(found.top, own_of(own, found.top))


def own_of(own: Path, top: Path) -> Path:
    """Give the place of the git directory of HiveUI's own for a checkout."""
    return own / hashlib.sha256(os.fsencode(top)).hexdigest()[:16]


def _found(folder: Path) -> Repository:
    repository = find(folder)
    if repository is None:
        raise GitError(f"{folder} is in no git repository: it has no checkpoints.", "git init makes it one.")
    return repository


def every(folder: Path, agent: AgentId) -> list[Checkpoint]:
    """List an agent's checkpoints, the newest first. Raises GitError."""
    listed = git(folder, "for-each-ref", f"--format={_FORMAT}", f"{REFS}{agent}/").checked()
    found = [one for line in listed.split("\n") if (one := _read(line)) is not None]
    return sorted(found, key=lambda one: -one.number)


def _read(line: str) -> Checkpoint | None:
    """Read one line of the list; None for what no checkpoint is: anybody can make such a ref."""
    words = line.split("\0")
    if len(words) != 5 or not words[0].isdecimal() or not words[3].isdecimal():
        return None
    bare = Checkpoint(int(words[0]), words[1], words[2], int(words[3]))
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        said = json.loads(words[4])
        facts = {key: said[key] for key in _KEPT & said.keys()}
        kinds = {key: type(getattr(bare, key)) for key in facts if key != "left_out"}
        if all(type(facts[key]) is kind for key, kind in kinds.items()):
            return replace(bare, **facts | {"left_out": tuple(map(str, facts.get("left_out", ())))})
    return bare


def take(site: Site, agent: AgentId, told: Checkpoint) -> Checkpoint | None:
    """Make a checkpoint of an agent's, with the reason, turn and prompt that `told` has; None where nothing changed.

    Raises GitError.
    """
    with kept_open(site) as repository:
        tree, left = picture(site)
        before = every(site.top, agent)
        if before and before[0].tree == tree:
            return None
        made = replace(told, tree=tree, left_out=tuple(left[:SHOWN]), lacking=len(left))
        return _kept(site, repository, agent, before, made)


@contextlib.contextmanager
def kept_open(site: Site) -> Iterator[Repository]:
    """Have the git directory for a checkout's files, for one at a time. Raises GitError."""
    repository = _found(site.top)
    if repository.top != site.top:
        raise GitError(f"{site.top} is no checkout of its own any more.", "Look at its .git.")
    with converted(), opened(site.own, site.top, repository):
        yield repository


def picture(site: Site) -> tuple[str, list[str]]:
    """Write what stands in a checkout to its repository; give the tree, and what is left out, with why.

    The git directory is to be open. Raises GitError.
    """
    for trying in (True, False):
        left = _index(site)
        written = git(site.top, "write-tree", apart=site.own, within=WITHIN)
        if written.status and trying:  # what the index names was thrown out of the repository meanwhile
            (site.own / "index").unlink(missing_ok=True)
            continue
        break
    return written.checked().strip(), left


def _index(site: Site) -> list[str]:
    """Bring the index up to date with the files; give what is left out of it, with why."""
    asked = ("ls-files", "-z", "--others", "--modified", "--deleted", "--exclude-standard")
    paths = dict.fromkeys(git(site.top, *asked, apart=site.own, within=WITHIN).data.split(b"\0"))
    paths.pop(b"", None)
    why = {path: _obstacle(site.top, path) for path in paths}
    gone = [path for path, obstacle in why.items() if obstacle is not None and not path.endswith(b"/")]
    there = [path for path, obstacle in why.items() if obstacle is None]
    for words, some in (("--force-remove",), gone), (("--add", "--remove", "--replace"), there):
        if some:
            given = b"\0".join(some) + b"\0"
            asked = ("update-index", *words, "-z", "--stdin")
            git(site.top, *asked, apart=site.own, given=given, within=WITHIN).checked()
    return [f"{os.fsdecode(path)}: {obstacle}" for path, obstacle in why.items() if obstacle]


def _obstacle(top: Path, path: bytes) -> str | None:
    """Say why a path is not in the index: '' where no file is there, None where one is that can be."""
    if path.endswith(b"/"):
        return "a repository of its own"
    place = os.path.join(os.fsencode(top), path)  # noqa: PTH118  bytes
    try:
        found = os.lstat(place)
    except OSError:
        return ""
    if stat.S_ISDIR(found.st_mode) or os.path.realpath(os.path.dirname(place)) != os.path.dirname(place):  # noqa: PTH120
        return ""
    if stat.S_ISREG(found.st_mode) and found.st_size > LARGE:
        return f"{found.st_size >> 20} MiB"
    return None if stat.S_ISLNK(found.st_mode) or os.access(path=place, mode=os.R_OK) else "it may not be read"


def _kept(
    site: Site, repository: Repository, agent: AgentId, before: Sequence[Checkpoint], made: Checkpoint
) -> Checkpoint:
    """Commit a tree and give it its ref; those that are too many go with the same stroke."""
    last = before[0] if before else None
    files, added, removed = _counts(site, last.tree, made.tree) if last else (_size(site, made.tree), 0, 0)
    number = last.number + 1 if last else 1
    made = replace(made, number=number, files=files, added=added, removed=removed)
    said = json.dumps({key: value for key, value in asdict(made).items() if key in _KEPT and value})
    parents = ("-p", repository.head) if repository.head else ()
    commit = git(site.top, "commit-tree", made.tree, *parents, "-m", said, apart=site.own).checked().strip()
    older = before[::-1]
    gone = [older[i].number for i in surplus([*(one.time for one in older), made.time])]
    lines = [f"create {REFS}{agent}/{made.number}\0{commit}\0", *(f"delete {REFS}{agent}/{n}\0\0" for n in gone)]
    quiet = {"core.logAllRefUpdates": "false"}
    git(site.top, "update-ref", "--stdin", "-z", settings=quiet, given="".join(lines).encode()).checked()
    return replace(made, commit=commit)


def _counts(site: Site, old: str, new: str) -> tuple[int, int, int]:
    """Count the files and lines in which two trees differ."""
    asked = ("diff-tree", "-r", "--no-renames", "--numstat", "-z", old, new)
    lines = [line.split("\t") for line in git(site.top, *asked, apart=site.own, within=WITHIN).out.split("\0") if line]
    added, removed = (sum(int(line[i]) for line in lines if line[i].isdecimal()) for i in (0, 1))
    return len(lines), added, removed


def _size(site: Site, tree: str) -> int:
    return git(site.top, "ls-tree", "-r", "-z", "--name-only", tree, apart=site.own).data.count(b"\0")


def forget(folder: Path, agent: AgentId) -> None:
    """Drop every checkpoint of an agent's. Raises GitError."""
    given = "".join(f"delete {REFS}{agent}/{one.number}\0\0" for one in every(folder, agent))
    if given:
        git(folder, "update-ref", "--stdin", "-z", given=given.encode()).checked()


def difference(site: Site, one: Checkpoint, path: str = "") -> bytes:
    """Give the diff from a checkpoint to what stands there now, of all files or one, as git writes it."""
    with kept_open(site):
        tree, _ = picture(site)
    paths = ("--", f":(top,literal){path}") if path else ()
    asked = ("diff-tree", "-r", "-p", "--no-renames", "--no-color", one.tree, tree, *paths)
    return git(site.top, *asked, apart=site.own, within=WITHIN).data
