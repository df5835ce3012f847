"""How much is measured, and how two sides are put beside one another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hiveui.bench.subjects import Ours, Panes, Plain, Subject

PAIRS = 2
"""How often plain tmux and ours take turns."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything."""

    keys: int = 1000
    """Keys a row and side."""
    seconds: float = 12.0
    """Seconds over which CPU time and bytes are counted, a turn."""
    quick: bool = False

    def rounds(self, full: int) -> int:
        """Give how often something that takes long is done, `full` times where there is time."""
        return max(2, full // 5) if self.quick else full


def pairs(
    scale: Scale, panes: Panes, measure: Callable[[Subject, int], Sequence[float]]
) -> tuple[list[float], list[float]]:
    """Measure tmux, ours, tmux, ours, each started anew; `measure` gets its share of the keys.

    Gives what was measured of tmux, and of ours.
    """
    plain: list[float] = []
    ours: list[float] = []
    for _ in range(PAIRS):
        with Plain(panes) as subject:
            plain += measure(subject, -(-scale.keys // PAIRS))
        with Ours(panes) as subject:
            ours += measure(subject, -(-scale.keys // PAIRS))
    return plain, ours
