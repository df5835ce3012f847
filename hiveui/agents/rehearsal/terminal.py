"""The pane as a device: raw keys in, bytes out, its size, and its modes put back at the end."""

import contextlib
import os
import select
import signal
import termios
import tty
from collections.abc import Iterator
from types import FrameType
from typing import Self

from hiveui.agents.rehearsal.keys import Keys, Press

ESCAPE_SECONDS = 0.02
"""How long an Escape byte may be the start of a sequence."""


class HungUp(Exception):  # noqa: N818  an end, not an error
    """The terminal is gone."""


class Terminal:
    """Standard input and output in raw mode, with bracketed paste, between `__enter__` and `__exit__`."""

    def __init__(self, source: int = 0, sink: int = 1) -> None:
        self._source = source
        self._sink = sink
        self._keys = Keys()
        self._woken, self._wake = os.pipe()

    def __enter__(self) -> Self:
        self._saved = termios.tcgetattr(self._source)
        tty.setraw(self._source)
        os.set_blocking(self._wake, False)
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGWINCH, lambda _number, _frame: None)
        signal.signal(signal.SIGTERM, _terminated)
        self.write("\x1b[?2004h")
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        with contextlib.suppress(OSError, termios.error):
            self.write("\x1b[?2004l\x1b[?25h")
            termios.tcsetattr(self._source, termios.TCSADRAIN, self._saved)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows, at least 2 each."""
        columns, rows = os.get_terminal_size(self._sink)
        return max(2, columns), max(2, rows)

    def write(self, text: str) -> None:
        """Write all of `text`. Raises HungUp where the terminal is gone."""
        data = text.encode("utf-8", "replace")
        try:
            while data:
                data = data[os.write(self._sink, data) :]
        except OSError as error:
            raise HungUp from error

    def listen(self, seconds: float | None, also: int = -1) -> tuple[list[Press], bool]:
        """Wait for keys, a resize, `also` becoming readable or the time; give keys and "`also` is readable"."""
        if self._keys.ambiguous:
            seconds = ESCAPE_SECONDS
        sources = [self._source, self._woken] + ([also] if also >= 0 else [])
        ready, _, _ = select.select(sources, [], [], seconds)
        if self._woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._woken, 512)
        if self._source in ready:
            return self._keys.feed(self._read()), also in ready
        if not ready and self._keys.ambiguous:
            return self._keys.flush(), False
        return [], also in ready

    def _read(self) -> bytes:
        try:
            data = os.read(self._source, 65536)
        except OSError as error:
            raise HungUp from error
        if not data:
            raise HungUp
        return data

    @contextlib.contextmanager
    def alternate(self) -> Iterator[None]:
        """Stand on the alternate screen for a while."""
        self.write("\x1b[?1049h\x1b[2J\x1b[H\x1b[?25l")
        try:
            yield
        finally:
            self.write("\x1b[?1049l\x1b[?25h")


def _terminated(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
