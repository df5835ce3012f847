from dataclasses import replace

from scripted import agent, workspace

from hiveui.model.events import AgentAdded, PromptDrafted, SessionLost, WorkspaceOpened
from hiveui.model.layout import Leaf, Tab
from hiveui.model.signs import AgentState


async def another(seat, id_="v", name="docs", state=AgentState.APPROVAL):
    """Open a second workspace, whose only agent has a role that the first has too."""
    seat.hive.happen(WorkspaceOpened(id_, name, f"/{name}", "one", "", (Tab("main", Leaf("frontend")),)))
    there = replace(agent(9, "frontend", state), id=f"a-{id_}")
    seat.hive.happen(AgentAdded(id_, there))


async def test_o_lists_workspaces_with_what_calls_a_person_there(sit):
    async with sit() as seat:
        seat.press("o")
        await seat.shows("This is the only workspace")
        await another(seat)
        await another(seat, "u", "gone \x1b[2J")
        seat.hive.happen(SessionLost("u", "tmux is gone"))
        seat.press("o")
        await seat.shows("▸ docs", "▲ 1 need you", "gone ␛[2J", "its agents are gone", "here  /project")
        seat.hive.happen(AgentAdded("v", replace(agent(9, "frontend", AgentState.DONE), id="a-v")))
        await seat.shows("● 1 done")
        seat.press("escape")
        await seat.until(lambda: "Workspaces" not in seat.text())


async def test_enter_goes_there_and_o_enter_comes_back_and_nothing_is_mixed_up(sit):
    async with sit() as seat:
        await another(seat)
        await seat.shows("%3 60x14")
        seat.press("s", "h", "i")
        await seat.shows("To 3 frontend", "hi")
        seat.press("escape")
        await seat.until(lambda: "To 3 frontend" not in seat.text())
        seat.press("y")
        await seat.shows("of 100 back")
        seat.press("o")
        await seat.until(lambda: seat.bench.workspace.id == "w")
        seat.press("escape")
        await seat.until(lambda: not seat.bench.backs)
        seat.press("o", "enter")
        await seat.until(lambda: seat.bench.workspace.id == "v")
        await seat.shows("docs ▸ main", "1 frontend", "%9 120x29")
        assert "of 100 back" not in seat.text()
        seat.press("s")
        await seat.until(lambda: seat.bench.overlay.card is not None)
        assert seat.bench.overlay.card.text == ""
        seat.press("escape")
        await seat.until(lambda: seat.bench.overlay.card is None)
        seat.press("o", "enter")
        await seat.shows("shop ▸ build", "3 frontend")
        seat.hive.happen(PromptDrafted("v", "frontend", "elsewhere"))
        seat.press("s")
        await seat.shows("To 3 frontend", "hi")


async def test_two_workspaces_of_one_shape_show_each_their_own_panes(sit):
    async with sit(workspace("one", "two")) as seat:
        twin = workspace("one", "two")
        seat.hive.happen(WorkspaceOpened("v", "twin", "/twin", "", "", twin.tabs))
        for number, role in ((7, "one"), (8, "two")):
            seat.hive.happen(AgentAdded("v", replace(agent(number, role), id=f"b{number}")))
        await seat.shows("%1 ", "%2 ")
        seat.press("o", "enter")
        await seat.shows("twin ▸", "%7 ", "%8 ")
        seat.press("o", "enter")
        await seat.shows("shop ▸", "%1 ", "%2 ")


async def test_the_palette_leads_to_workspaces_and_layouts(sit):
    layout = {"name": "crew", "description": "For rowing.", "shadowed": False, "error": None}
    plan = {"agents": [], "changes": [], "known": True, "file": "/f", "hash": "h"}
    async with sit() as seat:
        seat.hive.answers |= {"layout/list": {"layouts": [layout]}, "workspace/plan": plan}
        await another(seat)
        seat.press(":", *"workspace docs")
        await seat.shows("▸ Go to the workspace docs")
        seat.press("enter")
        await seat.until(lambda: seat.bench.workspace.id == "v")
        seat.press(":", *"layout crew")
        await seat.shows("▸ Open the layout crew", "For rowing.")
        seat.press("enter")
        await seat.shows("Open crew here?")


async def test_what_changed_since_a_workspace_was_looked_at_is_unread_until_it_is(sit):
    async with sit() as seat:
        await another(seat)
        await another(seat, "u", "busy", state=AgentState.WORKING)
        seat.press("o")
        await seat.shows("1 unread", "docs")
        assert seat.text().count("unread") == 1
        seat.press("escape", ":", *"workspace docs", "enter")
        await seat.until(lambda: seat.bench.workspace.id == "v")
        seat.press(":", *"workspace busy", "enter")
        await seat.until(lambda: seat.bench.workspace.id == "u")
        seat.press("o")
        await seat.shows("▸ docs", "▲ 1 need you")
        assert "unread" not in seat.text()
        later = "2026-01-01T00:05:00Z"
        there = agent(9, "frontend", AgentState.EXITED)
        seat.hive.happen(AgentAdded("v", replace(there, id="a-v", reading=replace(there.reading, since=later))))
        await seat.shows("docs  1 unread")
