"""Layouts as plain data, as a file has them: what says nothing new is left out."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hiveui.model.box import written
from hiveui.model.layout import AgentSpec, Leaf, Node, Tab
from hiveui.storage.emit import Value
from hiveui.storage.schema import AGENT

_NOTHING: tuple[object, ...] = (None, "", ())
_MAY_BE_EMPTY = frozenset({"brief", "owns", "constraints", "done"})
"""What an agent can have none of where `defaults` has some; other fields cannot be emptied in a file."""


def agent_fields(spec: AgentSpec, defaults: Mapping[str, Any] = {}) -> dict[str, Value]:
    """Give the fields of an agent that differ from what it would have without them, and its kind."""
    usual = {field.name: getattr(AgentSpec(""), field.name) for field in fields(AgentSpec)} | {"kind": "", **defaults}
    said = {key: getattr(spec, key) for key in AGENT} | {"sandbox": written(spec.sandbox, spec.box)}
    given = {key: value for key, value in said.items() if value != usual[key]}
    return {k: v for k, v in given.items() if v not in _NOTHING or (k in _MAY_BE_EMPTY and v is not None)}


def tab_fields(tab: Tab) -> dict[str, Value]:
    """Give the fields of a tab."""
    tree = node(tab.root)
    return {"title": tab.title, **(tree if isinstance(tree, dict) else {"panes": [tree]})}


def node(tree: Node) -> str | dict[str, Value]:
    """Give a tree as it stands in a list of panes: a role, or the fields of a split."""
    if isinstance(tree, Leaf):
        return tree.role
    plain: dict[str, Value] = {"split": tree.direction, "panes": [node(child) for child in tree.children]}
    return plain | ({"sizes": list(tree.sizes)} if set(tree.sizes) != {1} else {})
