"""A client that floods an SSH server with the smallest packets: `flooding.py PORT KEY USER WHAT`, until it is ended."""

import asyncio
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

import asyncssh
from asyncssh.packet import Boolean, String, UInt32

WHOLE = 1 << 18
"""Bytes that wait here at most: the flood is as fast as it is taken."""


class Unasked(asyncssh.SSHClient):
    """Sends before it has logged in, for as long as it may."""

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """Take the connection."""
        self._conn = conn

    async def public_key_auth_requested(self) -> None:
        """Flood in place of a login."""
        await flood(self._conn, lambda: self._conn.send_packet(2, String(b"")))  # SSH_MSG_IGNORE


async def flood(conn: Any, send: Callable[[], object]) -> None:
    """Send until the connection is gone; what is on its way when this is ended is dropped, or it would go on for long."""
    conn.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    while conn._transport is not None and not conn._transport.is_closing():
        for _ in range(200):
            send()
        while conn._transport is not None and conn._transport.get_write_buffer_size() > WHOLE:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)


async def main(port: int, key: str, user: str, what: str) -> None:
    """Log in, unless it is to flood before, and flood."""
    terms: Mapping[str, Any] = {"port": port, "username": user, "known_hosts": None, "config": [], "agent_path": None}
    if what == "unasked":
        await asyncssh.connect("127.0.0.1", client_factory=Unasked, client_keys=[], **terms)
    conn = await asyncssh.connect("127.0.0.1", client_keys=[key], **terms)
    chan: Any
    chan, _ = await conn.create_session(asyncssh.SSHClientSession, term_type="xterm", encoding=None)
    wire: Any = conn
    ways: Mapping[str, Callable[[], object]] = {
        "keys": lambda: chan.send_packet(94, String(b"x")) if chan._send_window else None,
        "windows": lambda: wire.send_packet(93, UInt32(chan._send_chan), UInt32(0)),
        "questions": lambda: wire.send_packet(80, String(b"keepalive@openssh.com"), Boolean(False)),
    }
    await flood(conn, ways[what])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *sys.argv[2:5]))
