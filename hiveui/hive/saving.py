"""What of a running workspace goes into a layout's file, and into which: worked out before anything is written."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import Kind
from hiveui.agents.launch import Launch, launch
from hiveui.errors import LayoutError
from hiveui.hive.opening import Running
from hiveui.hive.services import read_for
from hiveui.model.agent import Agent
from hiveui.model.hosts import folder_there
from hiveui.model.layout import AgentSpec, Layout, Leaf, Node, Split, Tab
from hiveui.model.names import one_line
from hiveui.model.state import Workspace
from hiveui.storage import revise, shelf
from hiveui.storage.layouts import complete, layout_hash, parse_layout

MOST = 1000
"""The greatest weight of a pane in a file."""


@dataclass(frozen=True, slots=True)
class Saving:
    """A file, and what it is to hold."""

    name: str
    file: Path
    source: Path
    """The file that it comes from."""
    base: bytes | None
    """What the source holds, None where it is gone or cannot be used."""
    old: bytes | None
    """What the file holds, None where there is none."""
    new: bytes

    @property
    def hash(self) -> str:
        """What the person agrees to: this text in this file."""
        return layout_hash(bytes(self.file) + b"\0" + self.new)

    def to_json(self) -> dict[str, Any]:
        """Give the answer of `layout/diff`: what changes in the file, or against the source where it is new."""
        before, where = (self.old, self.file) if self.old is not None else (self.base or b"", self.source)
        old, new = (data.decode("utf-8-sig", "replace").splitlines() for data in (before, self.new))
        difference = difflib.unified_diff(old, new, str(where), str(self.file), lineterm="", n=2)
        return {
            "name": self.name,
            "file": str(self.file),
            "new": self.old is None,
            "same": self.old == self.new,
            "diff": list(difference),
            "hash": self.hash,
        }


def work_out(
    place: shelf.Shelf, workspace: Workspace, live: Layout, kinds: Mapping[str, Kind], name: str, *, project: bool
) -> Saving:
    """Work out what saving does. Raises LayoutError where what runs cannot stand in a file, and UsageError."""
    source = _source(place, workspace)
    base, layout = _read(place, source, tuple(kinds))
    known_as = {workspace.layout, source.stem, *([layout.name] if layout else [])}
    name = name or (layout.name if layout else source.stem)
    own = source.is_file() and place.origin(source) != "shipped"
    file = source if own and not project and name in known_as else place.place(name, project=project)
    live = replace(live, name=layout.name if layout and file == source else name)
    new = revise.revised(base, live, tuple(kinds), str(source)) if base is not None else revise.fresh(live)
    if file.parent != source.parent:
        new = revise.portable(new)
    parse_layout(new, str(file), tuple(kinds))
    return Saving(name, file, source, base, shelf.read(file), new)


def live_layout(workspace: Workspace, running: Running, kinds: Mapping[str, Kind]) -> Layout:
    """Give the layout that a workspace is: its tabs as they stand, and each agent that HiveUI started."""
    ways = {id_: way for id_, (_, way) in running.items()}
    agents = [agent for agent in workspace.agents if agent.child_of is None]
    specs = tuple(_spec(agent, ways.get(agent.id), Path(workspace.path), kinds) for agent in agents)
    kept = [(tab.title, fitting(tab.root, {spec.role for spec in specs})) for tab in workspace.tabs]
    tabs = [Tab(one_line(title).strip() or str(i), root) for i, (title, root) in enumerate(kept, 1) if root is not None]
    return Layout(workspace.layout, specs, complete(tuple(tabs), specs))


def fitting(node: Node, left: set[str]) -> Node | None:
    """Give a tree as a file may hold it: of the roles that are `left`, each once, in weights that fit."""
    if isinstance(node, Leaf):
        if node.role not in left:
            return None
        left.discard(node.role)
        return node
    kept = [(fitting(child, left), size) for child, size in zip(node.children, node.sizes, strict=True)]
    parts = [(child, size) for child, size in kept if child is not None]
    if len(parts) < 2:
        return parts[0][0] if parts else None
    most = max(MOST, *(size for _, size in parts))
    sizes = tuple(max(1, size * MOST // most) for _, size in parts)
    return Split(node.direction, tuple(child for child, _ in parts), sizes)


def _spec(agent: Agent, way: Launch | None, folder: Path, kinds: Mapping[str, Kind]) -> AgentSpec:
    """Give what a layout says of an agent: its entry, or the command as it was run where its kind runs another."""
    if agent.spec is not None:
        return replace(agent.spec, env=way.role_env if way else {})
    cwd = Path(way.cwd if way else folder_there(agent.host, agent.dir))
    where = cwd.relative_to(folder) if agent.here and cwd.is_relative_to(folder) else cwd
    env = way.role_env if way else {}
    spec = AgentSpec(agent.role, agent.kind, dir=str(where), env=env, model=agent.model, host=agent.host)
    kind = kinds.get(agent.kind)
    if not agent.argv or (kind is not None and launch(kind, spec, folder).shown == agent.argv):
        return spec
    return replace(spec, command=agent.argv, model="")


def _source(place: shelf.Shelf, workspace: Workspace) -> Path:
    """Give the file that a workspace was opened from, or would have been."""
    try:
        return place.find(workspace.layout)
    except LayoutError:
        gone = place.folder / workspace.layout
        return gone if "/" in workspace.layout else place.place(workspace.layout, project=False)


def _read(place: shelf.Shelf, file: Path, kinds: tuple[str, ...]) -> tuple[bytes | None, Layout | None]:
    try:
        return read_for(place.folder, file, kinds)
    except LayoutError:
        return None, None
