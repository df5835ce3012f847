"""The person's editor: which file a path on the screen means, and the command line that opens it there."""

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_PLACE = re.compile(r"(?P<path>.+?)(?::(?P<line>\d+)(?::\d+)?)?")
GOES_TO: Mapping[str, str] = {
    **dict.fromkeys(("hx", "helix", "subl", "zed"), "{file}:{line}"),
    **dict.fromkeys(("code", "codium", "cursor", "windsurf"), "--goto {file}:{line}"),
}
"""How editors are told a line, by their program's name; the others know `+LINE FILE`, as vi does."""


class Spot(NamedTuple):
    """A place in a file."""

    file: Path
    line: int
    """From 1; 0 where none is named."""


def spot(text: str, folder: Path, home: Path) -> Spot | None:
    """Find the file that a `path:line` means to a program in `folder`; None where there is none.

    The `a/` and `b/` of git's differences are taken off where nothing has that name.
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    path, line = found["path"], int(found["line"] or 0)
    if path.startswith("~/"):
        path = str(home / path[2:])
    tried = [path] + ([path[2:]] if path.startswith(("a/", "b/")) else [])
    return next((Spot(folder / name, line) for name in tried if os.path.isfile(folder / name)), None)  # noqa: PTH113


def command(environ: Mapping[str, str], where: Spot, folder: Path) -> str:
    """Give the words, quoted for a shell in `folder`, that open a place in $VISUAL, $EDITOR or vi."""
    words = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    inside = where.file.is_relative_to(folder)
    name = str(where.file.relative_to(folder)) if inside else str(where.file)
    file = shlex.quote(f"./{name}" if name.startswith(("-", "+")) else name)
    program = Path(words.split()[0]).name if words.split() else ""
    form = GOES_TO.get(program, "+{line} {file}") if where.line else "{file}"
    return f"{words} {form.format(file=file, line=where.line)}"
