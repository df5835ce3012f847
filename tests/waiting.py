"""Waiting for a condition with a deadline, and ending what a test started."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

WITHIN = 20.0
"""Seconds that something may take on a busy machine."""
T = TypeVar("T")


def promised(seconds: float) -> pytest.MarkDecorator:
    """Give a test `within`: time enough on a busy machine, and where slow tests are run the seconds that are promised."""
    fast = pytest.param(seconds, marks=pytest.mark.slow, id=f"within {seconds:g} s")
    return pytest.mark.parametrize("within", [pytest.param(WITHIN, id="soon"), fast])


def until(condition: Callable[[], T], within: float = WITHIN, what: str = "the condition") -> T:
    """Wait until `condition()` is truthy and give its value."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s")
        time.sleep(0.01)


async def soon(condition: Callable[[], T | Awaitable[T]], within: float = WITHIN, what: str = "the condition") -> T:
    """Wait, on the event loop, until `condition()`, which may itself be waited for, is truthy and give its value."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
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
