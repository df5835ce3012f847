"""One connection as asyncssh tells of it: who is there, by which key, and what they may ask for."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncssh

from hiveui.model.seat import Seat
from hiveui.model.text import visible
from hiveui.ssh.keys import KeyFile
from hiveui.ssh.lines import Entry
from hiveui.ssh.ring import GRANT, Grant, Ring, Tries
from hiveui.ssh.session import Session
from hiveui.ssh.share import Shares

SILENT, GREETED, EXCHANGED, KNOWN = range(4)
"""How far a connection has got that has not logged in yet."""


class Guest(asyncssh.SSHServer):
    """One connection."""

    def __init__(self, address: str, keys: KeyFile, shares: Shares, task: asyncio.Task[Any] | None) -> None:
        """`task` is what attends to it."""
        self.address = address
        self.user = ""
        self.tries = Tries()
        self.grant: Grant | None = None
        """What the key is good for by which they logged in."""
        self._session: asyncio.Future[Session | None] = asyncio.get_running_loop().create_future()
        self._keys = keys
        self._shares = shares
        self._task = task
        self._begun = False
        self._conn: asyncssh.SSHServerConnection | None = None

    @property
    def stage(self) -> int:
        """How far it has got: an index of `limits.PATIENCE`."""
        if self.tries.good:
            return KNOWN
        if self._begun:
            return EXCHANGED
        greeted = self._conn is not None and self._conn.get_extra_info("client_version")
        return GREETED if greeted else SILENT

    def give_way(self) -> None:
        """End, for others to have the place."""
        if self._task is not None:
            self._task.cancel()

    @property
    def seat(self) -> Seat:
        """What the daemon is told: the role that the key gives, and whose it is."""
        if self.grant is None:
            raise asyncssh.PermissionDenied("nobody logged in")
        entry = self.grant.entry
        person = entry.person if not entry.authority else self.grant.principal or self.user
        return Seat(entry.role, visible(person), self.address)

    async def opened(self, within: float) -> Session | None:
        """Wait for the session that they ask for; None where they ask for none."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                return await asyncio.shield(self._session)
        return None

    def holds(self, known: Sequence[Entry], now: datetime) -> bool:
        """Tell whether the key by which they logged in is still good."""
        if self.grant is None:
            return False
        entry = self.grant.entry
        return entry in known and (entry.until is None or now < entry.until)

    def finish(self, why: str) -> None:
        """End their session, and tell them why."""
        session = self._session.result() if self._session.done() else None
        if session is not None:
            session.finish(why)
        elif self._conn is not None:
            self._conn.disconnect(asyncssh.DISC_BY_APPLICATION, why)

    # what asyncssh asks

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take the connection, and hold it to its share."""
        self._conn = conn
        self._shares.bound(conn)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the session is told
        """Open no session any more."""
        if not self._session.done():
            self._session.set_result(None)

    def begin_auth(self, username: str) -> bool:
        """Ask for a key, always; the file is read now."""
        if self._begun:
            self.tries.strike()
        self.user, self._begun = username, True
        if self._conn is not None:
            self._conn.set_authorized_keys(Ring(self._keys.entries(), self.tries))
        return True

    def auth_completed(self) -> None:
        """Take what the key is good for by which they logged in, and no other that was offered."""
        found: Any = self._conn.get_key_option(GRANT) if self._conn is not None else None
        if not isinstance(found, Grant) or (found.entry.once and not self._keys.spend(found.entry)):
            raise asyncssh.DisconnectError(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "The key is used up.")
        self.grant = found

    def session_requested(self) -> Session | bool:
        """Open one session, and no more."""
        if self.grant is None or self._session.done():
            return False
        session = Session()
        self._session.set_result(session)
        return session
