"""The review desk: what all agents changed, and what of it the person has seen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus, Viewer
from hiveui.hive.comments import Comments
from hiveui.hive.comparisons import Comparison, Comparisons
from hiveui.hive.panes import Panes
from hiveui.hive.prompts import Prompts
from hiveui.hive.reverts import Reverts
from hiveui.model.agent import WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.comparison import Group, tally
from hiveui.model.names import nearest, quoted
from hiveui.model.review import HunksReviewed
from hiveui.storage.texts import Texts

MARKED = 5_000
"""Hunks that are marked at once."""

FARTHEST = 1 << 20
"""The last page that can be asked for."""


class Review:
    """The verbs of the desk."""

    def __init__(
        self,
        bus: Bus,
        comparisons: Comparisons,
        prompts: Prompts,
        panes: Panes,
        *,
        patches: Texts,
        spawn: Callable[[Awaitable[None]], None],
    ) -> None:
        """`patches` keeps what was taken back."""
        self._bus = bus
        self._comparisons = comparisons
        self.comments = Comments(bus, comparisons, prompts, panes, spawn)
        self.reverts = Reverts(bus, comparisons, patches)

    async def take(self, viewer: Viewer, *, workspace: str, role: str = "") -> dict[str, Any]:
        """Look at what all agents changed, or one of them; pages of it are asked for by its number."""
        id_ = WorkspaceId(workspace)
        number, comparison = await self._comparisons.take(id_, role, id(viewer))
        if viewer.drives:
            await self.comments.look(id_)
        return {
            "comparison": number,
            "areas": [to_json(checkout.area) for checkout in comparison.checkouts],
            "agents": self._tallies(comparison),
        }

    def leave(self, viewer: Viewer) -> None:
        """Forget a client that is gone."""
        self._comparisons.forget(id(viewer))

    def page(self, *, workspace: str, comparison: int, group: str = Group.AGENT.value, page: int = 0) -> dict[str, Any]:
        """Give a page of what was found."""
        known = [one.value for one in Group]
        if group not in known:
            raise UsageError(f"Changes are not put together by {quoted(group)}.", nearest(group, known))
        pieces, following = self._comparisons.kept(workspace, comparison).page(Group(group), min(page, FARTHEST))
        return {"pieces": pieces, "next": following}

    async def mark(self, *, workspace: str, digests: list[str], reviewed: bool = True) -> None:
        """Mark hunks as seen, or take the marks away."""
        self._bus.workspace(WorkspaceId(workspace))
        for first in range(0, len(digests), MARKED):
            some = tuple(digest[:64] for digest in digests[first : first + MARKED])
            self._bus.publish(HunksReviewed(WorkspaceId(workspace), some, reviewed))
            await asyncio.sleep(0)  # others get their turn

    def _tallies(self, comparison: Comparison) -> list[dict[str, Any]]:
        review = self._bus.workspace(comparison.workspace).review
        return [to_json(one) for one in tally(comparison.files, comparison.roles, review)]
