"""What agents used, kept over restarts: one file for each agent, replaced as a whole.

A file holds how far the agent's transcripts are counted together with what was counted, so that nothing is counted
twice or left out, whenever the daemon ends. The transcripts are the record: a file that is damaged is made anew.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from hiveui.errors import StorageError
from hiveui.model.codec import from_json
from hiveui.model.usage import Account
from hiveui.storage import atomic

log = logging.getLogger(__name__)

VERSION = 1
LARGEST = 8 << 20
"""Bytes of a file that is read."""


def read_all(folder: Path) -> dict[str, Account]:
    """Read every account, by the agent's id. Raises StorageError where the folder cannot be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic.sweep(folder)
        found = sorted(folder.glob("*.json"))
    except OSError as error:
        raise atomic.cannot("read", folder, error) from error
    accounts = (_read(path) for path in found)
    return {account.agent: account for account in accounts if account is not None}


def _read(path: Path) -> Account | None:
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(LARGEST))
        said = data if isinstance(data, Mapping) and data.get("version") == VERSION else {}
        account: Account = from_json(Account, said.get("account"))
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s is passed over: %s", path, error)
        return None
    return account if account.agent == path.stem else None


def write(folder: Path, account: Account) -> None:
    """Keep an account. Raises StorageError; then what was kept before stays."""
    try:
        data = json.dumps({"version": VERSION, "account": asdict(account)}, separators=(",", ":"))
        atomic.write(folder / f"{account.agent}.json", data.encode())
    except OSError as error:
        raise StorageError(f"What {account.agent} used cannot be kept: {error}.") from error
