"""Changes of files as a watcher tells them, and whose they are."""

import re
from dataclasses import dataclass
from enum import StrEnum

from hiveui.model.agent import AgentId


class Deed(StrEnum):
    """What was done to a path."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"


class How(StrEnum):
    """How it is known who changed a file, the surest way first."""

    TOOL = "tool"
    """The agent's own hook named the path."""
    WORKTREE = "worktree"
    """It stands in a worktree that is this one agent's."""
    PROCESS = "process"
    """A process of the agent's pane was seen with the file open to write."""
    COMMAND = "command"
    """Exactly one agent had a tool running whose folder or arguments cover the path."""
    UNKNOWN = "unknown"
    """Nothing of these: it may have been the person."""


@dataclass(frozen=True, slots=True)
class Change:
    """One path that changed."""

    path: str
    """Below the top of the checkout that is watched; bytes that are no UTF-8 as os.fsdecode gives them."""
    deed: Deed


@dataclass(frozen=True, slots=True)
class Batch:
    """What a watcher tells at once."""

    top: str
    """The checkout, absolute, links followed."""
    changes: tuple[Change, ...] = ()
    """Each path once; its newest deed."""
    rescan: bool = False
    """More happened than could be told: what `git status` says is true, and `changes` may lack some."""
    notice: str = ""
    """A sentence for the person where the watcher sees less than it should, or ''."""


_PASSING = re.compile(r"\.tmp\.\d+\.[0-9a-f]+$|\.sw[a-p]$|(?:^|/)(?:4913$|\.#|\.goutputstream-)")
"""Files with which programs make others, under names that nothing else has: Claude Code, vim, Emacs, GNOME."""


def is_passing(path: str) -> bool:
    """Tell whether a file is on its way to become another, or stands beside one that is being edited."""
    return _PASSING.search(path) is not None


NOTICED = "just noticed"
"""The evidence of a change of which it is not said yet whose it is."""


@dataclass(frozen=True, slots=True)
class Write:
    """A change, and whose it is. Paths are hostile until shown through the sanitiser."""

    top: str
    path: str
    deed: Deed
    time: str
    """When it was noticed, RFC 3339, UTC."""
    by: AgentId | None = None
    """None where that is not known: never a guess."""
    role: str = ""
    """Of the agent, when it wrote."""
    how: How = How.UNKNOWN
    evidence: str = ""
    """What that rests on, in words."""
    lines: tuple[int, int] | None = None
    """Lines added and removed, where the tool that wrote it said so."""
    number: int = 0
    """Of all that the daemon noticed, in that order."""
