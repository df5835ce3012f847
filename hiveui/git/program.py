"""The git program: run in a clean environment, without what a repository would have it run, and within a time.

Agents can write into the repository that their worktrees share: its hooks, its configuration. What stands there would
run here, outside of every sandbox, so hooks, file system monitors and transports are switched off for each call.
Source: git-config(1), githooks(5); which calls run what was measured with git 2.39.
"""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.errors import GitError
from hiveui.model.text import visible

ASKING = 10.0
"""Seconds that a question may take."""
PARTING = 5.0
"""Seconds that git has to clear away what it began, before it is killed."""
LONGEST = 300
"""Characters that are passed on of what git says."""

_OFF = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.sshCommand=false", "protocol.allow=never")
_SWITCHES = [word for setting in _OFF for word in ("-c", setting)]

_MENDS: Sequence[tuple[str, str]] = (
    (r"No space left|Disk quota", "Free some space on that disk, then start the agent again: hive restart ROLE."),
    (r"Permission denied|Read-only file system", "Give yourself the right to write there."),
    (r"dubious ownership", "If you trust it: git config --global --add safe.directory FOLDER."),
    (r"\.lock'?: File exists|another git process", "Where no git runs any more, remove that file, and try again."),
    (r"transport '.*' not allowed|promisor", "It lacks files of its branch: `git checkout` it once yourself."),
    (r"cannot lock ref|unable to resolve ref", "A branch or a file in .git/refs is in the way: rename or remove it."),
)
"""What to do about what git says, by the first that is found in it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one call of git ended."""

    words: tuple[str, ...]
    status: int
    out: str
    said: str
    """What it wrote to standard error."""

    def checked(self) -> str:
        """Give what it printed. Raises GitError where it failed, in git's own words."""
        if self.status == 0:
            return self.out
        mend = next((mend for found, mend in _MENDS if re.search(found, self.said)), "")
        raise GitError(f"git {self.words[0]} failed: {_reason(self)}.", mend)


def git(folder: Path, *words: str, settings: Mapping[str, str] | None = None, within: float = ASKING) -> Answer:
    """Run git in a folder, with `settings` over its configuration.

    Raises GitError where git is not there, cannot be run in that folder, or takes more than `within` seconds.
    """
    switches = [word for key, value in (settings or {}).items() for word in ("-c", f"{key}={value}")]
    try:
        process = subprocess.Popen(
            ["git", *_SWITCHES, *switches, *words],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
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
    with process:
        try:
            out, said = process.communicate(timeout=within)
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise GitError(
                f"git {words[0]} took over {within:.0f} s in {folder} and was ended.", "Is that disk slow, or gone?"
            ) from error
    return Answer(words, process.returncode, os.fsdecode(out), said.decode("utf-8", "replace"))


def _environment() -> dict[str, str]:
    """Give the daemon's environment without what steers git, or would have it ask somebody."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}


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
