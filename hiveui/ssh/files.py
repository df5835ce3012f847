"""Where the SSH server's files stand, its host key, and what it tells of itself while it serves."""

import contextlib
import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

import asyncssh

from hiveui.errors import FileError
from hiveui.machine import Machine
from hiveui.model.codec import from_json
from hiveui.paths import Paths, secure_folder
from hiveui.storage import atomic

SORT = "ssh-ed25519"
"""The host key's."""


def folder(paths: Paths) -> Path:
    """Make the server's own folder, 0700. Raises HiveError where it is looser."""
    return secure_folder(secure_folder(paths.state) / "ssh")


def audit_log(paths: Paths) -> Path:
    """Where it stands who came."""
    return paths.state / "ssh" / "audit.log"


def host_key(paths: Paths) -> asyncssh.SSHKey:
    """Read the host key, which is made the first time. Raises FileError where others could have read it."""
    path = folder(paths) / "host_key"
    with contextlib.suppress(FileExistsError):
        _make(path)
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077 or found.st_uid != os.getuid():
            raise FileError("others can read the host key.", "Take it away; another is made.", file=str(path))
        return asyncssh.read_private_key(path)
    except (OSError, asyncssh.KeyImportError) as error:
        raise FileError("the host key cannot be read.", "Take it away; another is made.", file=str(path)) from error


def _make(path: Path) -> None:
    """Make a host key where there is none: whole, or not at all. Raises FileExistsError."""
    data = asyncssh.generate_private_key(SORT, comment="hive").export_private_key()
    made = path.with_name(f".host_key.{os.getpid()}")
    try:
        made.unlink(missing_ok=True)
        file = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as to:
            to.write(data)
            os.fsync(to.fileno())
        os.link(made, path)
        made.unlink()
    except FileExistsError:
        made.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise atomic.cannot("made", path, error) from error


@dataclass(frozen=True, slots=True)
class Standing:
    """What a server that serves tells of itself."""

    pid: int
    address: str
    port: int
    fingerprint: str
    """The host key's, as clients show it when they ask whether to trust it."""
    host_key: str
    """The host key as a line of `known_hosts` has it, without the names before it."""


def stand(paths: Paths, standing: Standing) -> None:
    """Tell where this server listens. Raises StorageError."""
    atomic.write(_standing(paths), json.dumps(asdict(standing)).encode())


def leave(paths: Paths) -> None:
    """Tell no more, if it was this server that told."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(_standing(paths).read_bytes())["pid"] == os.getpid():
            _standing(paths).unlink()


def standing(paths: Paths, machine: Machine) -> Standing | None:
    """Find the server that serves this hive; None where none does."""
    try:
        found: Standing = from_json(Standing, json.loads(_standing(paths).read_bytes()))
    except (OSError, ValueError):
        return None
    return found if machine.alive(found.pid) else None


def _standing(paths: Paths) -> Path:
    return paths.state / "ssh" / "serving.json"
