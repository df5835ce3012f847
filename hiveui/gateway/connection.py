"""One client as the daemon holds it: frames in, answers and news out, and nothing that could wait for it."""

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from hiveui.gateway.protocol import (
    BadFrameError,
    Code,
    Failure,
    Frames,
    FrameTooLongError,
    Message,
    Notification,
    Request,
    decode,
    encode,
)
from hiveui.machine import Peer
from hiveui.model.seat import Role, Seat

log = logging.getLogger(__name__)

MAX_BACKLOG = 16 << 20
"""Bytes that a client may leave unread before it is dropped: it would miss events."""
MAX_CALLS = 64
"""Calls of one connection at a time; further ones wait, and its socket is not read meanwhile."""
LOOKERS_CALLS = 4
"""The same for who only looks on: what they ask for is short, or as large as all that an agent printed."""
UNREAD = 1 << 20
"""Bytes of answers that a client may leave unread and still have further calls begun."""
MIDWAY = 10.0
"""Seconds that a client may stay silent in the middle of a frame."""


class Connection(asyncio.Protocol):
    """A client. `seat` is None until it has introduced itself."""

    def __init__(
        self,
        opened: Callable[["Connection", socket.socket], None],
        received: Callable[["Connection", Request | Notification], None],
        lost: Callable[["Connection"], None],
    ) -> None:
        self.peer = Peer(-1, -1)
        self.name = ""
        self.seat: Seat | None = None
        self.agent = ""
        """The id of the agent that it is, or ''."""
        self.calls = 0
        """Calls that have begun and not ended."""
        self.order = asyncio.Lock()
        """Held by one ordered call at a time, first come, first served."""
        self.on_close: list[Callable[[], None]] = []
        self.closed = False
        self._opened = opened
        self._received = received
        self._lost = lost
        self._frames = Frames()
        self._waiting: deque[bytes] = deque()
        self._full = False
        self._silence: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    @property
    def role(self) -> Role | None:
        """What it may do; None until it has introduced itself."""
        return self.seat.role if self.seat is not None else None

    @property
    def drives(self) -> bool:
        """What it does may change what others see: the sizes of panes, whether somebody is in front of them."""
        return self.role is not None and self.role.may(Role.DRIVER)

    @property
    def most_calls(self) -> int:
        """Calls that may have begun and not ended."""
        looks_on = self.role is None or (self.role.may(Role.VIEWER) and not self.drives)
        return LOOKERS_CALLS if looks_on else MAX_CALLS

    # to the client

    @property
    def backlog(self) -> int:
        """Bytes that the client has not read, what the kernel holds apart."""
        return 0 if self._transport is None or self.closed else self._transport.get_write_buffer_size()

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Queue one notification; never blocks. A client that is too far behind is dropped."""
        self.send(Notification(method, params))

    def send(self, message: Message) -> None:
        """Queue one message; never blocks."""
        if self._transport is None or self.closed:
            return
        self._transport.write(encode(message))
        if self.backlog > MAX_BACKLOG:
            self.abort(f"it left {MAX_BACKLOG >> 20} MiB unread")

    def close(self, reason: str) -> None:
        """End the connection once what was sent is read; a client that reads nothing is not waited for.

        The client closes first: one that is still writing would lose what it has not read yet.
        """
        self._end(reason)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()
            asyncio.get_running_loop().call_later(1, self._transport.abort)

    def abort(self, reason: str) -> None:
        """End the connection at once."""
        self._end(reason)
        if self._transport is not None:
            self._transport.abort()

    def _end(self, reason: str) -> None:
        if not self.closed:
            log.info("The connection of %.40r (pid %d) was ended: %s.", self.name, self.peer.pid, reason)
        self.closed = True

    # from the client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(UNREAD)
        self._opened(self, transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        """Cut frames, and begin the calls they ask for."""
        if self.closed:
            return
        try:
            self._waiting.extend(self._frames.feed(data))
        except FrameTooLongError as error:
            self.send(error.answer)
            self.close("a frame was too long")
        else:
            self.advance()
            self._watch_silence()

    def advance(self) -> None:
        """Begin calls that wait, while there is room for them and answers are read; read on only when none waits."""
        while self._waiting and self.calls < self.most_calls and not self._full and not self.closed:
            self._receive(self._waiting.popleft())
        if self._transport is not None and not self._transport.is_closing():
            if self._waiting:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def pause_writing(self) -> None:
        """Begin no calls: the client has UNREAD to read."""
        self._full = True

    def resume_writing(self) -> None:
        """Go on: the client has read most of it."""
        self._full = False
        self.advance()

    def _receive(self, line: bytes) -> None:
        try:
            message = decode(line)
        except BadFrameError as error:
            self.send(error.answer)
            return
        if isinstance(message, Request | Notification):
            self._received(self, message)
        else:
            self.send(Failure(message.id, Code.INVALID_REQUEST, "The daemon asked nothing."))

    def _watch_silence(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        if self._frames.begun:
            later = asyncio.get_running_loop().call_later
            self._silence = later(MIDWAY, self.close, "it fell silent in the middle of a frame")

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell everyone who asked."""
        self.closed = True
        self._waiting.clear()
        if self._silence is not None:
            self._silence.cancel()
        self._lost(self)
        for callback in self.on_close:
            callback()
