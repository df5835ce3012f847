"""How changes of files are spoken of."""

from collections.abc import Sequence
from datetime import datetime

from hiveui.model.changes import NOTICED, Deed, Write

MARKS = {Deed.ADDED: "+", Deed.MODIFIED: "~", Deed.DELETED: "−"}
"""One cell for each deed."""
NOBODY = "?"
"""Stands for whoever made a change of which nobody knows who did."""
_BARS = " ▁▂▃▄▅▆▇█"


def name(write: Write) -> str:
    """Name whose a change is: a role, NOBODY, or `…` while it is about to be said."""
    return write.role if write.by else "…" if write.evidence == NOTICED else NOBODY


def whose(write: Write) -> str:
    """Say whose a change is and how that is known: `backend (tool)`."""
    return name(write) if write.by is None else f"{write.role} ({write.how})"


def lines(write: Write) -> str:
    """Say how many lines were added and removed; '' where that is not known."""
    return f"+{write.lines[0]} −{write.lines[1]}" if write.lines else ""


def ago(time: str, now: datetime) -> str:
    """Say how long ago something was: `12s`, `4m`, `3h`, `2d`."""
    seconds = max(0, int((now - datetime.fromisoformat(time)).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def spark(bars: Sequence[int], cells: int, most: int = 0) -> str:
    """Draw the newest of `bars` in so many cells, by its share of the highest or of `most`; one is seen."""
    shown = list(bars[-cells:])
    top = max([*shown, most, 1])
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // top)] for count in shown).rjust(cells)
