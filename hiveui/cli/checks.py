"""One thing that `hive doctor` looked at, and how programs are asked."""

import shutil
import subprocess
from collections.abc import Sequence
from typing import NamedTuple


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    mend: str = ""

    @property
    def mark(self) -> str:
        """`ok`, `--` where it could be better, `!!` where something is to be mended."""
        if not self.ok:
            return "!!"
        return "--" if self.mend else "ok"


def said(argv: Sequence[str]) -> str:
    """Give what a program prints; '' where it is not there or does not answer."""
    if shutil.which(argv[0]) is None:
        return ""
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
