"""What git ignores: the globs of a checkout's own files, read and held against paths.

Source: gitignore(5), and `git check-ignore` of git 2.39.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hiveui.model.globs import Glob, decide, read_glob

NAME = ".gitignore"
MAX_BYTES = 1 << 16
"""Of a file of globs; what follows is not read."""
LONGEST = 1024
"""Letters of a glob; a longer one is passed over."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The globs that hold in one folder, and those that hold around it."""

    below: str
    """The folder, from the top, with a slash at its end; '' for the top."""
    globs: tuple[Glob, ...]
    """The last first: the last that matches decides."""
    outer: "Rules | None" = None

    def ignore(self, path: str, *, folder: bool) -> bool:
        """Tell whether git ignores a path from the top whose folders it does not ignore."""
        rules: Rules | None = self
        while rules is not None:
            ignored = decide(rules.globs, path[len(rules.below) :], folder=folder)
            if ignored is not None:
                return ignored
            rules = rules.outer
        return False

    def inside(self, folder: str, file: str | Path) -> "Rules":
        """Give the rules of a folder, '' or one below, that may have a file of globs.

        In a folder that is ignored no file of globs says anything.
        """
        if self is EVERYTHING:
            return self
        found = tuple(reversed(list(_read(file))))
        return Rules(f"{folder}/" if folder else "", found, self) if found else self


EVERYTHING = Rules("", (Glob("**", (None,)),))
"""What holds in a folder that is ignored."""


def outermost(top: Path) -> Rules:
    """Give what holds in a whole checkout: the person's own globs, and those of its repository.

    Links are followed here, as git does; the files within the checkout are read only where they are files.
    """
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111  it never raises
    rules = Rules("", ()).inside("", os.path.realpath(Path(config, "git", "ignore")))
    return rules.inside("", os.path.realpath(_common(top) / "info" / "exclude"))


def _common(top: Path) -> Path:
    """Give the folder that a repository's checkouts share (gitrepository-layout(5), `gitdir:` and `commondir`)."""
    git = Path(os.path.realpath(top / ".git"))
    if not os.path.isfile(git):  # noqa: PTH113  unlike Path's, it is False where it may not be seen
        return git
    led = top / text_of(git).partition("gitdir:")[2].strip()
    return led / (text_of(led / "commondir").strip() or ".")


def _read(file: str | Path) -> Iterator[Glob]:
    for line in text_of(file).removeprefix("\ufeff").split("\n"):
        found = read_glob(line.removesuffix("\r")) if len(line) <= LONGEST else None
        if found is not None:
            yield found


def text_of(file: str | Path) -> str:
    """Read a plain file, of which its last whole line is the last; '' for anything else."""
    try:
        opened = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (OSError, ValueError):
        return ""
    try:
        data = os.read(opened, MAX_BYTES) if stat.S_ISREG(os.fstat(opened).st_mode) else b""
    except OSError:
        data = b""
    finally:
        os.close(opened)
    return os.fsdecode(data if len(data) < MAX_BYTES else data.rpartition(b"\n")[0])
