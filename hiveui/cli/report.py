"""`hive doctor --report`: one file to hand to somebody who helps, without names and secrets."""

import os
import platform
import re
from collections import deque
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hiveui.cli.checks import Check
from hiveui.errors import UsageError
from hiveui.model.text import visible
from hiveui.model.variables import is_secret
from hiveui.paths import Paths
from hiveui.storage.secrets import MASK, redact

LINES = 200
"""Of the log's end."""
VARIABLES = re.compile(r"HIVE_.*|TERM.*|COLOR.*|NO_COLOR|TMUX|SSH_(?:TTY|CONNECTION)|L(?:ANG|C_.*)|XDG_.*|EDITOR|SHELL")
"""Variables that have to do with what goes wrong."""
COMMAND = re.compile(r"""(notify_command["']?:)[^\n]*(?:\n[ \t\-\]][^\n]*)*""")
"""The person's own program for notifications: addresses that nobody else may know stand among its words."""


def write(file: Path, paths: Paths, daemon: Mapping[str, Any], checks: Sequence[Check]) -> None:
    """Write the report; a file that is there already stays. Raises UsageError."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text(paths, daemon, checks, os.environ))
    except FileExistsError:
        raise UsageError(f"{file} is there already.", "Name another file, or take it away.") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error


def text(paths: Paths, daemon: Mapping[str, Any], checks: Sequence[Check], environ: Mapping[str, str]) -> str:
    """Give the report, read through for what is nobody's business."""
    sections = {
        "system": [f"hiveui {version('hiveui')}", platform.platform(), f"Python {platform.python_version()}"],
        "checks": [f"{'ok' if c.ok else '!!'}  {c.name}: {c.found}{f'  ({c.mend})' if c.mend else ''}" for c in checks],
        "daemon": [f"{key}: {value}" for key, value in daemon.items()],
        "environment": [
            f"{name}={MASK if is_secret(name) else value}"
            for name, value in sorted(environ.items())
            if VARIABLES.fullmatch(name)
        ],
        "configuration": COMMAND.sub(rf"\1 {MASK}", "\n".join(_lines(paths.config_file))).split("\n"),
        "log": _lines(paths.log),
    }
    whole = "\n\n".join(f"## {name}\n\n" + "\n".join(map(visible, lines)) for name, lines in sections.items())
    return _anonymous(redact(whole), environ) + "\n"


def _lines(file: Path) -> list[str]:
    """Give the end of a file."""
    try:
        with file.open(encoding="utf-8", errors="replace") as source:
            return [line.rstrip("\n") for line in deque(source, LINES)]
    except OSError as error:
        return [f"{file.name}: {error.strerror}"]


def _anonymous(whole: str, environ: Mapping[str, str]) -> str:
    """Take out where the person lives, and their and the machine's names."""
    home = environ.get("HOME") or str(Path.home())
    whole = whole.replace(home, "~") if len(home) > 1 else whole
    for name, mask in ((environ.get("USER", ""), "USER"), (platform.node(), "HOST")):
        if len(name) > 2:
            whole = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", mask, whole)
    return whole
