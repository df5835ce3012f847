"""Where in a checkout an agent may write, as folders and files that a system can hold it to."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.model.globs import MANY, Globs, Wild
from hiveui.model.names import quoted

FOLDERS = 20_000
"""Folders that are looked at."""
STEPS = 512
"""Places that a wall may have."""
MANY_ONLY = (Wild(MANY),)
_ANY = "\x7f"
"""Stands for a file that is made later: a name that no glob means."""


@dataclass(frozen=True, slots=True)
class Step:
    """A folder or file from which on writing is another matter than around it."""

    path: str
    """Absolute, without links."""
    open: bool
    """It may be written from here on, or not any more."""
    firm: bool = True
    """It comes before what is made anew beside it: a wall that cannot have both keeps it."""


@dataclass(frozen=True, slots=True)
class Territory:
    """Where an agent may write. Outside of all steps it may."""

    steps: tuple[Step, ...] = ()
    """An outer one before those in it."""
    notes: tuple[str, ...] = ()
    """Sentences on what of the globs is not held to."""
    whole: bool = True
    """It could be worked out."""


def work_out(base: Path, closed: Sequence[Path], globs: Globs, git: Path | None) -> Territory:
    """Work out where an agent may write that works in `base` and owns what `globs` match there.

    `closed` are folders that belong to agents, its own checkout among them; `git` is the repository's common folder,
    which it needs for commits unless it owns nothing. Folders that a glob names outright are made.
    """
    if globs.globs:
        _make(base, globs)
    walk = _Walk(base, globs)
    steps = [Step(str(folder), open=False) for folder in _outermost(closed)]
    if globs.globs:
        steps += walk.steps(str(base), "", inherited=False)
    if walk.folders > FOLDERS or len(steps) > STEPS:
        return Territory(notes=("its globs name too many places here.",), whole=False)
    if git is not None and globs.globs:
        steps.append(Step(str(git), open=True))
        for name in ("hooks", "info"):
            with contextlib.suppress(OSError):
                (git / name).mkdir(exist_ok=True)  # what is not there cannot be kept shut
        kept = (git / name for name in ("hooks", "config", "config.worktree", "info"))
        steps += [Step(str(path), open=False, firm=False) for path in kept if path.exists() and not path.is_symlink()]
    return Territory(tuple(steps), tuple(_notes(base, globs)))


def _outermost(folders: Sequence[Path]) -> list[Path]:
    real = sorted({Path(os.path.realpath(folder)) for folder in folders if folder.is_dir()})
    return [folder for folder in real if not any(other in folder.parents for other in real)]


class _Walk:
    """One look at a checkout."""

    def __init__(self, base: Path, globs: Globs) -> None:
        self._base = str(base)
        self._globs = globs
        self._negates = any(glob.negated for glob in globs.globs)
        self.folders = 0

    def steps(self, folder: str, below: str, *, inherited: bool) -> Iterator[Step]:
        """Give the steps in a folder, which is `below` the base; `inherited` is what holds around it."""
        self.folders += 1
        here = self._globs.covers(f"{below}/{_ANY}" if below else _ANY)
        if here != inherited:
            yield Step(folder, here)
        if self.folders > FOLDERS or (here and not self._negates):
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.is_symlink() or entry.name == ".git":
                continue
            if not entry.is_dir(follow_symlinks=False):
                if self._globs.covers(name) != here:
                    yield Step(entry.path, not here)
            elif here or self._globs.reach_into(name):
                yield from self.steps(entry.path, name, inherited=here)


def _make(base: Path, globs: Globs) -> None:
    """Make the folders that a glob names outright: what is not there cannot be opened."""
    for glob in globs.globs:
        words = glob.text.strip("/").split("/")
        plain = words[
            : next(
                (i for i, word in enumerate(words) if any(char in word for char in "*?[\\")),
                len(words) if glob.folders else 0,
            )
        ]
        if glob.negated or not plain or glob.segments[0] is None:
            continue
        place = base.joinpath(*plain)
        if Path(os.path.realpath(place)) == place:
            try:
                place.mkdir(parents=True, exist_ok=True)
            except OSError:
                continue


def _notes(base: Path, globs: Globs) -> Iterator[str]:
    """Say what of the globs no folder can stand for."""
    for glob in globs.globs:
        if glob.negated:
            continue
        *folders, last = glob.segments
        whole = last is None or last == MANY_ONLY or base.joinpath(glob.text.strip("/")).is_dir()
        if not whole and not glob.folders:
            yield f"{quoted(glob.text)} names files: those that are there can be changed, and none be made."
        elif any(segment is None or any(isinstance(token, Wild) for token in segment) for segment in folders):
            yield f"{quoted(glob.text)}: a folder of that name that is made later is open after a restart."
