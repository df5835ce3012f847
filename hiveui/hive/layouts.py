"""The verbs on layout files: what a running workspace differs in from one, and saving it there."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hiveui.agents.catalog import catalog
from hiveui.errors import LayoutError, UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.opening import is_shipped
from hiveui.hive.saving import Saving, live_layout, work_out
from hiveui.hive.services import read_for
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.events import LayoutSaved
from hiveui.model.state import Workspace
from hiveui.paths import Paths
from hiveui.storage.layouts import layout_hash
from hiveui.storage.shelf import Shelf, Shelved, read
from hiveui.storage.trust import Trust


class Layouts:
    """The layouts of running workspaces."""

    def __init__(self, paths: Paths, bus: Bus, trust: Trust, supervisors: Mapping[WorkspaceId, Supervisor]) -> None:
        self._paths = paths
        self._bus = bus
        self._trust = trust
        self._supervisors = supervisors
        self._one_at_a_time = asyncio.Lock()

    async def every(self, *, workspace: str) -> dict[str, Any]:
        """List the layouts that a workspace's folder sees, nearest first."""
        return {"layouts": await asyncio.to_thread(self._listed, self._shelf(workspace))}

    async def diff(self, *, workspace: str, name: str = "", project: bool = False) -> dict[str, Any]:
        """Say what `save` would write, and write nothing."""
        return (await self._work_out(workspace, name, project=project)).to_json()

    async def save(
        self,
        *,
        workspace: str,
        name: str = "",
        project: bool = False,
        hash: str = "",  # noqa: A002  the wire's word
    ) -> dict[str, Any]:
        """Write a workspace's tabs and roles to its layout's file; the workspace is of that layout from then on.

        A file that is known to be the person's stays known: what is new in it runs already.
        """
        async with self._one_at_a_time:
            saving = await self._work_out(workspace, name, project=project)
            if hash and hash != saving.hash:
                raise UsageError("The workspace or its file changed since you looked.", "Look again, then save.")
            kept: Path | None = None
            if saving.old != saving.new:
                kept = await asyncio.to_thread(self._shelf(workspace).write, saving.file, saving.new)
            notes = self._follow(WorkspaceId(workspace), saving)
        return {**saving.to_json(), "kept": str(kept) if kept else None, "notes": notes}

    async def move(self, *, workspace: str, name: str, origin: str, to: str = "") -> dict[str, Any]:
        """Rename a layout, or take it away where `to` is empty; the shipped ones stay as they are.

        A renamed one that is known to be the person's stays known, and workspaces that were of it follow.
        """
        async with self._one_at_a_time:
            shelf = self._shelf(workspace)
            file = shelf.own(name, origin)
            if not to:
                return {"file": str(file), "kept": str(await asyncio.to_thread(shelf.remove, file))}
            known = self._known(file, read(file) or b"")
            of_it = [w for w in self._bus.state.workspaces.values() if self._is_of(w, file)]
            target, kept = await asyncio.to_thread(shelf.rename, file, to)
            digest = layout_hash(read(target) or b"")
            if known:
                self._trust.remember(digest)
            for one in of_it:
                self._bus.publish(LayoutSaved(one.id, to, digest))
        return {"file": str(target), "kept": str(kept)}

    def _is_of(self, workspace: Workspace, file: Path) -> bool:
        try:
            same = self._shelf(workspace.id).find(workspace.layout) == file
        except LayoutError:
            return False
        return same and layout_hash(read(file) or b"") == workspace.layout_hash

    def _follow(self, workspace: WorkspaceId, saving: Saving) -> list[str]:
        """Have the workspace be of the layout that was saved; a sentence where another of that name is nearer."""
        if saving.base is None or self._known(saving.source, saving.base):
            self._trust.remember(layout_hash(saving.new))
        shelf = self._shelf(workspace)
        name = saving.file.stem if shelf.origin(saving.file) else self._bus.workspace(workspace).layout
        if shelf.find(name) != saving.file:
            return [f"A layout of that name is nearer: `hive up {name}` opens {shelf.find(name)}."]
        self._bus.publish(LayoutSaved(workspace, name, layout_hash(saving.new)))
        return []

    def _known(self, file: Path, text: bytes) -> bool:
        return layout_hash(text) in self._trust.hashes or is_shipped(self._paths, file, text)

    def _listed(self, shelf: Shelf) -> list[dict[str, Any]]:
        kinds = tuple(catalog(self._paths.kinds))
        return [shelved_to_json(one) for one in shelf.every(lambda file: read_for(shelf.folder, file, kinds)[1])]

    async def _work_out(self, workspace: str, name: str, *, project: bool) -> Saving:
        id_ = WorkspaceId(workspace)
        found = self._bus.workspace(id_)
        kinds = catalog(self._paths.kinds)
        running = self._supervisors[id_].declared if id_ in self._supervisors else {}
        live = live_layout(found, running, kinds)
        return await asyncio.to_thread(work_out, self._shelf(workspace), found, live, kinds, name, project=project)

    def _shelf(self, workspace: str) -> Shelf:
        return Shelf(self._paths, Path(self._bus.workspace(WorkspaceId(workspace)).path))


def shelved_to_json(one: Shelved) -> dict[str, Any]:
    """Give a layout file as `layout/list` and `hive layouts --json` have it; what cannot be used has an error."""
    layout = one.layout
    return {
        "name": one.name,
        "description": layout.description if layout else None,
        "agents": [{"role": spec.role, "kind": spec.kind} for spec in layout.agents] if layout else None,
        "tabs": to_json(layout.tabs) if layout else None,
        "origin": one.origin,
        "file": str(one.file),
        "shadowed": one.shadowed,
        "error": one.wrong or None,
    }
