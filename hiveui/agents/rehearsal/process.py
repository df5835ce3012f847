"""Real commands, run while the stage goes on listening."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from hiveui.agents.rehearsal.stage import Stage

LOCKED = ("index.lock", "cannot lock ref")
"""What git says when another git holds the repository."""
LOCK_TRIES = 50
LOCK_SECONDS = 0.1


def shown(argv: Sequence[str]) -> str:
    """Write a command as a person would type it."""
    import shlex  # noqa: PLC0415  only where a command is shown

    return shlex.join("python3" if word == "{python}" else word for word in argv)


def run(stage: Stage, argv: Sequence[str]) -> tuple[int, str]:
    """Run a command in the current folder, without input; give its exit status and what it printed.

    127 where there is no such program. An interruption ends it and what it started.
    """
    argv = [sys.executable if word == "{python}" else word for word in argv]
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return 127, f"{argv[0]}: {error.strerror}"
    assert process.stdout is not None  # noqa: S101  asked for above
    output = b""
    pipe = process.stdout.fileno()
    try:
        while True:
            if stage.listen(None, pipe):
                data = os.read(pipe, 65536)
                output += data
                if not data:
                    break
        return process.wait(), output.decode("utf-8", "replace").strip("\n")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        process.stdout.close()


def git(stage: Stage, *words: str) -> tuple[int, str]:
    """Run git as the rehearsal, without hooks or signatures; wait while another git has the lock."""
    argv = ["git", "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgsign=false", *words]
    for _ in range(LOCK_TRIES):
        status, output = run(stage, argv)
        if status == 0 or not any(word in output for word in LOCKED):
            break
        stage.pause(LOCK_SECONDS)
    return status, output
