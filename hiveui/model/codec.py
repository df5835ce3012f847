"""Records as JSON values, and back: by their fields and the types of these."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from hiveui.model.layout import Leaf, Split

_HINTS: dict[type[Any], dict[str, Any]] = {}


def to_json(value: object) -> Any:
    """Turn records, their fields and containers into JSON values; a node of a split tree carries its form."""
    if isinstance(value, Leaf):
        return value.role
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    return value


def from_json(kind: Any, value: Any) -> Any:
    """Build a value of type `kind` from JSON. Raises ValueError where the shape does not fit."""
    origin = typing.get_origin(kind)
    if hasattr(kind, "__supertype__"):
        return from_json(kind.__supertype__, value)
    if kind == Leaf | Split:
        return Leaf(value) if isinstance(value, str) else from_json(Split, value)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return from_json(next(k for k in typing.get_args(kind) if k is not type(None)), value)
    if origin in (Mapping, dict, tuple, list):
        return _container_from_json(origin, typing.get_args(kind), value)
    if origin is typing.Literal:
        if value not in typing.get_args(kind):
            raise ValueError(f"{value!r} is not one of {typing.get_args(kind)}")
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        return _record_from_json(kind, value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if isinstance(kind, type) and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise ValueError(f"expected {kind.__name__}, found {type(value).__name__}")
    return value


def _container_from_json(origin: Any, kinds: tuple[Any, ...], value: Any) -> Any:
    if origin in (Mapping, dict) and isinstance(value, Mapping):
        return {from_json(kinds[0], k): from_json(kinds[1], v) for k, v in value.items()}
    if origin in (tuple, list) and isinstance(value, (list, tuple)):
        return origin(from_json(kinds[0], v) for v in value)
    expected = "a list" if origin in (tuple, list) else "names with values"
    raise ValueError(f"expected {expected}, found {type(value).__name__}")


def _record_from_json(kind: type[Any], value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError(f"expected the fields of {kind.__name__}, found {type(value).__name__}")  # noqa: TRY004
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    unknown = set(value) - set(_HINTS[kind])
    if unknown:
        raise ValueError(f"unknown field {min(unknown)!r} in {kind.__name__}")
    try:
        return kind(**{name: from_json(_HINTS[kind][name], v) for name, v in value.items()})
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from error
