"""One client's session: what it asks for, its terminal, and the process that it is given until one of them ends."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import asyncssh

from hiveui.errors import HiveError
from hiveui.model.seat import Seat
from hiveui.model.terminal import RESTORE, pace
from hiveui.model.text import visible
from hiveui.ssh.flow import Flow
from hiveui.ssh.order import Order, order
from hiveui.ssh.paste import PasteGate
from hiveui.ssh.pump import BACKLOG, Inlet, Outlet
from hiveui.ssh.terminal import Files, Size, bounded
from hiveui.ssh.zygote import Screen

STDERR = asyncssh.EXTENDED_DATA_STDERR
DRAIN = 0.5
"""Seconds in which what a process printed last has to be sent."""
SETTLE = 0.03
"""Seconds in which sizes are gathered: a window that is drawn larger tells each of them."""
FRAMES = ((0, 10), (5, 4), (20, 2))
"""From how many who look on, how many frames a second each is sent; on a slow line the fewest."""
PACED = 0.5
"""Seconds between looks at that."""
QUIET = 0.1
"""Seconds without a key after which none is half typed."""


def frames_for(crowd: int, *, slow: bool) -> int:
    """Give the frames a second that one of so many is sent."""
    return FRAMES[-1][1] if slow else [frames for least, frames in FRAMES if crowd >= least][-1]


class Screens(Protocol):
    """What opens screens (`ssh.zygote.Zygote`)."""

    async def open(self, order: Order, seat: Seat, stdio: tuple[int, int, int], env: Mapping[str, str]) -> Screen:
        """Start a process for a client. Raises HiveError."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for."""

    order: Order
    env: Mapping[str, str]
    size: Size | None
    """Of its terminal; None without one."""


class Session(asyncssh.SSHServerSession[bytes]):
    """The session as asyncssh tells of it; `serve` gives it a process."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[Wish | None] = loop.create_future()
        self.over: asyncio.Future[str] = loop.create_future()
        """Why it is over, said to the client if it is still there."""
        self.heard = loop.time()
        """When the client last typed."""
        self._term = ""
        self._size: Size | None = None
        self._order = Order()
        self._early = bytearray()
        self._pty: Files | None = None
        self._inlet: Inlet | None = None
        self._paste = PasteGate()
        self._sizing: asyncio.TimerHandle | None = None

    # what the client does

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Take the channel."""
        self._channel = chan

    def pty_requested(
        self,
        term_type: str,
        term_size: tuple[int, int, int, int],
        term_modes: Mapping[int, int],  # noqa: ARG002  whoever draws the screen sets them
    ) -> bool:
        """Take what the terminal is, and its size."""
        self._term, self._size = term_type, bounded(*term_size[:2])
        return True

    def shell_requested(self) -> bool:
        """Show the hive."""
        return True

    def exec_requested(self, command: str) -> bool:
        """Take what is asked for in words."""
        self._order = order(command)
        return True

    def session_started(self) -> None:
        """Begin; what was asked for is settled."""
        said = {name: value for name, value in self._channel.get_environment().items() if name != "TERM"}
        env = {**said, **({"TERM": self._term} if self._term else {})}
        self.begun.set_result(Wish(self._order, env, self._size))

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:  # noqa: ARG002
        """Hand on what was typed; before there is a process it is kept, within bounds."""
        self.heard = asyncio.get_running_loop().time()
        data = self._paste.feed(data)
        if self._inlet is not None:
            self._inlet.feed(data)
        elif len(self._early) < BACKLOG:
            self._early += data

    def eof_received(self) -> bool:
        """Go on: a client that has nothing to say may still look."""
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:  # noqa: ARG002
        """Give the terminal its new size, soon."""
        self._size = bounded(width, height)
        if self._sizing is None:
            self._sizing = asyncio.get_running_loop().call_later(SETTLE, self._resize)

    def break_received(self, msec: int) -> bool:  # noqa: ARG002
        """Refuse: a break means nothing here."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that the client is gone."""
        self.finish(visible(str(exc)) if exc else "left")
        if not self.begun.done():
            self.begun.set_result(None)

    # what becomes of it

    def finish(self, why: str) -> None:
        """Have it end; the first reason holds."""
        if not self.over.done():
            self.over.set_result(why)

    async def serve(self, screens: Screens, seat: Seat, crowd: Callable[[], int]) -> int:
        """Give the client what it asks for until one side ends, and tell it why; gives the exit status.

        `crowd` tells how many look on: the more there are, the fewer frames each is sent.
        """
        wish = await self.begun
        if wish is None:
            return 0
        files = self._open(wish)
        try:
            try:
                screen = await screens.open(wish.order, seat, files.given, wish.env)
            finally:
                files.hand_over()
            status = await self._attend(screen, files.outputs, crowd if wish.order.screen else None)
        except HiveError as error:
            self._say(f"{error} {error.hint}".rstrip())
            status = error.exit_code
        finally:
            self._take_input(None)
            self._pty = None
            files.close()
        self._channel.exit(status)
        return status

    def _open(self, wish: Wish) -> Files:
        if wish.size is None:
            return Files.pipes()
        self._pty = Files.terminal(wish.size, screen=wish.order.screen)
        self._take_input(Inlet(self._channel, self._pty.master))
        return self._pty

    def _take_input(self, inlet: Inlet | None) -> None:
        if self._inlet is not None:
            self._inlet.close()
        self._inlet = inlet
        if inlet is not None:
            inlet.feed(bytes(self._early))
        self._early.clear()

    async def _attend(self, screen: Screen, outputs: Mapping[int, int | None], crowd: Callable[[], int] | None) -> int:
        """Move bytes until the process has ended, or the client is to go."""
        flow = Flow()
        outlet = Outlet(self._channel, flow)
        async with asyncio.TaskGroup() as tasks:
            pacing = tasks.create_task(self._pace(flow, crowd)) if crowd is not None else None
            sending = [tasks.create_task(outlet.run(file, kind)) for file, kind in outputs.items()]
            ended = tasks.create_task(screen.ended())
            await _either(ended, self.over)
            if told := not ended.done():
                screen.end()
            status = await ended
            if pacing is not None:
                pacing.cancel()
            await asyncio.wait(sending, timeout=DRAIN)
            for task in sending:
                task.cancel()
        if self._pty is not None and (told or status):
            self._write(RESTORE)
        if told:
            self._say(f"{self.over.result()} Your agents go on.")
        elif status < 0:
            self._say(f"The screen was ended by {signal.Signals(-status).name}; your agents go on.")
        return status if status >= 0 else 128 - status

    async def _pace(self, flow: Flow, crowd: Callable[[], int]) -> None:
        """Tell the screen how many frames its line takes, between two things that are typed."""
        loop, told = asyncio.get_running_loop(), FRAMES[0][1]
        while True:
            await asyncio.sleep(PACED)
            frames = frames_for(crowd(), slow=flow.slow)
            amid = self._paste.inside or loop.time() - self.heard < QUIET
            if frames != told and not amid and self._inlet is not None:
                self._inlet.feed(pace(frames))
                told = frames

    def _say(self, sentence: str) -> None:
        text = visible(sentence).encode()
        self._write(*((text + b"\r\n", None) if self._pty is not None else (text + b"\n", STDERR)))

    def _write(self, data: bytes, datatype: int | None = None) -> None:
        with contextlib.suppress(OSError):  # a client that is gone is told nothing
            self._channel.write(data, datatype)

    def _resize(self) -> None:
        self._sizing = None
        if self._pty is not None and self._size is not None:
            self._pty.resize(self._size)


async def _either(*futures: asyncio.Future[Any]) -> None:
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
