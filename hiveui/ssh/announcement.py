"""What the SSH server tells of itself while it serves, for whoever asks on this machine."""

import contextlib
import ipaddress
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from hiveui.machine import Machine
from hiveui.model.codec import from_json
from hiveui.paths import Paths
from hiveui.storage import atomic


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a server that serves tells of itself."""

    pid: int
    address: str
    port: int
    fingerprint: str
    """The host key's, as clients show it when they ask whether to trust it."""
    host_key: str
    """The host key as a line of `known_hosts` has it, without the names before it."""

    @property
    def name(self) -> str:
        """What it can be reached by: its address, or this machine's name where it listens on every one."""
        return socket.gethostname() if ipaddress.ip_address(self.address).is_unspecified else self.address


def announce(paths: Paths, announcement: Announcement) -> None:
    """Tell where this server listens. Raises StorageError."""
    atomic.write(_file(paths), json.dumps(asdict(announcement)).encode())


def withdraw(paths: Paths) -> None:
    """Tell no more, if it was this server that told."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(_file(paths).read_bytes())["pid"] == os.getpid():
            _file(paths).unlink()


def announced(paths: Paths, machine: Machine) -> Announcement | None:
    """Find the server that serves this hive; None where none does."""
    try:
        found: Announcement = from_json(Announcement, json.loads(_file(paths).read_bytes()))
    except (OSError, ValueError):
        return None
    return found if machine.alive(found.pid) else None


def _file(paths: Paths) -> Path:
    return paths.state / "ssh" / "serving.json"
