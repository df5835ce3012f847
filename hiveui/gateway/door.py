"""Connections to the daemon that are handed from one process to another, and the door they are handed through.

A parcel is the length of its JSON in four bytes, that JSON, and file descriptors that travel with the first byte
(unix(7), SCM_RIGHTS). Whoever stands behind a door gets one connection unasked, and another one for each byte it says.
"""

import json
import os
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any

from hiveui.errors import GatewayError
from hiveui.gateway.blocking import BlockingClient

Way = Callable[[], BlockingClient]
"""Gives a connection that is introduced, as often as it is asked. Raises HiveError."""
HEAD = struct.Struct("!I")
ANOTHER = b"?"
"""Asks for another connection."""
MAX_PARCEL = 1 << 20
_CLOSED = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
"""Linux has no moment in which a descriptor that came could be inherited."""


def hand(sock: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Send a parcel. Raises OSError, also where a socket that does not block has no room for it."""
    data = json.dumps(message).encode()
    data = HEAD.pack(len(data)) + data
    sent = socket.send_fds(sock, [data], fds) if fds else sock.send(data)
    if sent < len(data):
        sock.sendall(data[sent:])


def take(sock: socket.socket, most: int = 1) -> tuple[dict[str, Any], list[int]]:
    """Wait for a parcel with at most so many descriptors. Raises EOFError at its end, OSError otherwise."""
    head, fds, _, _ = socket.recv_fds(sock, HEAD.size, most, _CLOSED)
    for fd in fds:
        os.set_inheritable(fd, False)
    head += _exactly(sock, HEAD.size - len(head))
    (size,) = HEAD.unpack(head)
    if size > MAX_PARCEL:
        raise EOFError
    message: dict[str, Any] = json.loads(_exactly(sock, size))
    return message, fds


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def admit(sock: socket.socket, client: BlockingClient) -> None:
    """Hand a connection through a door; it is let go of here. Raises OSError."""
    with client:
        hand(sock, {"daemon": client.daemon}, [client.socket.fileno()])


def refuse(sock: socket.socket, error: Exception, hint: str) -> None:
    """Say through a door why there is no connection. Raises OSError."""
    hand(sock, {"error": str(error), "hint": hint})


class Door:
    """The far side of a door: gives connections that are introduced, under a seat that is not chosen here."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._used = False

    def __call__(self) -> BlockingClient:
        """Give a connection. Raises GatewayError."""
        try:
            if self._used:
                self._sock.sendall(ANOTHER)
            self._used = True
            message, fds = take(self._sock)
        except (EOFError, OSError) as error:
            raise GatewayError("The server that this session came through is gone.", "Connect again.") from error
        if not fds:
            raise GatewayError(message.get("error", "There is no connection."), message.get("hint", ""))
        return BlockingClient(socket.socket(fileno=fds[0]), message["daemon"])
