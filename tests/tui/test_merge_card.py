from scripted import workspace
from test_late_answers import facts

from hiveui.hive.branches import SHARED


async def test_why_the_chosen_agent_cannot_be_merged_is_told_whole_with_the_mend(sit):
    async with sit(workspace(), size=(80, 24)) as seat:
        plan = facts("backend", "tests")
        plan["left"] = [{**plan["chosen"].pop(), "ahead": 0, "why": SHARED}]
        seat.hive.answers["merge/plan"] = plan
        seat.press("I")
        await seat.shows("1 backend", "tests")
        assert "needs no merging" not in seat.text()
        seat.press("j")
        await seat.shows("needs no merging", "worktree` in the layout")
