"""What comparing two texts costs, so that nobody has a comparison made that takes minutes."""

from collections import Counter
from collections.abc import Hashable, Sequence


def effort(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Count the pairs of equal items of two sequences: difflib goes through them again for each block it finds."""
    counts = Counter(other)
    return sum(counts[item] for item in one)
