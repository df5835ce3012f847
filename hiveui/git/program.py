"""The git program: run in a clean environment, without what a repository would have it run, and within a time.

What stands in a repository's hooks and configuration would run here, outside of every sandbox: `guards` says what is
switched off. What remains: an agent that adds a filter, a merge driver or the like in the milliseconds between the look
at the configuration and the call; and a transport that was asked for goes where the repository's remote says. For
certainty, `apart` reads nothing of the repository's configuration and attributes.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hiveui.errors import GitError
from hiveui.git import guards
from hiveui.git.head import top_of
from hiveui.model.text import visible

ASKING = 10.0
"""Seconds that a question may take."""
PARTING = 5.0
"""Seconds that git has to clear away what it began, before it is killed."""
LONGEST = 300
"""Characters that are passed on of what git says."""
MOST = 500
"""Programs that a repository may name."""
_PARTS = ("KEY", "VALUE")

_MENDS: Sequence[tuple[str, str]] = (
    (r"No space left|Out of diskspace|Disk quota", "Free some space on that disk, and do it once more."),
    (r"Permission denied|Read-only file system", "Give yourself the right to write there."),
    (r"dubious ownership", "If you trust it: git config --global --add safe.directory FOLDER."),
    (r"\.lock'?: File exists|another git process", "Where no git runs any more, remove that file, and try again."),
    (r"transport '.*' not allowed|promisor", "It lacks files of its branch: `git checkout` it once yourself."),
    (r"couldn't write|unable to write", "Is that disk full, or is it not yours to write there?"),
    (r"cannot lock ref|unable to resolve ref", "A branch or a file in .git/refs is in the way: rename or remove it."),
)
"""What to do about what git says, by the first that is found in it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one call of git ended."""

    words: tuple[str, ...]
    status: int
    data: bytes
    """What it printed."""
    said: str
    """What it wrote to standard error."""

    @property
    def out(self) -> str:
        """What it printed; bytes that are no UTF-8 as os.fsdecode gives them."""
        return os.fsdecode(self.data)

    def checked(self) -> str:
        """Give what it printed. Raises GitError where it failed, in git's own words."""
        if self.status == 0:
            return self.out
        mend = next((mend for found, mend in _MENDS if re.search(found, self.said)), "")
        raise GitError(f"git {self.words[0]} failed: {_reason(self)}.", mend)


def git(
    folder: Path,
    *words: str,
    settings: Mapping[str, str] | None = None,
    within: float = ASKING,
    given: bytes | None = None,
    index: Path | None = None,
    apart: Path | None = None,
    protocols: Sequence[str] = (),
) -> Answer:
    """Run git in a folder, with `settings` over its configuration and `given` on its standard input.

    `index` is used in place of the checkout's own. `apart` is a git directory of HiveUI's own, which is used in place
    of the repository's, for the files of `folder`. `protocols` are those that it may speak with others: `file` for a
    clone of a folder, `https` and `ssh` where the person asked for it.

    Raises GitError where git is not there, cannot be run in that folder, or takes more than `within` seconds.
    """
    found = [] if apart or words[0] in guards.READERS else foreign(folder, min(within, ASKING))
    env = _environment([*guards.FIXED, *found, *(settings or {}).items()])
    env["GIT_ALLOW_PROTOCOL"] = ":".join(protocols)
    if index is not None:
        env["GIT_INDEX_FILE"] = str(index)
    if apart is not None:
        env |= {"GIT_DIR": str(apart), "GIT_WORK_TREE": str(folder)}
    command, *rest = words
    return _run(folder, (command, *guards.WORDS.get(command, ()), *rest), env, within, given)


def foreign(folder: Path, within: float = ASKING) -> list[guards.Setting]:
    """Give the settings that switch off what the repository of a folder names to be run.

    Raises GitError, where the repository would have git work on the files of another folder too.
    """
    listed = _run(folder, ("config", "--list", "--show-scope", "-z"), _environment(guards.FIXED), within).checked()
    if guards.moves_files(listed):
        refuse_moved(folder, within)
    found = guards.overrides(listed)
    if len(found) > MOST:
        raise GitError(f"the repository of {folder} names over {MOST} programs to be run.", "Look at .git/config.")
    return found


def refuse_moved(folder: Path, within: float = ASKING) -> None:
    """Raise GitError unless the files that git would work on stand where the repository does.

    The configuration of a submodule says where its files are; there a `.git` leads back to it.
    """
    asked = (("rev-parse", "--show-toplevel"), ("rev-parse", "--absolute-git-dir"))
    top, own = (_run(folder, words, _environment(guards.FIXED), within).checked().removesuffix("\n") for words in asked)
    found, kept = top_of(Path(top))
    if found != top or os.path.realpath(kept) != os.path.realpath(own):
        sentence = f"The repository of {folder} says by core.worktree that its files stand in {visible(top)}"
        raise GitError(f"{sentence}: HiveUI touches nothing there.", "git config --unset core.worktree takes it back.")


@contextlib.contextmanager
def converted() -> Iterator[None]:
    """Have what a disk or a folder refuses raised as GitError."""
    try:
        yield
    except OSError as error:
        raise GitError(f"{error.filename}: {error.strerror}.", "Free the place, or the disk.") from error


def _environment(settings: Sequence[guards.Setting]) -> dict[str, str]:
    """Give the daemon's environment without what steers git, or would have it ask somebody; with `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    given = {
        f"GIT_CONFIG_{part}_{n}": word
        for n, pair in enumerate(settings)
        for part, word in zip(_PARTS, pair, strict=True)
    }
    return {**kept, **guards.ENVIRONMENT, "GIT_CONFIG_COUNT": str(len(settings)), **given}


@contextlib.contextmanager
def printing(folder: Path, command: str, *words: str) -> Iterator[IO[bytes]]:
    """Give what one of READERS prints, as it comes; it is ended with the block. Raises GitError."""
    env = {**_environment(guards.FIXED), "GIT_ALLOW_PROTOCOL": ""}
    said = b""
    with _started(folder, (command, *words), env) as process:
        try:
            if process.stdout is not None:
                yield process.stdout
            with contextlib.suppress(subprocess.TimeoutExpired):
                _, said = process.communicate(timeout=ASKING)
        finally:
            _end(process)
    Answer((command, *words), process.returncode, b"", said.decode("utf-8", "replace")).checked()


def _run(
    folder: Path, words: tuple[str, ...], env: Mapping[str, str], within: float, given: bytes | None = None
) -> Answer:
    with _started(folder, words, env, given) as process:
        try:
            out, said = process.communicate(timeout=within)
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise GitError(
                f"git {words[0]} took over {within:.0f} s in {folder} and was ended.", "Is that disk slow, or gone?"
            ) from error
    return Answer(words, process.returncode, out, said.decode("utf-8", "replace"))


def _started(
    folder: Path, words: tuple[str, ...], env: Mapping[str, str], given: bytes | None = None
) -> "subprocess.Popen[bytes]":
    try:
        with _file(given or b"") as source:
            return subprocess.Popen(
                ["git", *words],
                cwd=folder,
                env=env,
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except FileNotFoundError as error:
        if not folder.is_dir():
            raise GitError(f"{folder} is not there any more.", "Make it again, or mend `dir`.") from error
        raise GitError("git was not found.", "Install git with the system's packages.") from error
    except OSError as error:
        raise GitError(f"git cannot be run in {folder}: {error.strerror}.") from error
    except ValueError as error:  # a NUL, or half a character
        raise GitError("Nothing that git knows has such a name.", "Name it as git lists it.") from error


def _file(data: bytes) -> IO[bytes]:
    """Give a file without a name that holds what git is to read.

    A pipe would end where the daemon is killed before it has written to it, and git take the half for all: a list of
    paths that is empty means every path.
    """
    file = os.fdopen(os.memfd_create("git"), "w+b") if sys.platform == "linux" else tempfile.TemporaryFile()  # noqa: SIM115
    file.write(data)
    file.seek(0)
    return file


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=PARTING)
            return


def _reason(answer: Answer) -> str:
    """Give the line in which git says why."""
    lines = [line.strip() for line in answer.said.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    said = (fatal or lines[-1:] or [f"it ended with {answer.status} and said nothing"])[0]
    return visible(re.sub(r"^(?:fatal|error): ", "", said)).rstrip(".")[:LONGEST]
