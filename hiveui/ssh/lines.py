"""One line of the key file: whose key it is, what it may do, and when (sshd(8), AUTHORIZED_KEYS FILE FORMAT). Pure.

A line with an option that is not of the table opens nothing: what would restrict a key elsewhere is never overlooked.
"""

import base64
import binascii
import hashlib
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from hiveui.errors import UsageError
from hiveui.model.seat import LADDER, Role
from hiveui.model.text import visible

SORTS = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
"""Keys that are taken, the best first."""
SHORTEST_RSA = 2048
"""Bits."""
STAMP = "%Y%m%d%H%M%SZ"
"""How a time is written into `expiry-time`, in UTC."""
_TIMES = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
"""Formats of `expiry-time`, by their digits."""


class LineError(UsageError):
    """A line, or a key, that opens nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key and what it is good for. Two are equal if they open the same to the same."""

    sort: str
    blob: bytes
    """The key as it is on the wire (RFC 4253, 6.6)."""
    role: Role = Role.VIEWER
    authority: bool = False
    """It is no key to log in by, but signs certificates that are."""
    principals: tuple[str, ...] = ()
    """Of which a certificate must name one; without any, it must name the user who logs in."""
    sources: tuple[str, ...] = ()
    """Patterns of addresses it is good from; none means from everywhere."""
    until: datetime | None = None
    terminal: bool = True
    """It may have a terminal; without one only commands that print something."""
    once: bool = False
    """It is good for one login."""
    used: bool = field(default=False, compare=False)
    """It was good for one login, and had it."""
    person: str = field(default="", compare=False)

    @property
    def fingerprint(self) -> str:
        """Name the key as `ssh-keygen -l` does."""
        return fingerprint(self.blob)

    @property
    def text(self) -> str:
        """Write the line."""
        options = [
            *(["cert-authority"] if self.authority else []),
            f'hive-role="{self.role}"',
            *([f'principals="{",".join(self.principals)}"'] if self.principals else []),
            *([f'from="{",".join(self.sources)}"'] if self.sources else []),
            *([f'expiry-time="{self.until.astimezone(UTC).strftime(STAMP)}"'] if self.until else []),
            *([] if self.terminal else ["no-pty"]),
            *(["hive-once"] if self.once else []),
            *(["hive-used"] if self.used else []),
        ]
        return f"{','.join(options)} {self.sort} {base64.b64encode(self.blob).decode()} {self.person}".rstrip()

    def refusal(self, address: str, now: datetime) -> str:
        """Say why it opens nothing from an address now; '' if it does."""
        if self.until is not None and now >= self.until:
            return "it has expired"
        if self.used:
            return "it was good for one login"
        if self.sources and not comes_from(self.sources, address):
            return "it is not good from there"
        return ""


def fingerprint(blob: bytes) -> str:
    """Name a key by its hash (RFC 4648 without padding, of SHA-256)."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def comes_from(patterns: Sequence[str], address: str) -> bool:
    """Tell whether an address fits a list of patterns, of which one with `!` that fits rules it out.

    Names of hosts fit nothing: who answers for a name is for its name server to say.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    fits = {pattern for pattern in patterns if _fits(pattern.removeprefix("!"), mapped or found)}
    return bool(fits) and not any(pattern.startswith("!") for pattern in fits)


def _fits(pattern: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        wild = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern.lower())
        return re.fullmatch(wild, str(address)) is not None


def key(text: str) -> Entry:
    """Read a public key, `ssh-ed25519 AAAA… name`, without options. Raises LineError."""
    words = text.split(None, 2)
    if text.lstrip().startswith("-----BEGIN"):
        raise LineError("This is a private key: it stays where it is.", "Give the file that ends in .pub.")
    if "\n" in text.strip():
        raise LineError("There is more than one line.", "Give one key at a time.")
    if len(words) < 2 or words[0] not in SORTS:
        raise LineError(
            f"{visible(words[0]) if words else 'Nothing'} is no kind of key that is taken.",
            f"There are: {', '.join(SORTS)}. `ssh-keygen -t ed25519` makes one.",
        )
    try:
        blob = base64.b64decode(words[1], validate=True)
        fields = list(_fields(blob))
    except (binascii.Error, ValueError):
        fields = []
    if not fields or fields[0] != words[0].encode():
        raise LineError("The key is not whole.", "Copy all of its line.")
    if words[0] == "ssh-rsa" and (len(fields) != 3 or int.from_bytes(fields[2]).bit_length() < SHORTEST_RSA):
        raise LineError(f"An RSA key needs {SHORTEST_RSA} bits at least.", "`ssh-keygen -t ed25519` makes a good one.")
    return Entry(words[0], blob, person=visible(words[2].strip()) if len(words) > 2 else "")


def _fields(blob: bytes) -> Iterator[bytes]:
    """Split what stands in a key, each with its length before it (RFC 4251, 5). Raises ValueError."""
    while blob:
        length = int.from_bytes(blob[:4])
        if len(blob) < 4 + length:
            raise ValueError(length)
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]


def parse(line: str) -> Entry:
    """Read a line of the key file that is neither empty nor a remark. Raises LineError."""
    options, rest = ("", line) if line.split(None, 1)[0] in SORTS else _split(line)
    fields: dict[str, Any] = {}
    for name, value in _options(options):
        read = _OPTIONS.get(name)
        if read is None:
            raise LineError(f"The option {visible(name)!r} is not known.", f"There are: {', '.join(sorted(_OPTIONS))}.")
        fields |= read(value)
    return replace(key(rest), **fields)


def _split(line: str) -> tuple[str, str]:
    """Part the options from the key: at the first blank outside of quotes."""
    found = re.match(r'((?:[^\s"]|"(?:[^"\\]|\\.)*")+)\s+(.*)', line)
    if found is None:
        raise LineError("A quote is not closed, or no key follows the options.")
    return found[1], found[2]


def _options(text: str) -> Iterator[tuple[str, str | None]]:
    """Give each option, its name in small letters, and its value; None where it has none."""
    seen: set[str] = set()
    for found in re.finditer(r'([^,="]+)(?:="((?:[^"\\]|\\.)*)"|(=[^,]*))?(?:,|$)|(.)', text):
        name, value, bare, stray = found.groups()
        if stray is not None or bare is not None:
            raise LineError("The options cannot be read.", 'Write them as NAME="VALUE",NAME,…')
        if name.lower() in seen:
            raise LineError(f"The option {visible(name)!r} stands there twice.")
        seen.add(name.lower())
        yield name.lower(), re.sub(r"\\(.)", r"\1", value) if value is not None else None


def _role(value: str | None) -> dict[str, Any]:
    if value not in LADDER:
        raise LineError(f"There is no role {visible(value or '')!r}.", f"There are: {', '.join(LADDER)}.")
    return {"role": Role(value)}


def _until(value: str | None) -> dict[str, Any]:
    """Read YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS; with a Z behind it is in UTC, else in local time."""
    digits = (value or "").removesuffix("Z")
    form = _TIMES.get(len(digits)) if digits.isdecimal() else None
    try:
        time = datetime.strptime(digits, form or "")  # noqa: DTZ007  local, unless a Z says otherwise
        time = time.replace(tzinfo=UTC) if (value or "").endswith("Z") else time.astimezone()
    except (ValueError, OverflowError):
        time = None
    if form is None or time is None:
        raise LineError(f"{visible(value or '')!r} is no time.", 'Write expiry-time="YYYYMMDDHHMM".')
    return {"until": time}


def _listed(name: str) -> Callable[[str | None], dict[str, Any]]:
    def read(value: str | None) -> dict[str, Any]:
        words = tuple(word.strip() for word in (value or "").split(",") if word.strip())
        if not words:
            raise LineError(f"{name} has nothing in it.")
        return {name: words}

    return read


def _plain(**fields: Any) -> Callable[[str | None], dict[str, Any]]:
    def read(value: str | None) -> dict[str, Any]:
        if value is not None:
            raise LineError("An option that has no value was given one.")
        return fields

    return read


_NOTHING = _plain()
_OPTIONS: Mapping[str, Callable[[str | None], dict[str, Any]]] = {
    "hive-role": _role,
    "hive-once": _plain(once=True),
    "hive-used": _plain(used=True),
    "cert-authority": _plain(authority=True),
    "principals": _listed("principals"),
    "from": _listed("sources"),
    "expiry-time": _until,
    "restrict": _plain(terminal=False),
    "no-pty": _plain(terminal=False),
    "pty": _plain(terminal=True),
    # Nothing is ever forwarded and no file is run: allowed or forbidden, it comes to the same.
    **{f"{no}{what}": _NOTHING for no in ("", "no-") for what in ("port-forwarding", "agent-forwarding")},
    **{f"{no}{what}": _NOTHING for no in ("", "no-") for what in ("x11-forwarding", "user-rc")},
}
"""Each option, in small letters, and the fields it comes to. They are read in order: `restrict,pty` has a terminal."""
