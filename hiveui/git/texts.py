"""Three versions of one text made one, as git does it (git-merge-file(1))."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from hiveui.errors import GitError
from hiveui.git.program import git

FAILED = 128
"""Exit statuses from which on it is no count of conflicts."""


class Merged(NamedTuple):
    """What became of two changes of one text."""

    text: str
    conflicts: int
    """Places where both changed the same; there the text has git's marks, with both."""


def merge(base: str, ours: str, theirs: str, names: tuple[str, str, str]) -> Merged:
    """Bring two changes of `base` together; `names` stand at the marks: ours, base, theirs. Raises GitError."""
    with tempfile.TemporaryDirectory(prefix="hive-merge-") as place:
        folder = Path(place)
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            (folder / name).write_text(text, "utf-8", newline="")
        labels = [word for name in names for word in ("-L", name)]
        answer = git(folder, "merge-file", "-p", *labels, "ours", "base", "theirs")
    if answer.status >= FAILED:
        raise GitError(f"git merge-file failed: {answer.said.strip()[:200]}")
    return Merged(answer.data.decode("utf-8", "replace"), answer.status)
