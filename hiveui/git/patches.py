"""Patches brought to the files of a checkout, either way round; the index stays.

`git apply` deletes a file before it writes it anew, so that a full disk or a kill in between would take away what is in
no commit. Here it works on copies, and each file is put in place at one stroke.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from hiveui.errors import UsageError
from hiveui.git.commits import git_folder
from hiveui.git.program import Answer, converted, foreign, git
from hiveui.git.rollback import LINK, NONE, PLAIN, SCRIPT, Change, put, stamp
from hiveui.model.diff import parse
from hiveui.model.text import visible

WITHIN = 20.0
"""Seconds that git may take."""
_APPLY = ("apply", "--whitespace=nowarn", "--no-ignore-whitespace", "-p1")
_BACK = "--reverse"
_ATTRIBUTES = ".gitattributes"


def take_back(top: Path, patch: bytes) -> None:
    """Apply a patch the other way round to the files of a checkout. Raises GitError, UsageError.

    Each file is as it was or as it is to be, whatever happens.
    """
    _apply(top, patch, _BACK)


def bring_again(top: Path, patch: bytes) -> None:
    """Apply a patch to the files of a checkout, in the same manner. Raises GitError, UsageError."""
    _apply(top, patch)


def stands(top: Path, patch: bytes) -> bool:
    """Tell whether what a patch brings stands in a checkout. Raises GitError."""
    return _checked(top, patch, _BACK).status == 0


def _checked(top: Path, patch: bytes, *how: str) -> Answer:
    return git(top, *_APPLY, *how, "--check", "-", given=patch, within=WITHIN)


def _apply(top: Path, patch: bytes, *how: str) -> None:
    checked = _checked(top, patch, *how)
    if checked.status:
        raise UsageError(f"It does not fit there any more: {_said(checked)}.", "Look again: the file has changed.")
    paths = sorted({path for file in parse(patch) for path in (file.old_path, file.path)})
    with converted(), tempfile.TemporaryDirectory(prefix="hive-apply-") as place:
        aside = Path(place)
        stamps = {path: stamp(top, path) for path in paths}
        _copy(top, aside, paths)
        named = dict(foreign(top))
        git(aside, *_APPLY, *how, "-", given=patch, within=WITHIN, apart=git_folder(top), settings=named).checked()
        made = [_made(aside, path) for path in paths]
        made.sort(key=lambda one: one[1] is None)  # a file that moves is there twice for a moment, and never not at all
        folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for change, content in made:
                step = put(folder, change, content, stamps[change.path])
                if step.deed == "keep":
                    raise UsageError(f"{change.path}: {step.why}.", "Look again.")
        finally:
            os.close(folder)


def _copy(top: Path, aside: Path, paths: Iterable[str]) -> None:
    """Copy files, with what says how git is to read and write them. Raises OSError."""
    for path in paths:
        (aside / path).parent.mkdir(parents=True, exist_ok=True)
        for folder in (top / path).parents:
            rules = folder / _ATTRIBUTES
            if folder.is_relative_to(top) and rules.is_file() and not rules.is_symlink():
                shutil.copyfile(rules, aside / rules.relative_to(top))
    for path in paths:
        if os.path.lexists(top / path):
            shutil.copy2(top / path, aside / path, follow_symlinks=False)


def _made(aside: Path, path: str) -> tuple[Change, bytes | None]:
    """Read what became of a copy; no content where it is gone. Raises OSError."""
    file = aside / path
    if not os.path.lexists(file):
        return Change(path, known=True, mode=NONE, blob=""), None
    if file.is_symlink():
        return Change(path, known=True, mode=LINK, blob=""), os.fsencode(file.readlink())
    mode = SCRIPT if file.stat().st_mode & stat.S_IXUSR else PLAIN
    return Change(path, known=True, mode=mode, blob=""), file.read_bytes()


def _said(answer: Answer) -> str:
    lines = [line.removeprefix("error: ") for line in answer.said.splitlines() if line.strip()]
    return visible((lines or ["git does not say why"])[0].rstrip(".")[:200])
