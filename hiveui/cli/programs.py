"""Which agents' programs this machine has, and in which version."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from hiveui.agents.catalog import Kind
from hiveui.model.text import visible

PATIENCE = 3.0
"""Seconds that a program may take to say its version."""
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")


def installable(kinds: Mapping[str, Kind]) -> dict[str, Kind]:
    """Give the kinds whose program a person installs."""
    return {name: kind for name, kind in kinds.items() if kind.install}


def is_found(kind: Kind) -> bool:
    """Tell whether a kind's program is in the PATH."""
    return shutil.which(kind.argv[0]) is not None


def version_of(kind: Kind) -> str:
    """Ask a kind's program for its version; '' where it does not say."""
    try:
        said = subprocess.run(
            [kind.argv[0], "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    version = _VERSION.search(said.decode(errors="replace"))
    return visible(version[0]) if version else ""


def versions(kinds: Mapping[str, Kind]) -> dict[str, str]:
    """Ask all at the same time."""
    with ThreadPoolExecutor(max_workers=max(1, len(kinds))) as threads:
        return dict(zip(kinds, threads.map(version_of, kinds.values()), strict=True))
