"""A working copy of a repository that one agent has for itself."""

import os
from dataclasses import dataclass

from hiveui.model.agent import AgentId

FORMS = ("worktree", "clone")
"""The forms of a working copy that an agent has for itself: of the same repository, or of one of its own."""


@dataclass(frozen=True, slots=True)
class Worktree:
    """What an agent's worktree is to be. Plain values only: it is kept as JSON with the agent's launch."""

    path: str
    """Its folder, absolute and free of links, outside of every checkout of the repository."""
    owner: AgentId
    """The agent whose it is."""
    folder: str
    """The workspace's folder: a new branch starts from what is checked out there."""
    root: str
    """The top of the workspace's own checkout: what is copied and linked is found there."""
    branches: tuple[str, ...]
    """The names that its branch may have, the best one first."""
    copy: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    setup: tuple[tuple[str, ...], ...] = ()
    form: str = "worktree"
    """One of FORMS."""

    @property
    def needs_setup(self) -> bool:
        """Something is to be done in it before its agent may begin."""
        return bool(self.copy or self.link or self.setup)

    def place(self, folder: str) -> str:
        """Give where a folder of the workspace's own checkout stands in this one; `folder` as a layout's `dir` has it.

        What lies outside of the one lies outside of the other.
        """
        theirs = os.path.normpath(os.path.join(self.folder, folder))  # noqa: PTH118  texts, not files
        return os.path.normpath(os.path.join(self.path, os.path.relpath(theirs, self.root)))  # noqa: PTH118

    def holds(self, place: str) -> bool:
        """Tell whether a place lies in it, by its name."""
        return place == self.path or place.startswith(self.path.rstrip("/") + "/")
