"""One run of a check: in a process group of its own, politely, within a time, and ended with all that it started."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hiveui.machine import Machine
from hiveui.model.names import quoted
from hiveui.storage.tail import Tail

MARK = "HIVE_CHECK"
"""The variable by which whatever a check started is found, also where it left its group, or outlived its daemon."""
NICE = ("nice", "-n", "10")
LOOK = 1.0
"""Seconds between two looks at a check that prints nothing."""
PARTING = 2.0
"""Seconds that a check has to clear away what it began, before it is killed."""
CHUNK = 1 << 16
"""Bytes that are read at once: all that a pipe holds (pipe(7))."""


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended."""

    exit: int | None
    """Exit status, or minus the signal's number; None where it did not end by itself."""
    seconds: float
    why: str = ""
    """What ended it, or kept it from beginning, where that was not itself."""
    stopped: bool = False
    """It was told to stop: it came to nothing."""


class Attempt:
    """A command that is to end with 0."""

    def __init__(self, machine: Machine, mark: str, argv: Sequence[str], folder: str, env: Mapping[str, str]) -> None:
        """`mark` tells it from all others."""
        self._machine = machine
        self._mark = mark
        self._argv = argv
        self._folder = folder
        self._env = {**env, MARK: mark}
        self._pid: int | None = None
        self._stopped = ""

    def run(self, output: Path, within: float) -> End:
        """Run it, at most `within` seconds, and keep the end of what it prints. For a thread of its own.

        Raises StorageError where nothing can be kept.
        """
        begun = time.monotonic()
        tail = Tail(output)
        try:
            program = _found(self._argv[0], self._folder, self._env)
            if not program:
                return End(None, 0.0, f"{quoted(self._argv[0])} was not found in the PATH of the shell that ran hive")
            nice = NICE if shutil.which(NICE[0]) else ()
            with subprocess.Popen(
                [*nice, program, *self._argv[1:]],
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process:
                return self._watched(process, tail, begun, within)
        except OSError as error:
            return End(None, time.monotonic() - begun, f"it could not be started: {error.strerror or error}")
        finally:
            tail.close()

    def stop(self, why: str) -> None:
        """End it and all that it started, at once."""
        self._stopped = why
        if self._pid is not None:
            _signal(self._pid, signal.SIGKILL)

    def _watched(self, process: "subprocess.Popen[bytes]", tail: Tail, begun: float, within: float) -> End:
        self._pid = process.pid
        if self._stopped:
            self.stop(self._stopped)
        over = self._read(process, tail, begun + within)
        if over:
            _signal(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PARTING)
        end_all(self._machine, process.pid, self._mark)
        status, seconds = process.wait(), time.monotonic() - begun
        self._pid = None
        if self._stopped:
            return End(None, seconds, self._stopped, stopped=True)
        return End(None, seconds, f"it took over {within / 60:g} min and was ended") if over else End(status, seconds)

    def _read(self, process: "subprocess.Popen[bytes]", tail: Tail, deadline: float) -> bool:
        """Keep what it prints until it has ended; tell whether its time was over before that.

        What it leaves behind may hold its output open.
        """
        assert process.stdout is not None  # noqa: S101  it is a pipe
        prints = select.poll()
        prints.register(process.stdout, select.POLLIN)
        printing = True
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return True
            if not printing:
                try:
                    process.wait(left)
                except subprocess.TimeoutExpired:
                    return True
                return False
            ended = process.poll() is not None
            if prints.poll(0 if ended else 1000 * min(LOOK, left)):
                chunk = os.read(process.stdout.fileno(), CHUNK)
                printing = bool(chunk)
                tail.write(chunk)
            if ended:
                return False


def end_all(machine: Machine, group: int | None, mark: str) -> None:
    """End a process group, and every process with this mark."""
    if group is not None:
        _signal(group, signal.SIGKILL)
    for pid, value in list(machine.processes_with(MARK)):
        if value == mark:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def end_left(machine: Machine, ours: str) -> None:
    """End what checks of a daemon that was killed left running: whatever has a mark that begins with `ours`."""
    for pid, mark in list(machine.processes_with(MARK)):
        if mark.startswith(ours):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _found(program: str, folder: str, env: Mapping[str, str]) -> str:
    """Find a program as a shell in that folder would; '' where there is none."""
    if "/" in program:
        beside = os.path.join(folder, program)  # noqa: PTH118  words are text
        return beside if os.access(beside, os.X_OK) and os.path.isfile(beside) else ""  # noqa: PTH113
    return shutil.which(program, path=env.get("PATH")) or ""
