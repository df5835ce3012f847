"""The connection to the daemon: made, watched, and made again when it is lost."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from hiveui.errors import GatewayError, HiveError
from hiveui.gateway.methods import METHODS
from hiveui.gateway.protocol import Code
from hiveui.model.seat import Role
from hiveui.tui.rights import refusal

RETRY = 0.1
"""Seconds between attempts to reach a daemon that is on its way."""
PATIENCE = 10.0
"""Seconds of attempts after which the person is told that it does not come back."""
MALFORMED = (LookupError, TypeError, ValueError, AttributeError)
"""What reading an answer or a notification raises where the daemon sent it in another shape."""
NOT_UNDERSTOOD = "The daemon sent what this version does not understand; hive logs has it."


class Client(Protocol):
    """What the TUI needs of the gateway's client."""

    @property
    def daemon(self) -> Mapping[str, Any]:
        """How the daemon introduced itself; `role` is what this client may do."""

    async def call(self, method: str, **params: Any) -> Any:
        """Ask, and wait for the result. Raises GatewayError."""

    def notify(self, method: str, **params: Any) -> None:
        """Tell; there is no answer."""

    def on(self, method: str, callback: Callable[[dict[str, Any]], None]) -> None:
        """Have notifications of `method` given to `callback`."""

    async def closed(self) -> None:
        """Wait until the connection is gone."""

    async def close(self) -> None:
        """End the connection."""


class Listener(Protocol):
    """Who is told what the link does."""

    def link_up(self, client: Client, snapshot: dict[str, Any]) -> None:
        """A connection is made; notifications follow."""

    def link_down(self, reason: str) -> None:
        """The connection is gone; it is being made again."""


Connect = Callable[[], Awaitable[Client]]
Ensure = Callable[[], Awaitable[None]]
Callbacks = Mapping[str, Callable[[dict[str, Any]], None]]


class Link:
    """Keeps one connection to the daemon."""

    def __init__(self, connect: Connect, ensure: Ensure, listener: Listener, callbacks: Callbacks) -> None:
        """`connect` opens an initialised client, `ensure` starts the daemon where it does not run."""
        self.client: Client | None = None
        self.role = Role.OWNER
        """What the person may do, as the daemon says."""
        self._connect = connect
        self._ensure = ensure
        self._listener = listener
        self._callbacks = callbacks

    async def run(self) -> None:
        """Stay connected until cancelled. Raises HiveError if a daemon cannot be had, or refuses this client."""
        try:
            while True:
                client = await self._open()
                await client.closed()
                self.client = None
                self._listener.link_down("The daemon is gone; starting it again. Your agents go on.")
        finally:
            if self.client is not None:
                await self.client.close()

    async def call(self, method: str, **params: Any) -> Any:
        """Ask the daemon. Raises GatewayError, also without a connection, and for what the seat does not allow."""
        if not self._allows(method):
            raise GatewayError(refusal(self.role, METHODS[method].role), code=Code.FORBIDDEN)
        if self.client is None:
            raise GatewayError("The daemon is not there yet.", "It is being started; try again in a moment.")
        return await self.client.call(method, **params)

    def tell(self, method: str, **params: Any) -> bool:
        """Tell the daemon; False if there is no connection and nothing was told.

        What the seat does not allow is told to nobody: it is what a screen has remembered by the way.
        """
        if self.client is None:
            return False
        if not self._allows(method):
            return True
        self.client.notify(method, **params)
        return True

    @property
    def drives(self) -> bool:
        """The person may change what others see."""
        return self.role.may(Role.DRIVER)

    def _allows(self, method: str) -> bool:
        return METHODS[method].open_to(self.role)

    async def subscribe(self) -> None:
        """Load the state anew. Raises GatewayError."""
        if self.client is not None:
            self._listener.link_up(self.client, await self.client.call("state/subscribe"))

    async def _open(self) -> Client:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                client = await self._connect()
                for method, callback in self._callbacks.items():
                    client.on(method, callback)
                self.client, self.role = client, Role(client.daemon["role"])
                await self.subscribe()
            except (HiveError, OSError) as error:
                if isinstance(error, GatewayError) and error.code:
                    raise
                if asyncio.get_running_loop().time() > deadline:
                    raise GatewayError(
                        f"The daemon cannot be reached: {error}", "hive logs tells why; agents go on."
                    ) from error
                await self._ensure()
                await asyncio.sleep(RETRY)
            else:
                return client
