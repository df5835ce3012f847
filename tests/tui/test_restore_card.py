from dataclasses import replace

from scripted import workspace

from hiveui.model.events import PromptDrafted, WorkspaceOpened
from hiveui.tui import morning, prompt

GONE = replace(workspace(), note="tmux is gone: r restores all")
ID, OTHER = "7f3a0000-1111", "91bc0000-2222"


def step(role, do="anew", **more):
    given = {"role": role, "kind": "claude", "do": do, "conversation": "", "changed": "", "conversations": []}
    return given | {"why": "", "obstacle": ""} | more


PLAN = {
    "workspace": "w",
    "name": "shop",
    "path": "/project",
    "running": False,
    "saved": "2025-12-31T18:42:00Z",
    "generation": 118,
    "agents": [
        step("planner", "resume", conversation=ID, changed="2025-12-31T21:04:00Z", conversations=[ID, OTHER]),
        step("tests", why="conversation 55d0… is gone"),
        step("review", obstacle="gemini is not installed. Install it: npm install -g \x1b[31m@google/gemini-cli"),
    ],
    "notes": ["The layout 'team' is not there any more."],
}


async def opens(seat, plan=PLAN):
    """Wait for the plan that a gone workspace is found with; before this the scripted hive knew none."""
    seat.hive.answers["workspace/morning"] = plan
    seat.press("r")
    await seat.shows("Restore shop", "enter restore")


def asked(seat, method):
    return [params for name, params in seat.hive.asked if name == method]


async def test_a_gone_workspace_is_shown_with_what_restoring_it_does(sit):
    async with sit(GONE) as seat:
        await opens(seat)
        await seat.shows(
            "saved yesterday 18:42, generation 118",
            "resume 7f3a0000…",
            "3 h old",
            "start anew: conversation 55d0… is gone",
        )
        await seat.shows("npm install -g ␛[31m@google", "is not there any more", f"conversation {ID}")
        seat.press("j", "j", "j")
        await seat.shows("▸  3 review", "review: gemini is not installed.")
        seat.press("escape")
        await seat.until(lambda: "Restore shop" not in seat.text())
        assert asked(seat, "workspace/restore") == []


async def test_agents_are_left_out_and_conversations_chosen_before_it_is_done(sit, monkeypatch):
    monkeypatch.setattr(morning, "UNASKED", 0.0)
    async with sit(GONE) as seat:
        await opens(seat)
        seat.press("c")
        await seat.until(lambda: asked(seat, "workspace/morning")[-1]["wishes"] == {"planner": OTHER})
        seat.press("j", "space")
        wishes = {"planner": OTHER, "tests": "leave"}
        await seat.until(lambda: asked(seat, "workspace/morning")[-1]["wishes"] == wishes)
        seat.hive.answers["workspace/restore"] = {"starting": ["planner"], "joined": False, "notes": []}
        seat.press("enter")
        await seat.until(lambda: asked(seat, "workspace/restore"))
        (done,) = asked(seat, "workspace/restore")
        assert (done["workspace"], done["wishes"], done["size"]) == ("w", wishes, [120, 32])
        assert "PATH" in done["env"]


async def test_a_key_that_was_on_its_way_is_no_answer_to_what_came_up_by_itself(sit, monkeypatch):
    monkeypatch.setattr(morning, "UNASKED", 1000.0)
    async with sit(GONE) as seat:
        seat.hive.answers["workspace/morning"] = PLAN
        seat.app._hand.morning.follow(first=True)
        await seat.shows("Restore shop")
        seat.press("enter", "j")
        await seat.shows("▸  2 tests")
        assert asked(seat, "workspace/restore") == []


async def test_the_plan_goes_when_somebody_else_has_restored_it(sit):
    async with sit(GONE) as seat:
        await opens(seat)
        seat.hive.happen(WorkspaceOpened("w", "shop", "/project", "team", "", GONE.tabs))
        await seat.until(lambda: "Restore shop" not in seat.text())


async def test_a_long_plan_keeps_the_chosen_agent_in_sight(sit):
    many = {**PLAN, "agents": [step(f"role {n}") for n in range(40)]}
    async with sit(GONE, size=(80, 24)) as seat:
        await opens(seat, many)
        seat.press(*["j"] * 39)
        await seat.shows("▸ 40 role 39")
        assert "role 0 " not in seat.text()
        seat.press(*["k"] * 39)
        await seat.shows("▸  1 role 0 ")


async def test_r_asks_about_one_agent_where_tmux_runs_and_ctrl_r_begins_anew(sit):
    async with sit() as seat:
        seat.press("r")
        await seat.shows("Restart 3 frontend?")
        seat.press("escape", "ctrl+r")
        await seat.shows("Begin anew with 3 frontend?")
        seat.press("enter")
        await seat.until(lambda: asked(seat, "agent/restart"))
        assert asked(seat, "agent/restart") == [{"workspace": "w", "role": "frontend", "conversation": ""}]


async def test_what_is_written_is_kept_while_it_is_written_and_forgotten_when_it_is_sent(sit, monkeypatch):
    monkeypatch.setattr(prompt, "KEPT_WITHIN", 0.05)
    async with sit() as seat:
        seat.press("s", "h", "i")
        kept = {"workspace": "w", "role": "frontend", "text": "hi"}
        await seat.until(lambda: kept in seat.hive.heard("workspace/draft"))
        count = len(seat.hive.heard("workspace/draft"))
        seat.press("escape")
        await seat.until(lambda: "To 3 frontend" not in seat.text())
        assert len(seat.hive.heard("workspace/draft")) == count, "what did not change is told once"
        seat.press("s", "enter")
        await seat.until(lambda: seat.hive.heard("workspace/draft")[-1]["text"] == "")


async def test_keys_that_come_all_at_once_are_all_in_what_is_sent_or_kept(sit):
    async with sit() as seat:
        seat.press("s", "h", "i", "enter")
        await seat.until(lambda: asked(seat, "prompt/queue"))
        assert asked(seat, "prompt/queue")[0]["text"] == "hi"
        seat.press("s", "w", "e", "escape")
        await seat.until(lambda: seat.hive.heard("workspace/draft"))
        await seat.until(lambda: seat.hive.heard("workspace/draft")[-1]["text"] == "we")


async def test_a_prompt_that_another_screen_left_is_gone_on_with(sit):
    async with sit() as seat:
        seat.hive.happen(PromptDrafted("w", "frontend", "left by a killed screen"))
        seat.press("s")
        await seat.shows("To 3 frontend", "left by a killed screen")


async def test_a_pane_is_scrolled_to_where_it_was_if_that_is_still_there(sit):
    shown = replace(workspace(), backs={"frontend": 40, "planner": 100_000})
    async with sit(shown) as seat:
        await seat.shows("old line 40", "60 of 100 back")
        assert "planner" not in seat.bench.backs
        seat.press("ctrl+d")
        await seat.shows("54 of 100 back")
        await seat.until(lambda: seat.hive.heard("workspace/scroll"))
        assert seat.hive.heard("workspace/scroll")[-1] == {"workspace": "w", "role": "frontend", "line": 46}
        seat.press("escape")
        await seat.until(lambda: seat.hive.heard("workspace/scroll")[-1] == {"workspace": "w", "role": "frontend"})
