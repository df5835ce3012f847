"""Texts that are in no repository, brought together and compared as git does it."""

import tempfile
from itertools import dropwhile
from pathlib import Path
from typing import NamedTuple

from hiveui.errors import GitError
from hiveui.git.program import converted, git
from hiveui.model.text import visible

FAILED = 128
"""Exit statuses from which on it is no count of conflicts."""


class Merged(NamedTuple):
    """What became of two changes of one text."""

    text: str
    conflicts: int
    """Places where both changed the same; there the text has git's marks, with both."""


def difference(before: bytes, after: bytes, around: int) -> list[str]:
    """Give what one text became: the lines of a unified difference from its first hunk on. Raises GitError. Blocks.

    In time that grows with the texts, whatever stands in them; Python's own takes hours for some of 256 KiB.
    """
    with converted(), tempfile.TemporaryDirectory(prefix="hive-compare-") as place:
        folder = Path(place)
        (folder / "before").write_bytes(before)
        (folder / "after").write_bytes(after)
        words = ("--no-index", "--text", "--no-color", f"-U{around}", "--", "before", "after")
        answer = git(folder, "diff", *words)
    if answer.status > 1:  # which says that they differ
        answer.checked()
    lines = answer.data.decode("utf-8", "replace").split("\n")[:-1]
    return list(dropwhile(lambda line: not line.startswith("@@"), lines))


def merge(base: str, ours: str, theirs: str, names: tuple[str, str, str]) -> Merged:
    """Bring two changes of `base` together; `names` stand at the marks: ours, base, theirs. Raises GitError. Blocks.

    Half a character becomes `?`, as where the text is saved.
    """
    with converted(), tempfile.TemporaryDirectory(prefix="hive-merge-") as place:
        folder = Path(place)
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            (folder / name).write_bytes(text.encode("utf-8", "replace"))
        labels = [word for name in names for word in ("-L", name)]
        answer = git(folder, "merge-file", "-p", *labels, "ours", "base", "theirs")
    if answer.status >= FAILED:
        raise GitError(f"git merge-file failed: {visible(answer.said.strip())[:200]}")
    return Merged(answer.data.decode("utf-8", "replace"), answer.status)
