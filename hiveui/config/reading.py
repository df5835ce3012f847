"""Configuration and themes, read strictly: every value with its place, every mistake with its mend."""

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hiveui.config.layer import Layer
from hiveui.config.options import COLOURS, Option, Project
from hiveui.config.palette import SHIPPED, Palette
from hiveui.errors import ConfigError, LayoutError
from hiveui.storage import yaml
from hiveui.storage.shapes import Field, Shape, fields, one_of

_VERSION = Field(one_of("1"), "the version of this format, 1")


def read_config(data: bytes, file: str, table: Mapping[str, Option]) -> Layer:
    """Read a person's `config.yaml`. Raises ConfigError with the place."""
    return _layer(data, file, {key: Field(option.shape, option.help) for key, option in table.items()})


def read_project(data: bytes, file: str, table: Mapping[str, Option], *, trusted: bool) -> Layer:
    """Read the `.hive/config.yaml` of a project, which may set less. Raises ConfigError with the place."""
    layer = _layer(data, file, {key: Field(_refused(key, o), o.help) for key, o in table.items()})
    held = tuple(key for key in layer.values if table[key].project is Project.TRUSTED and not trusted)
    return Layer({key: value for key, value in layer.values.items() if key not in held}, layer.places, held)


def _refused(key: str, option: Option) -> Shape:
    """Give an option's shape for projects."""

    def read(node: yaml.Node, what: str) -> Any:  # noqa: ARG001  a Shape's signature
        raise node.place.wrong(f"a project may not set `{key}`", "It belongs in your own: hive config edit.")

    return Shape(read, {}) if option.project is Project.NEVER else option.shape


def read_variable(value: str, key: str, option: Option) -> Layer:
    """Read one variable of the environment; a list is words with spaces between. Raises ConfigError."""
    place = yaml.Place(option.variable, 0, 0)
    node: yaml.Node = yaml.Text(place, value.strip(), quoted=False)
    if option.shape.schema.get("type") == "array":
        node = yaml.Items(place, tuple(yaml.Text(place, word, quoted=False) for word in value.split()))
    try:
        return Layer({key: option.shape.read(node, f"`{key}`")}, {key: place})
    except LayoutError as error:
        raise _as_config(error) from None


def read_theme(data: bytes, file: str) -> Palette:
    """Read a theme: a shipped one to begin from, and the colours that differ. Raises ConfigError."""
    try:
        top = yaml.read(data, file)
        table = {
            "version": _VERSION,
            "base": Field(one_of(*SHIPPED), "the shipped theme that it begins from", needed=True),
            "colours": Field(Shape(_colours, {}), "a map of colours that differ", needed=True),
        }
        found = fields(top, "the theme", table)
    except LayoutError as error:
        raise _as_config(error) from None
    return replace(SHIPPED[found["base"]][0], **found["colours"])


def _colours(node: yaml.Node, what: str) -> dict[str, Any]:
    return fields(node, what, {key: Field(shape, "") for key, shape in COLOURS.items()})


def _layer(data: bytes, file: str, table: Mapping[str, Field]) -> Layer:
    try:
        top = yaml.read(data, file)
        if isinstance(top, yaml.Text) and not top.text:
            return Layer()
        values = fields(top, "the configuration", {"version": _VERSION, **table})
    except LayoutError as error:
        raise _as_config(error) from None
    values.pop("version", None)
    assert isinstance(top, yaml.Fields)  # noqa: S101  `fields` takes nothing else
    keys = top.fields.get("keys")
    inner = {f"keys.{id_}": place for id_, place in keys.keys.items()} if isinstance(keys, yaml.Fields) else {}
    return Layer(values, {**top.keys, **inner})


def _as_config(error: LayoutError) -> ConfigError:
    """Say of a configuration what the reader of files says of a layout."""
    told = ConfigError(str(error), error.hint)
    told.file, told.line, told.column = error.file, error.line, error.column
    return told


def read_bytes(path: Path) -> bytes:
    """Read a file, no more of it than is allowed, and never wait for it: a project can have a pipe there.

    Raises ConfigError.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise ConfigError("it is no plain file.", "Take it away.", file=str(path))
            return os.read(file, yaml.MAX_BYTES + 1)
        finally:
            os.close(file)
    except OSError as error:
        raise ConfigError(f"it cannot be read: {error.strerror}.", "Check the file.", file=str(path)) from error
