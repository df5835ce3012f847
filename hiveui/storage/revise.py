"""Layout files written: anew, or brought in step with what runs, where only what differs is touched."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from hiveui.errors import LayoutError
from hiveui.model.layout import AgentSpec, Layout, Node, Split, even_grid
from hiveui.storage import emit, plain, schema, yaml
from hiveui.storage.emit import Value
from hiveui.storage.layouts import common, parse_layout, read_agents
from hiveui.storage.patch import Patch
from hiveui.storage.shapes import fields

_WRITTEN = ("version", "name", "defaults", "agents", "tabs")
"""Fields of a layout that are written in ways of their own."""


def fresh(layout: Layout, head: Sequence[str] = (), remarks: Mapping[str, str] = {}) -> bytes:
    """Write a layout's file from nothing, with comments: `head` on top, `remarks` over the roles they are about."""
    lines = [*(f"# {line}".rstrip() for line in head), "version: 1", emit.entry("name", layout.name)]
    others = {key: getattr(layout, key) for key in schema.LAYOUT if key not in _WRITTEN}
    if not any(layout.contracts.values()):
        others["contracts"] = list(layout.contracts)  # of all roles: so they are listed
    lines += [emit.entry(key, value) for key, value in others.items() if value]
    kind, count = Counter(spec.kind for spec in layout.agents).most_common(1)[0]
    defaults = {"kind": kind} if count > 1 else {}
    proof = {"check": layout.check} if layout.check else {}
    if defaults:
        lines.append(emit.entry("defaults", defaults))
    return "\n".join([*lines, agents(layout.agents, remarks, {**proof, **defaults}), tabs(layout), ""]).encode()


def agents(specs: Iterable[AgentSpec], remarks: Mapping[str, str], defaults: Mapping[str, Any]) -> str:
    """Write the field `agents`, under which `defaults` are said already."""
    lines = ["agents:"]
    for spec in specs:
        if spec.role in remarks:
            lines.append(f"  # {remarks[spec.role]}")
        lines.append("  " + emit.entry(spec.role, plain.agent_fields(spec, defaults), 2))
    return "\n".join(lines)


def tabs(layout: Layout) -> str:
    """Write the field `tabs`, with a line for each part of a tab."""
    return "\n  - ".join(["tabs:", *(emit.block(plain.tab_fields(tab), 4) for tab in layout.tabs)])


def revised(data: bytes, layout: Layout, kinds: tuple[str, ...], file: str = "") -> bytes:
    """Give a layout's file changed to say the name, the roles and the tabs of `layout`; the rest stays as it is.

    A role that the file has keeps what the file says of it. A file written in a way that cannot be changed in places
    is written from nothing. Raises LayoutError where `data` cannot be read.
    """
    old = parse_layout(data, file, kinds)
    said = {spec.role: spec for spec in old.agents}
    specs = tuple(said.get(spec.role, spec) for spec in layout.agents)
    wanted = replace(old, name=layout.name, agents=specs, tabs=layout.tabs, contracts=_left(old.contracts, specs))
    if (old.name, old.tabs, said) == (wanted.name, wanted.tabs, {spec.role: spec for spec in wanted.agents}):
        return data
    text = data.decode("utf-8-sig")
    changed = _Revision(text, data, file, kinds).bring(old, wanted).encode()
    if _says(changed, wanted, set(said), kinds):
        return changed
    head = [line[1:].strip() for line in text[: text.find("version:")].splitlines() if line.startswith("#")]
    return fresh(wanted, head)


def _left(contracts: Mapping[str, tuple[str, ...]], specs: Iterable[AgentSpec]) -> dict[str, tuple[str, ...]]:
    """Give contracts without the roles that are gone. One of which none is left goes too: it would be of all."""
    there = {spec.role for spec in specs}
    left = {glob: tuple(role for role in roles if role in there) for glob, roles in contracts.items()}
    return {glob: roles for glob, roles in left.items() if roles or not contracts[glob]}


def renamed(data: bytes, name: str) -> bytes:
    """Give a layout's file with another name in it. Raises LayoutError where it cannot be read."""
    top = yaml.read(data, "")
    patch = Patch(data.decode("utf-8-sig"))
    if isinstance(top, yaml.Fields) and top.fields:
        patch.put(top, "name", name)
    return patch.text().encode()


def portable(data: bytes) -> bytes:
    """Give a file that came with HiveUI as it can stand elsewhere: its first line names a schema beside it."""
    first, _, rest = data.partition(b"\n")
    return rest if first.startswith(b"# yaml-language-server:") else data


def _says(data: bytes, wanted: Layout, kept: set[str], kinds: tuple[str, ...]) -> bool:
    """Tell whether a file says what it is to say; of a role that is new there, what is run and where."""
    try:
        found = parse_layout(data, "", kinds)
    except LayoutError:
        return False
    return (found.name, found.tabs, _facts(found, kept)) == (wanted.name, wanted.tabs, _facts(wanted, kept))


def _facts(layout: Layout, kept: set[str]) -> dict[str, Any]:
    return {s.role: s if s.role in kept else (s.kind, s.command, s.dir) for s in layout.agents}


class _Revision:
    """The changes of one file."""

    def __init__(self, text: str, data: bytes, file: str, kinds: tuple[str, ...]) -> None:
        top = yaml.read(data, file)
        assert isinstance(top, yaml.Fields)  # noqa: S101  it was read as a layout
        self._top = top
        self._patch = Patch(text)
        self._found = fields(top, "the layout", schema.LAYOUT)
        groups = read_agents(self._found["agents"], common(self._found), kinds)
        self._groups = {role: tuple(spec.role for spec in specs) for role, specs in groups.items()}

    def bring(self, old: Layout, wanted: Layout) -> str:
        """Give the text that says `wanted`."""
        if old.name != wanted.name:
            self._patch.put(self._top, "name", wanted.name)
        self._bring_agents(wanted.agents)
        self._bring_contracts(wanted)
        if old.tabs != wanted.tabs:
            self._bring_tabs(old, wanted)
        return self._patch.text()

    def _bring_agents(self, specs: Sequence[AgentSpec]) -> None:
        """Take out the roles that are gone, write out replicas of which some are, and add what is new."""
        wanted = {spec.role: spec for spec in specs}
        self._count(wanted)
        whole = {role for role, names in self._groups.items() if all(name in wanted for name in names)}
        kept = {name for role in whole for name in self._groups[role]}
        defaults = common(self._found)
        usual = {key: value for key, value in defaults.items() if key != "replicas"}
        alone: dict[str, Value] = {"replicas": 1} if defaults.get("replicas", 1) != 1 else {}
        add: dict[str, Value] = {
            role: {**plain.agent_fields(spec, usual), **alone} for role, spec in wanted.items() if role not in kept
        }
        node = self._found["agents"]
        self._patch.change(node, [role for role in self._groups if role not in whole], add)

    def _count(self, wanted: Mapping[str, AgentSpec]) -> None:
        """Have an entry say how many of its replicas are left, where those are its first ones."""
        entries = self._found["agents"].fields
        for role, names in self._groups.items():
            left = [name for name in names if name in wanted]
            entry = entries[role]
            counts = isinstance(entry, yaml.Fields) and "replicas" in entry.fields
            if counts and 1 < len(left) < len(names) and left == list(names[: len(left)]):
                self._patch.put(entry, "replicas", len(left))
                self._groups[role] = tuple(left)

    def _bring_contracts(self, wanted: Layout) -> None:
        """Have contracts name roles that the file has."""
        there = {spec.role for spec in wanted.agents}
        there |= {role for role, names in self._groups.items() if there.issuperset(names)}
        if there.issuperset(role for roles in self._found.get("contracts", {}).values() for role in roles):
            return
        if wanted.contracts:
            self._patch.put(self._top, "contracts", {glob: list(roles) for glob, roles in wanted.contracts.items()})
        else:
            self._patch.change(self._top, ["contracts"], {})

    def _bring_tabs(self, old: Layout, wanted: Layout) -> None:
        items = self._found.get("tabs")
        if items is None:
            self._patch.add(self._top, {"tabs": [plain.tab_fields(tab) for tab in wanted.tabs]})
            return
        titles = [tab.title for tab in old.tabs[: len(items.items)]]
        steps = SequenceMatcher(None, titles, [tab.title for tab in wanted.tabs], autojunk=False).get_opcodes()
        same = all(i2 - i1 == j2 - j1 for _, i1, i2, j1, j2 in steps)
        if items.flow and not same:
            self._patch.put(self._top, "tabs", [plain.tab_fields(tab) for tab in wanted.tabs])
            return
        for _, i1, i2, j1, j2 in steps:
            both = min(i2 - i1, j2 - j1)
            for i, j in zip(range(i1, i1 + both), range(j1, j1 + both), strict=True):
                self._bring_tab(items.items[i], old.tabs[i].title, wanted.tabs[j].title, wanted.tabs[j].root)
            for i in range(i1 + both, i2):
                self._patch.remove(items, i)
            if j1 + both < j2:
                self._patch.insert(items, i2, [plain.tab_fields(tab) for tab in wanted.tabs[j1 + both : j2]])

    def _bring_tab(self, node: yaml.Fields, old_title: str, title: str, tree: Node) -> None:
        if title != old_title:
            self._patch.put(node, "title", title)
        self._fit(node, tree)

    def _fit(self, node: yaml.Node, tree: Node) -> None:
        """Make a tab, a split or a pane of the file say a tree."""
        if isinstance(node, yaml.Fields):
            self._fit_fields(node, tree)
        elif not self._says(node, tree):
            self._patch.replace(node, plain.node(tree))

    def _says(self, node: yaml.Node, tree: Node) -> bool:
        """Tell whether a role, or the name of its replicas, stands for a tree."""
        return isinstance(node, yaml.Text) and even_grid(self._groups.get(node.text, (node.text,))) == tree

    def _fit_fields(self, node: yaml.Fields, tree: Node) -> None:
        panes = node.fields["panes"]
        parts = panes.items if isinstance(panes, yaml.Items) else ()
        if len(parts) == 1 and (isinstance(parts[0], yaml.Fields) or self._says(parts[0], tree)):
            self._fit(parts[0], tree)
            return
        found = fields(node, "", schema.TAB)
        split = tree if isinstance(tree, Split) else Split(found.get("split", "columns"), (tree,), (1,))
        if len(parts) == len(split.children):
            for part, child in zip(parts, split.children, strict=True):
                self._fit(part, child)
        else:
            self._patch.put(node, "panes", [plain.node(child) for child in split.children])
        if found.get("split", "columns") != split.direction:
            self._patch.put(node, "split", split.direction)
        if found.get("sizes", (1,) * len(split.sizes)) != split.sizes:
            self._patch.put(node, "sizes", list(split.sizes))
