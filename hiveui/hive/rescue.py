"""Finding HiveUI's tmux server again after somebody deleted its socket: by its process, which is noted down."""

import asyncio
import logging
import time

from hiveui.machine import Machine
from hiveui.paths import Paths, secure_folder
from hiveui.tmux.server import SERVER_MARK, Server, bind_again

log = logging.getLogger(__name__)

BOUND_WITHIN = 2.0
"""Seconds that tmux is given to make its socket anew."""


async def note(server: Server, paths: Paths) -> None:
    """Note the server's process, if there is one."""
    pid = await server.pid()
    if pid is not None:
        try:
            paths.tmux_pid.write_text(str(pid))
        except OSError as error:
            log.warning("%s cannot be written: %s", paths.tmux_pid, error.strerror)


def noted(paths: Paths) -> int | None:
    """Give the process that was noted last."""
    try:
        said = paths.tmux_pid.read_text("ascii", "replace").strip()
    except OSError:
        return None
    return int(said) if said.isdecimal() and said.isascii() else None


async def find(server: Server, paths: Paths, machine: Machine) -> None:
    """Reach the server where it lives and its socket does not. Raises HiveError."""
    pid = noted(paths)
    if pid is None or await server.pid() is not None:
        return
    marks = machine.environ(pid) or {}
    if marks.get(SERVER_MARK) == str(server.socket):
        secure_folder(paths.run)
        bind_again(pid)
        deadline = time.monotonic() + BOUND_WITHIN
        while await server.pid() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
