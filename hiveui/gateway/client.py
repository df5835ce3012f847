"""The gateway for a program with an event loop: calls, notifications, and the end of the connection."""

import asyncio
import itertools
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, cast

from hiveui.errors import GatewayError
from hiveui.gateway.blocking import BlockingClient
from hiveui.gateway.faults import error, understood
from hiveui.gateway.protocol import (
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

log = logging.getLogger(__name__)

News = Callable[[dict[str, Any]], None]

PART = 1 << 16
"""Characters of one part of a paste: at most 12 bytes each as JSON, so well inside a frame."""


class HiveClient(asyncio.Protocol):
    """One connection to the daemon. Made by `connect`, `over` or `after`."""

    def __init__(self, begun: bytes = b"") -> None:
        """`begun` is what was read already of a message that has not ended."""
        self.daemon: dict[str, Any] = {}
        """How the daemon introduced itself: name, version, protocol, pid, role, epoch."""
        self._frames = Frames(MAX_REPLY, begun)
        self._ids = itertools.count(1)
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._callbacks: dict[str, News] = {}
        self._transport: asyncio.Transport | None = None
        self._end = asyncio.Event()

    @classmethod
    async def connect(
        cls, path: Path, name: str, version: str, token: str | None = None, seat: Seat | None = None
    ) -> Self:
        """Dial the daemon and introduce this program. Raises GatewayError, VersionError among them."""
        return await cls.over(await asyncio.to_thread(dial, path), name, version, token, seat)

    @classmethod
    async def after(cls, other: BlockingClient) -> Self:
        """Go on over the connection of another client, which must not be used any more; news that it has are lost."""
        client = await cls._on(other.socket, other.begun)
        client.daemon = other.daemon
        return client

    @classmethod
    async def over(
        cls, sock: socket.socket, name: str, version: str, token: str | None = None, seat: Seat | None = None
    ) -> Self:
        """Introduce this program over a connected socket. Raises as `connect` does."""
        client = await cls._on(sock)
        try:
            client.daemon = await client.call("initialize", **introduction(name, version, token, seat))
        except GatewayError:
            await client.close()
            raise
        return client

    @classmethod
    async def _on(cls, sock: socket.socket, begun: bytes = b"") -> Self:
        sock.setblocking(False)
        _, client = await asyncio.get_running_loop().create_unix_connection(lambda: cls(begun), sock=sock)
        return client

    async def call(self, method: str, **params: Any) -> Any:
        """Ask, and wait for the result. Raises GatewayError, also when the connection ends meanwhile."""
        if self._transport is None or self._end.is_set():
            raise GatewayError("The connection to the daemon is gone.")
        id_ = next(self._ids)
        result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[id_] = result
        self._transport.write(encode(Request(id_, method, params)))
        try:
            return await result
        except GatewayError as refusal:
            raise understood(refusal, method, params) from None
        finally:
            self._calls.pop(id_, None)

    def notify(self, method: str, **params: Any) -> None:
        """Tell; there is no answer, and none that it arrived."""
        if self._transport is not None and not self._end.is_set():
            self._transport.write(encode(Notification(method, params)))

    async def paste(self, pane: str, text: str) -> dict[str, Any]:
        """Paste a text of any size, in parts that fit into frames; gives the receipt. Raises GatewayError."""
        for start in range(0, len(text) - PART, PART):
            await self.call("pane/paste", pane=pane, text=text[start : start + PART], more=True)
        last = max(0, len(text) - 1) // PART * PART
        answer: dict[str, Any] = await self.call("pane/paste", pane=pane, text=text[last:])
        return answer["receipt"]  # type: ignore[no-any-return]

    def on(self, method: str, callback: News) -> None:
        """Have notifications of `method` given to `callback`, in the order they come."""
        self._callbacks[method] = callback

    async def closed(self) -> None:
        """Wait until the connection is gone."""
        await self._end.wait()

    async def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()
            await self._end.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand out answers and news."""
        try:
            for line in self._frames.feed(data):
                self._take(decode(line))
        except BadFrameError as bad:
            log.warning("The daemon sent what is no message: %s", bad)
            if self._transport is not None:
                self._transport.abort()

    def _take(self, message: Message) -> None:
        match message:
            case Notification(method, params):
                callback = self._callbacks.get(method)
                if callback is not None:
                    callback(params)
            case Response(int(id_), result) if id_ in self._calls and not self._calls[id_].done():
                self._calls[id_].set_result(result)
            case Failure(int(id_)) if id_ in self._calls and not self._calls[id_].done():
                self._calls[id_].set_exception(error(message))
            case Failure(None):
                self._fail(error(message))
            case _:
                pass

    def connection_lost(self, _error: Exception | None) -> None:
        """Fail every call that waits."""
        self._end.set()
        self._fail(GatewayError("The connection to the daemon is gone."))

    def _fail(self, reason: GatewayError) -> None:
        for call in self._calls.values():
            if not call.done():
                call.set_exception(reason)
