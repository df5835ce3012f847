"""What the terminal says of itself: asked with sequences that every terminal may leave unanswered."""

import contextlib
import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator

from hiveui.cli.checks import Check

PATIENCE = 0.5
"""Seconds that a terminal far away has for its answers."""
ASKED = b"\x1b[?u\x1b]11;?\x1b\\\x1b[?2026$p\x1b[c"
"""Kitty's keys, the background (xterm, OSC 11), synchronized output (DECRQM), and what all answer: DA1."""
_END = re.compile(rb"\x1b\[\?[\d;]*c")
_KITTY = re.compile(rb"\x1b\[\?\d+u")
_SYNCHRONIZED = re.compile(rb"\x1b\[\?2026;[1-3]\$y")
_BACKGROUND = re.compile(rb"\x1b\]11;rgb:([0-9a-fA-F]{2})[0-9a-fA-F]*/([0-9a-fA-F]{2})[0-9a-fA-F]*/([0-9a-fA-F]{2})")


def terminal() -> list[Check]:
    """Look at the terminal: what its environment says, and what it answers."""
    kind, colours = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    inside = ", inside tmux" if "TMUX" in os.environ else ""
    found = (
        f"{kind or 'none'}, {'true colour' if colours in {'truecolor', '24bit'} else '256 colours or fewer'}{inside}"
    )
    usable = kind not in {"", "dumb"}
    mend = "" if usable else "Set TERM, or use another one."
    checks = [Check("terminal", usable or not sys.stdout.isatty(), found, mend)]
    answer = _asked() if usable and sys.stdin.isatty() and sys.stdout.isatty() else None
    return checks if answer is None else [*checks, abilities(answer)]


def abilities(answer: bytes) -> Check:
    """Read what a terminal answered."""
    if not _END.search(answer):
        return Check("abilities", ok=True, found="it does not answer", mend="Nothing is asked of it then: all works.")
    has = []
    if _KITTY.search(answer):
        has.append("every key distinct (kitty's protocol)")
    if _SYNCHRONIZED.search(answer):
        has.append("whole frames at once")
    if background := _BACKGROUND.search(answer):
        has.append(
            "a light background" if sum(int(part, 16) for part in background.groups()) > 384 else "a dark background"
        )
    mend = "" if _KITTY.search(answer) else "Ctrl with enter, digits and the like cannot be told apart there."
    return Check("abilities", ok=True, found=", ".join(has) or "plain", mend=mend)


def _asked() -> bytes | None:
    """Ask, and read until the last answer is there; None where there is no terminal to ask."""
    with contextlib.suppress(OSError, termios.error), _raw(sys.stdin.fileno()) as file:
        os.write(sys.stdout.fileno(), ASKED)
        answer, deadline = b"", time.monotonic() + PATIENCE
        while not _END.search(answer) and (left := deadline - time.monotonic()) > 0:
            if select.select([file], [], [], left)[0]:
                answer += os.read(file, 4096)
        return answer
    return None


@contextlib.contextmanager
def _raw(file: int) -> Iterator[int]:
    """Have a terminal hand out what it is sent at once, and unseen."""
    before = termios.tcgetattr(file)
    try:
        tty.setcbreak(file, termios.TCSANOW)
        yield file
    finally:
        termios.tcsetattr(file, termios.TCSAFLUSH, before)
