"""A real pty with a program in it, for tests that type as a terminal does."""

import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
import threading
from collections.abc import Mapping, Sequence


class Terminal:
    """A program on a pty of its own; what it prints is read all the time and kept in `screen`."""

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], columns: int = 120, rows: int = 32, cwd: str = "/"
    ) -> None:
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(argv[0], list(argv), dict(env))
            finally:
                os._exit(127)
        self.screen = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._fd, 1 << 16):
                self.screen += data

    def type(self, data: bytes) -> None:
        """Write all of `data` to the program, as one piece where the pty takes it."""
        while data:
            data = data[os.write(self._fd, data) :]

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        """End the program and give the pty back."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self._reader.join(5)
        os.close(self._fd)
