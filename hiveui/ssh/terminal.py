"""The terminal that a client has here: a pty of ours, whose size it may choose within bounds."""

import fcntl
import os
import struct
import termios
from dataclasses import dataclass
from typing import NamedTuple

LARGEST = (500, 200)
"""Columns and rows: a client that asks for a million would cost seconds of every frame."""
USUAL = (80, 24)
"""Where a client says nothing (RFC 4254, 6.2: 0 has no meaning)."""

RESTORE = (
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?2048l"
    b"\x1b[<u\x1b[?7h\x1b[0 q\x1b[0m\x1b[?1049l\x1b[?25h\x1b[23;2t"
)


class Size(NamedTuple):
    """Of a terminal, in cells."""

    columns: int
    rows: int


def bounded(columns: int, rows: int) -> Size:
    """Give the size that a client has which asks for so much."""
    return Size(*(min(n or usual, most) for n, usual, most in zip((columns, rows), USUAL, LARGEST, strict=True)))


@dataclass(frozen=True, slots=True)
class Pty:
    """Both ends of a terminal."""

    master: int
    slave: int

    @classmethod
    def open(cls, size: Size, *, screen: bool) -> "Pty":
        """Make one. A screen has every key as it is; nobody is there to resume what a key would suspend."""
        master, slave = os.openpty()
        os.set_blocking(master, False)
        mode = termios.tcgetattr(slave)
        disabled = os.fpathconf(slave, "PC_VDISABLE").to_bytes()
        for key in (termios.VSUSP, *((termios.VDSUSP,) if hasattr(termios, "VDSUSP") else ())):
            mode[6][key] = disabled
        if screen:
            mode[0] &= ~(termios.IXON | termios.ICRNL)
            mode[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        termios.tcsetattr(slave, termios.TCSANOW, mode)
        pty = cls(master, slave)
        pty.resize(size)
        return pty

    def resize(self, size: Size) -> None:
        """Give it another size; who runs on it is told by SIGWINCH (tty_ioctl(4), TIOCSWINSZ)."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))
