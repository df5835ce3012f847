"""Taking changes back: a hunk or a file, in any agent's checkout, and bringing them again."""

import asyncio
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from hiveui.errors import HiveError, UsageError
from hiveui.git import diff as git_diff
from hiveui.git import patches
from hiveui.hive.bus import Bus
from hiveui.hive.comparisons import Checkout, Comparisons
from hiveui.hive.session import now
from hiveui.model.agent import WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.comparison import Changed, author
from hiveui.model.diff import FileDiff, Status, digests, written
from hiveui.model.review import HunksReverted, Reverted, RevertUndone
from hiveui.storage.texts import Texts

_WHOLE = frozenset({Status.ADDED, Status.DELETED})
"""Files of which a hunk is all there is."""


class Reverts:
    """What the person took back. Only files are changed: no index, no commit, nothing beside the hunk."""

    def __init__(self, bus: Bus, comparisons: Comparisons, patches: Texts) -> None:
        self._bus = bus
        self._comparisons = comparisons
        self._patches = patches
        self._alone = asyncio.Lock()
        """Files are changed one after the other."""

    async def revert(
        self, *, workspace: str, comparison: int, area: int, path: str, digest: str = ""
    ) -> dict[str, Any]:
        """Take back a hunk of a file, or all of the file; what takes it back is kept first."""
        found = self._comparisons.kept(workspace, comparison)
        meant = next((one for one in found.files if one.area == area and one.file.path == path), None)
        if meant is None:
            raise UsageError(f"{path} was not changed when you looked.", "Look again.")
        if meant.note:
            raise UsageError(f"{path} is {meant.note}: nothing is kept of it, so it is not taken back.")
        async with self._alone:
            checkout = found.checkouts[area]
            patch, gone = await asyncio.to_thread(_patch, checkout, meant, digest)
            reverted = Reverted(
                secrets.token_hex(6),
                checkout.area.top,
                path,
                author(meant),
                now(),
                added=gone.added,
                removed=gone.removed,
            )
            await asyncio.to_thread(self._patches.keep, reverted.name, patch.decode("latin-1"))
            self._bus.publish(HunksReverted(WorkspaceId(workspace), reverted))  # first: it can be undone after a kill
            try:
                with self._comparisons.files.acting(checkout.area.top):
                    if not await self._comparisons.mirrors.apply(checkout.area.top, patch, "--reverse"):
                        await asyncio.to_thread(patches.take_back, checkout.site.top, patch)
            except HiveError:
                await self._forget(workspace, reverted.name)
                raise
        return {"reverted": to_json(reverted)}

    async def undo(self, *, workspace: str) -> dict[str, Any]:
        """Bring again what was taken back last."""
        async with self._alone:
            reverts = self._bus.workspace(WorkspaceId(workspace)).review.reverts
            if not reverts:
                raise UsageError("Nothing was taken back.")
            last = reverts[-1]
            site = next((s for s in self._comparisons.sites(WorkspaceId(workspace)) if str(s.top) == last.top), None)
            if site is None:
                raise UsageError(f"No agent works in {last.top} any more.")
            patch = (await asyncio.to_thread(self._patches.read, last.name)).encode("latin-1")
            with self._comparisons.files.acting(last.top):
                if not await self._comparisons.mirrors.apply(last.top, patch):
                    await asyncio.to_thread(_brought_again, site.top, patch)
            await self._forget(workspace, last.name)
        return {"undone": to_json(last)}

    async def _forget(self, workspace: str, name: str) -> None:
        self._bus.publish(RevertUndone(WorkspaceId(workspace), name))
        await asyncio.to_thread(self._patches.drop, name)


def _brought_again(top: Path, patch: bytes) -> None:
    """Bring again what was taken back, unless a daemon that was killed came no further, or has done it. Blocks."""
    try:
        patches.bring_again(top, patch)
    except UsageError:
        if not patches.stands(top, patch):
            raise


def _patch(checkout: Checkout, meant: Changed, digest: str) -> tuple[bytes, FileDiff]:
    """Write what is to be taken back as it stands now, and give it. Raises UsageError, GitError. Blocks."""
    if checkout.base is None:
        raise UsageError(checkout.area.note)
    top, commit, file = checkout.site.top, checkout.base.commit, meant.file
    names = tuple(dict.fromkeys((file.old_path, file.path)))
    now_there = git_diff.difference(top, commit, names).files
    present = next((one for one in now_there if one.path == file.path and one.status is file.status), None)
    known = digests(present) if present is not None else ()
    if present is None or (digest not in known if digest else known != meant.digests):
        raise UsageError(f"{file.path} has changed since you looked.", "Look again before you take it back.")
    if not digest or not present.hunks or present.status in _WHOLE:
        return git_diff.patch(top, commit, present), present
    hunk = present.hunks[known.index(digest)]
    return written(present, [hunk]), replace(present, hunks=(hunk,))
