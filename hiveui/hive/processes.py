"""Programs in panes as processes: whether they can start, how they are ended, how they ended."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from hiveui.agents.launch import Launch
from hiveui.machine import Machine

ENDING = ((signal.SIGHUP, 1.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0))
"""What a program is told, and the seconds that it then has."""


def runnable(launch: Launch, env: Mapping[str, str]) -> list[str]:
    """Give the argv, or one that says in the pane why there is none."""
    program = launch.argv[0]
    if shutil.which(program, path=env.get("PATH")) or (Path(launch.cwd) / program).is_file():
        return list(launch.argv)
    return ["sh", "-c", 'printf "%s\\n" "$1"; exit 127', "sh", launch.install]


async def see_them_end(machine: Machine, pids: Sequence[int]) -> None:
    """Ask process groups to end, and end those that do not. Pids are of our own panes: each leads its group."""
    loop = asyncio.get_running_loop()
    for number, within in ENDING:
        left = [pid for pid in pids if machine.alive(pid)]
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, number)
        deadline = loop.time() + within
        while any(machine.alive(pid) for pid in left) and loop.time() < deadline:
            await asyncio.sleep(0.02)


def orphans(machine: Machine, name: str) -> dict[str, list[int]]:
    """Find processes by the variable `name` of their environment: pids by its value, without those they started."""
    found = dict(machine.processes_with(name))
    by_value: dict[str, list[int]] = {}
    for pid, value in found.items():
        if next(machine.ancestors(pid), 0) not in found:
            by_value.setdefault(value, []).append(pid)
    return by_value


def ending(status: int | None) -> str:
    """Say how a program ended: its exit status, or minus the signal's number, or None where nobody saw it."""
    if status is None:
        return "its end was not seen"
    if status < 0:
        names = {number.value: number.name for number in signal.Signals}
        return f"ended by {names.get(-status, f'signal {-status}')}"
    return f"ended with exit status {status}"
