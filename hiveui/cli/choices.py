"""The person's choices, as commands and the screen need them. What parses is imported where there is something to."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hiveui.cli.reach import find_paths
from hiveui.config.files import Configuration
from hiveui.paths import Paths
from hiveui.storage.trust import Trust
from hiveui.tui.commands.every import TITLES, keymap


def configuration(folder: Path) -> Configuration:
    """Give the choices that hold in a folder, not looked at yet."""
    return Configuration(find_paths(), folder, os.environ, commands=TITLES, check=keymap, trusted=_is_trusted)


def projects(state: Path) -> Trust:
    """Give what is kept of the projects' files that this person trusts."""
    return Trust(state / "projects")


def keep(paths: Paths, choices: Mapping[str, str | Sequence[str]]) -> None:
    """Write choices into the person's file, under what it says already. Raises ConfigError or StorageError."""
    from hiveui.config.options import options  # noqa: PLC0415  see the module's docstring
    from hiveui.config.reading import read_config  # noqa: PLC0415
    from hiveui.storage import atomic  # noqa: PLC0415

    file = paths.config_file
    before = file.read_text("utf-8") if file.exists() else ""
    lines = [f"{key}: {json.dumps(value)}" for key, value in choices.items()]
    text = "\n".join([before.rstrip("\n"), *lines, ""]).lstrip("\n")
    read_config(text.encode(), str(file), options(TITLES))
    file.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(file, text.encode())


def _is_trusted(data: bytes) -> bool:
    from hiveui.storage.layouts import layout_hash  # noqa: PLC0415  see the module's docstring

    return layout_hash(data) in projects(find_paths().state).hashes
