"""Texts from outside as a prompt quotes them: in a fence that nothing in them can close."""

import re

from hiveui.model.text import visible

LINES = 60
CHARACTERS = 6000
CUT = "(what stands before is left out)"


def fenced(text: str) -> str:
    """Quote the end of a text as data, in at most LINES lines and CHARACTERS characters; safe to show.

    Where something stood before that, the first line says so.
    """
    lines = [visible(line) for line in text[-2 * CHARACTERS :].splitlines()]
    quoted = "\n".join(lines[-LINES:])
    cut = len(text) > 2 * CHARACTERS or len(lines) > LINES or len(quoted) > CHARACTERS
    return enclosed(f"{CUT}\n{quoted[-CHARACTERS:]}" if cut else quoted)


def enclosed(text: str, kind: str = "", *, mark: str = "`") -> str:
    """Put a whole text, safe to show, in a fence of marks; `kind` says what it is: `diff`."""
    longest = max((len(run) for run in re.findall(f"{mark}+", text)), default=0)
    fence = mark * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"
