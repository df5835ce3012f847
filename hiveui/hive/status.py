"""What git says has changed in a checkout: the truth where a watcher could not tell everything."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.program import git
from hiveui.model.changes import Deed

PATIENCE = 30.0
"""Seconds that git may take."""
MOST = 20_000
"""Paths that are read."""


@dataclass(slots=True)
class Dirty:
    """What git said last of one checkout."""

    paths: dict[str, str] = field(default_factory=dict)
    """Paths that differ from what is committed, with their status; of the first MOST."""
    before: float = 0.0
    """Up to when all that changed is known, seconds since 1970; 0 where git was never asked."""
    asked: bool = False
    asking: bool = False


def ask(top: str, dirty: Dirty) -> dict[str, Deed]:
    """Give what changed since git was asked before, in `dirty`; nothing the first time. Blocks.

    What is not git's to tell, a folder without a repository, has none. Source: git-status(1), Porcelain Format
    Version 2.
    """
    began, before, known = time.time(), dirty.before, dirty.paths
    try:
        told = git(
            Path(top), "status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", within=PATIENCE
        )
    except GitError:
        return {}
    if told.status:
        return {}
    dirty.paths, dirty.before = read(told.out), began
    return (
        {
            path: _deed(said)
            for path, said in dirty.paths.items()
            if _news(f"{top}/{path}", said, known.get(path), before)
        }
        if before
        else {}
    )


def read(said: str) -> dict[str, str]:
    """Read the paths and their states, two letters each: `.M`, `??`."""
    found = {}
    for record in said.split("\0"):
        kind, _, rest = record.partition(" ")
        if kind == "?" and not rest.endswith("/"):  # that is another repository
            found[rest] = "??"
        elif kind in _FIELDS:
            fields = rest.split(" ", _FIELDS[kind])
            found[fields[-1]] = fields[0]
        if len(found) >= MOST:
            break
    return found


_FIELDS = {"1": 7, "u": 9}
"""Spaces before the path in a record, by its kind."""


def _deed(said: str) -> Deed:
    if "D" in said:
        return Deed.DELETED
    return Deed.ADDED if said == "??" or "A" in said else Deed.MODIFIED


def _news(path: str, said: str, before: str | None, since: float) -> bool:
    """Tell whether a path changed after a time, or is gone and was not before."""
    try:
        return os.lstat(path).st_ctime >= since
    except (OSError, ValueError):
        return "D" in said and before != said
