"""What a client may ask for in words: commands that only read. All else is refused, whoever asks."""

import shlex

from hiveui.errors import UsageError
from hiveui.model.text import visible

ATTACH = "attach"
"""Goes straight to one agent; needs a terminal."""
READING = frozenset(
    {
        "attention",
        "checkpoints",
        "collisions",
        "contracts",
        "conversations",
        "cost",
        "diff",
        "events",
        "files",
        "ls",
        "owners",
        "prompts",
        "read",
        "review",
        "since",
        "status",
        "top",
        "wait",
        "who",
        "why",
    }
)
"""Commands none of whose options writes anything, here or in the hive."""
LONGEST = 4096
"""Characters of what is asked for."""
USE = "Without words it shows the hive: ssh -t HOST."


def order(asked: str | None, *, terminal: bool) -> tuple[str, ...]:
    """Give the words of what a client asks for; none for the hive's screen. Raises UsageError."""
    words = _words(asked or "")
    if words[:1] == ("hive",):
        words = words[1:]
    if not words or words[0] == ATTACH:
        if not terminal:
            raise UsageError("There is no terminal to show the hive on.", "Ask for one: ssh -t HOST.")
        if words and (len(words) != 2 or words[1].startswith("-")):
            raise UsageError("attach takes the name of a role.", "ssh -t HOST attach ROLE")
        return words
    if words[0] not in READING:
        raise UsageError(f"{visible(words[0])[:40]!r} is not open here.", f"There are: {', '.join(sorted(READING))}.")
    return words


def _words(asked: str) -> tuple[str, ...]:
    if len(asked) > LONGEST or "\0" in asked:
        raise UsageError("That is too long, or no text.", USE)
    try:
        return tuple(shlex.split(asked))
    except ValueError as error:
        raise UsageError("A quote is not closed.", USE) from error
