"""A script: steps to play and replies to prompts, as strict TOML.

    [[step]]                        [[reply]]
    do = "say"                      match = "hello"
    text = "Reading the plan."      do = "stream"
                                    text = "Hello yourself."

`do` names a step kind; the other keys are the parameters of its function.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hiveui.errors import ConfigError

Kinds = Mapping[str, Callable[..., Any]]

_TYPES: dict[Any, tuple[str, Callable[[Any], bool]]] = {
    str: ("a string", lambda value: isinstance(value, str)),
    int: ("a whole number", lambda value: type(value) is int),
    float: ("a number", lambda value: type(value) in (int, float) and 0 <= value < 1e6),
    Sequence[str]: ("a list of strings", lambda value: type(value) is list and all(type(v) is str for v in value)),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a kind's function with its parameters."""

    do: str
    line: int
    play: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do when a prompt contains one of `words`, in lower case."""

    words: tuple[str, ...]
    step: Step


@dataclass(frozen=True, slots=True)
class Script:
    """What an agent plays, and how it answers afterwards."""

    name: str = "rehearsal"
    steps: tuple[Step, ...] = ()
    replies: tuple[Reply, ...] = ()


def parse(text: str, source: str, kinds: Kinds, name: str = "rehearsal") -> Script:
    """Read a script. Raises ConfigError, one sentence with the file, the line and the step."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: {error}.") from error
    for key in data:
        if key not in {"step", "reply"}:
            raise ConfigError(f"{source}: unknown table {key!r}; a script has [[step]] and [[reply]] only.")
    lines = {word: _lines_of(word, text) for word in ("step", "reply")}

    def entries(word: str) -> Iterator[tuple[str, int, dict[str, Any]]]:
        tables = data.get(word, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise ConfigError(f"{source}: write [[{word}]] with two brackets.")
        for number, table in enumerate(tables, 1):
            line = next(lines[word], 0)
            yield f"{source}:{line}: {word} {number}", line, table

    steps = [_step(where, line, table, kinds) for where, line, table in entries("step")]
    replies = [_reply(where, line, table, kinds) for where, line, table in entries("reply")]
    return Script(name, tuple(steps), tuple(replies))


def _reply(where: str, line: int, table: dict[str, Any], kinds: Kinds) -> Reply:
    words = table.pop("match", None)
    words = [words] if isinstance(words, str) else words
    if not words or not _TYPES[Sequence[str]][1](words):
        raise ConfigError(f"{where}: match must be a string or a list of strings.")
    return Reply(tuple(word.lower() for word in words), _step(where, line, table, kinds))


def _step(where: str, line: int, table: dict[str, Any], kinds: Kinds) -> Step:
    do = table.pop("do", None)
    if do not in kinds:
        raise ConfigError(f"{where}: do = {do!r} is no step kind; there are {', '.join(kinds)}.")
    function = kinds[do]
    types = {key: kind for key, kind in function.__annotations__.items() if key not in {"actor", "return"}}
    for key, value in table.items():
        if key not in types:
            raise ConfigError(f"{where}: {do} has no {key!r}; it takes {', '.join(types) or 'nothing'}.")
        expected, fits = _TYPES[types[key]]
        if not fits(value):
            raise ConfigError(f"{where}: {key} must be {expected}.")
    missing = set(types) - set(table) - set(function.__kwdefaults__ or ())
    if missing:
        raise ConfigError(f"{where}: {do} needs {min(missing)!r}.")
    return Step(do, line, lambda actor: function(actor, **table))


def _lines_of(word: str, text: str) -> Iterator[int]:
    """Give the line of each `[[word]]`, which may not stand in a multi-line string."""
    header = re.compile(rf"\s*\[\[\s*{word}\s*\]\]")
    quoted = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not quoted and header.match(line):
            yield number
        for mark in re.findall(r"\"\"\"|'''", line):
            quoted = "" if mark == quoted else quoted or mark
