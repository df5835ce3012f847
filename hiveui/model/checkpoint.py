"""Checkpoints: what an agent's checkout held at one time, and which of many are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 50
"""Checkpoints that are kept of one agent."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A picture of a checkout's files. Texts in it are hostile until shown through the sanitiser."""

    number: int
    """From 1, in the order they were made."""
    commit: str
    tree: str
    time: int
    """When, in seconds since 1970."""
    reason: str = ""
    """After what it was made, in words: its turn, a roll back."""
    turn: int = 0
    """Number of the turn, since its program was started, before whose end it was made; 0 where that is not known."""
    prompt: str = ""
    """The beginning of what that turn was asked for, with secrets masked, or ''."""
    files: int = 0
    """Files that changed since the one before; all there are for the first."""
    added: int = 0
    removed: int = 0
    """Lines."""
    left_out: tuple[str, ...] = ()
    """Some of the paths that are not in it, with why."""
    lacking: int = 0
    """How many are not in it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a roll back does to one path."""

    path: str
    deed: str
    """`write`, `delete`, or `keep`: it stays as it is."""
    why: str = ""
    """Why it stays."""


def reason(one: Mapping[str, Any]) -> str:
    """Say after what a checkpoint was made, from the answer of `checkpoint/list`."""
    said = str(one["reason"])
    return said.replace("a turn", f"turn {one['turn']}") if one["turn"] and said.endswith(" a turn") else said


def surplus(times: Sequence[int], most: int = MOST) -> list[int]:
    """Give the places, in `times` from the oldest on, of those that go so that `most` are left.

    The newer half stays, and the first; of the others the one goes that stands nearest to the one before it.
    """
    left = list(range(len(times)))
    while len(left) > max(most, 2):
        older = range(1, max(2, len(left) - most // 2))
        del left[min(older, key=lambda i: (times[left[i]] - times[left[i - 1]], i))]
    return sorted(set(range(len(times))) - set(left))
