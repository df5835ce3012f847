"""The person's choices, as commands and the screen need them."""

import os
from pathlib import Path

from hiveui.cli.reach import find_paths
from hiveui.config.files import Configuration
from hiveui.storage.layouts import layout_hash
from hiveui.storage.trust import Trust
from hiveui.tui.commands.every import TITLES, keymap


def configuration(folder: Path | None) -> Configuration:
    """Give the choices that hold in a folder, not looked at yet."""
    paths = find_paths()
    known = projects(paths.state).hashes
    return Configuration(
        paths, folder, os.environ, commands=TITLES, check=keymap, trusted=lambda data: layout_hash(data) in known
    )


def projects(state: Path) -> Trust:
    """Give what is kept of the projects' files that this person trusts."""
    return Trust(state / "projects")
