"""Screens that were read wrongly: kept as fixtures, beside the person's own rules by which screens are read.

<config>/rules/KIND.toml                 rules of their own
<config>/rules/fixtures/KIND-TIME.json   a screen, how it was read, and what the agent really did
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from hiveui.errors import StorageError
from hiveui.model.signs import AgentState
from hiveui.model.slugs import slug
from hiveui.paths import Paths
from hiveui.storage import atomic

FIXTURE_VERSION = 1
MAX_FIXTURE = 1 << 20
"""Bytes of a fixture that are read."""


class Misread(NamedTuple):
    """A screen that was read wrongly."""

    kind: str
    taken: str
    read: Mapping[str, Any]
    """State, source and evidence that it came to."""
    really: AgentState
    rows: tuple[str, ...]
    """The screen, top row first."""


class Kept(NamedTuple):
    """Where a misreading is, and the file whose rules are to be mended."""

    fixture: Path
    rules: Path


def keep(paths: Paths, kind: str, reading: Mapping[str, Any], rows: Sequence[str], really: AgentState) -> Kept:
    """Keep a screen, rows as text and top first, that came to `reading` where the agent was `really` otherwise.

    It may show anything, so it is for this user's eyes only. Raises StorageError.
    """
    now = datetime.now(UTC)
    fixture = paths.rules / "fixtures" / f"{slug(kind)}-{now:%Y%m%dT%H%M%S.%f}.json"
    known = {name: reading.get(name) for name in ("state", "source", "confidence", "evidence", "since")}
    document = {
        "version": FIXTURE_VERSION,
        "kind": kind,
        "taken": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "read": known,
        "really": really.value,
        "screen": list(rows),
    }
    make_folder(fixture.parent)
    atomic.write(fixture, (json.dumps(document, indent=1, ensure_ascii=True) + "\n").encode())
    return Kept(fixture, paths.rules / f"{slug(kind)}.toml")


def kept_in(paths: Paths) -> Iterator[Kept]:
    """Find everything that was kept, the oldest of a kind first."""
    for fixture in sorted((paths.rules / "fixtures").glob("*.json")):
        yield Kept(fixture, paths.rules / f"{fixture.stem.rpartition('-')[0]}.toml")


def misread(fixture: Path) -> Misread:
    """Read what was kept. Raises StorageError."""
    try:
        with fixture.open("rb") as file:
            found = json.loads(file.read(MAX_FIXTURE))
        read, rows = dict(found["read"]), tuple(str(row) for row in found["screen"])
        return Misread(str(found["kind"]), str(found["taken"]), read, AgentState(found["really"]), rows)
    except OSError as error:
        raise StorageError(f"{fixture} cannot be read: {error.strerror}.", "Make it yours, or remove it.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise StorageError(f"{fixture} is no screen that `hive wrong` kept.", "Remove it.") from error


def make_folder(folder: Path) -> None:
    """Make a folder for this user's eyes only. Raises StorageError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}.", "Make its folder yours.") from error
