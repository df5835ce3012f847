"""What runs in the panes while the bench measures: `python programs.py NAME [WORD...]`. Standard library only.

Every program prints only lower-case letters and digits, except in its marks, which begin with an upper-case
letter: a mark that arrives at the terminal cannot have come from elsewhere.
"""

import contextlib
import itertools
import os
import shutil
import signal
import socket
import sys
import termios
import time
import tty
from collections.abc import Iterator

TEXT = "abcdefghijklmnopqrstuvwxyz0123456789" * 12
ESCAPE = "Z"
"""How `echo` shows a lone Escape; other keys show as themselves."""
PASTE_START, PASTE_END = b"\x1b[200~", b"\x1b[201~"


def echo() -> None:
    """Answer each byte by a carriage return, its character, and how many bytes have come so far."""
    with _raw():
        _write("X0")
        for count in itertools.count(1):
            data = os.read(0, 1)
            if not data:
                return
            character = ESCAPE if data == b"\x1b" else data.decode("latin-1")
            _write(f"\r{character}{count}")


def lines(name: str, rate: str) -> None:
    """Print full-width coloured lines at a rate a second; each begins with the name and its number."""
    due = time.monotonic()
    for number in itertools.count():
        _write(line(name, number))
        due += 1 / float(rate)
        time.sleep(max(0.0, due - time.monotonic()))


def line(name: str, number: int) -> str:
    """Make one line as wide as the terminal, in colours that no line near it has."""
    width = shutil.get_terminal_size().columns
    text = f"{name}{number:06d}" + TEXT[number % 36 :]
    half = width // 2
    red, green, blue = number * 7 % 256, number * 13 % 256, number * 29 % 256
    return f"\x1b[38;5;{number % 216 + 16}m{text[:half]}\x1b[38;2;{red};{green};{blue}m{text[half:width]}\x1b[0m\r\n"


def sheet(name: str) -> None:
    """Fill the screen, and again whenever its size changes; the mark at the bottom right names the size."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])
    while True:
        columns, rows = os.get_terminal_size()
        mark = f"K{name}n{columns}x{rows}k"
        body = "".join(f"\x1b[{y};1H\x1b[38;5;{y % 216 + 16}m{TEXT[: columns - 1]}" for y in range(1, rows))
        _write(f"\x1b[2J{body}\x1b[0m\x1b[{rows};{max(1, columns - len(mark))}H{mark}")
        signal.sigwait([signal.SIGWINCH])


def sink() -> None:
    """Ask for bracketed pastes; after each, say how many bytes it had."""
    with _raw():
        _write("\x1b[?2004hX0")
        data = b""
        while chunk := os.read(0, 1 << 16):
            data += chunk
            if PASTE_END in data[-len(chunk) - len(PASTE_END) :]:
                body, _, data = data.partition(PASTE_END)
                _write(f"\r\nP{len(body) - len(PASTE_START)}p")


def fill(name: str, count: str) -> None:
    """Fill the history at once, then stay."""
    for number in range(int(count)):
        sys.stdout.write(line(name, number))
    sys.stdout.flush()
    _write(f"F{name}f")
    signal.pause()


def idle() -> None:
    """Say a word, then stay."""
    _write("X0")
    signal.pause()


def knock(port: str) -> None:
    """Come to a server several times a second, and say after how many microseconds it greets; outside of any pane."""
    while True:
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", int(port))) as server:
            server.recv(1)
        _write(f"{(time.perf_counter() - began) * 1e6:.0f}\n")
        time.sleep(0.1)


def _write(text: str) -> None:
    data = text.encode()
    while data:
        data = data[os.write(1, data) :]


@contextlib.contextmanager
def _raw() -> Iterator[None]:
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


PROGRAMS = {program.__name__: program for program in (echo, lines, sheet, sink, fill, idle, knock)}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
