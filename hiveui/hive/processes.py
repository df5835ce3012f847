"""Programs in panes as processes: whether they can start, how they are ended, how they ended."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from hiveui.agents.launch import Launch, missing
from hiveui.hive.identity import AGENT_VARIABLE
from hiveui.machine import Machine

ENDING = ((signal.SIGHUP, 1.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0))
"""What a program is told, and the seconds that it then has."""
LOOK = 0.03
"""Seconds between looks at whether they have ended."""


class Programs(Protocol):
    """The programs in the panes of one host, by their pids there."""

    def alive(self, pid: int) -> bool:
        """Tell whether one still runs, as far as can be told without asking."""

    def reap(self, pid: int) -> None:
        """Have tmux look whether one ended."""

    async def end(self, pids: Sequence[int]) -> None:
        """Ask process groups to end, and end those that do not. Raises HostError where nobody can be asked."""


class LocalPrograms:
    """Those that run here."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def alive(self, pid: int) -> bool:
        """Ask the kernel."""
        return self._machine.alive(pid)

    def reap(self, pid: int) -> None:
        """Signal the parent."""
        have_reaped(self._machine, pid)

    async def end(self, pids: Sequence[int]) -> None:
        """End them by signals."""
        await see_them_end(self._machine, pids)


def obstacle(launch: Launch, env: Mapping[str, str]) -> str:
    """Say why a program cannot be started, and the mend; '' where it can."""
    if launch.worktree is None and not os.path.isdir(launch.cwd):  # noqa: PTH112  unlike Path's, it is False where the folder may not be entered
        return f"its folder {launch.cwd} is gone. Make it again, then start the agent."

    def which(program: str) -> str | None:
        beside = Path(launch.cwd) / program
        return shutil.which(program, path=env.get("PATH")) or (program if "/" in program and beside.is_file() else None)

    boxed = launch.sandbox
    return missing(launch, which) if boxed is None or not boxed.box.image else ""  # an image has programs of its own


def telling(sentence: str) -> list[str]:
    """Give the argv of a program that says in its pane why there is no other.

    It stays for a moment: tmux 3.3a loses, one time in thirty, what a program printed that ended before its window
    was sized, or on a busy machine before the kernel has handed over its last words.
    """
    return ["sh", "-c", 'printf "%s\\n" "$1"; sleep 0.3; exit 127', "sh", sentence]


async def see_them_end(machine: Machine, pids: Sequence[int]) -> None:
    """Ask process groups to end, and end those that do not. Pids are of our own panes: each leads its group."""
    loop = asyncio.get_running_loop()
    for number, within in ENDING:
        left = groups_left(machine, pids)
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
        deadline = loop.time() + within
        while left and loop.time() < deadline:
            await asyncio.sleep(LOOK)
            left = groups_left(machine, left)


def groups_left(machine: Machine, groups: Iterable[int]) -> set[int]:
    """Give the groups in which something still runs: their leader, or one of ours that it left behind."""
    asked = set(groups)
    left = {pid for pid in asked if machine.alive(pid)}
    if left != asked:
        left |= asked.intersection(_group(pid) for pid, _ in machine.processes_with(AGENT_VARIABLE))
    return left


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def have_reaped(machine: Machine, pid: int) -> None:
    """Have the parent of an ended process look for its children.

    tmux 3.3a on a busy machine misses one SIGCHLD of four: the process stays a zombie, its status unknown, until
    another child ends.
    """
    parent = next(machine.ancestors(pid), None)
    if parent is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(parent, signal.SIGCHLD)


def orphans(machine: Machine) -> dict[str, list[int]]:
    """Find agents' processes by their environment: pids by the agent's id, without those that they started."""
    found = dict(machine.processes_with(AGENT_VARIABLE))
    by_agent: dict[str, list[int]] = {}
    for pid, value in found.items():
        if next(machine.ancestors(pid), 0) not in found:
            by_agent.setdefault(value, []).append(pid)
    return by_agent


def ending(status: int | None) -> str:
    """Say how a program ended: its exit status, or minus the signal's number, or None where nobody saw it."""
    if status is None:
        return "its end was not seen"
    if status < 0:
        names = {number.value: number.name for number in signal.Signals}
        return f"ended by {names.get(-status, f'signal {-status}')}"
    return f"ended with exit status {status}"
