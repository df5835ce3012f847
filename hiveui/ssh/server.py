"""The SSH server: who may come in, and what ends their session. Screens are processes of their own."""

import asyncio
import contextlib
import ipaddress
import logging
import os
import socket
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import asyncssh

from hiveui.errors import UsageError
from hiveui.model.text import visible
from hiveui.paths import Paths
from hiveui.ssh import keys
from hiveui.ssh.announcement import Announcement, announce, withdraw
from hiveui.ssh.audit import Audit
from hiveui.ssh.files import audit_log, host_key
from hiveui.ssh.guest import Guest
from hiveui.ssh.limits import CONNECTIONS, EACH, LOGIN, PUT_OFF, Places, Throttle
from hiveui.ssh.lines import fingerprint
from hiveui.ssh.session import Screens, Session
from hiveui.ssh.share import Shares
from hiveui.ssh.terms import Terms

log = logging.getLogger(__name__)

BACKLOG = 128
KEEPALIVE, LOST = 15, 3
"""Seconds between questions whether a client is there, and how many it may leave unanswered."""
WINDOW = 1 << 16
"""Bytes that a client may send before they are taken."""
RECEIVED = 1 << 13
"""Bytes that the system takes from a client before they are read, which it doubles (socket(7), SO_RCVBUF): what comes
at once is taken at once, and a flood of the smallest packets is to keep nobody from their turn for long."""
LOOK = 0.4
"""Seconds between looks at the key file. A key has to be gone twice: editors write files anew."""
OPENS = 5.0
"""Seconds in which who has logged in has to ask for something."""
CLOSES = 2.0
"""Seconds that a client has to take the last of what it was sent."""
GRACE = 2.5
"""Seconds that screens have to end."""
AGAIN = 0.2
"""Seconds after which connections are taken again where there was no room for one."""
FOREVER = 10.0 * 365 * 86400

VERSION = "Hive"
BANNER = f"SSH-2.0-{VERSION}".encode()
"""What it says first, to everybody (RFC 4253, 4.2)."""
HARDENED: dict[str, Any] = {
    "config": [],
    "public_key_auth": True,
    "password_auth": False,
    "kbdint_auth": False,
    "host_based_auth": False,
    "trust_client_host": False,
    "gss_host": None,
    "gss_kex": False,
    "gss_auth": False,
    "agent_forwarding": False,
    "x11_forwarding": False,
    "sftp_factory": None,
    "allow_scp": False,
    "allow_pty": True,
    "line_editor": False,
    "encoding": None,
    "window": WINDOW,
    "login_timeout": LOGIN,
    "keepalive_interval": KEEPALIVE,
    "keepalive_count_max": LOST,
    "tcp_keepalive": True,
    "compression_algs": None,
    "kex_algs": ["mlkem768x25519-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org"],
    "encryption_algs": ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com"],
    "mac_algs": ["hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com"],
    "signature_algs": [
        "ssh-ed25519",
        "sk-ssh-ed25519@openssh.com",
        "ecdsa-sha2-nistp256",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "rsa-sha2-512",
        "rsa-sha2-256",
    ],
    "server_version": VERSION,
}
"""What asyncssh leaves open by default is closed: `ssh-audit` finds nothing to fail."""


class Server:
    """Listens from the start, and serves while it runs."""

    def __init__(self, paths: Paths, terms: Terms, screens: Screens) -> None:
        """Read the host key, and listen. Raises HiveError."""
        self._paths = paths
        self._terms = terms
        self._screens = screens
        self._keys = keys.KeyFile(keys.key_file(paths))
        self._host_key = host_key(paths)
        if not is_here(terms.address) and not keys.entries(self._keys.path):
            raise UsageError(f"{self._keys.path} has no keys: nobody could log in.", "hive keys add FILE.pub")
        self._listening = _listen(terms.address, terms.port)
        self.address, self.port = self._listening.getsockname()[:2]
        self._audit = Audit(audit_log(paths))
        self._throttle = Throttle()
        self._places = Places()
        self._shares = Shares()
        self._put_off = 0
        self._attending: set[asyncio.Task[None]] = set()
        self._live: dict[Guest, int] = {}
        """Who has logged in, and how often in a row their key was seen to be gone."""

    @property
    def announcement(self) -> Announcement:
        """What it tells of itself."""
        public = self._host_key.export_public_key().decode().split()[:2]
        name = fingerprint(self._host_key.public_data)
        return Announcement(os.getpid(), self.address, self.port, name, " ".join(public))

    async def run(self, stop: asyncio.Event, begun: Callable[[Announcement], None]) -> None:
        """Serve until told to stop; then every session is told, and every screen restored."""
        try:
            announce(self._paths, self.announcement)
            begun(self.announcement)
            async with asyncio.TaskGroup() as tasks:
                keepers = [tasks.create_task(self._watch()), tasks.create_task(self._accept(tasks))]
                await stop.wait()
                for keeper in keepers:
                    keeper.cancel()
                for guest in self._live:
                    guest.finish("The server ends.")
                await asyncio.wait(self._attending or keepers, timeout=CLOSES + GRACE)
                for task in self._attending:
                    task.cancel()
        finally:
            self._listening.close()
            withdraw(self._paths)
            self._audit.close()

    # who comes

    async def _accept(self, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, peer = await loop.sock_accept(self._listening)
            except OSError as error:
                log.warning("No connection can be taken: %s", error.strerror)
                await asyncio.sleep(AGAIN)
                continue
            task = tasks.create_task(self._guarded(sock, str(peer[0])))
            self._attending.add(task)
            task.add_done_callback(self._attending.discard)
            await asyncio.sleep(0)  # many that come at once would keep all others from their turn

    async def _guarded(self, sock: socket.socket, address: str) -> None:
        """Keep what one connection comes to from ending the others: the task boundary."""
        guest = Guest(address, self._keys, self._shares, asyncio.current_task())
        try:
            conn = await self._let_in(sock, guest)
            if conn is not None:
                await self._attend(conn, guest)
        except Exception as error:  # noqa: BLE001  the task boundary
            log.error("A connection failed: %s", cause(error))  # noqa: TRY400  no values
        finally:
            sock.close()

    async def _let_in(self, sock: socket.socket, guest: Guest) -> asyncssh.SSHServerConnection | None:
        """Have somebody log in; None where they did not."""
        address = guest.address
        if not await self._turn(address):
            self._audit.note("refused", why="it knocks too often", **_facts(guest))
            return None
        try:
            async with self._places.place(guest):
                conn = await asyncssh.run_server(
                    sock, server_factory=lambda: guest, server_host_keys=[self._host_key], **HARDENED
                )
        except asyncio.CancelledError:
            self._audit.note("refused", why="it gave way to others", **_facts(guest))
            raise
        except (asyncssh.Error, OSError) as error:
            self._throttle.failed(address)
            self._audit.note("refused", why=guest.tries.why or str(error) or "it left", **_facts(guest))
            return None
        self._throttle.forgive(address)
        return conn

    async def _turn(self, address: str) -> bool:
        """Wait for an address's turn; False where too many wait. Behind our own address may be anybody."""
        if is_here(address) or any(one.address == address for one in self._live):
            return True
        wait = self._throttle.delay(address)
        if wait is None or (wait and self._put_off >= PUT_OFF):
            return False
        self._put_off += 1
        try:
            await asyncio.sleep(wait)
        finally:
            self._put_off -= 1
        return True

    # who is here

    async def _attend(self, conn: asyncssh.SSHServerConnection, guest: Guest) -> None:
        """Give somebody who has logged in a session, until it is over."""
        if full := self._full(guest):
            self._audit.note("refused", why=full, **_facts(guest))
            conn.disconnect(asyncssh.DISC_TOO_MANY_CONNECTIONS, full)
            return
        began, status, why = time.monotonic(), 0, "asked for nothing"
        self._live[guest] = 0
        self._audit.note("login", **_facts(guest))
        try:
            session = await guest.opened(OPENS)
            if session is not None:
                status = await self._serve(session, guest)
                why = session.over.result() if session.over.done() else "left"
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSES if session is not None else 0):
                    await conn.wait_closed()
        finally:
            conn.close()
            del self._live[guest]
            seconds = round(time.monotonic() - began, 1)
            self._audit.note("end", why=why, status=status, seconds=seconds, **_facts(guest))

    def _full(self, guest: Guest) -> str:
        """Say why there is no place for somebody; '' where there is one."""
        same = [one for one in self._live if (one.grant, one.seat.person) == (guest.grant, guest.seat.person)]
        if len(same) >= EACH:
            return f"You are here {EACH} times already; leave one of them."
        return f"{CONNECTIONS} people are here; come again later." if len(self._live) >= CONNECTIONS else ""

    async def _serve(self, session: Session, guest: Guest) -> int:
        async with asyncio.TaskGroup() as tasks:
            clock = tasks.create_task(self._limit(session))
            begun = tasks.create_task(self._begun(session, guest))
            status = await session.serve(self._screens, guest.seat, lambda: len(self._live))
            for task in (clock, begun):
                task.cancel()
        return status

    async def _begun(self, session: Session, guest: Guest) -> None:
        wish = await asyncio.shield(session.begun)
        if wish is not None:
            self._audit.note("session", words=" ".join(wish.order.words), size=wish.size, **_facts(guest))

    async def _limit(self, session: Session) -> None:
        """End a session in which nothing is typed, or that lasts too long."""
        loop, terms = asyncio.get_running_loop(), self._terms
        last = loop.time() + (terms.longest or FOREVER)
        while (now := loop.time()) < min(last, session.heard + (terms.idle or FOREVER)):
            await asyncio.sleep(min(last, session.heard + (terms.idle or FOREVER)) - now)
        session.finish("This session lasted as long as it may." if now >= last else "Nothing was typed for long.")

    async def _watch(self) -> None:
        """End the sessions of keys that are no longer there, or good."""
        while True:
            await asyncio.sleep(LOOK)
            known = self._keys.entries() if self._live else ()
            for guest in self._live:
                gone = not guest.holds(known, datetime.now(UTC))
                self._live[guest] = self._live[guest] + 1 if gone else 0
                if self._live[guest] > 1:
                    guest.finish("Your key is no longer good.")


def cause(error: BaseException) -> str:
    """Say what failed, and where, without the values of anything."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    where = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{type(error).__name__}: {visible(str(error))} ({', '.join(f'{at.filename}:{at.lineno}' for at in where)})"


def is_here(address: str) -> bool:
    """Tell whether an address is this machine's own, behind which a tunnel may hide anybody."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address == "localhost"
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _facts(guest: Guest) -> dict[str, object]:
    """Give what the audit log has of somebody."""
    told: dict[str, object] = {"address": guest.address, "user": guest.user, "key": guest.tries.last}
    if guest.grant is not None:
        told |= {"person": guest.seat.person, "role": guest.seat.role, "key": guest.grant.entry.fingerprint}
    return told


def _listen(address: str, port: int) -> socket.socket:
    try:
        family, _, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(place[:2], family=family, backlog=BACKLOG)
    except socket.gaierror as error:
        raise UsageError(f"{address} is no address of this machine.", "`--listen 127.0.0.1` is always one.") from error
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise UsageError(
            f"{address} port {port} cannot be listened on: {why}.", "`--port N` takes another one."
        ) from error
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED)
    listening.setblocking(False)
    return listening
