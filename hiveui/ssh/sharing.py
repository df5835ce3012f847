"""A key for somebody else: made here, good for one login and a while, and let in."""

import contextlib
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import asyncssh

from hiveui.errors import HiveError
from hiveui.model.seat import Role
from hiveui.paths import Paths, secure_folder
from hiveui.ssh import keys
from hiveui.ssh.files import SORT
from hiveui.ssh.lines import STAMP, Entry
from hiveui.storage import atomic


class Shared(NamedTuple):
    """A key that was made."""

    entry: Entry
    """Its public half, as it was let in."""
    file: Path
    """Where its private half stands, readable by nobody else."""


def share(paths: Paths, role: Role, person: str, until: datetime) -> Shared:
    """Make a key that is good for one login until a time, and let it in. Raises HiveError."""
    folder = secure_folder(secure_folder(paths.state) / "shares")
    _sweep(folder, datetime.now(UTC))
    made = asyncssh.generate_private_key(SORT, comment="hive")
    file = folder / f"{until.astimezone(UTC).strftime(STAMP)}-{secrets.token_hex(4)}"
    atomic.write(file, made.export_private_key(), 0o600)
    try:
        public = made.export_public_key().decode()
        entry = keys.add(keys.key_file(paths), public, role, person=person, until=until, once=True)
    except HiveError:
        file.unlink(missing_ok=True)
        raise
    return Shared(entry, file)


def _sweep(folder: Path, now: datetime) -> None:
    """Take away private halves that are good for nothing any more: their names begin with when."""
    for file in folder.iterdir():
        if file.name < now.strftime(STAMP):
            with contextlib.suppress(OSError):
                file.unlink()
