"""The channel to a host on which agents are: a script there tells what they tell, and is told what to do."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from hiveui.hosts.line import Line, started
from hiveui.hosts.script import account, words
from hiveui.hosts.spools import CHUNK

SCRIPT = Path(__file__).with_name("channel.sh")
HEAD = 4096
"""Bytes of a line that says what follows, at most."""
BACKLOG = 1 << 20
"""Bytes that wait to be told to a host, at most: it is let go of beyond, and reached again."""


class Listener(Protocol):
    """What hears of what comes."""

    def part(self, name: str, offset: int, data: bytes) -> None:
        """Take what was appended to a spool."""

    def over(self, name: str, size: int) -> bool:
        """Tell whether all of a spool was taken, to which nothing is appended any more."""

    def looked(self, name: str, data: bytes) -> None:
        """Take what came of a look that was asked for."""


class Broken(Exception):  # noqa: N818  it is no failure of ours
    """What comes is not what the script prints."""


class Channel:
    """One channel to one host."""

    def __init__(self, line: Line, env: Mapping[str, str], folder: str, listener: Listener) -> None:
        """`env` is that of a login shell there; `folder` there holds the spools."""
        self._line = line
        self._env = env
        self._folder = folder
        self._listener = listener
        self._to: asyncio.StreamWriter | None = None

    async def run(self) -> str:
        """Hold it open until it breaks; give why it did. Raises nothing but CancelledError."""
        script = SCRIPT.read_bytes()
        try:
            argv = self._line.argv([*account(self._env), *words(script, self._folder)])
            process = await started(argv, self._line.env, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        except OSError as error:
            return str(error.strerror)
        try:
            if process.stdin is None or process.stdout is None:
                return "it has no streams"
            self._to = process.stdin
            self._to.write(script)
            await self._listen(process.stdout)
        except (Broken, ConnectionError, asyncio.IncompleteReadError) as error:
            return str(error)
        finally:
            self._to = None
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        return "it ended"

    def tell(self, *what: str) -> bool:
        """Tell the script something; False where it cannot be told now. The last word may hold blanks."""
        said = " ".join(what)
        if self._to is None or "\n" in said:
            return False
        if self._to.transport.get_write_buffer_size() > BACKLOG:
            self._to.close()
            return False
        self._to.write(os.fsencode(f"{said}\n"))
        return True

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                head = await stream.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                raise Broken("it prints something else") from error
            said = head[:HEAD].decode("ascii", "replace").split()
            match said:
                case ["part", name, offset, length]:
                    at = _number(offset)
                    self._listener.part(name, at, await stream.readexactly(_number(length, CHUNK)))
                case ["over", name, size]:
                    if self._listener.over(name, _number(size)):
                        self.tell("rm", name)
                case ["look", name, length]:
                    self._listener.looked(name, await stream.readexactly(_number(length, CHUNK)))
                case _:
                    raise Broken("it prints something else")


def _number(said: str, most: int = 1 << 40) -> int:
    """Read a length or an offset. Raises Broken."""
    if not (said.isascii() and said.isdecimal() and len(said) < 16 and int(said) <= most):
        raise Broken("it prints something else")
    return int(said)
