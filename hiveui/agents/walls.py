"""Walls: how the system is made to hold a program to where it may write. Source: bwrap(1), landlock(7)."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from hiveui.agents import confine
from hiveui.agents.reach import Step, Territory
from hiveui.model.ownership import Wall

PATIENCE = 5.0
"""Seconds that trying bubblewrap may take."""
_VIEW = ("--dev-bind", "/", "/", "--unshare-user")
"""All that there is; in a user namespace of its own no process outside can be reached through /proc."""


def best(env: Mapping[str, str]) -> tuple[Wall, str]:
    """Give the best wall that there is here, or Wall.NONE and why. It runs a program: not for the event loop."""
    program = shutil.which("bwrap", path=env.get("PATH", ""))
    if program is not None and _works(os.path.realpath(program)):
        return Wall.BUBBLEWRAP, ""
    version = confine.abi()
    if version >= confine.NEEDED_ABI:
        return Wall.LANDLOCK, ""
    if not sys.platform.startswith("linux"):
        return Wall.NONE, "this system offers neither bubblewrap nor Landlock"
    said = "does not work here" if program else "is not installed"
    kernel = f"too old ({version})" if version else "off"
    return Wall.NONE, f"bubblewrap {said}, and this kernel's Landlock is {kernel}"


_working: set[str] = set()
"""Programs that were seen to work: one that did not may do so later."""


def _works(program: str) -> bool:
    if program in _working:
        return True
    try:
        done = subprocess.run([program, *_VIEW, "true"], capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    if done.returncode == 0:
        _working.add(program)
    return done.returncode == 0


def behind(
    wall: Wall, reach: Territory, argv: Sequence[str], file: Path, write: Callable[[Path, bytes], None]
) -> list[str]:
    """Give the words that run `argv` behind a wall; `file` is where it may be described. Raises StorageError."""
    if wall is Wall.BUBBLEWRAP:
        binds = (word for step in reach.steps for word in (_BIND[step.open], step.path, step.path))
        return ["bwrap", *_VIEW, *binds, "--", *argv]
    firm = [step for step in reach.steps if step.firm]
    write(file, json.dumps(list(_allowed("/", firm))).encode("utf-8", "surrogateescape"))
    return [sys.executable, "-I", "-S", confine.__file__, str(file), *argv]


_BIND = {True: "--bind", False: "--ro-bind"}

LACKS: Mapping[Wall, str] = {
    Wall.LANDLOCK: "Landlock forbids neither to change modes and times of files nor the repository's hooks and "
    "configuration, and nothing new can be made right in the folders that the checkout is in.",
}
"""What a wall does not do, or does besides."""


def _allowed(place: str, steps: Sequence[Step], *, may: bool = True) -> Iterator[str]:
    """Give the places, none in another, in which all may be written: Landlock takes nothing away below one."""
    inside = [step for step in steps if step.path.startswith(place.rstrip("/") + "/")]
    may = next((step.open for step in reversed(steps) if step.path == place), may)
    if not inside:
        if may:
            yield place
        return
    try:
        entries = sorted(os.scandir(place), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if not entry.is_symlink():
            yield from _allowed(entry.path, [s for s in inside if _in(s.path, entry.path)], may=may)


def _in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")
