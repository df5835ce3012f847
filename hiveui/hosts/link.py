"""The link to a host: what has to be open for its line to work, and how it is seen that it broke."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from hiveui.errors import HostError
from hiveui.hosts.line import Line, Ssh, once
from hiveui.hosts.refusals import SAID, explain
from hiveui.model.text import visible

CONNECT = 10.0
"""Seconds within which a link is open, with all jumps."""
ALIVE = ("-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=3", "-o", "ConnectTimeout=8")
"""A server that says nothing at all for 3 to 4 seconds is lost; one that is slow and sends is not."""
BEAT = 1.0
SILENCE = 3.0
"""Seconds after which an unanswered beat means that a host is lost."""
LOOK = 0.02
KEPT = 1 << 14
"""Bytes that are kept of what a program says on its standard error."""


async def hold(line: Line, up: Callable[[], None]) -> HostError:
    """Open the link, call `up`, and hold it until it breaks; give why. Raises nothing but CancelledError."""
    link = _hold_ssh(line, up) if isinstance(line, Ssh) else _beat(line, up)
    try:
        return await link
    except OSError as error:
        return HostError(f"{line.name} cannot be reached: {error.strerror}: {line.argv([''])[0]}.", final=True)


async def _hold_ssh(line: Ssh, up: Callable[[], None]) -> HostError:
    """Hold a master. Its socket appears once it is connected and let in.

    It runs cat(1) there, not nothing (`-N`): that ends with what it reads, and so with a daemon that is killed.
    """
    if line.control.exists():  # a killed one leaves it; one of a killed daemon ends once nothing goes by it
        await once(line.ssh("-O", "exit"), line.env, within=CONNECT)
        line.control.unlink(missing_ok=True)
    async with _Program([*line.ssh("-M", "-T", *ALIVE), "exec cat"], line.env) as master:
        deadline = time.monotonic() + CONNECT
        while not line.control.exists():
            if master.over.done():
                return explain(master.said, line.name, line.by_hand)
            if time.monotonic() > deadline:
                return explain("Connection timed out", line.name, line.by_hand)
            await asyncio.sleep(LOOK)
        up()
        await asyncio.wait([master.over])
        return explain(master.said, line.name, line.by_hand)


async def _beat(line: Line, up: Callable[[], None]) -> HostError:
    """Have each byte come back from there, one a second: other lines hold nothing that would tell of a loss."""
    async with _Program(line.argv(["cat"]), line.env) as echo:
        within = CONNECT
        while await echo.answers(within):
            if within == CONNECT:
                up()
                within = SILENCE
            await asyncio.wait([echo.over], timeout=BEAT)
        if not echo.over.done():
            return HostError(f"{line.name} does not answer." if within == CONNECT else f"{line.name} fell silent.")
        last = next((text for text in reversed(echo.said.splitlines()) if text.strip()), "its command ended")
        return HostError(f"{line.name} cannot be reached: {visible(last.strip())[:SAID]}.")


class _Program:
    """A program here that is ended with the block; `said` is the end of what it says on its standard error."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._argv = argv
        self._env = env
        self._said = b""

    async def __aenter__(self) -> Self:
        """Start it. Raises OSError."""
        self._process = await asyncio.create_subprocess_exec(
            *self._argv,
            env=dict(self._env),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )
        self.over = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it, with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self.over.cancel()
        await self._process.wait()

    @property
    def said(self) -> str:
        """Give what it said."""
        return self._said.decode(errors="replace")

    async def _listen(self) -> None:
        if self._process.stderr is not None:
            while data := await self._process.stderr.read(1 << 12):
                self._said = (self._said + data)[-KEPT:]
        await self._process.wait()

    async def answers(self, within: float) -> bool:
        """Tell whether a byte comes back in time."""
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            return False
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(within):
                to.write(b".")
                await to.drain()
                return bool(await back.read(1))
        return False
