"""The daemon's end of the gateway: connections, who they are, and the way from a frame to a verb."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hiveui.errors import GatewayError, HiveError, MachineError
from hiveui.gateway import methods, transport
from hiveui.gateway.connection import Connection
from hiveui.gateway.faults import failure, version_error
from hiveui.gateway.protocol import PROTOCOL, Code, Failure, Notification, Request, Response
from hiveui.gateway.schema import PAIR, mismatch
from hiveui.gateway.seat import granted
from hiveui.machine import Machine, Peer
from hiveui.model.seat import Role

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 256


class Verbs(Protocol):
    """What the gateway asks of the hive."""

    async def call(self, method: str, params: dict[str, Any], connection: Connection) -> Any:
        """Do what a row of the method table says; give its result as JSON values. Raises HiveError."""


Authorise = Callable[[Peer, str | None], tuple[Role, str]]
"""Tell by peer and token what a connection may do, and the id of the agent it is or ''. Raises HiveError."""


@dataclass(frozen=True, slots=True)
class Identity:
    """How the daemon introduces itself."""

    version: str
    epoch: str
    """Differs for each start of the daemon: a client that sees another one loads everything anew."""
    name: str = "hive"
    protocol: tuple[int, int] = PROTOCOL


class GatewayServer:
    """Listens on the Unix socket. `bind()` once, then `serve()` until cancelled."""

    def __init__(self, path: Path, verbs: Verbs, authorise: Authorise, machine: Machine, identity: Identity) -> None:
        self._path = path
        self._verbs = verbs
        self._authorise = authorise
        self._machine = machine
        self._identity = identity
        self._socket: socket.socket | None = None
        self._inode = 0
        self._listener: asyncio.Server | None = None
        self._calls: asyncio.TaskGroup | None = None
        self.connections: set[Connection] = set()

    def bind(self) -> None:
        """Listen; clients can connect from here on, and are served by `serve`. Raises GatewayError."""
        self._socket = transport.bind(self._path, self._machine)
        self._inode = self._path.stat().st_ino

    @property
    def reachable(self) -> bool:
        """The socket's file is still there, and ours."""
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False

    async def rebind(self) -> None:
        """Make the socket anew where its file has vanished; connections stay. Raises GatewayError."""
        if self.reachable:
            return
        if self._listener is not None:
            self._listener.close()
        self.bind()
        await self._listen()

    async def serve(self) -> None:
        """Serve until cancelled; then end every connection and every call."""
        async with asyncio.TaskGroup() as calls:
            self._calls = calls
            try:
                await self._listen()
                await asyncio.get_running_loop().create_future()
            finally:
                if self._listener is not None:
                    self._listener.close()
                if self._socket is not None:
                    self._socket.close()
                for connection in list(self.connections):
                    connection.close("the daemon ends")
                if self.reachable:
                    self._path.unlink(missing_ok=True)

    async def adopt(self, sock: socket.socket) -> None:
        """Serve a connected socket as if it had come in by the listening one."""
        await asyncio.get_running_loop().connect_accepted_socket(self._connection, sock)

    async def _listen(self) -> None:
        if self._socket is None:
            raise GatewayError("The gateway has no socket to listen on.")
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_unix_server(self._connection, sock=self._socket)

    def _connection(self) -> Connection:
        return Connection(opened=self._opened, received=self._received, lost=self.connections.discard)

    def _opened(self, connection: Connection, sock: socket.socket) -> None:
        """Refuse strangers, and more clients than the daemon can hold."""
        try:
            connection.peer = self._machine.peer(sock)
        except MachineError as error:
            log.warning("%s", error)
            connection.abort("its process is not known")
            return
        if connection.peer.uid != os.getuid():
            log.warning("A connection of user %d was refused.", connection.peer.uid)
            connection.abort("it is another user's")
        elif len(self.connections) >= MAX_CONNECTIONS:
            connection.send(Failure(None, Code.OVERLOADED, "The daemon is overloaded; retry later."))
            connection.close("too many connections")
        else:
            self.connections.add(connection)

    def _received(self, connection: Connection, call: Request | Notification) -> None:
        """Begin a call. One that has begun is finished, even if its client leaves."""
        if self._calls is None:
            connection.close("the daemon does not serve yet")
            return
        connection.calls += 1
        self._calls.create_task(self._answer(connection, call))

    async def _answer(self, connection: Connection, call: Request | Notification) -> None:
        id_ = call.id if isinstance(call, Request) else None
        try:
            answer: Response | Failure = Response(id_, await self._perform(connection, call))
        except HiveError as error:
            answer = failure(id_, error)
        except Exception:  # the gateway's edge: one call's bug is that call's alone
            log.exception("The method %.80r failed.", call.method)
            sentence = "The daemon met an error of its own; `hive logs` has it."
            answer = Failure(id_, Code.INTERNAL, sentence)
        finally:
            connection.calls -= 1
        if isinstance(call, Request):
            connection.send(answer)
        elif isinstance(answer, Failure):
            log.info("The notification %.80r was refused: %s", call.method, answer.message)
        connection.advance()

    async def _perform(self, connection: Connection, call: Request | Notification) -> Any:
        if call.method == "initialize":
            return self._initialize(connection, call.params)
        if connection.role is None:
            raise GatewayError("`initialize` comes first.", code=Code.NOT_INITIALIZED)
        method = methods.find(call.method)
        if not method.open_to(connection.role):
            raise GatewayError(*_denial(connection.role, call.method, method.role), code=Code.FORBIDDEN)
        methods.check(method, call.params)
        if beyond := method.beyond(connection.role, call.params):
            need = method.params[beyond].role or method.role
            raise GatewayError(*_denial(connection.role, f"`{beyond}` of {call.method}", need), code=Code.FORBIDDEN)
        if not method.ordered:
            return await self._verbs.call(call.method, call.params, connection)
        async with connection.order:
            return await self._verbs.call(call.method, call.params, connection)

    def _initialize(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        if connection.role is not None:
            raise GatewayError("`initialize` was called before.", code=Code.INVALID_REQUEST)
        ours = self._identity
        common = _common(ours, params)
        methods.check(methods.find("initialize"), params)
        may, agent = self._authorise(connection.peer, params.get("token"))
        connection.seat, connection.agent = granted(may, params.get("seat")), agent
        connection.name = params["name"]
        return {
            "name": ours.name,
            "version": ours.version,
            "protocol": common,
            "pid": os.getpid(),
            "role": connection.seat.role.value,
            "epoch": ours.epoch,
        }


def _common(ours: Identity, params: Mapping[str, Any]) -> int:
    """Give the newest version of the protocol that both speak, 0 where the client says none. Raises VersionError.

    The rest of what a program says of itself is read after that: other versions may say other things.
    """
    if mismatch(PAIR, params.get("protocol"), "protocol"):
        return 0
    oldest, newest = params["protocol"]
    common: int = min(newest, ours.protocol[1])
    if common < max(oldest, ours.protocol[0]):
        raise version_error(ours.version, str(params.get("version", "")))
    return common


def _denial(role: Role, name: str, need: Role) -> tuple[str, str]:
    if role is Role.AGENT:
        return f"An agent may not call {name}: that is for the person.", "Ask the person to do it."
    return f"{name} needs the role {need}; this connection has {role}.", ""
