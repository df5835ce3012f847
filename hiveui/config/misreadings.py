"""Screens that were read wrongly: kept as fixtures, beside the person's own rules by which screens are read.

<config>/rules/KIND.toml                 rules of their own
<config>/rules/fixtures/KIND-TIME.json   a screen, how it was read, and what the agent really did
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from hiveui.errors import StorageError
from hiveui.model.signs import AgentState
from hiveui.model.slugs import slug
from hiveui.paths import Paths
from hiveui.storage import atomic

FIXTURE_VERSION = 1
NO_RULES = "version = 1\n"


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
    _make_folder(fixture.parent)
    atomic.write(fixture, (json.dumps(document, indent=1, ensure_ascii=True) + "\n").encode())
    return Kept(fixture, paths.rules / f"{slug(kind)}.toml")


def begin_rules(kept: Kept) -> None:
    """Write a file of rules to begin from where the person has none: the shipped ones. Raises StorageError."""
    if kept.rules.exists():
        return
    _make_folder(kept.rules.parent)
    head = (
        f"# Your rules for the kind {kept.rules.stem}, in place of the shipped ones, which stand below as they were\n"
        f"# when this file was made. Remove it to have them back. A screen that they read wrongly:\n"
        f"# {kept.fixture}\n\n"
    )
    atomic.write(kept.rules, (head + _shipped(kept.rules.name)).encode())


def _shipped(name: str) -> str:
    """Give the shipped rules for a kind, those for every kind where it has none."""
    folder = files("hiveui.agents") / "rules"
    for file in (folder / name, folder / "generic.toml"):
        if file.is_file():
            return file.read_text("utf-8")
    return NO_RULES


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}.", "Make its folder yours.") from error
