"""Texts from outside as a prompt quotes them: in a fence that nothing in them can close."""

import re

from hiveui.model.text import visible

LINES = 60
CHARACTERS = 6000


def fenced(text: str) -> str:
    """Quote the end of a text as data, in at most LINES lines and CHARACTERS characters; safe to show."""
    lines = [visible(line) for line in text[-2 * CHARACTERS :].splitlines()]
    quoted = "\n".join(lines[-LINES:])[-CHARACTERS:]
    longest = max((len(run) for run in re.findall("`+", quoted)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{quoted}\n{fence}"
