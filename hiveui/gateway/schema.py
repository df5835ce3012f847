"""The part of JSON Schema (json-schema.org, 2020-12) that the method table uses, and its check."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
"""A JSON Schema of the few words that `mismatch` knows."""

TEXT: Schema = {"type": "string"}
YES: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}
TEXT_BY_NAME: Schema = {"type": "object", "additionalProperties": TEXT}
COUNT: Schema = {"type": "integer", "minimum": 0}
PAIR: Schema = {"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}


def record(**fields: Schema) -> Schema:
    """Describe an object that has exactly these fields."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


_TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


def mismatch(schema: Schema, value: Any, where: str) -> str:
    """Say in one sentence where `value` does not fit, or ''."""
    return next(_mismatches(schema, value, where), "")


def _mismatches(schema: Schema, value: Any, where: str) -> Iterator[str]:
    kind = schema.get("type", "")
    if kind and type(value) is not _TYPES[kind]:
        yield f"`{where}` is to be {_an(kind)}."
        return
    if isinstance(value, int) and value < schema.get("minimum", value):
        yield f"`{where}` is to be at least {schema['minimum']}."
    if isinstance(value, list):
        least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
        if not least <= len(value) <= most:
            yield f"`{where}` is to have {least if least == most else f'at least {least}'} items."
        for i, item in enumerate(value):
            yield from _mismatches(schema.get("items", {}), item, f"{where}[{i}]")
    if isinstance(value, dict):
        yield from _field_mismatches(schema, value, where)


def _field_mismatches(schema: Schema, value: Mapping[str, Any], where: str) -> Iterator[str]:
    fields, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield f"`{where}.{name}` is missing."
    for name, item in value.items():
        if name in fields or others is not False:
            yield from _mismatches(fields.get(name, others if others is not True else {}), item, f"{where}.{name}")
        else:
            yield f"`{where}.{name[:80]}` is not known."


def _an(kind: str) -> str:
    return f"{'an' if kind[0] in 'aio' else 'a'} {kind}"
