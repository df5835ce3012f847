"""Which version of a program is installed: asked once of each file that it is."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping

PATIENCE = 10.0
"""Seconds that a program may take to say its version."""

Version = tuple[int, ...]
_asked: dict[tuple[str, int], str] = {}


def read_version(text: str) -> Version:
    """Read the first version in a text: `2.1.329 (Claude Code)`; () where there is none."""
    found = re.search(r"[0-9]{1,9}(?:\.[0-9]{1,9})+", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def told_by(program: str, env: Mapping[str, str]) -> str:
    """Run `program --version` in an agent's environment; '' where it cannot be run, or does not say. Takes its time."""
    path = shutil.which(program, path=env.get("PATH", ""))
    if path is None:
        return ""
    try:
        file = os.path.realpath(path), os.stat(path).st_mtime_ns  # noqa: PTH116  beside realpath
        if file not in _asked:
            ask = [path, "--version"]
            said = subprocess.run(
                ask, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
            )
            _asked[file] = said.stdout.decode("utf-8", "replace")
        return _asked[file]
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
