"""Having a layout edited in the person's editor."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

from hiveui.agents.catalog import catalog
from hiveui.cli import output
from hiveui.cli.reach import find_paths, here
from hiveui.errors import LayoutError, UsageError
from hiveui.model.layout import Layout
from hiveui.storage.shelf import Shelf


class Edited(NamedTuple):
    """What became of a layout's file."""

    file: Path
    kept: Path | None
    """Where the version before is, None where nothing was changed."""
    wrong: str | None
    """What is wrong with it now, None for nothing."""


def shelf_here() -> Shelf:
    """Give the layouts that the current folder sees."""
    return Shelf(find_paths(), here())


def read_here(file: Path) -> Layout:
    """Read a layout as it is in the current folder. Raises LayoutError."""
    from hiveui.hive.services import read_for  # noqa: PLC0415  it loads what most commands do without

    return read_for(here(), file, tuple(catalog(find_paths().kinds)))[1]


def edit_layout(name: str) -> Edited:
    """Open a layout in $VISUAL or $EDITOR and check it after; one that came with HiveUI is copied first.

    Raises LayoutError where there is none, and UsageError where there is no such editor.
    """
    from hiveui.storage import revise, shelf  # noqa: PLC0415  see `read_here`

    place = shelf_here()
    file = place.find(name)
    before = shelf.read(file) or b""
    if place.origin(file) == "shipped":
        file, before = place.place(name, project=False), revise.portable(before)
        place.write(file, before)
        output.talk(f"{name} came with HiveUI: {file} is your copy.")
    wrong = _edited(file)
    while wrong is not None and output.at_terminal() and output.agreed("Edit it again?", yes=False, hint=""):
        wrong = _edited(file)
    kept = place.keep(file, before) if shelf.read(file) != before else None
    return Edited(file, kept, wrong)


def _edited(file: Path) -> str | None:
    """Have a file edited; give what is wrong with it after, None for nothing. Raises UsageError."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        subprocess.run([*editor, str(file)], check=True)
        read_here(file)
    except LayoutError as error:
        output.talk(f"{error}\n{error.hint}")
        return str(error)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UsageError(f"The editor {editor[:1]} failed: {error}.", "Set EDITOR to one that is there.") from None
    return None
