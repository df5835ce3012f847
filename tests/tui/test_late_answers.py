"""What the daemon answers when the person has gone on: it is about what was asked, and comes over nothing else."""

import asyncio
from dataclasses import replace

from scripted import workspace
from test_switcher import another

from hiveui.model.checks import Outcome, Status
from hiveui.model.layout import AgentSpec

AT = "2026-01-01T00:00:00+00:00"


def facts(*roles, into="main"):
    one = {"place": "", "branch": "b", "tip": "t", "ahead": 1, "behind": 0, "dirty": 0, "conflicts": [], "check": []}
    return {
        "into": into,
        "tip": "t",
        "train": "",
        "chosen": [{**one, "role": role, "proof": "none", "why": ""} for role in roles],
        "left": [],
    }


def asked(seat, method):
    return [params for name, params in seat.hive.asked if name == method]


def late(seat, method):
    seat.hive.answers[method] = asyncio.get_running_loop().create_future()
    return seat.hive.answers[method]


async def test_a_branch_that_is_named_in_one_workspace_is_no_target_in_another(sit):
    async with sit(workspace()) as seat:
        await another(seat)
        seat.hive.answers["merge/plan"] = facts("backend")
        seat.press("I")
        await seat.shows("Merge into main", "backend")
        seat.press("w", "t", "b")
        await seat.shows("The branch to merge into")
        seat.hive.answers["merge/plan"] = facts("backend", into="mainnext")
        seat.press("n", "e", "x", "t", "enter")
        await seat.shows("Merge into mainnext", "squash, not checked")
        seat.press("escape", "o", "enter")
        await seat.shows("docs ▸ main")
        seat.hive.answers["merge/plan"] = facts("frontend")
        seat.press("I")
        await seat.shows("Merge into main ", "merge, each checked")
        assert asked(seat, "merge/plan")[-1] == {"workspace": "v"}


async def test_a_look_at_the_branches_of_another_workspace_is_not_shown(sit):
    async with sit(workspace()) as seat:
        await another(seat)
        first = late(seat, "merge/plan")
        seat.press("I")
        await seat.until(lambda: asked(seat, "merge/plan"))
        seat.press("o", "enter")
        await seat.shows("docs ▸ main")
        seat.hive.answers["merge/plan"] = facts("frontend")
        first.set_result(facts("backend"))
        seat.press("I")
        await seat.shows("Merge into main", "1 frontend")
        assert "backend" not in seat.text()


async def test_a_yes_merges_what_the_question_named(sit):
    async with sit(workspace()) as seat:
        seat.hive.answers["merge/plan"] = facts("backend", "tests")
        seat.press("I")
        await seat.shows("1 backend", "2 tests")
        older = late(seat, "merge/plan")
        seat.press("J")
        await seat.until(lambda: asked(seat, "merge/plan")[-1].get("roles") == ["tests", "backend"])
        seat.hive.answers["merge/plan"] = facts("tests", "backend")
        seat.press("enter")
        await seat.shows("Merge into main?", "1 tests: 1 commit", "2 backend: 1 commit")
        older.set_result(facts("backend", "tests"))
        seat.press("enter")
        await seat.until(lambda: asked(seat, "merge/start"))
        assert asked(seat, "merge/start")[0]["roles"] == ["tests", "backend"]


async def test_a_question_about_a_checkpoint_is_put_where_it_is_waited_for_alone(sit):
    async with sit(workspace()) as seat:
        one = {"number": 4, "time": AT, "files": 1, "added": 1, "removed": 0, "prompt": "", "lacking": 0}
        why = {"turn": 2, "reason": "after a turn"}
        seat.hive.answers["checkpoint/list"] = {"checkpoints": [{**one, **why}], "note": ""}
        seat.press("K")
        await seat.shows("Checkpoints of 3 frontend")
        dry = late(seat, "checkpoint/rollback")
        seat.press("r")
        await seat.until(lambda: asked(seat, "checkpoint/rollback"))
        seat.press("escape")
        await seat.until(lambda: "Checkpoints of" not in seat.text())
        dry.set_result({"steps": [{"deed": "write", "path": "a", "why": ""}], "working": False})
        seat.press("K")
        await seat.shows("Checkpoints of 3 frontend")
        seat.press("r")
        await seat.shows("Roll 3 frontend back to checkpoint 4")
        seat.press("enter")
        await seat.until(lambda: len(asked(seat, "checkpoint/rollback")) == 3)
        assert asked(seat, "checkpoint/rollback")[-1] == {"workspace": "w", "role": "frontend", "number": 4}


async def test_a_check_that_is_looked_at_stays_where_it_was_scrolled_to_and_away_when_closed(sit):
    shown = workspace()
    spec = AgentSpec("frontend", check=("make",))
    running = replace(shown.agents[2], proof=Outcome(Status.RUNNING, time=AT), spec=spec)
    shown = replace(shown, agents=(*shown.agents[:2], running, *shown.agents[3:]))
    async with sit(shown) as seat:
        lines = "".join(f"line {i}\n" for i in range(100))
        seat.hive.answers["check/output"] = {"text": lines, "cut": False}
        seat.press("E")
        await seat.shows("The check of 3 frontend", "line 99")
        seat.hive.answers["check/output"] = {"text": lines + "line 100\n", "cut": False}
        await seat.shows("line 100")
        seat.press("?")
        await seat.shows("What a check found")
        seat.press("escape", "pageup", "pageup")
        await seat.until(lambda: "line 100" not in seat.text())
        before = len(asked(seat, "check/output"))
        answer = late(seat, "check/output")
        await seat.until(lambda: len(asked(seat, "check/output")) > before)
        seat.press("escape")
        await seat.until(lambda: "The check of" not in seat.text())
        seat.hive.answers["files/look"] = {"writes": [], "bars": {}, "checkouts": []}
        answer.set_result({"text": "over", "cut": False})
        seat.press("f")
        await seat.shows("What agents changed")
        seat.press("escape", "E")
        await seat.shows("The check of 3 frontend", "over")
