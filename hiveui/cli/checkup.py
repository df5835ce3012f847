"""What `hive doctor` looks at. It leaves everything as it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from hiveui.errors import HiveError
from hiveui.machine import this_machine
from hiveui.paths import Paths, secure_folder

RECOMMENDED_TMUX = (3, 7)


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    mend: str = ""


def examine(paths: Paths) -> tuple[dict[str, Any], list[Check]]:
    """Give what the daemon says of itself (`pid` None where it does not run), and every check."""
    daemon, said = _daemon(paths)
    checks = [
        Check("python", ok=True, found=sys.version.split()[0]),
        _tmux(),
        _git(),
        _folder(paths.state),
        _folder(paths.run),
        said,
        _terminal(),
        _clipboard(),
        *_lingering(),
    ]
    return daemon, checks


def _daemon(paths: Paths) -> tuple[dict[str, Any], Check]:
    from importlib.metadata import version  # noqa: PLC0415  slow to import

    from hiveui.gateway.blocking import connect  # noqa: PLC0415

    try:
        with connect(paths.hive_socket, "hive doctor", version("hiveui"), os.environ.get("HIVE_TOKEN")) as client:
            status: dict[str, Any] = client.call("daemon/status")
    except HiveError as error:
        pid = _holder(paths)
        if pid is None:
            return {"pid": None}, Check("daemon", ok=True, found="does not run")
        return {"pid": pid}, Check("daemon", ok=False, found=f"pid {pid}: {error}", mend=error.hint)
    found = f"pid {status['pid']}, version {status['version']}, {status['memory'] >> 20} MiB"
    return status, Check("daemon", ok=True, found=found, mend=status.get("damage", ""))


def _holder(paths: Paths) -> int | None:
    """Give the daemon's pid as its lock says it, if that process lives."""
    try:
        text = paths.lock.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() and this_machine().alive(int(text)) else None


def _tmux() -> Check:
    from hiveui.tmux.server import tmux_version  # noqa: PLC0415  the driver is needed here only

    try:
        found = tmux_version()
    except HiveError as error:
        return Check("tmux", ok=False, found=str(error), mend=error.hint)
    shown = ".".join(map(str, found))
    if found < RECOMMENDED_TMUX:
        wanted = ".".join(map(str, RECOMMENDED_TMUX))
        limit = (
            "; before 3.4, backgrounds filled by erasing to the end of a line are not seen" if found < (3, 4) else ""
        )
        return Check("tmux", ok=True, found=shown, mend=f"{wanted} is recommended{limit}.")
    return Check("tmux", ok=True, found=shown)


def _git() -> Check:
    said = _said(["git", "--version"])
    return Check("git", said != "", said or "not installed", "" if said else "Install git with the system's packages.")


def _folder(path: Path) -> Check:
    if not path.exists():
        return Check("folder", ok=True, found=f"{path} is made when it is needed")
    try:
        secure_folder(path)
    except HiveError as error:
        return Check("folder", ok=False, found=str(error), mend=error.hint)
    return Check("folder", ok=True, found=str(path))


def _terminal() -> Check:
    kind, colours = os.environ.get("TERM", ""), os.environ.get("COLORTERM", "")
    inside = ", inside tmux" if "TMUX" in os.environ else ""
    found = (
        f"{kind or 'none'}, {'true colour' if colours in {'truecolor', '24bit'} else '256 colours or fewer'}{inside}"
    )
    usable = kind not in {"", "dumb"}
    return Check(
        "terminal", usable or not sys.stdout.isatty(), found, "" if usable else "Set TERM, or use another one."
    )


def _clipboard() -> Check:
    """Try to copy what the clipboard has, so that it has it afterwards."""
    from hiveui.tui.clipboard import Programs, attempt  # noqa: PLC0415  needed here only

    works, found, mend = attempt(os.environ, Programs())
    return Check("clipboard", works, found, mend)


def _lingering() -> list[Check]:
    """Tell whether logind would end agents at logout (loginctl(1), logind.conf(5))."""
    said = _said(["loginctl", "show-user", "--property=Linger", "--property=KillUserProcesses", str(os.getuid())])
    answers = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    if not answers:
        return []
    kept = answers.get("Linger") == "yes"
    mend = "" if kept else "`loginctl enable-linger` keeps agents after you log out."
    return [Check("linger", ok=True, found="yes" if kept else "no", mend=mend)]


def _said(argv: list[str]) -> str:
    if shutil.which(argv[0]) is None:
        return ""
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""
