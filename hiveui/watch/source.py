"""What a watcher asks of whatever tells it: the kernel, or a look from time to time."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from hiveui.model.changes import Deed

MOST = 5_000
"""Paths that are told at once; where there are more, it is told that there are."""


class Checkout(NamedTuple):
    """What is watched."""

    top: Path
    """Absolute, links followed."""
    tracked: Callable[[Path], Collection[str]]
    """Gives the paths below a top that git tracks although it ignores them. Blocks; raises nothing."""


class Heard(NamedTuple):
    """What was heard since the last time."""

    changes: Mapping[str, Deed]
    """Paths from the top."""
    untold: bool = False
    """There is more."""


class Source(Protocol):
    """Tells what changed below a top. All but `stirred` is called in one thread, which it may hold up."""

    def begin(self) -> None:
        """Look at everything. Raises OSError."""

    async def stirred(self, within: float) -> None:
        """Wait until there may be something to take, `within` seconds at most."""

    def take(self) -> Heard:
        """Give what changed. Raises OSError where it can hear no more."""

    def close(self) -> None:
        """Hear nothing any more."""
