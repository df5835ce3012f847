"""Kinds of agents: what program a kind runs and how it is treated, as TOML data."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from hiveui.agents.hooks.injection import WAYS, Hooks
from hiveui.agents.usage.formats import FORMATS
from hiveui.errors import ConfigError
from hiveui.model.box import Needs
from hiveui.model.codec import from_json
from hiveui.model.keys import parse_chord
from hiveui.model.names import nearest

SHIPPED = Path(__file__).parent / "kinds"
KIND_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
PLACEHOLDERS = frozenset({"{python}", "{brief}", "{brief_json}", "{model}", "{conversation}"})
"""What an argument of a kind may hold. `{brief_json}` is the brief as a JSON string."""
_BRACES = re.compile(r"(?<!\$)\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Inline:
    """What makes a program stay out of the alternate screen, so that its history can be read."""

    argv: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    history: int = 10_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Where a program writes down the tokens that it uses."""

    format: str
    """How it writes: the name of a program whose way is known."""
    files: tuple[str, ...] = ()
    """Files beside the transcripts, in the same patterns: those of subagents, a database."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of agent. Lists of arguments may hold the placeholders above."""

    name: str
    """The file's name, and what a layout says."""
    title: str
    """What people call it."""
    argv: tuple[str, ...]
    """The program, and what it is always started with."""
    session: tuple[str, ...] = ()
    """Arguments that give a new conversation its id; empty where the program makes its own."""
    resume: tuple[str, ...] = ()
    """Argv that goes on with a conversation; empty where the program cannot."""
    transcripts: tuple[str, ...] = ()
    """Files that a conversation is kept in: patterns with `{conversation}`, `{short}` (its first 8 characters), `~` and
    `$VARIABLE` of the agent."""
    usage: Usage | None = None
    """None where nothing tells what it uses."""
    stagger: float = 0.0
    """Seconds between two starts where many are started together."""
    brief: tuple[str, ...] = ()
    """Arguments that give the brief; empty where the program takes none."""
    brief_once: bool = False
    """The brief is the first prompt, and not said again when a conversation is resumed."""
    model: tuple[str, ...] = ()
    """Arguments that choose the model; empty where the program takes none."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables that its program gets."""
    inline: Inline | None = None
    """None where the program has no alternate screen, or cannot do without it."""
    hooks: Hooks | None = None
    """How its program is made to tell its events to HiveUI; None where it cannot be."""
    sandbox: Needs = field(default_factory=Needs)
    """What its program needs where it runs in a sandbox."""
    newline: str = "ctrl+j"
    """The chord that means "new line, do not send"."""
    interrupt: tuple[str, ...] = ("escape",)
    """The chords that end a turn, one after the other."""
    shell: str = ""
    """What a prompt begins with that the program runs in a shell, unasked: it is left to the person."""
    history: int = 10_000
    """Lines of scrollback, where `inline` does not say otherwise; 2,000 for a program in the alternate screen."""
    install: str = ""
    """A sentence for the person whose machine lacks the program."""
    person: bool = False
    """Its panes count as the person: a shell."""
    reports: bool = False
    """It tells its state by OSC 7501 and is believed."""
    quiet_when_hidden: bool = False
    """Nothing is read from its output while nobody looks, so tmux may keep that to itself."""


def catalog(folder: Path | None = None) -> Mapping[str, Kind]:
    """Give the shipped kinds, and those of the person's `folder` over them. Raises ConfigError."""
    own = sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else []
    return {**_shipped(), **{path.stem: read_kind(path) for path in own}}


@cache
def _shipped() -> Mapping[str, Kind]:
    return {path.stem: read_kind(path) for path in sorted(SHIPPED.glob("*.toml"))}


def read_kind(path: Path) -> Kind:
    """Read one file strictly. Raises ConfigError: one sentence with the file, the line where it is known."""
    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: this file cannot be read as TOML: {error}.") from error
    if data.pop("version", None) != 1:
        raise ConfigError(f"{path}: the first key is to be `version = 1`.")
    known = {f.name for f in fields(Kind)} - {"name"}
    for key in data:
        if key not in known:
            raise ConfigError(f"{path}:{_line(text, key)}: there is no key {key!r}.", nearest(key, known))
    try:
        kind: Kind = from_json(Kind, {"name": path.stem, **data})
    except ValueError as error:
        raise ConfigError(f"{path}: {error}.") from error
    _check(path, kind)
    return kind


def _check(path: Path, kind: Kind) -> None:
    if not KIND_NAME.fullmatch(kind.name):
        raise ConfigError(f"{path}: a kind's name has small letters, digits and hyphens.", "Rename the file.")
    if not kind.argv:
        raise ConfigError(f"{path}: `argv` is empty.", "Name the program that the kind runs.")
    if not re.fullmatch(r"[a-z0-9+]+", kind.newline) or not parse_chord(kind.newline).name:
        raise ConfigError(f"{path}: `newline` is no key: {kind.newline!r}.", 'Write it as "ctrl+j".')
    for chord in kind.interrupt:
        if not re.fullmatch(r"[a-z0-9+]+", chord) or not parse_chord(chord).name:
            raise ConfigError(f"{path}: `interrupt` has no key {chord!r}.", 'Write it as ["escape"].')
    if kind.usage is not None and kind.usage.format not in FORMATS:
        raise ConfigError(
            f"{path}: no usage is written in a format {kind.usage.format!r}.", nearest(kind.usage.format, FORMATS)
        )
    if kind.hooks and kind.hooks.way not in WAYS:
        raise ConfigError(f"{path}: hooks are given by no way {kind.hooks.way!r}.", nearest(kind.hooks.way, WAYS))
    inline = kind.inline.argv if kind.inline else ()
    for argument in (*kind.argv, *kind.session, *kind.resume, *kind.brief, *kind.model, *inline):
        for found in _BRACES.findall(argument):
            if found not in PLACEHOLDERS:
                raise ConfigError(f"{path}: nothing is known for {found}.", nearest(found, PLACEHOLDERS))


def _line(text: str, key: str) -> int:
    """Find the line that sets a key, from 1; tomllib does not tell."""
    start: Any = re.search(rf"(?m)^\s*\[*\s*[\"']?{re.escape(key)}\b", text)
    return text.count("\n", 0, start.start()) + 1 if start else 1
