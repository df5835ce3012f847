"""What terminals are told by whoever did not set them, and what a server tells a screen as a terminal would."""

import re

RESTORE = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?2048l"
    b"\x1b[<u\x1b[?7h\x1b[0 q\x1b[0m\x1b[?1049l\x1b[?25h\x1b[23;2t"
)
"""Undoes all that the screen sets (xterm, "Private Modes"; kitty, "Keyboard protocol")."""

_PACE = re.compile(rb"\x1b\]6973;([1-9]|10)\x1b\\")


def pace(frames: int) -> bytes:
    """Tell a screen how many frames a second its line takes, 1 to 10.

    It comes with what is typed, as a terminal's own reports do (xterm, "Operating System Commands"); a client that
    writes it itself slows its own screen.
    """
    return f"\x1b]6973;{frames}\x1b\\".encode()


def told_pace(report: bytes) -> int | None:
    """Read what `pace` tells; None where it is another report."""
    found = _PACE.fullmatch(report)
    return int(found[1]) if found else None
