"""A process that has the screen loaded already, and forks one process for each client that it is asked for.

It has one thread and no event loop, so that a fork copies nothing that is half done. It is given parcels
(`gateway.door`) `{order, words, env}` with standard input, output, error and a door, and says `{order, pid}` and later
`{pid, status}`. It ends when whoever asks is gone; the processes that it forked do not.
"""

import contextlib
import fcntl
import gc
import os
import select
import signal
import socket
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import textual.layouts.factory
import textual.layouts.horizontal
import textual.scrollbar
from rich.cells import cell_len

import hiveui.tui.served
from hiveui.gateway.door import Door, hand, take
from hiveui.tui import rehearsal

Play = Callable[[Sequence[str], Door], int]
"""Carries out an order in a process of its own; gives its exit status."""

PRELOADED = (hiveui.tui.served, textual.layouts.factory, textual.layouts.horizontal, textual.scrollbar)
"""What each screen needs, Textual's own that it would load late among it."""
GIVEN = 4
"""Descriptors of an order: standard input, output, error, and the door."""
PRIVATE = 0o077


def serve(control: socket.socket, play: Play) -> None:
    """Fork for whoever is at the other end of `control`, until they are gone."""
    rehearse()
    gc.unfreeze()  # a screen that is drawn has all frozen, this one's own too
    gc.collect()
    gc.freeze()
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.set_blocking(reader, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with contextlib.suppress(EOFError, OSError):
        while True:
            ready = select.select([control.fileno(), reader], [], [])[0]
            if reader in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(reader, 1 << 12)
                _report(control)
            if control.fileno() in ready:
                message, fds = take(control, GIVEN)
                _fork(control, (reader, writer), play, message, fds)


def rehearse() -> None:
    """Show the screen once, to nobody: what Textual learns by it is then there for all. Leaves no loop, no thread."""
    cell_len("中")  # its tables are loaded by the first text that needs them
    rehearsal.rehearse()


def _report(control: socket.socket) -> None:
    """Tell of each process that ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        hand(control, {"pid": pid, "status": os.waitstatus_to_exitcode(status)})


def _fork(control: socket.socket, ours: Sequence[int], play: Play, message: dict[str, Any], fds: Sequence[int]) -> None:
    try:
        pid = os.fork() if len(fds) == GIVEN else -1
    except OSError:
        pid = -1
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        for fd in ours:
            os.close(fd)
        _become(play, message["words"], message["env"], fds)
    for fd in fds:
        os.close(fd)
    hand(control, {"order": message["order"], "pid": pid})


def _become(play: Play, words: Sequence[str], env: Mapping[str, str], fds: Sequence[int]) -> None:
    """Be a process of that client, and of nobody else."""
    code = 1
    try:
        os.setsid()
        os.umask(PRIVATE)
        os.chdir("/")
        *stdio, door = fds
        for place, fd in enumerate(stdio):
            os.dup2(fd, place)
            os.close(fd)
        if os.isatty(0):
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        os.environ.clear()
        os.environ.update(env)
        sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        code = play(words, Door(socket.socket(fileno=door)))
    except KeyboardInterrupt:
        code = 130
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
