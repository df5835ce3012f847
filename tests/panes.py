"""A tmux pane that shows what is written to it."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import until

CLEAR = "\x1b[H\x1b[2J\x1b[3J"
PARTED = "parted here"


class Pane:
    """A pane on the tmux server at a socket, which is started where it does not run."""

    def __init__(self, socket: Path, columns: int, rows: int = 30) -> None:
        self._tmux = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null"]
        self._name = f"s{columns}"
        path = socket.parent / f"bytes-{columns}"
        os.mkfifo(path)
        size = ["-x", str(columns), "-y", str(rows)]
        self._run("new-session", "-d", "-s", self._name, *size, f"stty raw -echo; exec cat {path}")
        self._fifo = path.open("wb", buffering=0)
        self._written = 0

    def _run(self, *command: str) -> str:
        done = subprocess.run([*self._tmux, *command], capture_output=True, text=True, check=True, timeout=10)
        return done.stdout

    def show(self, data: bytes) -> None:
        """Write bytes, and wait until the pane has drawn them: a title of the test's own says so."""
        self._written += 1
        mark = f"drawn {self._written}"
        self._fifo.write(data + f"\x1b]2;{mark}\x07".encode())
        until(lambda: self._run("display", "-p", "-t", f"{self._name}:", "#{pane_title}").strip() == mark, 20, "bytes")

    def rows(self) -> list[str]:
        """Give its rows."""
        return self._run("capture-pane", "-p", "-t", f"{self._name}:").split("\n")

    def at_widths(self, rows: Sequence[str], columns: int, widths: Sequence[int]) -> list[list[str]]:
        """Give what becomes of rows that were drawn at `columns` when the pane is made so many columns wide."""
        height = max(24, len(rows))
        self._run("resize-window", "-t", self._name, "-x", str(columns), "-y", str(height))
        self.show((CLEAR + "\r\n".join(rows)).encode())
        commands: list[str] = []
        for width in (*widths, columns):
            commands += ["resize-window", "-t", self._name, "-x", str(width), "-y", str(height), ";"]
            commands += ["capture-pane", "-p", "-t", self._name, ";", "display", "-p", PARTED, ";"]
        return [screen.split("\n") for screen in self._run(*commands[:-1]).split(f"{PARTED}\n")[: len(widths)]]

    def close(self) -> None:
        """Let its program end, and tmux with its last."""
        self._fifo.close()


@contextmanager
def pane(socket: Path, columns: int) -> Iterator[Pane]:
    """Give a pane, whose program ends after."""
    shown = Pane(socket, columns)
    try:
        yield shown
    finally:
        shown.close()
