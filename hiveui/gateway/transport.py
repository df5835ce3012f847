"""The Unix socket under the gateway: bound so that only its owner can reach it, and dialled.

Whatever stands on it takes a connected socket, so that a test uses `socket.socketpair()` in its place.
"""

import os
import socket
import stat
from pathlib import Path

from hiveui.errors import GatewayError
from hiveui.machine import Machine
from hiveui.paths import secure_folder


def bind(path: Path, machine: Machine) -> socket.socket:
    """Listen at `path`, mode 0600, in a folder that is ours and 0700; it is made where it is missing.

    A socket that nobody answers on any more is replaced. Raises HiveError.
    """
    if len(os.fsencode(path)) > machine.socket_path_limit:
        raise GatewayError(
            f"{path} is longer than the {machine.socket_path_limit} bytes that a socket's path may have.",
            "Set XDG_STATE_HOME to a shorter folder.",
        )
    try:
        secure_folder(path.parent)
        if answers(path):
            raise GatewayError(f"Another daemon answers at {path}.")
        path.unlink(missing_ok=True)
        return _listen(path)
    except OSError as error:
        raise GatewayError(f"The socket {path} cannot be made: {error.strerror}.") from error


def _listen(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listening.bind(os.fspath(path))
        listening.listen(128)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(mask)
    return listening


def answers(path: Path) -> bool:
    """Tell whether somebody listens at `path`. Raises GatewayError where that is no socket."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise GatewayError(f"{path} is no socket.", "Move it away; it is made anew.")
    except FileNotFoundError:
        return False
    try:
        dial(path, timeout=1).close()
    except GatewayError:
        return False
    return True


def dial(path: Path, timeout: float = 5) -> socket.socket:
    """Connect, within `timeout` seconds. Raises GatewayError with code 0."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    try:
        sock.connect(os.fspath(path))
    except OSError as error:
        sock.close()
        raise GatewayError(f"No daemon answers at {path}.", "`hive up` starts one.") from error
    return sock
