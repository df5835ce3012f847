"""What other programs write as YAML, JSON or TOML, read leniently into texts, lists and maps, within bounds.

Anchors and merge keys are followed, as those programs follow them: what is said twice is the same object and not a
copy, so that nothing grows. Tags are passed over. Every scalar is a text, and nothing is None.
"""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

MAX_NODES = 20_000
MAX_DEPTH = 40
MERGED = 100
"""Fields that a merge key (`<<`) brings in, at most."""

Data = Any
"""A text, None, a list of data, or a map of texts to data."""


class DataError(ValueError):
    """The text is not what its name says; `str(error)` says why in a few words."""


def from_yaml(text: str) -> Data:
    """Read the first document. Raises DataError."""
    try:
        return _Reader(text).document()
    except (YAMLError, ValueError, RecursionError, StopIteration) as error:
        raise DataError(_words(error)) from None


def from_json(text: str) -> Data:
    """Read JSON. Raises DataError."""
    try:
        return _texts(json.loads(text), 0)
    except (ValueError, RecursionError) as error:
        raise DataError(_words(error)) from None


def from_toml(text: str) -> Data:
    """Read TOML. Raises DataError."""
    try:
        return _texts(tomllib.loads(text), 0)
    except (ValueError, RecursionError) as error:
        raise DataError(_words(error)) from None


def at(data: Data, *keys: str) -> Data:
    """Give what stands under some keys, one in the other; None where there is nothing."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def fields(data: Data) -> dict[str, Data]:
    """Give a map; an empty one for anything else."""
    return data if isinstance(data, dict) else {}


def texts(data: Data) -> list[str]:
    """Give the texts of a list, or of a text alone."""
    return [part for part in (data if isinstance(data, list) else [data]) if isinstance(part, str)]


def _words(error: Exception) -> str:
    problem = getattr(error, "problem", None) or str(error)
    return str(problem).strip().split("\n")[0][:100] or "it cannot be read"


def _texts(value: Any, depth: int) -> Data:
    if depth > MAX_DEPTH:
        raise DataError("it is nested too deep")
    if isinstance(value, dict):
        return {str(key): _texts(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_texts(part, depth + 1) for part in value]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


class _Reader:
    """Builds the data from YAML events, counting as they come."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)
        self._anchors: dict[str, Data] = {}
        self._nodes = 0

    def document(self) -> Data:
        for event in self._events:
            if type(event).__name__ not in {"StreamStartEvent", "DocumentStartEvent"}:
                return None if type(event).__name__ == "StreamEndEvent" else self._node(event, 0)
        return None

    def _node(self, event: Any, depth: int) -> Data:
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise DataError("it has too many parts or is nested too deep")
        name = type(event).__name__
        if name == "AliasEvent":
            return self._anchors.get(event.anchor)
        if name == "ScalarEvent":
            empty = event.style is None and event.value in {"", "~", "null"}
            value: Data = None if empty else event.value
            self._anchors[event.anchor] = value
            return value
        found: Data = [] if name == "SequenceStartEvent" else {}
        self._anchors[event.anchor] = found
        for part in self._events:
            if type(part).__name__ in {"SequenceEndEvent", "MappingEndEvent"}:
                break
            value = self._node(part, depth + 1)
            if isinstance(found, list):
                found.append(value)
            else:
                self._put(found, value, self._node(next(self._events), depth + 1))
        return found

    @staticmethod
    def _put(found: dict[str, Data], key: Data, value: Data) -> None:
        """Set a field; a merge key brings in those that are not there (yaml.org/type/merge.html)."""
        if not isinstance(key, str):
            return
        if key != "<<":
            found[key] = value
            return
        for source in value if isinstance(value, list) else [value]:
            for name in list(fields(source))[:MERGED]:
                found.setdefault(name, source[name])
