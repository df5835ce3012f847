"""A connection's share of the server's time: a flood of the smallest packets waits, and nobody waits for it.

asyncssh takes all that came before anybody else has a turn, and takes it without end. Here a connection is read in
small parts, each is timed, and who used more than their share is not read until it is paid off: what they send stays
with the kernel, and then with them (TCP's window). Neither is who does not read what they are answered.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

PART = 1 << 10
"""Bytes that are read at once: some 25 packets of the smallest, a millisecond of work."""
AT_ONCE = 0.05
"""Seconds of work that a connection has at once: keys are exchanged in 10 ms, and 1 MiB is pasted in this."""
FLOODS = 0.2
"""Of the server's time that all have together who used that up."""
UNREAD = 1 << 20
"""Bytes of answers that a client may leave unread and still be read from: four times what a screen has on its way."""
AGAIN = 0.1
"""Seconds between looks whether it has read them."""


class Connection(Protocol):
    """What takes the bytes (asyncssh's connection)."""

    def data_received(self, data: bytes) -> None:
        """Act on bytes."""

    def eof_received(self) -> bool | None:
        """Act on the end of them."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Act on the end of the connection."""


class Shares:
    """The server's time, between those who ask for more than comes their way."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.waiting = 0
        """Connections that are not read for now."""

    def bound(self, conn: Connection) -> None:
        """Hold a connection to its share, from now on.

        asyncssh tells its transport only as a private attribute; where that is gone, nobody is held to anything.
        """
        transport = getattr(conn, "_transport", None)
        if isinstance(transport, asyncio.Transport):
            transport.set_protocol(Share(self, conn, transport))


class Share(asyncio.BufferedProtocol):
    """Stands between a transport and what takes its bytes."""

    def __init__(self, shares: Shares, conn: Connection, transport: asyncio.Transport) -> None:
        self._shares = shares
        self._conn = conn
        self._transport = transport
        self._part = bytearray(PART)
        self._paid = 0.0
        """When all is paid off that was done for it (as `limits.Throttle` counts)."""
        self._waiting: asyncio.TimerHandle | None = None

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002  the kernel keeps what is more
        """Give the room for what comes."""
        return self._part

    def buffer_updated(self, nbytes: int) -> None:
        """Have what came acted on, and wait where that was more than its share."""
        clock = self._shares.clock
        began = clock()
        self._conn.data_received(bytes(self._part[:nbytes]))
        now = clock()
        rate = FLOODS / (self._shares.waiting + 1)
        self._paid = max(self._paid, began) + (now - began) / rate
        self._wait(self._paid - AT_ONCE / FLOODS - now)

    def eof_received(self) -> bool | None:
        """Hand on that no more comes."""
        return self._conn.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on that it is over."""
        self._go_on()
        self._conn.connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        """Read no more for so long, or until answers are read."""
        if self._transport.get_write_buffer_size() > UNREAD:
            seconds = max(seconds, AGAIN)
        if seconds > 0 and not self._transport.is_closing():
            self._transport.pause_reading()
            self._shares.waiting += 1
            self._waiting = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        self._go_on()
        self._transport.resume_reading()
        self._wait(0)

    def _go_on(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
            self._shares.waiting -= 1
