"""Layout files: YAML written by people, read strictly into `model.layout`."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from hiveui.errors import LayoutError
from hiveui.model.box import box_of
from hiveui.model.layout import AgentSpec, Layout, Node, Split, Tab, even_grid, roles
from hiveui.model.names import nearest, quoted
from hiveui.storage import schema, yaml
from hiveui.storage.schema import AGENT, LAYOUT, SPLIT, TAB
from hiveui.storage.shapes import fields, text

MAX_AGENTS = 128
SERVICES = "services"
"""In place of the map of roles: one for each service of the repository, which are looked for when it is opened."""
_SERVICES = re.compile(rb"^agents:[ \t]*services[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def read_layout(
    file: Path, kinds: Iterable[str], services: Callable[[], str] = lambda: f"agents: {SERVICES}", kind: str = "shell"
) -> tuple[bytes, Layout]:
    """Read a file; its bytes, with `services` filled in, and the layout. `kind` is for agents that name none.

    Raises LayoutError with the line and the mend.
    """
    try:
        with file.open("rb") as source:
            data = source.read(yaml.MAX_BYTES + 1)
    except OSError as error:
        raise LayoutError(f"it cannot be read: {error.strerror}.", "Check the file.", file=str(file)) from error
    data = filled(data, services)
    return data, parse_layout(data, str(file), tuple(kinds), kind)


def filled(data: bytes, services: Callable[[], str]) -> bytes:
    """Put what `services` gives, lines of YAML, in place of the line `agents: services`, if there is one."""
    return _SERVICES.sub(lambda _: services().encode(), data, count=1)


def layout_hash(data: bytes) -> str:
    """Give what a layout is remembered by once a person has agreed to run it."""
    return hashlib.sha256(data).hexdigest()


def parse_layout(data: bytes, file: str, kinds: tuple[str, ...], kind: str = "shell") -> Layout:
    """Read a layout's bytes. Raises LayoutError."""
    top = yaml.read(data, file)
    found = fields(top, "the layout", LAYOUT)
    groups = read_agents(found["agents"], {"kind": kind, **common(found)}, kinds)
    replicas = {role: tuple(spec.role for spec in specs) for role, specs in groups.items()}
    specs = tuple(spec for group in groups.values() for spec in group)
    tabs = _tabs(found["tabs"], replicas) if "tabs" in found else ()
    plain = ("description", "worktrees", "budget", "collisions", "check", "hosts")
    tops: dict[str, Any] = {key: found[key] for key in plain if key in found}
    if "contracts" in found:
        tops["contracts"] = _contracts(top, found["contracts"], replicas)
    return Layout(found["name"], specs, complete(tabs, specs), **tops)


def common(found: Mapping[str, Any]) -> dict[str, Any]:
    """Give what holds for each agent that says nothing, from the fields of a layout."""
    return {**({"check": found["check"]} if "check" in found else {}), **found.get("defaults", {})}


def read_agents(
    node: yaml.Node, defaults: Mapping[str, Any], kinds: tuple[str, ...]
) -> dict[str, tuple[AgentSpec, ...]]:
    """Read the agents: by the role that the file names, one for each replica."""
    if isinstance(node, yaml.Text) and node.text == SERVICES:
        raise node.place.wrong("there is no repository here whose services these are", "Write a map of roles.")
    if not isinstance(node, yaml.Fields) or not node.fields:
        raise node.place.wrong("`agents` is to be a map of roles", "Write `agents: {planner: {kind: claude}}`.")
    groups: dict[str, tuple[AgentSpec, ...]] = {}
    taken: set[str] = set()
    for role, entry in node.fields.items():
        place = node.keys[role]
        group = _group(schema.role(yaml.Text(place, role, quoted=True)), entry, place, defaults, kinds)
        for spec in group:
            if spec.role in taken or (spec.role != role and spec.role in node.fields):
                raise place.wrong(f"{quoted(spec.role)} is the name of two agents", "Rename one of them.")
            taken.add(spec.role)
        if len(taken) > MAX_AGENTS:
            raise place.wrong(f"these are over {MAX_AGENTS} agents", "Make it fewer, or two layouts.")
        groups[role] = group
    return groups


def _group(
    role: str, entry: yaml.Node, place: yaml.Place, defaults: Mapping[str, Any], kinds: tuple[str, ...]
) -> tuple[AgentSpec, ...]:
    empty = isinstance(entry, yaml.Text) and not entry.quoted and entry.text in {"", "~", "null"}
    given = {} if empty else fields(entry, f"agent {role!r}", AGENT)
    if {"host", "hosts"} <= given.keys():
        raise place.wrong(f"agent {role!r} has both `host` and `hosts`", "Name one host, or those of its replicas.")
    hosts = given.get("hosts", () if "host" in given else defaults.get("hosts", ()))
    values = {"kind": "shell", **defaults, **given, "hosts": ()}
    kind = values["kind"]
    if kind not in kinds:
        at = entry.fields["kind"].place if isinstance(entry, yaml.Fields) and "kind" in given else place
        raise at.wrong(f"agent {role!r} is of an unknown kind {quoted(kind)}", nearest(kind, kinds))
    count = values.pop("replicas", 1)
    values["sandbox"], values["box"] = box_of(values.get("sandbox", ""))
    names = [role] if count == 1 else [f"{role}-{number}" for number in range(1, count + 1)]
    spread = [{"host": hosts[number % len(hosts)]} if hosts else {} for number in range(count)]
    return tuple(AgentSpec(**{**values, **host, "role": name}) for name, host in zip(names, spread, strict=True))


def _tabs(node: yaml.Node, replicas: Mapping[str, tuple[str, ...]]) -> tuple[Tab, ...]:
    if not isinstance(node, yaml.Items) or not node.items:
        raise node.place.wrong("`tabs` is to be a list", "Write `tabs: [{title: build, panes: [planner]}]`.")
    tabs = []
    for number, item in enumerate(node.items, 1):
        found = fields(item, f"tab {number}", TAB)
        tabs.append(Tab(found.get("title", str(number)), _Grove(replicas).tree(item, found, f"tab {number}")))
    return tuple(tabs)


def _contracts(
    top: yaml.Node, named: Mapping[str, tuple[str, ...]], replicas: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Give contracts with the agents that depend on them: a role that has replicas is all of these."""
    groups = {**{name: (name,) for names in replicas.values() for name in names}, **replicas}
    for role in (role for dependents in named.values() for role in dependents):
        if role not in groups:
            place = top.fields["contracts"].place if isinstance(top, yaml.Fields) else top.place
            raise place.wrong(f"`contracts` names {quoted(role)}, which is no agent here", nearest(role, groups))
    return {glob: tuple(name for role in given for name in groups[role]) for glob, given in named.items()}


class _Grove:
    """Grows the tree of one tab; each agent stands in one pane of it, and may be pinned to several tabs."""

    def __init__(self, replicas: Mapping[str, tuple[str, ...]]) -> None:
        self._groups = {**{name: (name,) for names in replicas.values() for name in names}, **replicas}
        self._seen: set[str] = set()

    def tree(self, node: yaml.Node, found: Mapping[str, Any], what: str) -> Node:
        """Make the tree of a tab or a split whose fields are `found`."""
        panes = found["panes"]
        if not isinstance(panes, yaml.Items) or not panes.items:
            raise panes.place.wrong(f"`panes` of {what} is to be a list", "Write `panes: [planner, backend]`.")
        children = tuple(self._pane(pane, what) for pane in panes.items)
        sizes = found.get("sizes", (1,) * len(children))
        if len(sizes) != len(children):
            place = node.keys["sizes"] if isinstance(node, yaml.Fields) else node.place
            raise place.wrong(f"{what} has {len(children)} panes and {len(sizes)} sizes", "Give each pane one size.")
        return children[0] if len(children) == 1 else Split(found.get("split", "columns"), children, sizes)

    def _pane(self, node: yaml.Node, what: str) -> Node:
        if isinstance(node, yaml.Fields):
            what = f"a split in {what}"[:80]
            return self.tree(node, fields(node, what, SPLIT), what)
        role = text(node, f"a pane of {what}")
        if role not in self._groups:
            raise node.place.wrong(f"{what} shows {quoted(role)}, which is no agent here", nearest(role, self._groups))
        names = self._groups[role]
        for name in names:
            if name in self._seen:
                raise node.place.wrong(f"{quoted(name)} stands in two panes", "Show each agent once in a tab.")
        self._seen.update(names)
        return even_grid(names)


def complete(tabs: tuple[Tab, ...], specs: tuple[AgentSpec, ...]) -> tuple[Tab, ...]:
    """Give every agent a pane: those that no tab shows stand in one more."""
    shown = {role for tab in tabs for role in roles(tab.root)}
    missing = tuple(spec.role for spec in specs if spec.role not in shown)
    if not missing:
        return tabs
    return (*tabs, Tab("more" if tabs else "main", even_grid(missing)))
