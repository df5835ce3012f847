"""What the daemon answers when the person has gone on: it is about what was asked, and comes over nothing else."""

import asyncio

from scripted import workspace
from test_switcher import another

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
