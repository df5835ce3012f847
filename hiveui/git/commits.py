"""Commits made of trees, and of what a checkout holds: the index that a person or an agent has staged is not touched.

A commit object is written as it is (git-hash-object(1), git-commit(1)): no hook, no editor and no signing program
runs, and an author stays the author.
"""

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from hiveui.errors import GitError
from hiveui.git.guards import filters
from hiveui.git.program import foreign, git
from hiveui.git.repository import real, tip
from hiveui.model.text import visible

LONG = 60.0
"""Seconds that reading all files of a checkout may take."""
LARGEST = 100 << 20
"""Bytes of a file that is committed: more is refused where it is pushed, and reading it takes minutes."""
NO_PATH = ("One of these paths is neither there nor in the last commit.", "Name paths below the top.")
_TRAILER = re.compile(r"[A-Za-z0-9-]+: \S.*")
LOCK = "index.lock"
"""What stands in a checkout's git folder while git writes its index."""


class Operation(NamedTuple):
    """Something of git's that takes several commands."""

    what: str
    end: str
    """The words by which git gives it up."""


OPERATIONS = {
    "rebase-merge": Operation("a rebase", "rebase --abort"),
    "rebase-apply": Operation("a rebase", "rebase --abort"),
    "MERGE_HEAD": Operation("a merge", "merge --abort"),
    "CHERRY_PICK_HEAD": Operation("a cherry-pick", "cherry-pick --abort"),
    "REVERT_HEAD": Operation("a revert", "revert --abort"),
    "BISECT_LOG": Operation("a bisection", "bisect reset"),
    "sequencer": Operation("a sequence of picks", "cherry-pick --abort"),
}
"""What stands in a checkout's git folder while something is in progress (gitrepository-layout(5), wt-status.c)."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, as far as another is made of it."""

    tree: str
    parents: tuple[str, ...]
    author: str
    """Name, address, seconds and zone, as the object has them."""
    message: str


def read(folder: Path, commit: str) -> Commit:
    """Read a commit object. Raises GitError."""
    head, _, message = git(folder, "cat-file", "commit", commit).checked().partition("\n\n")
    lines = [line.partition(" ") for line in head.split("\n")]
    named = {name: value for name, _, value in lines if name in {"tree", "author"}}
    parents = tuple(value for name, _, value in lines if name == "parent")
    return Commit(named["tree"], parents, named["author"], message)


def write(folder: Path, tree: str, parents: Sequence[str], message: str, author: str = "") -> str:
    """Write a commit of `tree`; the person who is configured commits it, and is the author where none is given.

    Raises GitError, where no identity is configured too.
    """
    person = identity(folder)
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {author or person}"]
    text = "\n".join([*lines, f"committer {person}", "", message.strip("\n") + "\n"])
    words = ("hash-object", "-t", "commit", "-w", "--stdin")
    return git(folder, *words, given=os.fsencode(text)).checked().strip()


def identity(folder: Path) -> str:
    """Give who commits, with the time. Raises GitError where nobody is configured."""
    answer = git(folder, "var", "GIT_COMMITTER_IDENT", settings={"user.useConfigOnly": "true"})
    if answer.status == 0 and "<>" not in answer.out:
        return answer.out.strip()
    raise GitError(
        "git does not know who you are, so nothing can be committed.",
        "git config --global user.name NAME, and user.email ADDRESS, tell it.",
    )


def signed_off(message: str, role: str) -> str:
    """Give a message with the trailer `Agent: ROLE`; `role` is safe, and one line."""
    body = message.strip("\n")
    last = body.rpartition("\n\n")[2].split("\n") if "\n\n" in body else []
    trailers = bool(last) and all(_TRAILER.fullmatch(line) for line in last)
    return f"{body}{chr(10) if trailers else chr(10) * 2}Agent: {role}\n"


def git_folder(place: Path) -> Path:
    """Give the folder that git keeps of a checkout. Raises GitError."""
    return Path(git(place, "rev-parse", "--absolute-git-dir").checked().removesuffix("\n"))


def in_progress(own: Path) -> list[Operation]:
    """List what is in progress in a checkout; `own` is the folder that git keeps of it."""
    return [operation for name, operation in OPERATIONS.items() if os.path.lexists(own / name)]


def ready(place: Path) -> None:
    """Raise GitError where a checkout is in the middle of something, git is at work in it, or its files are others."""
    if not place.is_dir():
        raise GitError(f"{place} is not there any more.", "What was committed in it is safe: hive restart ROLE.")
    top = git(place, "rev-parse", "--show-toplevel").checked().removesuffix("\n")
    if real(Path(top)) != real(place):
        raise GitError(
            f"{place} is no checkout of its own any more: it belongs to {visible(top)}.", "Look at its .git."
        )
    own = git_folder(place)
    for doing in in_progress(own):
        mend = f"Finish it there, or: git -C {place} {doing.end}"
        raise GitError(f"{place} is in the middle of {doing.what}.", mend)
    lock = own / LOCK
    if os.path.lexists(lock):
        mend = f"Where no git runs any more, remove {lock}, and try again."
        raise GitError(f"The index of {place} is locked: git is at work in it, or was killed.", mend)


def branch(place: Path) -> str:
    """Give the branch that a checkout is on, `refs/heads/…`. Raises GitError where it is on none."""
    answer = git(place, "symbolic-ref", "--quiet", "HEAD")
    if answer.status == 0:
        return answer.out.removesuffix("\n")
    raise GitError(f"{place} is on no branch, but on a commit.", f"git -C {place} switch -c NAME makes one of it.")


def commit(place: Path, message: str, paths: Sequence[str] | None = None) -> str:
    """Commit what stands in a checkout, or the `paths` of it below its top; gives the commit, '' where nothing changed.

    What was staged there stays staged, but for what is committed. Raises GitError.
    """
    ready(place)
    ref = branch(place)
    old = tip(place)
    _refuse_large(place, paths)
    with _index(place, old) as index:
        _add(place, index, paths)
        tree = git(place, "write-tree", index=index, within=LONG).checked().strip()
    before = read(place, old).tree if old else empty_tree(place)
    if tree == before:
        return ""
    _refuse_filtered(place, before, tree)
    made = write(place, tree, [old] if old else [], message)
    staged = _names(place, "diff-index", "--cached", "--name-only", "-z", "--no-renames", old, "--") if old else set()
    fresh = [path for path in files(place, made) if path not in staged]
    _stage(
        place, made, fresh
    )  # first: an index that is behind its branch would have the next commit take this one back
    moved = git(place, "update-ref", "-m", "hive commit", ref, made, old or "0" * len(made))
    if moved.status and old:
        _stage(place, old, fresh)
    moved.checked()
    return made


def _stage(place: Path, commit: str, paths: Sequence[str]) -> None:
    """Have the index hold of some paths what a commit has. Raises GitError."""
    if paths:
        words = ("reset", "-q", "--pathspec-from-file=-", "--pathspec-file-nul", commit)
        git(place, *words, given=listed(paths), within=LONG).checked()


def _refuse_large(place: Path, paths: Sequence[str] | None) -> None:
    """Raise GitError where a file that would be committed is larger than anybody means to commit."""
    for path in sorted(changed(place)[0]):
        if paths is None or any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in paths):
            with contextlib.suppress(OSError):
                facts = os.lstat(place / path)
                if stat.S_ISREG(facts.st_mode) and facts.st_size > LARGEST:
                    sentence = f"{visible(path)} has {facts.st_size >> 20:,} MiB, which is more than is committed here."
                    raise GitError(sentence, "Have git ignore it, or commit it yourself.")


def _refuse_filtered(place: Path, before: str, tree: str) -> None:
    """Raise GitError where the difference has a file that goes through a filter which is not run."""
    off = filters(foreign(place))
    if not off:
        return
    given = b"\0".join(map(os.fsencode, _names(place, "diff-tree", "-r", "--name-only", "-z", before, tree)))
    words = git(place, "check-attr", "-z", "--stdin", "filter", given=given, within=LONG).checked().split("\0")
    for path, name in zip(words[::3], words[2::3], strict=False):
        if name in off:
            sentence = f"{visible(path)} goes through the filter {visible(name)}, which the repository itself names"
            raise GitError(
                f"{sentence}: HiveUI does not run it.", "Commit it yourself, or name the filter in ~/.gitconfig."
            )


def files(place: Path, commit: str) -> list[str]:
    """List what a commit changed. Raises GitError."""
    return sorted(
        _names(place, "diff-tree", "-r", "--root", "--no-commit-id", "--name-only", "-z", "--no-renames", commit)
    )


def changed(place: Path) -> tuple[frozenset[str], datetime]:
    """List the files of a checkout that differ from its last commit, below its top, and when that was made."""
    listed = git(place, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", within=LONG).checked()
    made = git(place, "log", "-1", "--format=%ct").out.strip()
    since = datetime.fromtimestamp(int(made) if made else 0, UTC)
    return frozenset(entry[3:] for entry in listed.split("\0") if entry), since


@contextlib.contextmanager
def _index(place: Path, commit: str) -> Iterator[Path]:
    """Give an index file of its own that holds what a commit has. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="hive-index-") as folder:
        index = Path(folder, "index")
        git(place, "read-tree", *([commit] if commit else ["--empty"]), index=index, within=LONG).checked()
        yield index


def _add(place: Path, index: Path, paths: Sequence[str] | None) -> None:
    if paths is None:
        git(place, "add", "--all", ":/", index=index, within=LONG).checked()
        return
    words = ("add", "--all", "--pathspec-from-file=-", "--pathspec-file-nul")
    answer = git(place, *words, given=listed(paths), index=index, within=LONG)
    if "did not match any files" in answer.said:
        raise GitError(*NO_PATH)
    answer.checked()


def _names(place: Path, *words: str) -> set[str]:
    return {name for name in git(place, *words, within=LONG).checked().split("\0") if name}


def listed(paths: Sequence[str]) -> bytes:
    """Give paths below a top as `--pathspec-from-file` takes them. Raises GitError for what is none."""
    try:
        words = [os.fsencode(f":(top,literal){path}") for path in paths]
    except UnicodeEncodeError:
        words = [b"\0"]
    # what follows a NUL would be another path, and not a literal one; an empty one is every path
    if not all(paths) or any(b"\0" in word for word in words):
        raise GitError("No file has such a name.", "Name paths as git lists them.")
    return b"\0".join(words)


def empty_tree(folder: Path) -> str:
    """Give the tree without files; git knows it without its being there."""
    return git(folder, "hash-object", "-t", "tree", "--stdin", given=b"").checked().strip()
