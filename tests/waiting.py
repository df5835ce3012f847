"""Waiting for a condition with a deadline, and ending what a test started."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable

import pytest

TIMED = pytest.mark.parametrize("timed", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["", "timed"])
"""For a test that holds times below bounds where it is `timed`: a busy machine says nothing of them."""


def until(condition: Callable[[], object], within: float = 20.0, what: str = "the condition") -> object:
    """Wait until `condition()` is truthy and give its value."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s")
        time.sleep(0.01)


async def soon(condition: Callable[[], object], within: float = 20.0, what: str = "the condition") -> object:
    """Wait, on the event loop, until `condition()` is truthy and give its value."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s")
        await asyncio.sleep(0.01)


def end(pid: int) -> None:
    """End a process that the test started."""
    assert pid > 0, "kill(2) takes 0 and what is below for groups of processes"
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGKILL)
