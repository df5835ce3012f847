"""Files that git tracks although its rules ignore them: what changes in them is told all the same."""

from pathlib import Path

from hiveui.errors import GitError
from hiveui.git.program import git

WITHIN = 60.0
"""Seconds that git may take."""


def tracked_though_ignored(top: Path) -> frozenset[str]:
    """List them, from the top of a checkout; none where git does not say. Blocks. Source: git-ls-files(1)."""
    words = ("ls-files", "-z", "--cached", "--ignored", "--exclude-standard")
    try:
        return frozenset(path for path in git(top, *words, within=WITHIN).checked().split("\0") if path)
    except GitError:
        return frozenset()
