"""Starts the screen in a process of its own, and gives the terminal back whatever becomes of it."""

import contextlib
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hiveui.model.agent import WorkspaceId
from hiveui.model.terminal import RESTORE
from hiveui.tui.settings import Settings, terminal

if TYPE_CHECKING:
    from hiveui.tui.preferences import Choices  # Textual, which the process that waits does not need

FORWARDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
GRACE = 2
"""Seconds that a screen which was told to end may take."""


def run_tui(
    socket: Path,
    workspace: WorkspaceId,
    ensure: Callable[[], object],
    version: str,
    choices: "Choices | None" = None,
) -> int:
    """Show a workspace on this terminal until the person leaves, and give the exit status.

    `ensure` starts the daemon if it does not run; it is called in a thread, whenever the connection is lost.
    """

    def show() -> int:
        import asyncio  # noqa: PLC0415  the process that waits needs neither of these
        import functools  # noqa: PLC0415

        from hiveui.gateway.client import HiveClient  # noqa: PLC0415
        from hiveui.tui.app import HiveApp  # noqa: PLC0415

        async def again() -> None:
            await asyncio.to_thread(ensure)

        connect = functools.partial(HiveClient.connect, socket, "hive", version)
        if choices is not None:
            choices.look()
        app = HiveApp(connect, again, workspace, Settings(), choices=choices, terminal=terminal(os.environ))
        code = app.run()
        if app.farewell:
            sys.stdout.write(f"{app.farewell}\n")
        return code or 0

    return guarded(show)


def answered(child: Callable[[], bytes]) -> bytes:
    """Run `child` as `guarded` does, and give what it answers; nothing where it died."""
    reader, writer = os.pipe()

    def answer() -> int:
        os.write(writer, child())
        return 0

    guarded(answer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        return pipe.read()


def guarded(child: Callable[[], int]) -> int:
    """Run `child` in a forked process on this terminal and give its exit status.

    A child that died of a signal, SIGKILL included, leaves the terminal as it was found. Signals that ask
    this process to end are handed on; a child that does not heed them in time is killed.
    """
    saved = _mode()
    pid = os.fork()
    if pid == 0:
        _become(child)
    with _handing_on(pid):
        _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        _write(RESTORE)
    if saved is not None:
        with contextlib.suppress(termios.error, OSError):
            termios.tcsetattr(0, termios.TCSANOW, saved)
    if code < 0:
        _write(f"The screen was ended by {signal.Signals(-code).name}; your agents go on.\r\n".encode())
        return 128 - code
    return code


def _become(child: Callable[[], int]) -> None:
    code = 1
    try:
        code = child()
    except KeyboardInterrupt:
        pass
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


@contextlib.contextmanager
def _handing_on(pid: int) -> Iterator[None]:
    def hand_on(number: int, _: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if number != signal.SIGALRM else signal.SIGKILL)
        if number != signal.SIGALRM:
            signal.alarm(GRACE)

    before: dict[int, Any] = {number: signal.signal(number, hand_on) for number in (*FORWARDED, signal.SIGALRM)}
    before[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _mode() -> list[Any] | None:
    try:
        return termios.tcgetattr(0)
    except (termios.error, OSError):
        return None


def _write(data: bytes) -> None:
    with contextlib.suppress(OSError):
        os.write(1, data)
