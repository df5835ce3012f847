"""A program on a pseudo-terminal, as a terminal emulator holds it: read at once, always, with the time it came."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from hiveui.bench.figures import BenchError

READ = 1 << 16
TAIL = 512
"""Bytes of the read before that are looked at together with the next: a mark may be torn."""
COLUMNS, ROWS = 200, 50
PATIENCE = 20.0
"""Seconds to wait for something that must come."""


class Terminal:
    """One program on a pseudo-terminal of its own; the other end is held here."""

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str], folder: Path) -> None:
        self.fd, other = pty.openpty()
        self.resize(COLUMNS, ROWS)
        self.process = subprocess.Popen(
            argv,
            env=dict(environ) | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            cwd=folder,
            preexec_fn=lambda: os.login_tty(other),  # noqa: PLW1509  the bench has one thread
        )
        os.close(other)
        os.set_blocking(self.fd, False)
        self.received = 0
        """Bytes read so far."""
        self.reads = 0
        self.at = time.perf_counter()
        """When the last bytes came."""
        self.beside: list[Terminal] = []
        """Terminals that are read along with this one, so that none of them fills up."""
        self._tail = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up and end the program."""
        with contextlib.suppress(OSError):
            os.close(self.fd)
        self.fd = -1
        for number in (signal.SIGHUP, signal.SIGKILL):
            self.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
                return

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size; the kernel tells the program."""
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, data: bytes, look: Callable[[bytes], object] = len) -> float:
        """Type all of it, showing `look` what comes meanwhile. Gives the time at which it began."""
        began = time.perf_counter()
        while data:
            try:
                data = data[os.write(self.fd, data) :]
            except BlockingIOError:
                if came := self.read(0.001):
                    look(came)
        return began

    def read(self, patience: float) -> bytes:
        """Give what came within `patience` seconds, the last bytes of the read before in front; b'' if nothing.

        Raises BenchError where the program ended.
        """
        others = {terminal.fd: terminal for terminal in self.beside}
        ready = select.select([self.fd, *others], [], [], max(0.0, patience))[0]
        for fd in ready:
            if fd in others:
                others[fd].drain_once()
        return self.drain_once() if self.fd in ready else b""

    def drain_once(self) -> bytes:
        """Read what is there."""
        try:
            data = os.read(self.fd, READ)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise BenchError(f"The program ended; its last words: {self._tail.decode(errors='replace')!r}") from error
        self.at = time.perf_counter()
        self.received += len(data)
        self.reads += 1
        seen = self._tail + data
        self._tail = seen[-TAIL:]
        return seen

    def until(self, seen: Callable[[bytes], object], patience: float) -> float | None:
        """Read until `seen` is content with what came; the time of that read, or None."""
        deadline = time.perf_counter() + patience
        while (left := deadline - time.perf_counter()) > 0:
            data = self.read(left)
            if data and seen(data):
                return self.at
        return None

    def expect(self, mark: bytes, patience: float = PATIENCE) -> float:
        """Read until a mark comes; gives the time. Raises BenchError."""
        found = self.until(lambda data: mark in data, patience)
        if found is None:
            raise BenchError(f"{mark!r} did not come within {patience:g} s; the last was {self._tail[-200:]!r}.")
        return found

    def drain(self, seconds: float, look: Callable[[bytes], object] = len) -> float:
        """Read for so long, showing `look` what comes; gives the seconds that it took."""
        began = time.perf_counter()
        while (left := began + seconds - time.perf_counter()) > 0:
            data = self.read(left)
            if data:
                look(data)
        return time.perf_counter() - began
