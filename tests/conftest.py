"""Fixtures that every kind of test may use."""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from hiveui.machine import this_machine
from hiveui.tmux.server import Server


# Machines are shared: how long one example takes says nothing.
settings.register_profile("hive", deadline=None)
settings.load_profile("hive")


def until(condition: Callable[[], object], within: float = 10.0, what: str = "the condition") -> object:
    """Wait until `condition()` is truthy and give its value."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s")
        time.sleep(0.01)


async def soon(condition: Callable[[], object], within: float = 10.0, what: str = "the condition") -> object:
    """Wait, on the event loop, until `condition()` is truthy and give its value."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s")
        await asyncio.sleep(0.01)


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="hv"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def tmux(short: Path) -> AsyncIterator[Server]:
    """A tmux server of the test's own, with one session `w-1`."""
    server = Server(short / "tmux.sock", short / "tmux.conf", list)
    await server.start("w-1", 80, 24)
    pid = await server.pid()
    yield server
    machine = this_machine()
    await server.kill(pid, lambda which: not machine.alive(which))


def end(pid: int) -> None:
    """End a process that the test started."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGKILL)
