"""The keys of one login as asyncssh asks for them: which is good, what for, and how many were tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncssh

from hiveui.ssh.limits import TRIES
from hiveui.ssh.lines import Entry, fingerprint

GRANT = "hive-grant"
"""Under which asyncssh keeps what the key that was accepted is good for."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key that was accepted is good for."""

    entry: Entry
    principal: str = ""
    """The one of its certificate by which it was; '' for a bare key."""


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
