"""The terminal that a client has here: a pty of ours, whose size it may choose within bounds."""

import fcntl
import os
import struct
import termios
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import asyncssh

LARGEST = (500, 200)
"""Columns and rows: a client that asks for a million would cost seconds of every frame."""
USUAL = (80, 24)
"""Where a client says nothing (RFC 4254, 6.2: 0 has no meaning)."""


class Size(NamedTuple):
    """Of a terminal, in cells."""

    columns: int
    rows: int


def bounded(columns: int, rows: int) -> Size:
    """Give the size that a client has which asks for so much."""
    return Size(*(min(n or usual, most) for n, usual, most in zip((columns, rows), USUAL, LARGEST, strict=True)))


@dataclass(frozen=True, slots=True)
class Files:
    """Standard input, output and error of a process, and our ends of those that it prints to."""

    given: tuple[int, int, int]
    outputs: Mapping[int, int | None]
    """Our ends, and what SSH calls what comes from each (RFC 4254, 5.2); they do not block."""

    @classmethod
    def terminal(cls, size: Size, *, screen: bool) -> "Files":
        """Make a pty. A screen has every key as it is; nobody is there to resume what a key would suspend."""
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
        made = cls((slave, slave, slave), {master: None})
        made.resize(size)
        return made

    @classmethod
    def pipes(cls) -> "Files":
        """Make a pipe each for output and error; there is nothing to read."""
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        for file in (out, err):
            os.set_blocking(file, False)
        return cls(
            (os.open(os.devnull, os.O_RDONLY), its_out, its_err), {out: None, err: asyncssh.EXTENDED_DATA_STDERR}
        )

    @property
    def master(self) -> int:
        """Our end of the terminal."""
        return next(iter(self.outputs))

    def resize(self, size: Size) -> None:
        """Give the terminal another size; who runs on it is told by SIGWINCH (tty_ioctl(4), TIOCSWINSZ)."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))

    def hand_over(self) -> None:
        """Let go of what the process has now."""
        for file in set(self.given):
            os.close(file)

    def close(self) -> None:
        """Let go of our ends: what still runs on the terminal is told by SIGHUP."""
        for file in self.outputs:
            os.close(file)
