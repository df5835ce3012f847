"""`python -m hiveui.agents.sandboxes.proxy FILE PARENT NAME:DESCRIPTOR…`: the one way out of a sandbox.

An HTTP proxy (RFC 9110, 9.3.6 CONNECT; RFC 9112, 3.2.2 absolute-form) that lets through to the hosts of a list and to
no other. Names are resolved here, and it is to the address that was looked at that it connects. It knows whom an agent
asked for, and nothing of what they say. FILE is a gate's plan; it ends with its PARENT.
"""

import ipaddress
import json
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from hiveui.agents.sandboxes.gate import HIVE, PROXY, Plan, read_plan
from hiveui.agents.sandboxes.relay import pump, reach, serve
from hiveui.machine import this_machine

HEAD = 16_384
"""Bytes of a request's head, at most."""
WITHIN = 10.0
"""Seconds for a head to come, and for a connection to be made."""
PORTS = frozenset({443, 80})
"""Those of a host that is named without one."""
MOST = 200
"""Hosts that are written down of those to whom the way was refused."""
_LINE = re.compile(rb"([A-Z]{1,16}) (\S{1,4096}) HTTP/1\.[01]")
_PLAIN = re.compile(r"http://([^/?#@\s]+)([/?][^\s#]*)?", re.IGNORECASE)
_NAME = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_*][a-z0-9_.-]*))(?::([0-9]{1,5}))?")
_DROPPED = (b"proxy-", b"connection:", b"host:", b"keep-alive:")
"""Fields of a request's head that are between an agent and its proxy, or are written anew."""


class Goal(NamedTuple):
    """Where somebody wants to go."""

    host: str
    """In small letters, without the brackets of an address and the dot at the end of a name."""
    port: int


class Refusal(Exception):  # noqa: N818  it is an answer
    """A request that is not let through, with the status that says so."""

    def __init__(self, status: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def goal_of(text: str, usual: int) -> Goal | None:
    """Read `HOST:PORT`, of which the port may be left out; None for what is neither a name nor an address."""
    found = _NAME.fullmatch(text.lower())
    if found is None or int(found[3] or usual) > 65535:
        return None
    return Goal((found[1] or found[2]).rstrip("."), int(found[3] or usual))


class Rules:
    """The hosts that may be reached."""

    def __init__(self, allow: Iterable[str]) -> None:
        self._goals = [goal for text in allow if (goal := goal_of(text, 0)) is not None]

    def allow(self, goal: Goal) -> bool:
        """Tell whether a host is one of the list, by the name that it was asked for."""
        return any(self._is(rule, goal) for rule in self._goals)

    @staticmethod
    def _is(rule: Goal, goal: Goal) -> bool:
        if goal.port != rule.port and (rule.port or goal.port not in PORTS):
            return False
        return goal.host.endswith(rule.host[1:]) if rule.host.startswith("*.") else goal.host == rule.host

    def places(self, goal: Goal) -> list[tuple[int, str]]:
        """Resolve a host; of its addresses, with their families, those that are public or in the list themselves.

        Raises OSError where it has none at all.
        """
        found = socket.getaddrinfo(goal.host, goal.port, type=socket.SOCK_STREAM)
        places = dict.fromkeys((int(family), str(address[0])) for family, _, _, _, address in found)
        return [place for place in places if is_public(place[1]) or self.allow(Goal(place[1].lower(), goal.port))]


def is_public(address: str) -> bool:
    """Tell whether an address is of the internet: not of this machine, its network, or one that stands for such."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that stand for others (RFC 6052)."""


class Proxy:
    """Serves what comes from one sandbox."""

    def __init__(self, allow: Iterable[str], refuse: Callable[[str], None]) -> None:
        """`refuse` hears of each host to whom the way is refused."""
        self._rules = Rules(allow)
        self._refuse = refuse

    def handle(self, client: socket.socket) -> None:
        """Serve one connection."""
        try:
            head, rest = _head(client)
            method, goal, first = _asked(head)
            server = self._reach(goal)
        except Refusal as refusal:
            body = f"HiveUI's sandbox: {refusal}\n".encode("ascii", "replace")
            told = f"HTTP/1.1 {refusal.status}\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            client.sendall(f"{told}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            return
        if method == b"CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        server.sendall(first + rest)
        pump(client, server)

    def _reach(self, goal: Goal | None) -> socket.socket:
        """Connect to a host, if it is one that may be reached. Raises Refusal."""
        if goal is None:
            raise Refusal("400 Bad Request", "that is no request for a proxy.")
        if not self._rules.allow(goal):
            self._refuse(_named(goal))
            raise Refusal("403 Forbidden", f"{_named(goal)} is not among the hosts that may be reached from here.")
        try:
            places = self._rules.places(goal)
            if not places:
                self._refuse(_named(goal))
                raise Refusal("403 Forbidden", f"{_named(goal)} is an address of a private network.")
            return _connected(places, goal.port)
        except (OSError, UnicodeError) as error:
            raise Refusal("502 Bad Gateway", f"{_named(goal)} is not reached: {error}.") from error


def _named(goal: Goal) -> str:
    host = f"[{goal.host}]" if ":" in goal.host else goal.host
    return host[:255] if goal.port in PORTS else f"{host[:255]}:{goal.port}"


def _connected(places: Sequence[tuple[int, str]], port: int) -> socket.socket:
    """Connect to the first of some addresses that answers. Raises OSError."""
    last = OSError("no address")
    for family, address in places:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(WITHIN)
        try:
            connection.connect((address, port))
        except OSError as error:
            connection.close()
            last = error
        else:
            return connection
    raise last


def _head(client: socket.socket) -> tuple[bytes, bytes]:
    """Read a request's head, and what came behind it. Raises Refusal, and OSError where nothing comes."""
    data, until = b"", time.monotonic() + WITHIN
    while b"\r\n\r\n" not in data:
        client.settimeout(max(0.01, until - time.monotonic()))
        piece = client.recv(HEAD)
        if not piece or len(data) + len(piece) > 2 * HEAD:
            raise Refusal("400 Bad Request", "that is no request.")
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _asked(head: bytes) -> tuple[bytes, Goal | None, bytes]:
    """Give a request's method, where it goes, and the head that its server is sent: b"" for a tunnel."""
    line, *fields = head.split(b"\r\n")
    found = _LINE.fullmatch(line)
    if found is None or b"\n" in head.replace(b"\r\n", b""):
        return b"", None, b""
    method, target = found[1], found[2].decode("ascii", "replace")
    if method == b"CONNECT":
        return method, goal_of(target, 443), b""
    plain = _PLAIN.fullmatch(target)
    if plain is None:
        return method, None, b""
    path = plain[2] or "/"
    kept = [field for field in fields if not field.lower().startswith(_DROPPED)]
    first = f"{method.decode()} {path if path.startswith('/') else f'/{path}'} HTTP/1.1\r\nHost: {plain[1]}"
    lines = (first.encode(), b"Connection: close", *kept)
    return method, goal_of(plain[1], 80), b"\r\n".join(lines) + b"\r\n\r\n"


class Ledger:
    """Writes hosts down to whom the way was refused, each once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def add(self, host: str) -> None:
        """Write one down."""
        with self._lock:
            if host not in self._known and len(self._known) < MOST:
                self._known.add(host)
                with self._file.open("a") as file:
                    file.write(json.dumps(host) + "\n")


def main(given: Sequence[str]) -> None:
    """Serve until the parent is gone."""
    file, parent, *named = given
    this_machine().die_with_parent()
    if os.getppid() != int(parent):
        return
    plan = read_plan(file)
    served = [(name, socket.socket(fileno=int(descriptor))) for name, descriptor in (n.split(":") for n in named)]
    handlers = _handlers(plan)
    for name, listener in served[1:]:
        threading.Thread(target=serve, args=(listener, handlers[name]), daemon=True).start()
    serve(served[0][1], handlers[served[0][0]])


def _handlers(plan: Plan) -> dict[str, Callable[[socket.socket], None]]:
    proxy = Proxy(plan.allow, Ledger(Path(plan.refused)).add)
    return {PROXY: proxy.handle, HIVE: lambda connection: pump(connection, reach(plan.hive), idle=86_400)}


if __name__ == "__main__":
    main(sys.argv[1:])
