"""Names that people give, and the nearest one to a name that is not there."""

import difflib
import re
from collections.abc import Iterable

from hiveui.model.text import visible

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
"""Roles, workspaces and layouts: match the whole of it."""
CONVERSATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
"""Ids of conversations, which become arguments and parts of paths: match the whole of it."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, or list them all; one sentence, '' where there are none."""
    names = sorted(known)
    close = difflib.get_close_matches(name[:64], names, 1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known: {', '.join(names)}." if names else ""


def one_line(text: str, limit: int = 200) -> str:
    """Give foreign text as one line that a file of ours may hold: cut, and what cannot be seen spelled out."""
    return "".join(c if c.isprintable() else " " for c in visible(text))[:limit]


def quoted(text: str, limit: int = 40) -> str:
    """Quote foreign text for a sentence: cut, and with every control, bidi and invisible character escaped."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
