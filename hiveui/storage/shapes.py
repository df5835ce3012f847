"""Shapes of what files say: how a value is read, and how an editor is told of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hiveui.model.names import nearest, quoted
from hiveui.storage.yaml import Fields, Items, Node, Text

MAX_TEXT = 32_768

Read = Callable[[Node, str], Any]
"""Gives a node's value, or raises LayoutError; the second argument says what is read, for the sentence."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a value is read, and how an editor is told of it (JSON Schema)."""

    read: Read
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a map."""

    shape: Shape
    help: str
    needed: bool = False


def text(node: Node, what: str) -> str:
    """Read text of any number of lines."""
    if not isinstance(node, Text):
        raise node.place.wrong(f"{what} is to be text", "Write words, in quotes where they hold : or #.")
    if not node.text and not node.quoted:
        raise node.place.wrong(f"{what} has no value", 'Write one, or "" for an empty text, or take the line out.')
    if len(node.text) > MAX_TEXT:
        raise node.place.wrong(f"{what} has over {MAX_TEXT} characters", "Put it into a file.")
    bad = next((char for char in node.text if not (char.isprintable() or char in "\n\t\u200d")), None)
    if bad is not None:
        raise node.place.wrong(f"{what} holds the invisible character U+{ord(bad):04X}", "Take it out.")
    return node.text


def matching(pattern: str, mend: str) -> Shape:
    """Make the shape of a text that a regular expression matches as a whole; `mend` says what it wants."""
    compiled = re.compile(pattern)

    def read(node: Node, what: str) -> str:
        found = text(node, what)
        if not compiled.fullmatch(found):
            raise node.place.wrong(f"{what} cannot be {quoted(found)}", mend)
        return found

    return Shape(read, {"type": "string", "pattern": f"^(?:{pattern})$"})


def number(least: int, most: int) -> Shape:
    """Make the shape of a whole number between two bounds."""

    def read(node: Node, what: str) -> int:
        if isinstance(node, Text) and not node.quoted and re.fullmatch(r"[0-9]{1,9}", node.text):
            found = int(node.text)
            if least <= found <= most:
                return found
        raise node.place.wrong(f"{what} is to be a whole number from {least} to {most}", f"Write, say, {least}.")

    return Shape(read, {"type": "integer", "minimum": least, "maximum": most})


def list_of(item: Shape, example: str, least: int = 0) -> Shape:
    """Make the shape of a list."""

    def read(node: Node, what: str) -> tuple[Any, ...]:
        if not isinstance(node, Items):
            raise node.place.wrong(f"{what} is to be a list", f"Write it as {example}.")
        if len(node.items) < least:
            raise node.place.wrong(f"{what} is empty", f"Write it as {example}.")
        return tuple(item.read(part, f"an entry of {what}") for part in node.items)

    return Shape(read, {"type": "array", "items": item.schema, "minItems": least})


def one_of(*choices: str) -> Shape:
    """Make the shape of one of some words."""

    def read(node: Node, what: str) -> str:
        found = text(node, what)
        if found not in choices:
            raise node.place.wrong(f"{what} cannot be {quoted(found)}", nearest(found, choices))
        return found

    return Shape(read, {"enum": list(choices)})


def fields(node: Node, what: str, table: Mapping[str, Field]) -> dict[str, Any]:
    """Read a map by a table of fields: unknown ones are refused, needed ones demanded."""
    if not isinstance(node, Fields):
        raise node.place.wrong(f"{what} is to be a map of fields", nearest("", table))
    for key, place in node.keys.items():
        if key not in table:
            raise place.wrong(f"{what} has no field {quoted(key)}", nearest(key, table))
    for key, field in table.items():
        if field.needed and key not in node.fields:
            raise node.place.wrong(f"{what} lacks `{key}`", f"Add `{key}:`, {field.help}.")
    return {key: table[key].shape.read(value, f"`{key}` of {what}") for key, value in node.fields.items()}


def json_map(table: Mapping[str, Field]) -> dict[str, Any]:
    """Describe a map of a table's fields to editors."""
    needed = [key for key, field in table.items() if field.needed]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {**field.shape.schema, "description": field.help} for key, field in table.items()},
        **({"required": needed} if needed else {}),
    }
