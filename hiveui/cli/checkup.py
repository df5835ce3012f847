"""What `hive doctor` looks at. It leaves everything as it is."""

import os
import sys
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import catalog
from hiveui.cli.abilities import terminal
from hiveui.cli.checks import Check, said
from hiveui.cli.limits import limits, lingering, watching
from hiveui.errors import HiveError
from hiveui.machine import this_machine
from hiveui.paths import Paths, secure_folder

RECOMMENDED_TMUX = (3, 7)
STAKE = (
    "is recommended: an older server may die, and all agents with it, by commands that HiveUI never sends,"
    " so use no other tool on its socket"
)
"""What older servers risk (docs/architecture.md)."""


def examine(paths: Paths) -> tuple[dict[str, Any], list[Check]]:
    """Give what the daemon says of itself (`pid` None where it does not run), and every check."""
    daemon, told = _daemon(paths)
    checks = [
        Check("python", ok=True, found=sys.version.split()[0]),
        _tmux(),
        _git(),
        _wall(),
        _sandboxes(paths),
        _folder(paths.state),
        _folder(paths.run),
        told,
        _choices(),
        *terminal(),
        _clipboard(),
        *_notifications(paths, daemon),
        *limits(),
        watching(Path()),
        *lingering(),
        *_programs(paths),
    ]
    return daemon, checks


def _wall() -> Check:
    """Tell what holds agents to what they own where a layout says `mode: block`."""
    from hiveui.agents.walls import best  # noqa: PLC0415  needed here only

    wall, why = best(os.environ)
    if not wall:
        return Check("walls", ok=True, found="none", mend=f"`mode: block` holds nobody here: {why}; install bubblewrap")
    mend = "" if wall == "bubblewrap" else "bubblewrap holds more: install it for `mode: block`"
    return Check("walls", ok=True, found=wall, mend=mend)


def _sandboxes(paths: Paths) -> Check:
    """Tell which sandboxes work here; none has to."""
    from hiveui.agents.sandboxes.templates import sandboxes, trouble  # noqa: PLC0415  needed here only

    try:
        known = sandboxes(paths.config / "sandboxes")
    except HiveError as error:
        return Check("sandboxes", ok=False, found=str(error), mend=error.hint)
    why = {name: trouble(template, os.environ) for name, template in known.items()}
    works = [name for name, said in why.items() if not said]
    mend = "" if works else next(iter(why.values()), "")
    rest = [f"{name}: {said.partition('. ')[0].rstrip('.')}" for name, said in why.items() if said]
    return Check("sandboxes", ok=True, found="; ".join((", ".join(works) or "none works", *rest)), mend=mend)


def _daemon(paths: Paths) -> tuple[dict[str, Any], Check]:
    try:
        status = _asked(paths, "daemon/status")
    except HiveError as error:
        pid = _holder(paths)
        if pid is None:
            return {"pid": None}, Check("daemon", ok=True, found="does not run")
        return {"pid": pid}, Check("daemon", ok=False, found=f"pid {pid}: {error}", mend=error.hint)
    found = f"pid {status['pid']}, version {status['version']}, {status['memory'] >> 20} MiB"
    return status, Check("daemon", ok=True, found=found, mend=status.get("damage", ""))


def _asked(paths: Paths, method: str) -> dict[str, Any]:
    """Ask the daemon one thing. Raises HiveError."""
    from importlib.metadata import version  # noqa: PLC0415  slow to import

    from hiveui.gateway.blocking import connect  # noqa: PLC0415

    with connect(paths.hive_socket, "hive doctor", version("hiveui"), os.environ.get("HIVE_TOKEN")) as client:
        answer: dict[str, Any] = client.call(method)
    return answer


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
        limit = "; before 3.4, backgrounds filled by erasing to the end of a line are not seen" * (found < (3, 4))
        return Check("tmux", ok=True, found=shown, mend=f"{wanted} {STAKE}{limit}.")
    return Check("tmux", ok=True, found=shown)


def _git() -> Check:
    found = said(["git", "--version"])
    mend = "" if found else "Install git with the system's packages."
    return Check("git", found != "", found or "not installed", mend)


def _folder(path: Path) -> Check:
    if not path.exists():
        return Check("folder", ok=True, found=f"{path} is made when it is needed")
    try:
        secure_folder(path)
    except HiveError as error:
        return Check("folder", ok=False, found=str(error), mend=error.hint)
    return Check("folder", ok=True, found=str(path))


def _clipboard() -> Check:
    """Try to copy what the clipboard has, so that it has it afterwards."""
    from hiveui.tui.clipboard import Programs, attempt  # noqa: PLC0415  needed here only

    works, found, mend = attempt(os.environ, Programs())
    return Check("clipboard", works, found, mend)


def _notifications(paths: Paths, daemon: dict[str, Any]) -> list[Check]:
    """Tell how the person is called, where a daemon runs that knows it."""
    from hiveui.cli.notifying import UNUSED, check, this_terminal, ways  # noqa: PLC0415  needed here only

    if "version" not in daemon:
        return []
    try:
        found = _asked(paths, "alert/ways")
    except HiveError:
        return []  # an older daemon, or one that has just ended
    parts = [check(this_terminal()), *(way for way in ways(found) if not way.found.startswith(UNUSED))]
    said, mends = "; ".join(f"{part.name}: {part.found}" for part in parts), filter(None, (part.mend for part in parts))
    return [Check("notifications", all(part.ok for part in parts), said, " ".join(mends))]


def _programs(paths: Paths) -> list[Check]:
    """Tell which agents' programs are there; none has to be."""
    from hiveui.cli.programs import installable, is_found, versions  # noqa: PLC0415  only here

    try:
        kinds = installable(catalog(paths.kinds))
    except HiveError as error:
        return [Check("kinds", ok=False, found=str(error), mend=error.hint)]
    found = {name: kind for name, kind in kinds.items() if is_found(kind)}
    told = versions(found)
    checks = [Check(name, ok=True, found=told[name] or "found; it does not say its version") for name in found]
    return checks + [
        Check(name, ok=True, found="not installed", mend=kind.install.partition("Install it: ")[2])
        for name, kind in kinds.items()
        if name not in found
    ]


def _choices() -> Check:
    """Tell whether the configuration can be used."""
    from hiveui.cli.choices import configuration  # noqa: PLC0415  only here
    from hiveui.cli.reach import here  # noqa: PLC0415

    choices = configuration(here())
    choices.look()
    problems = choices.config.problems
    found = " ".join(map(str, problems)) if problems else _counted(len(choices.config.origins))
    return Check("configuration", ok=not problems, found=found, mend=problems[0].hint if problems else "")


def _counted(choices: int) -> str:
    return "1 choice" if choices == 1 else f"{choices} choices"
