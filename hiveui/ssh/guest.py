"""One connection as asyncssh tells of it: who is there, by which key, and what they may ask for."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import asyncssh

from hiveui.model.seat import Seat
from hiveui.model.text import visible
from hiveui.ssh.limits import TRIES
from hiveui.ssh.lines import Entry, fingerprint
from hiveui.ssh.session import Session

GRANT = "hive-grant"
"""Under which asyncssh keeps what the key that was accepted is good for."""
SILENT, GREETED, EXCHANGED, KNOWN = range(4)
"""How far a connection has got that has not logged in yet."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key that was accepted is good for."""

    entry: Entry
    principal: str = ""
    """The one of its certificate by which it was; '' for a bare key."""


class Keys(Protocol):
    """Where the keys come from, read anew for each login."""

    def entries(self) -> Sequence[Entry]:
        """Give the keys that open something; none where the file cannot be trusted."""

    def spend(self, entry: Entry) -> bool:
        """Take note of the one login that a key is good for; False where it had it."""


@dataclass(slots=True)
class Tries:
    """The keys that a connection has tried."""

    refused: int = 0
    last: str = ""
    """The fingerprint of the last one."""
    why: str = ""
    """Why that one was refused."""
    good: set[bytes] = field(default_factory=set)

    def note(self, blob: bytes, why: str) -> None:
        """Count a try; raises where there were too many. A good key may be asked after before it is used, once."""
        self.last, self.why = fingerprint(blob), why
        if why or blob in self.good:
            self.strike()
        else:
            self.good.add(blob)

    def strike(self) -> None:
        """Count what was tried in vain; raises where that was too often."""
        self.refused += 1
        if self.refused > TRIES:
            raise asyncssh.DisconnectError(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many keys were tried.")


class Ring(asyncssh.SSHAuthorizedKeys):
    """The key file as asyncssh asks it; it binds what a key is good for to that key's own login."""

    def __init__(self, entries: Sequence[Entry], tries: Tries) -> None:
        super().__init__()
        self._entries = entries
        self._tries = tries

    def validate(
        self,
        key: asyncssh.SSHKey,
        client_host: str,  # noqa: ARG002  who answers for a name is for its name server to say
        client_addr: str,
        cert_principals: Sequence[str] | None = None,
        ca: bool = False,
    ) -> Mapping[str, object] | None:
        """Give the options of a key that is good from an address now; None refuses it."""
        blob = key.public_data
        found = next((e for e in self._entries if e.blob == blob and e.authority == ca), None)
        principal, why = "", "it is not known"
        if found is not None:
            why = found.refusal(client_addr, datetime.now(UTC))
            if ca and not why:
                principal, why = _principal(found, cert_principals or ())
        self._tries.note(blob, why)
        if found is None or why:
            return None
        options: dict[str, object] = {GRANT: Grant(found, principal)}
        if found.principals:
            options["principals"] = list(found.principals)
        return options | ({} if found.terminal else {"no-pty": True})

    def validate_x509(self, *_: object) -> tuple[None, None]:
        """Refuse: certificates are OpenSSH's."""
        return None, None


def _principal(entry: Entry, named: Sequence[str]) -> tuple[str, str]:
    """Give the principal by which a certificate is good, or why it is not; asyncssh compares it with the user."""
    if not named:
        return "", "its certificate names no principal"
    fitting = [name for name in named if name in entry.principals]
    if entry.principals and not fitting:
        return "", "its certificate names another principal"
    return (fitting[0] if fitting else ""), ""


class Guest(asyncssh.SSHServer):
    """One connection."""

    def __init__(self, address: str, keys: Keys, task: asyncio.Task[Any] | None) -> None:
        """`task` is what attends to it."""
        self.address = address
        self.user = ""
        self.tries = Tries()
        self.grant: Grant | None = None
        """What the key is good for by which they logged in."""
        self._session: asyncio.Future[Session | None] = asyncio.get_running_loop().create_future()
        self._keys = keys
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
        """Take the connection."""
        self._conn = conn

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
