"""The verb that lets agents go on whose budget is used up."""

from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus, named
from hiveui.model.agent import WorkspaceId
from hiveui.model.budget import more
from hiveui.model.events import BudgetRaised
from hiveui.model.names import quoted

MOST = 1_000_000
"""USD."""


class Budgets:
    """Budgets as the person raises them. Its public methods are verbs (hive.hive.Hive)."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def allow(self, *, workspace: str, role: str = "", cents: int = 0) -> dict[str, Any]:
        """Let an agent, or with no role a workspace, use so much more from now on; without a sum, its budget again."""
        id_ = WorkspaceId(workspace)
        found = self._bus.workspace(id_)
        if role:
            named(found, role)
        budget = more(found, role, cents / 100 if cents else None)
        if budget is None:
            name = quoted(role or found.name)
            raise UsageError(f"{name} has no budget, so nothing holds it.", "Budgets stand in the layout.")
        if budget > MOST:
            raise UsageError("That is over a million dollars.", "Name a smaller sum.")
        self._bus.publish(BudgetRaised(id_, role, budget))
        return {"budget": round(budget, 6)}
