"""What this system grants, as far as agents and panes need it: each with its mend."""

import os
import resource
import sys
from pathlib import Path

from hiveui.cli.checks import Check, said
from hiveui.machine import this_machine

FILES = 1024
"""Open files that the daemon may need: about eight for each workspace, and one for each client."""
WATCHES = 65_536
"""Folders that may be watched at once: one of a large repository each."""
INSTANCES = 128
_INOTIFY = Path("/proc/sys/fs/inotify")


def limits() -> list[Check]:
    """Look at open files and watches."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = soft == resource.RLIM_INFINITY or soft >= FILES
    mend = "" if enough else f"`ulimit -n {FILES}` in the shell that starts `hive`."
    if not enough and hard != resource.RLIM_INFINITY and hard < FILES:
        mend = f"The hard limit is {hard}: raise nofile in /etc/security/limits.conf."
    return [Check("open files", enough, "unlimited" if soft < 0 else str(soft), mend), *_watches()]


def _watches() -> list[Check]:
    """Look at inotify(7)."""
    checks = []
    for name, least in (("max_user_watches", WATCHES), ("max_user_instances", INSTANCES)):
        try:
            found = int((_INOTIFY / name).read_text())
        except (OSError, ValueError):
            continue
        mend = "" if found >= least else f"`sudo sysctl fs.inotify.{name}={least}` lets more be watched."
        checks.append(Check(f"inotify {name.removeprefix('max_user_')}", ok=True, found=str(found), mend=mend))
    return checks


def watching(folder: Path) -> Check:
    """Tell whether the kernel would tell of changes in a folder."""
    from hiveui.watch.places import why_not  # noqa: PLC0415  needed here only

    reason = why_not(folder, this_machine())
    if reason is not None:
        return Check("watching", ok=True, found=reason.why, mend=reason.mend or "Nothing is lost.")
    return Check("watching", ok=True, found="the kernel tells of changes in this folder")


def lingering() -> list[Check]:
    """Tell whether logind would end agents at logout (loginctl(1), logind.conf(5))."""
    if sys.platform != "linux":
        return []
    kept = _property("Linger", str(os.getuid())) == "yes"
    kills = _property("KillUserProcesses")
    if not kills:
        return []
    ends = kills == "yes" and not kept
    found = f"linger {'yes' if kept else 'no'}, KillUserProcesses {kills}"
    mend = "" if kept else "`loginctl enable-linger` keeps agents after you log out."
    return [Check("logout", ok=not ends, found=found, mend=mend)]


def _property(name: str, *user: str) -> str:
    """Ask logind for a property of a user, or of its own where none is named."""
    return said(["loginctl", "show-user", *user, f"--property={name}", "--value"])
