"""Starting the daemon once, from any command, and finding it again."""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from hiveui.errors import GatewayError, HiveError
from hiveui.machine import this_machine
from hiveui.paths import Paths, secure_folder

STARTED_WITHIN = 10.0


def answers(paths: Paths) -> bool:
    """Tell whether a daemon accepts connections."""
    import socket  # noqa: PLC0415  a command that talks to a running daemon has it already

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(paths.hive_socket))
        except OSError:
            return False
        return True


def ensure_daemon(paths: Paths) -> bool:
    """Start the daemon if none answers; True where this call started one. Raises HiveError."""
    if answers(paths):
        return False
    for folder in (paths.state, paths.run):
        secure_folder(folder)
    daemon = _start(paths)
    with daemon.stdout or contextlib.nullcontext():
        deadline = time.monotonic() + STARTED_WITHIN
        ended = False
        while not ended and time.monotonic() < deadline:
            ended = daemon.poll() is not None
            if answers(paths):
                return True
            time.sleep(0.02)
        said = daemon.stdout.read() if ended and daemon.stdout is not None else ""
    sentence, _, hint = said.strip().partition("\n")
    raise GatewayError(sentence or "The daemon did not start.", hint or f"Its last words are in {paths.log}.")


def _start(paths: Paths) -> "subprocess.Popen[str]":
    """Start `python -m hiveui.daemon` outside this terminal, session and cgroup; it says there why it cannot serve."""
    argv = this_machine().outside_session([sys.executable, "-P", "-m", "hiveui.daemon"])
    with paths.log.open("ab") as log:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=os.environ,
            text=True,
        )


@contextlib.contextmanager
def only_one(paths: Paths) -> Iterator[None]:
    """Hold the hive's lock for as long as the daemon lives. Raises HiveError where another holds it."""
    with paths.lock.open("a+") as file:
        deadline = time.monotonic() + 2
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise HiveError("Another daemon serves this hive.", f"Its pid is in {paths.lock}.") from None
                time.sleep(0.05)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
