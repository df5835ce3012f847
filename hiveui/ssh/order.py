"""What is asked for from outside, in words: the screen, one agent on it, or a command that only tells. Pure."""

import shlex
from dataclasses import dataclass

ATTACH = "attach"
LONGEST = 4096
"""Characters of what may be asked for."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is to do for a client: nothing but show the hive, `attach ROLE`, or a command that only reads."""

    words: tuple[str, ...] = ()

    @property
    def screen(self) -> bool:
        """It is the hive that is to be shown, or an agent on it."""
        return not self.words or self.words[0] == ATTACH


def order(line: str) -> Order:
    """Read a line; `hive` before it is no word of its own.

    What cannot be parted into words is one, which nothing answers to.
    """
    try:
        words = tuple(shlex.split(line)) if len(line) <= LONGEST else (line[:LONGEST],)
    except ValueError:
        words = (line,)
    return Order(words[1:] if words[:1] == ("hive",) else words)
