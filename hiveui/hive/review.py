"""The review desk: what all agents changed, and what of it the person has seen."""

from collections.abc import Awaitable, Callable
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.comments import Comments
from hiveui.hive.panes import Panes
from hiveui.hive.prompts import Prompts
from hiveui.hive.reverts import Reverts
from hiveui.hive.survey import Survey, Surveys
from hiveui.model.agent import WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.names import nearest, quoted
from hiveui.model.review import HunksReviewed
from hiveui.model.survey import Group, tally
from hiveui.storage.texts import Texts

MARKED = 5_000
"""Hunks that are marked at once."""


class Review:
    """The verbs of the desk."""

    def __init__(
        self,
        bus: Bus,
        surveys: Surveys,
        prompts: Prompts,
        panes: Panes,
        *,
        patches: Texts,
        spawn: Callable[[Awaitable[None]], None],
    ) -> None:
        """`patches` keeps what was taken back."""
        self._bus = bus
        self._surveys = surveys
        self.comments = Comments(bus, surveys, prompts, panes, spawn)
        self.reverts = Reverts(bus, surveys, patches)

    async def take(self, *, workspace: str, role: str = "") -> dict[str, Any]:
        """Look at what all agents changed, or one of them; pages of it are asked for by its number."""
        id_ = WorkspaceId(workspace)
        number, survey = await self._surveys.take(id_, role)
        await self.comments.look(id_)
        return {
            "survey": number,
            "areas": [to_json(checkout.area) for checkout in survey.checkouts],
            "agents": self._tallies(survey),
        }

    def page(self, *, workspace: str, survey: int, group: str = Group.AGENT.value, page: int = 0) -> dict[str, Any]:
        """Give a page of what was found."""
        known = [one.value for one in Group]
        if group not in known:
            raise UsageError(f"Changes are not put together by {quoted(group)}.", nearest(group, known))
        pieces, following = self._surveys.kept(workspace, survey).page(Group(group), page)
        return {"pieces": pieces, "next": following}

    def mark(self, *, workspace: str, digests: list[str], reviewed: bool = True) -> None:
        """Mark hunks as seen, or take the marks away."""
        self._bus.workspace(WorkspaceId(workspace))
        for first in range(0, len(digests), MARKED):
            some = tuple(digest[:64] for digest in digests[first : first + MARKED])
            self._bus.publish(HunksReviewed(WorkspaceId(workspace), some, reviewed))

    def _tallies(self, survey: Survey) -> list[dict[str, Any]]:
        review = self._bus.workspace(survey.workspace).review
        return [to_json(one) for one in tally(survey.files, survey.roles, review)]
