"""Branches merged as trees: no checkout, index or file is touched, so that nothing is ever left half merged.

Source: git-merge-tree(1), `--write-tree`, there since git 2.38.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git import commits
from hiveui.git.program import Answer, git
from hiveui.model.merging import CONFLICTS, Conflict, Way

LONG = 60.0
"""Seconds that one merge may take."""
MOST = 1000
"""Commits that are made anew, at most."""
SUBJECTS = 50
"""Subjects that a squashed commit lists, at most."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge gave: a commit, or a tree with conflicts."""

    commit: str = ""
    tree: str = ""
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What is merged."""

    tip: str
    since: str = ""
    """The commit up to which it was landed before, in other commits; '' for where both branches part."""
    name: str = ""
    """What it is called in messages; safe, one line."""


UNRELATED = ("These branches have no commit in common.", "Merge them once yourself, if that is meant.")
"""What is said of them, and the mend."""


def refuse_unrelated(folder: Path, one: str, other: str) -> None:
    """Raise GitError where two commits have no other in common."""
    if git(folder, "merge-base", one, other, within=LONG).status == 1:
        raise GitError(*UNRELATED)


def merge_tree(
    folder: Path, ours: str, theirs: str, apart: Path | None = None
) -> tuple[str, Sequence[str] | None, str]:
    """Merge two commits: gives the tree, the paths in conflict, None where there is none, and git's words on them.

    `apart` is a git directory that is used in place of the repository's (program.git). Raises GitError, where they
    have no history in common too.
    """
    answer = git(folder, "merge-tree", "--write-tree", "-z", ours, theirs, within=LONG, apart=apart)
    tree, _, rest = answer.out.partition("\0")
    if answer.status not in {0, 1} or not tree:
        raise _refusal(answer)
    if answer.status == 0:
        return tree, None, ""
    files, _, messages = ("", "", rest[1:]) if rest.startswith("\0") else rest.partition("\0\0")
    named = (entry.partition("\t")[2] for entry in files.split("\0") if entry)
    return tree, list(dict.fromkeys(named)), messages


def trees(folder: Path, ours: str, theirs: str) -> Merged:
    """Merge two commits into a tree. Raises GitError, where they have no history in common too."""
    tree, named, messages = merge_tree(folder, ours, theirs)
    if named is None:
        return Merged(tree=tree)
    words = _kinds(messages)  # some have no files: a folder that was moved to two places
    paths = list(dict.fromkeys([*named, *words])) or [""]
    return Merged(tree=tree, conflicts=tuple(Conflict(path, words.get(path, "contents")) for path in paths[:CONFLICTS]))


def _refusal(answer: Answer) -> GitError:
    if "usage:" in answer.said or "not something we can merge" in answer.said:
        return GitError("This git cannot merge without a checkout.", "Install git 2.38 or newer.")
    if "unrelated histories" in answer.said:
        return GitError(*UNRELATED)
    try:
        answer.checked()
    except GitError as error:
        return error
    raise AssertionError  # it has failed


def _kinds(messages: str) -> Mapping[str, str]:
    """Give git's word for each conflict by its path: of records `count, paths…, kind, text`, each ended by NUL."""
    fields = iter(messages.split("\0"))
    found: dict[str, str] = {}
    for count in fields:
        if not count.strip().isdecimal():
            break
        paths = [next(fields, "") for _ in range(int(count))]
        kind = next(fields, "")
        next(fields, "")
        if kind.startswith("CONFLICT"):
            for path in paths:
                found.setdefault(path, kind.partition("(")[2].removesuffix(")"))
    return found


def merge(folder: Path, way: Way, onto: str, source: Source, message: str) -> Merged:
    """Bring the commits of `source` behind `onto`, by `way`; without a commit where there are conflicts.

    `message` is of the commit that joins both, or has all. Raises GitError.
    """
    return _WAYS[way](folder, onto, source, message)


def _merge(folder: Path, onto: str, source: Source, message: str) -> Merged:
    found = _joined(folder, onto, source)
    if found.conflicts:
        return found
    return Merged(commits.write(folder, found.tree, (onto, source.tip), message), found.tree)


def _squash(folder: Path, onto: str, source: Source, message: str) -> Merged:
    found = _joined(folder, onto, source)
    if found.conflicts:
        return found
    return Merged(commits.write(folder, found.tree, (onto,), message), found.tree)


def _rebase(folder: Path, onto: str, source: Source, _message: str) -> Merged:
    """Make each commit anew behind the one before; those that join branches are left out, as by git-rebase(1)."""
    listed = fresh(folder, onto, source, "--no-merges")
    if len(listed) > MOST:
        raise GitError(f"{source.name} has over {MOST:,} commits.", "Squash them instead: --squash.")
    made = Merged(onto, commits.read(folder, onto).tree)
    for one in listed:
        old = commits.read(folder, one)
        base = commits.read(folder, old.parents[0]).tree if old.parents else commits.empty_tree(folder)
        found = picked(folder, base, made.commit, old.tree)
        if found.conflicts:
            return found
        if found.tree != made.tree:
            made = replace(found, commit=commits.write(folder, found.tree, (made.commit,), old.message, old.author))
    return made


_WAYS: Mapping[Way, Callable[[Path, str, Source, str], Merged]] = {
    Way.MERGE: _merge,
    Way.SQUASH: _squash,
    Way.REBASE: _rebase,
}


def _joined(folder: Path, onto: str, source: Source) -> Merged:
    """Merge what `source` has that was not landed before."""
    if not source.since:
        return trees(folder, onto, source.tip)
    return picked(folder, commits.read(folder, source.since).tree, onto, commits.read(folder, source.tip).tree)


def picked(folder: Path, base: str, onto: str, tree: str) -> Merged:
    """Bring the difference from the tree `base` to `tree` into the commit `onto`. Raises GitError.

    It is a merge of two commits whose only common ancestor has `base`: made for it, kept by nothing.
    """
    root = commits.write(folder, base, (), "base")
    ours = commits.write(folder, commits.read(folder, onto).tree, (root,), "ours")
    theirs = commits.write(folder, tree, (root,), "theirs")
    return trees(folder, ours, theirs)


def fresh(folder: Path, onto: str, source: Source, *words: str) -> list[str]:
    """List the commits that `source` has and `onto` has not, the oldest first. Raises GitError."""
    asked = ("rev-list", "--reverse", "--topo-order", *words, "--end-of-options", source.tip, f"^{onto}")
    return git(folder, *asked, *([f"^{source.since}"] if source.since else []), within=LONG).checked().split()


def behind(folder: Path, onto: str, source: Source) -> int:
    """Count the commits that `onto` has and `source` has not. Raises GitError."""
    words = ("rev-list", "--count", "--end-of-options", onto, f"^{source.tip}")
    return int(git(folder, *words, within=LONG).checked())


def holds(folder: Path, descendant: str, ancestor: str) -> bool:
    """Tell whether a commit is another, or comes before it; False too where either is not there."""
    return git(folder, "merge-base", "--is-ancestor", ancestor, descendant, within=LONG).status == 0


def squashed_message(folder: Path, onto: str, source: Source) -> str:
    """Write the message of commits that become one: the subject of the only one, or a list. Raises GitError."""
    listed = fresh(folder, onto, source, "--no-merges")
    if len(listed) == 1:
        return commits.read(folder, listed[0]).message
    subjects = [subject(folder, one) for one in listed[:SUBJECTS]]
    more = [f"- and {len(listed) - SUBJECTS} more"] if len(listed) > SUBJECTS else []
    return "\n".join([f"Changes of {source.name}", "", *(f"- {line}" for line in subjects), *more])


def subject(folder: Path, commit: str) -> str:
    """Give the first line of a commit's message. Raises GitError."""
    return commits.read(folder, commit).message.lstrip("\n").partition("\n")[0]
