"""The server's end of screens: one process for each client, forked by one that has all loaded already.

The process that forks (`hiveui.tui.zygote`) is started by its argv, and started again where it died; what is asked of
it meanwhile waits for it, which is as slow as a cold start, and no slower.
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from hiveui.errors import GatewayError, HiveError
from hiveui.gateway import door
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.seat import Seat
from hiveui.ssh.environment import environment
from hiveui.ssh.order import Order

ARGV = (sys.executable, "-X", "utf8", "-m", "hiveui.cli.seated")
WITHIN = 15.0
"""Seconds that a process may take to be forked, a cold start among them."""
GRACE = 2.0
"""Seconds that a process which was told to end may take."""
LOST = 1
"""Exit status of a process whose own was lost with the process that forked it."""
Gateway = Callable[[Seat], BlockingClient]
"""Dials the daemon, which is started where it does not run, and introduces a seat. Blocks; raises HiveError."""


class Screen:
    """The process of one client."""

    def __init__(self, pid: int, sock: socket.socket) -> None:
        self.pid = pid
        self.door = sock
        """This side of its door; it reads the end once the process is gone."""
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ended(self) -> int:
        """Wait for its end; gives its exit status, or minus the signal."""
        return await asyncio.shield(self.status)

    def end(self) -> None:
        """Ask it to end; it is killed where it does not."""
        self._signal(signal.SIGTERM)
        asyncio.get_running_loop().call_later(GRACE, self._signal, signal.SIGKILL)

    def tell(self, status: int) -> None:
        """Take its exit status; the first one holds."""
        if not self.status.done():
            self.status.set_result(status)

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal, as long as its number means this process: it holds its door open."""
        if not self.status.done() and not _is_shut(self.door):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _is_shut(sock: socket.socket) -> bool:
    try:
        return sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class _LostError(Exception):
    """The process that forks is gone."""


class _Nest:
    """One process that forks."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._process = process
        self._control = control
        self._orders: dict[int, tuple[asyncio.Future[Screen], socket.socket]] = {}
        self._numbers = itertools.count()
        self._screens: dict[int, Screen] = {}

    @classmethod
    async def start(cls, argv: Sequence[str], environ: Mapping[str, str]) -> "_Nest":
        """Start it; it takes orders at once, and carries them out once it has loaded all."""
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                *argv, stdin=theirs.fileno(), stdout=asyncio.subprocess.DEVNULL, env=environ, start_new_session=True
            )
        except OSError as error:
            ours.close()
            raise GatewayError(f"{argv[0]} cannot be run: {error.strerror}.") from error
        finally:
            theirs.close()
        ours.setblocking(False)
        return cls(process, ours)

    async def fork(
        self, words: Sequence[str], env: Mapping[str, str], fds: Sequence[int], sock: socket.socket
    ) -> Screen:
        """Have a process forked. Raises _LostError, and GatewayError where there can be no more processes."""
        number = next(self._numbers)
        screen: asyncio.Future[Screen] = asyncio.get_running_loop().create_future()
        self._orders[number] = screen, sock
        try:
            door.hand(self._control, {"order": number, "words": list(words), "env": dict(env)}, fds)
            async with asyncio.timeout(WITHIN):
                await _first(screen, self.lost)
        except (OSError, TimeoutError) as error:
            self.end()
            raise _LostError from error
        finally:
            del self._orders[number]
        if not screen.done():
            raise _LostError
        return screen.result()

    async def listen(self) -> None:
        """Take what it says, until it is gone."""
        reader, writer = await asyncio.open_unix_connection(sock=self._control.dup())
        try:
            while True:
                (size,) = door.HEAD.unpack(await reader.readexactly(door.HEAD.size))
                self._take(json.loads(await reader.readexactly(size)))
        except (asyncio.IncompleteReadError, OSError, ValueError):
            pass
        finally:
            writer.close()
            await self.close()

    def _take(self, message: Mapping[str, Any]) -> None:
        if "order" in message:
            self._forked(message["order"], message["pid"])
        elif (screen := self._screens.pop(message["pid"], None)) is not None:
            screen.tell(message["status"])

    def _forked(self, number: int, pid: int) -> None:
        screen, sock = self._orders.get(number, (None, None))
        if screen is None or sock is None or screen.done():
            return
        if pid < 0:
            screen.set_exception(GatewayError("This machine takes no more processes.", "Try again in a moment."))
        else:
            self._screens[pid] = Screen(pid, sock)
            screen.set_result(self._screens[pid])

    async def close(self) -> None:
        """End it, and let go of it; what it forked goes on."""
        self.end()
        self._control.close()
        if not self.lost.done():
            self.lost.set_result(None)
        await self._process.wait()

    def end(self) -> None:
        """End it; what it forked goes on."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


class Zygote:
    """Opens screens. Used as an async context, which owns the process that forks."""

    def __init__(self, gateway: Gateway, argv: Sequence[str] = ARGV, environ: Mapping[str, str] = os.environ) -> None:
        self._gateway = gateway
        self._argv = argv
        self._environ = environ
        self._tasks = asyncio.TaskGroup()
        self._nest: _Nest | None = None
        self._starting = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None
        self._keepers: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Start the process that forks. Raises HiveError."""
        await self._tasks.__aenter__()
        await self._alive()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of all; screens see it, and end."""
        for task in (*self._keepers, self._listening):
            if task is not None:
                task.cancel()
        try:
            await self._tasks.__aexit__(kind, error, trace)
        finally:
            if self._nest is not None:
                await self._nest.close()

    async def open(self, order: Order, seat: Seat, stdio: tuple[int, int, int], env: Mapping[str, str]) -> Screen:
        """Start a process for a client on `stdio`, under `seat`; `env` is what the client says of its terminal.

        Raises HiveError where the daemon cannot be had, or no process.
        """
        client = await asyncio.to_thread(self._gateway, seat)
        environ = environment(self._environ, env, seat.where)
        ours, theirs = socket.socketpair()
        try:
            ours.setblocking(False)
            door.admit(ours, client)
            nest, screen = await self._fork(order, environ, (*stdio, theirs.fileno()), ours)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        task = self._tasks.create_task(self._keep(nest, screen, seat))
        self._keepers.add(task)
        task.add_done_callback(self._keepers.discard)
        return screen

    async def _fork(
        self, order: Order, env: Mapping[str, str], fds: Sequence[int], ours: socket.socket
    ) -> tuple[_Nest, Screen]:
        for _ in range(2):  # once more where it had died unseen
            nest = await self._alive()
            with contextlib.suppress(_LostError):
                return nest, await nest.fork(order.words, env, fds, ours)
        raise GatewayError("The screen could not be started.", "The server's log may tell why.")

    async def _alive(self) -> _Nest:
        async with self._starting:
            if self._nest is None or self._nest.lost.done():
                self._nest = await _Nest.start(self._argv, environment(self._environ, {}, ""))
                self._listening = self._tasks.create_task(self._nest.listen())
            return self._nest

    async def _keep(self, nest: _Nest, screen: Screen, seat: Seat) -> None:
        """Give a process another connection whenever it asks; then wait for its exit status."""
        reader, writer = await asyncio.open_unix_connection(sock=screen.door.dup())
        try:
            while await _byte(reader):
                await self._admit(screen, seat)
            await _first(screen.status, nest.lost)
        finally:
            screen.tell(LOST)
            writer.close()
            screen.door.close()

    async def _admit(self, screen: Screen, seat: Seat) -> None:
        with contextlib.suppress(OSError):
            try:
                client = await asyncio.to_thread(self._gateway, seat)
            except HiveError as error:
                door.refuse(screen.door, error, error.hint)
            else:
                door.admit(screen.door, client)


async def _first(*futures: asyncio.Future[Any]) -> None:
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)


async def _byte(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(1)
    except OSError:
        return b""
