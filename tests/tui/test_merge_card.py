import asyncio

from scripted import workspace
from test_late_answers import facts

from hiveui.hive.branches import SHARED
from hiveui.model.codec import to_json
from hiveui.model.proposals import Proposal


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


async def test_what_a_proposal_printed_lies_over_the_card_it_was_asked_on_and_over_nothing_else(sit, monkeypatch):
    ended = [asyncio.get_running_loop().create_future() for _ in range(2)]
    runs = iter(ended)

    class Program:
        returncode = 1

        def __init__(self):
            self.ended = next(runs)

        async def communicate(self):
            return await self.ended, b""

    async def begin(*_argv, **_how):
        return Program()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", begin)
    async with sit(workspace()) as seat:
        seat.hive.answers["merge/plan"] = facts("backend")
        found = Proposal("backend", "https://github.com/o/r.git", "/o", "1" * 40, "work", "main", "Title", "Body")
        seat.hive.answers["merge/proposal"] = to_json(found)
        seat.press("I")
        await seat.shows("1 backend")
        seat.press("p")
        await seat.shows("Push the work of backend")
        seat.press("enter")
        await seat.shows("Merge into main")
        ended[0].set_result(b"no such host\n")
        await seat.shows("The work of backend could not be proposed", " no such host")
        seat.press("escape")
        await seat.shows("Merge into main")
        seat.press("p")
        await seat.shows("Push the work of backend")
        seat.press("enter")
        await seat.shows("Merge into main")
        seat.press("escape", "s", "h", "i")
        await seat.shows("To 3 frontend", "hi")
        ended[1].set_result(b"no such \x1b[2Jhost\n")
        await seat.shows("The work of backend could not be proposed: no such ␛[2Jhost", "To 3 frontend", "hi")
