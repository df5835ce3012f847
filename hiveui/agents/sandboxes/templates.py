"""Sandboxes as TOML data: which words put a program into one. Source: bwrap(1), docker-run(1), podman-run(1)."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hiveui.errors import ConfigError
from hiveui.model.codec import from_json
from hiveui.model.names import nearest

SHIPPED = Path(__file__).parent
PATIENCE = 10.0
"""Seconds that trying one may take."""
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_BRACES = re.compile(r"\{[^{}]*\}")
_KNOWN: Mapping[str, frozenset[str]] = {
    "argv": frozenset({"{uid}", "{gid}"}),
    "terminal": frozenset({"{agent}"}),
    "read": frozenset({"{from}", "{to}"}),
    "write": frozenset({"{from}", "{to}"}),
    "offline": frozenset(),
    "folder": frozenset({"{folder}"}),
    "env": frozenset({"{name}"}),
    "filter": frozenset({"{filter}"}),
    "end": frozenset({"{image}"}),
}
"""What words may hold in braces, by where they stand. `{filter}` is filled in once a descriptor is open (gate)."""


@dataclass(frozen=True, slots=True)
class Template:
    """One sandbox. Words come in this order: argv, terminal, offline, filter, read and write, env, folder, end."""

    name: str
    """The file's name, and what a layout says."""
    title: str
    """What people call it."""
    argv: tuple[str, ...]
    """The program, and what always holds."""
    read: tuple[str, ...]
    """Words for each place that may be read."""
    write: tuple[str, ...]
    """Words for each place that may be written."""
    offline: tuple[str, ...]
    """Words that leave nothing of the network but a loopback of its own."""
    folder: tuple[str, ...]
    """Words that name the folder it begins in."""
    terminal: tuple[str, ...] = ()
    """Words for an agent's own program, which has a terminal: a check has none."""
    env: tuple[str, ...] = ()
    """Words for each variable, where the environment does not go along by itself."""
    own: tuple[str, ...] = ()
    """Variables of yours that its program itself has, and the agent has not; `DOCKER_*` are all that begin so."""
    filter: tuple[str, ...] = ()
    """Words that hand over a filter of system calls, as a descriptor (seccomp(2))."""
    end: tuple[str, ...] = ()
    """Words before the program's own."""
    trial: tuple[str, ...] = ()
    """What ends with 0 where it works."""
    system: tuple[str, ...] = ()
    """Folders of the system that may be read, as far as they are there."""
    deaf: bool = False
    """It would die of signals that are for the agent's program: its own process is to ignore them."""
    python: str = ""
    """Python in its image; '' where this machine's own is there."""
    install: str = ""
    """A sentence for the person whose machine lacks the program."""

    @property
    def image(self) -> bool:
        """Tell whether it runs an image, with programs of its own."""
        return any("{image}" in word for word in self.end)


class Mount(NamedTuple):
    """A place in a sandbox."""

    to: str
    source: str
    open: bool
    """It may be written."""


def filled(words: Sequence[str], **values: str) -> Iterator[str]:
    """Fill words in."""
    for word in words:
        yield _BRACES.sub(lambda found: values.get(found[0][1:-1], found[0]), word)


def sandboxes(folder: Path | None = None) -> Mapping[str, Template]:
    """Give the shipped ones, and those of the person's `folder` over them. Raises ConfigError."""
    own = sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else []
    return {**_shipped(), **{path.stem: read_template(path) for path in own}}


@cache
def _shipped() -> Mapping[str, Template]:
    return {path.stem: read_template(path) for path in sorted(SHIPPED.glob("*.toml"))}


def read_template(path: Path) -> Template:
    """Read one file strictly. Raises ConfigError: one sentence with the file."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: this file cannot be read as TOML: {error}.") from error
    if data.pop("version", None) != 1:
        raise ConfigError(f"{path}: the first key is to be `version = 1`.")
    known = {f.name for f in fields(Template)} - {"name"}
    for key in data:
        if key not in known:
            raise ConfigError(f"{path}: there is no key {key!r}.", nearest(key, known))
    try:
        template: Template = from_json(Template, {"name": path.stem, **data})
    except ValueError as error:
        raise ConfigError(f"{path}: {error}.") from error
    _check(path, template)
    return template


def _check(path: Path, template: Template) -> None:
    if not NAME.fullmatch(template.name):
        raise ConfigError(f"{path}: a sandbox's name has small letters, digits and hyphens.", "Rename the file.")
    for key in ("argv", "read", "write", "offline", "folder"):
        if not getattr(template, key):
            raise ConfigError(f"{path}: `{key}` is empty.", "Every sandbox needs it: see the shipped ones.")
    for key, known in _KNOWN.items():
        for found in (found for word in getattr(template, key) for found in _BRACES.findall(word)):
            if found not in known:
                raise ConfigError(f"{path}: nothing is known for {found} in `{key}`.", nearest(found, known))


_working: set[str] = set()
"""Trials that were seen to end well: one that did not may do so later."""


def trouble(template: Template, env: Mapping[str, str]) -> str:
    """Say why a sandbox does not work here, and the mend; '' where it does. It runs a program: not for the loop."""
    program = shutil.which(template.argv[0], path=env.get("PATH", ""))
    if program is None:
        return template.install or f"{template.argv[0]} is not installed."
    trial = (program, *template.trial[1:])
    key = "\0".join((os.path.realpath(program), *trial))
    if key in _working or not template.trial:
        return ""
    try:
        done = subprocess.run(trial, capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{template.argv[0]} does not work here: {type(error).__name__}."
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        return f"{template.argv[0]} does not work here: {said[:200]}"
    _working.add(key)
    return ""
