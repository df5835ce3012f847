"""The gateway for a program that asks, prints and ends: no event loop, since importing one is half its time."""

import itertools
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from hiveui.errors import GatewayError
from hiveui.gateway.faults import error, understood
from hiveui.gateway.protocol import (
    MAX_FRAME,
    MAX_REPLY,
    BadFrameError,
    Failure,
    Frames,
    Message,
    Notification,
    Request,
    Response,
    decode,
    encode,
)
from hiveui.gateway.seat import introduction
from hiveui.gateway.transport import dial
from hiveui.model.seat import Seat

SHORTEST = 0.001
"""Seconds for which a socket can be waited on: none would mean not to wait for anything on its way."""


class BlockingClient:
    """One connection, one call at a time; notifications that come meanwhile are kept for `news`."""

    def __init__(self, sock: socket.socket, daemon: dict[str, Any] | None = None) -> None:
        """Take over a connected socket; `daemon` is what a program was answered that was introduced on it."""
        self.socket = sock
        self.daemon: dict[str, Any] = daemon or {}
        """How the daemon introduced itself: name, version, protocol, pid, role, epoch."""
        self._frames = Frames(MAX_REPLY)
        self._messages: deque[Message] = deque()
        self._news: deque[Notification] = deque()
        self._ids = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def begun(self) -> bytes:
        """What was read of a message that has not ended: whoever goes on over the socket needs it."""
        return self._frames.begun

    def initialize(
        self, name: str, version: str, token: str | None = None, seat: Seat | None = None, *, patience: float = 30
    ) -> None:
        """Introduce this program. Raises GatewayError, VersionError where the daemon is another version."""
        self.daemon = self.call("initialize", patience=patience, **introduction(name, version, token, seat))

    def call(self, method: str, *, patience: float = 30, **params: Any) -> Any:
        """Ask, and wait at most `patience` seconds for the result. Raises GatewayError."""
        return self.call_all(method, [params], patience=patience)[0]

    def call_all(self, method: str, calls: Sequence[Mapping[str, Any]], *, patience: float = 30) -> list[Any]:
        """Ask the same of several at once, and wait for the results, in their order. Raises GatewayError."""
        ids = [next(self._ids) for _ in calls]
        frames = [encode(Request(id_, method, dict(params))) for id_, params in zip(ids, calls, strict=True)]
        if any(len(frame) > MAX_FRAME for frame in frames):
            raise GatewayError("What is to be sent is larger than 1 MiB.", "Put it into a file, and send its name.")
        self.socket.settimeout(patience)
        try:
            self.socket.sendall(b"".join(frames))
        except OSError as lost:
            raise GatewayError("The daemon closed the connection.", "`hive logs` may tell why.") from lost
        results: dict[int | str, Any] = {}
        while len(results) < len(ids):
            match self._next():
                case Response(found, result) if found in ids:
                    results[found] = result
                case Failure(int(found)) as refusal if found in ids:
                    raise understood(error(refusal), method, calls[ids.index(found)])
                case Failure(None) as refusal:
                    raise error(refusal)
                case Notification() as news:
                    self._news.append(news)
                case _:
                    pass
        return [results[id_] for id_ in ids]

    def news(self, until: float | None = None) -> Iterator[Notification]:
        """Wait for notifications, for ever or until a time of `time.monotonic`; ends when the daemon does."""
        while True:
            if self._news:
                yield self._news.popleft()
                continue
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0 and not self._messages:
                return
            self.socket.settimeout(None if left is None else max(SHORTEST, left))
            try:
                message = self._next()
            except GatewayError:
                return
            if isinstance(message, Notification):
                yield message

    def _next(self) -> Message:
        while not self._messages:
            try:
                data = self.socket.recv(1 << 18)
            except TimeoutError as silent:
                raise GatewayError("The daemon does not answer.", "`hive doctor` tells how it fares.") from silent
            except OSError as lost:
                raise GatewayError("The daemon closed the connection.", "`hive logs` may tell why.") from lost
            if not data:
                raise GatewayError("The daemon closed the connection.", "`hive logs` may tell why.")
            try:
                self._messages.extend(decode(line) for line in self._frames.feed(data))
            except BadFrameError as bad:
                raise GatewayError(f"The daemon sent what is no message: {bad}") from bad
        return self._messages.popleft()


def connect(path: Path, name: str, version: str, token: str | None = None, seat: Seat | None = None) -> BlockingClient:
    """Dial the daemon and introduce this program. Raises GatewayError, VersionError where it is another version."""
    client = BlockingClient(dial(path))
    try:
        client.initialize(name, version, token, seat)
    except GatewayError:
        client.socket.close()
        raise
    return client
