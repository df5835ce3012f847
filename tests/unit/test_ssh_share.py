"""What one connection may have of the SSH server's time."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hiveui.ssh.share import AT_ONCE, PART, UNREAD, Shares
from tests.waiting import soon


class Clock:
    """A clock that runs while work is done, and not else."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Working(asyncio.Protocol):
    """Does so many seconds of work for each part that comes, as asyncssh's connection holds its transport."""

    def __init__(self, shares: Shares, clock: Clock, work: float) -> None:
        self.shares, self.clock, self.work = shares, clock, work
        self.had = bytearray()
        self.parts = 0
        self.ended = self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.shares.bound(self)

    def data_received(self, data: bytes) -> None:
        self.had += data
        self.parts += 1
        self.clock.now += self.work

    def eof_received(self) -> None:
        self.ended = True

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    @property
    def read(self) -> bool:
        return self._transport.is_reading()


@asynccontextmanager
async def working(shares: Shares, work: float) -> AsyncIterator[tuple[Working, socket.socket]]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    transport, conn = await asyncio.get_running_loop().create_connection(
        lambda: Working(shares, shares.clock, work), sock=ours
    )
    try:
        yield conn, theirs
    finally:
        transport.abort()
        theirs.close()
        await soon(lambda: conn.lost)


async def test_who_uses_more_than_their_share_waits_and_loses_nothing():
    shares = Shares(Clock())
    sent = bytes(range(256)) * (PART // 64 + PART // 256)
    async with working(shares, 0.03) as (flood, theirs), working(shares, 0.0) as (other, beside):
        theirs.sendall(sent)
        await soon(lambda: not flood.read)
        assert flood.parts == 3
        assert len(flood.had) == 3 * PART
        beside.sendall(b"typed")
        await soon(lambda: bytes(other.had) == b"typed")
        assert shares.waiting == 1
        await soon(lambda: bytes(flood.had) == sent)
        theirs.close()
        await soon(lambda: flood.ended and flood.lost)
    assert shares.waiting == 0


async def test_all_that_flood_have_one_share_together():
    shares = Shares(Clock())
    async with working(shares, AT_ONCE) as (one, theirs), working(shares, AT_ONCE) as (two, beside):
        theirs.sendall(b"x" * 4 * PART)
        await soon(lambda: not one.read)
        beside.sendall(b"x" * 4 * PART)
        await soon(lambda: not two.read)
        assert shares.waiting == 2
        assert (one.parts, two.parts) == (2, 1)
    assert shares.waiting == 0


async def test_who_reads_no_answers_is_asked_nothing_more_until_they_do():
    shares = Shares(Clock())
    async with working(shares, 0.0) as (deaf, theirs):
        deaf._transport.write(b"x" * 3 * UNREAD)
        theirs.sendall(b"1")
        await soon(lambda: not deaf.read)
        theirs.sendall(b"2")
        had = 0
        while had < 3 * UNREAD:
            assert bytes(deaf.had) == (b"1" if had < UNREAD else deaf.had)
            had += len(await asyncio.get_running_loop().sock_recv(theirs, UNREAD))
        await soon(lambda: bytes(deaf.had) == b"12")


async def test_what_is_typed_and_pasted_by_one_who_makes_little_work_never_waits():
    shares = Shares(Clock())
    async with working(shares, 0.00005) as (conn, theirs):
        sending = asyncio.get_running_loop().sock_sendall(theirs, b"x" * (1 << 19))
        await asyncio.gather(sending, soon(lambda: len(conn.had) == 1 << 19))
        assert conn.parts >= 512
        assert conn.read
