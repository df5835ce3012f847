"""Checks: commands that prove an agent's word that it is done, and what they came to."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far a check has come."""

    NONE = "none"
    """None was ever run."""
    QUEUED = "queued"
    """It waits until another one is over."""
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    """It ended otherwise than with 0, took too long, or could not be started."""
    ENDED = "ended"
    """It was ended before it came to anything: it can be run again."""


GOING = frozenset({Status.QUEUED, Status.RUNNING})
TOLD = frozenset({Status.PASSED, Status.FAILED})
"""What says something of the files that it ran on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check came to, and what it ran on."""

    status: Status = Status.NONE
    exit: int | None = None
    """Exit status, or minus the signal's number; None where it did not end by itself."""
    seconds: float = 0.0
    output: str = ""
    """The file that keeps the end of what it printed; '' where nothing is kept."""
    commit: str = ""
    """What was checked out; '' before the first commit, and without a repository."""
    tree: str = ""
    """Tells the files that it holds for from any others, committed or not (`git.tree`)."""
    time: str = ""
    """When it came to this, RFC 3339, UTC."""
    why: str = ""
    """What ended it, where that was not itself."""
    stale: bool = False
    """Files changed since: it proves nothing of them any more."""
    tries: int = 0
    """Times in a row that its agent was told that it failed."""

    @property
    def holds(self) -> bool:
        """Whether it says something of the files as they are."""
        return self.status in TOLD and not self.stale

    @property
    def sentence(self) -> str:
        """What it came to, in words; '' where it did not come to anything."""
        if self.why:
            return self.why
        if self.status is Status.PASSED:
            return f"it passed in {duration(self.seconds)}"
        if self.status is not Status.FAILED:
            return ""
        ended = f"exit status {self.exit}" if (self.exit or 0) >= 0 else f"signal {-(self.exit or 0)}"
        return f"it ended with {ended} in {duration(self.seconds)}"


def duration(seconds: float) -> str:
    """Say how long something took: `0.8 s`, `42 s`, `3 min 5 s`."""
    if seconds < 0.05:
        return "under 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
