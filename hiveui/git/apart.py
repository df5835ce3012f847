"""Git directories of HiveUI's own for the files of checkouts: they borrow a repository's objects, and nothing else.

Their configuration is HiveUI's, and so is the index. One for checkpoints has attributes of its own too, so that no
filter, hook or conversion of line ends of the repository has a part in what is taken from the files and put back: byte
for byte what stands there. Source: gitrepository-layout(5), gitattributes(5).
"""

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from hiveui.git.head import read_start
from hiveui.git.program import git
from hiveui.git.repository import Repository

AUTHOR = ("HiveUI", "hiveui@localhost")
"""Whose commits these are: never the person's."""
TOP = "hiveui-top"
"""The file that holds whose files it is for."""
_ATTRIBUTES = "* -text -filter -ident !working-tree-encoding\n"
_PLAIN_TAG = b"H"
"""How `git ls-files -v` marks a file that is tracked, and whose changes are seen."""


@contextlib.contextmanager
def opened(own: Path, top: Path, repository: Repository) -> Iterator[Path]:
    """Have the git directory `own` for the files of `top`, for one at a time. Raises GitError, OSError."""
    own.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = os.open(own, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        (own / "index.lock").unlink(missing_ok=True)  # of a git that was killed: nobody else is here
        if not (own / "ready").exists() or os.path.realpath(own / "objects") != str(repository.common / "objects"):
            _make(own, top, repository)
        yield own
    finally:
        os.close(folder)


def fill(own: Path, top: Path) -> None:
    """Make a git directory without objects for the files of `top`; HEAD comes last. Raises GitError, OSError."""
    kind = git(top, "rev-parse", "--show-object-format").checked().strip()
    name, mail = AUTHOR
    for folder in ("info", "refs"):
        (own / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    (own / "config").write_text(
        "[core]\n\trepositoryFormatVersion = 1\n\tbare = false\n\tautoCrlf = false\n\tlogAllRefUpdates = false\n"
        + "".join(f"[{section}]\n\tname = {name}\n\temail = {mail}\n" for section in ("user", "author", "committer"))
        + (f"[extensions]\n\tobjectFormat = {kind}\n" if kind != "sha1" else ""),
        "ascii",
    )
    (own / "HEAD").write_text("ref: refs/heads/none\n", "ascii")


def _make(own: Path, top: Path, repository: Repository) -> None:
    """Fill a folder; `ready` comes last, so that one that was half filled is filled again."""
    for name in ("ready", "index"):
        (own / name).unlink(missing_ok=True)
    fill(own, top)
    (own / "info" / "attributes").write_text(_ATTRIBUTES, "ascii")
    for place, goal in (("objects", "objects"), ("info/exclude", "info/exclude")):
        (own / place).unlink(missing_ok=True)
        (own / place).symlink_to(repository.common / goal)
    (own / TOP).write_bytes(os.fsencode(top))
    _borrow(own, top)
    (own / "ready").touch()


def sweep(place: Path) -> None:
    """Remove, of the git directories in a folder, those whose checkouts are gone."""
    with contextlib.suppress(OSError):
        for own in place.iterdir():
            top = read_start(own / TOP, "surrogateescape")
            if top and not os.path.lexists(top):
                shutil.rmtree(own, ignore_errors=True)


def _borrow(own: Path, top: Path) -> None:
    """Begin with the checkout's index where it says of each file what a fresh look would say: that saves reading all.

    It does not where contents are converted, or where changes are hidden from git.
    """
    index, copy = index_of(top), own / "index.new"
    try:
        if not stat.S_ISREG(index.lstat().st_mode):
            return
        shutil.copy2(index, copy)  # its time too: git compares those of files with it
    except OSError:
        return
    entries = git(top, "ls-files", "--stage", "-v", "-z", apart=own, index=copy).data.split(b"\0")
    plain = all(one.startswith((_PLAIN_TAG + b" 100", _PLAIN_TAG + b" 120")) for one in entries if one)
    if plain and not _converts(own, top, copy):
        copy.replace(own / "index")
    copy.unlink(missing_ok=True)


def index_of(top: Path) -> Path:
    """Give where git keeps the index of a checkout. Raises GitError."""
    return top / git(top, "rev-parse", "--git-path", "index").checked().removesuffix("\n")


def _converts(own: Path, top: Path, index: Path) -> bool:
    """Tell whether any attribute, or the configuration, may have contents converted."""
    named = git(top, "ls-files", "-z", "--", ":(glob)**/.gitattributes", apart=own, index=index).out
    chosen = git(top, "config", "--get-regexp", r"^core\.(autocrlf|attributesfile)$").out
    info = git(top, "rev-parse", "--git-path", "info/attributes").out.removesuffix("\n")
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = (top / info, home / "git" / "attributes", Path("/etc/gitattributes"))
    return bool(named or chosen) or any(os.path.lexists(file) for file in files)
