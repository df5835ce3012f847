"""Writes data as the YAML that people write: short things on one line, long ones on lines of their own."""

import json
import re
from collections.abc import Mapping, Sequence

Value = str | int | float | bool | Sequence["Value"] | Mapping[str, "Value"]

ROOM = 110
"""Columns that a line may fill before what it holds is spread over several."""

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ._/-]*[A-Za-z0-9._/-])?")
_OTHER_MEANING = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Plain words that some reader of YAML takes for something else than text (YAML 1.1, 10.3.2)."""


def flow(value: Value) -> str:
    """Write a value on one line. A text is quoted where it could be read as anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _OTHER_MEANING
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(part)}" for key, part in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


def entry(key: str, value: Value, indent: int = 0) -> str:
    """Write `key: value` to stand behind `indent` spaces; further lines have theirs. No line end."""
    head = f"{flow(key)}: "
    line = head + flow(value)
    if isinstance(value, str | int | float) or not value or indent + len(line) <= ROOM:
        return line
    return head.rstrip() + "\n" + " " * (indent + 2) + block(value, indent + 2)


def block(value: Value, indent: int = 0) -> str:
    """Write a map or a list with a line for each part, the first of which stands behind `indent` spaces."""
    between = "\n" + " " * indent
    if isinstance(value, Mapping):
        return between.join(entry(key, part, indent) for key, part in value.items())
    if isinstance(value, str | int | float):
        return flow(value)
    return between.join("- " + _item(part, indent + 2) for part in value)


def _item(value: Value, indent: int) -> str:
    line = flow(value)
    return line if isinstance(value, str | int | float) or indent + len(line) <= ROOM else block(value, indent)
