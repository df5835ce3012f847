"""Calls the hive's verbs for connections."""

from collections.abc import Awaitable, Callable
from typing import Any

from hiveui.daemon.verbs import VERBS, VIEWERS, Verb
from hiveui.errors import GatewayError
from hiveui.gateway.connection import Connection
from hiveui.gateway.methods import METHODS
from hiveui.hive.hive import Hive
from hiveui.model.agent import AgentId
from hiveui.model.seat import Role


class Dispatch:
    """Calls verbs for connections (gateway.server.Verbs)."""

    def __init__(self, hive: Hive, status: Callable[[], dict[str, Any]], stop: Callable[[], None]) -> None:
        self._hive = hive
        self._followed: set[Connection] = set()
        self._verbs: dict[str, Verb] = {name: verb(hive) for name, verb in VERBS.items()}
        self._verbs |= {"daemon/status": status, "daemon/stop": stop}
        self._viewer_verbs = {name: verb(hive) for name, verb in VIEWERS.items()}

    async def call(self, method: str, params: dict[str, Any], connection: Connection) -> Any:
        """Call one verb; the gateway has checked the method, its parameters and the caller's role."""
        found = METHODS[method]
        if found.role not in {Role.VIEWER, Role.AGENT} and not connection.agent:
            if connection.role is Role.OWNER:
                self._hive.absence.acted()
            self._hive.alerts.acted(connection)
        if method == "agent/report":
            return await self._hive.report(AgentId(connection.agent or ""), **params)
        if method in self._viewer_verbs:
            if connection.closed:
                raise GatewayError("The client that asked has left.")
            self._follow(connection)
            answer = self._viewer_verbs[method](connection, **params)
        elif found.agents:
            answer = self._verbs[method](**params, by=AgentId(connection.agent or ""))
        else:
            answer = self._verbs[method](**params)
        try:
            return await answer if isinstance(answer, Awaitable) else answer
        finally:
            if connection.closed:  # it left while it was answered: what the answer left behind goes too
                self._hive.leave(connection)

    def _follow(self, connection: Connection) -> None:
        """Forget the connection when it ends."""
        if connection not in self._followed:
            self._followed.add(connection)
            connection.on_close.append(lambda: self._forget(connection))

    def _forget(self, connection: Connection) -> None:
        self._followed.discard(connection)
        self._hive.leave(connection)
