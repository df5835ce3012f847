"""Shaping by key and mouse on a scripted hive: what is told to the daemon, and what the person sees meanwhile."""

from dataclasses import replace

from scripted import agent, workspace

from hiveui.model import shape
from hiveui.model.events import AgentAdded, AgentExited, AgentRead, TabsArranged
from hiveui.model.keys import Mods
from hiveui.model.layout import Leaf, Split, Tab, roles
from hiveui.model.signs import AgentState
from hiveui.tui.decoder import MouseInput

BAR, TITLE = 60, 16
"""The column of the bar, and the line of the lower titles, of the scripted workspace at 120 × 32."""


def mouse(kind: str, x: int, y: int) -> MouseInput:
    return MouseInput(kind, 0, x, y, Mods.NONE, b"")


def tabs(seat):
    return seat.hive.state.workspaces["w"].tabs


def shown(seat, tab=0):
    return roles(tabs(seat)[tab].root) if tab < len(tabs(seat)) else ()


async def test_a_pane_changes_places_with_its_neighbour_and_goes_to_an_edge_where_it_has_none(sit):
    async with sit() as seat:
        seat.press("1", "M")
        await seat.shows("Move 1 planner", "hjkl that way", "esc back")
        seat.press("l")
        await seat.until(lambda: shown(seat) == ("backend", "frontend", "planner", "tests"))
        seat.press("M", "l")
        await seat.until(lambda: shown(seat) == ("backend", "frontend", "tests", "planner"))
        seat.press("M", "J")
        await seat.until(lambda: tabs(seat)[0].root.direction == "rows")
        assert seat.bench.desk.role == "planner"


async def test_moves_that_are_typed_at_once_all_happen_one_after_the_other(sit):
    async with sit() as seat:
        seat.press("1", *(">",) * 5)
        await seat.shows("%1 70x14", "%2 49x14")
        seat.press("}", "}", "{")
        await seat.shows("%1 70x15", "%3 70x13")


async def test_a_pane_that_moves_on_before_the_screen_followed_stands_in_one_place(sit):
    async with sit() as seat:
        seat.press("1", "M", "t", "M", "J", "M", "1")
        await seat.until(lambda: len([n for n, _ in seat.hive.asked if n == "tabs/arrange"]) == 2)
        await seat.until(lambda: (seat.bench.desk.tab, seat.bench.desk.role) == (0, "planner"))
        assert sorted(shown(seat)) == ["backend", "frontend", "planner", "tests"]
        assert shape.pinned(tabs(seat)) == ()


async def test_a_pane_moves_to_a_tab_and_to_one_of_its_own_and_the_focus_goes_along(sit):
    async with sit() as seat:
        seat.press("1", "M", "2")
        await seat.until(lambda: shown(seat, 1) == ("review", "planner"))
        await seat.until(lambda: (seat.bench.desk.tab, seat.bench.desk.role) == (1, "planner"))
        seat.press("M", "t")
        await seat.until(lambda: [shown(seat, i) for i in (1, 2)] == [("review",), ("planner",)])
        seat.press("M", "[")
        await seat.until(lambda: shown(seat, 1) == ("review", "planner"))
        assert len(tabs(seat)) == 2


async def test_a_pinned_pane_is_in_every_tab_until_it_is_pinned_no_more(sit):
    async with sit() as seat:
        seat.press("1", "M", "p")
        await seat.until(lambda: "planner" in shown(seat, 1))
        seat.press("]", "1")
        await seat.until(lambda: (seat.bench.desk.tab, seat.bench.desk.role) == (1, "planner"))
        seat.press("M", "p")
        await seat.until(lambda: "planner" not in shown(seat, 0))


async def test_a_tab_is_renamed_in_one_line(sit):
    async with sit() as seat:
        seat.press(",")
        await seat.shows("Name of this tab", "build")
        seat.press("x", "backspace", "e", "r", "s", "enter")
        await seat.shows("shop ▸ builders │ review")
        seat.press(",", "x", "escape", "s")
        await seat.shows("To 3 frontend")
        assert "builders" in seat.text()
        assert "buildersx" not in seat.text()


async def test_presets_arrange_around_the_pane_with_the_focus(sit):
    async with sit() as seat:
        seat.press("=")
        await seat.shows("Arrange the panes around 3 frontend", "main left")
        seat.press("m")
        await seat.shows("%3 60x29", "%4 59x9")
        seat.press("=", "g", "space")
        await seat.until(lambda: shown(seat) == ("tests", "frontend", "planner", "backend"))


async def test_a_change_that_came_too_late_is_worked_out_anew_on_what_others_made(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        others = (Tab("theirs", Split("columns", (Leaf("frontend"), Leaf("tests")), (1, 1))),)
        hive, arranged = seat.hive, seat.hive._arranged

        def late(**params):
            hive._arranged = arranged
            hive.happen(TabsArranged("w", others))
            return arranged(**params)

        hive._arranged = late
        seat.press("M", "l")
        await seat.until(lambda: shown(seat) == ("tests", "frontend"))
        assert tabs(seat)[0].title == "theirs"


async def test_the_bar_follows_the_mouse_at_once_and_the_daemon_hears_of_it_in_the_end(sit):
    async with sit() as seat:
        await seat.shows("%1 60x14", "%2 59x14")
        views = len(seat.hive.heard("pane/view"))
        seat.send(mouse("press", BAR, 5), *(mouse("drag", x, 9) for x in range(BAR, 81)))
        await seat.until(lambda: seat.text().splitlines()[5][80:81] in "│┃")
        assert len(seat.hive.heard("pane/view")) == views
        assert not [name for name, _ in seat.hive.asked if name == "tabs/arrange"]
        seat.hive.happen(AgentRead("w", "a2", replace(agent(2, "x").reading, state=AgentState.DONE)))
        await seat.shows("backend  claude  ● done")
        assert seat.text().splitlines()[5][80:81] in "│┃"
        seat.send(mouse("release", 80, 9))
        await seat.shows("%1 80x14", "%2 39x14")
        await seat.until(lambda: tabs(seat)[0].root.sizes == (80, 39))
        assert seat.bench.workspace == seat.hive.state.workspaces["w"]


async def test_a_title_is_dragged_as_the_border_above_it_and_clicked_as_a_title(sit):
    async with sit() as seat:
        await seat.shows("%4 59x14")
        seat.send(mouse("press", 70, TITLE), mouse("drag", 70, TITLE - 6), mouse("release", 70, TITLE - 6))
        await seat.shows("%2 59x8", "%4 59x20")
        assert seat.bench.desk.role == "frontend"
        seat.send(mouse("press", 70, TITLE - 6), mouse("release", 70, TITLE - 6))
        await seat.until(lambda: seat.bench.desk.role == "tests")
        seat.send(mouse("press", 70, TITLE - 6), mouse("release", 70, TITLE - 6))
        await seat.until(lambda: seat.bench.desk.typing)


async def test_a_border_that_is_held_still_gives_the_panes_their_sizes(sit):
    async with sit() as seat:
        await seat.shows("%1 60x14")
        seat.send(mouse("press", BAR, 5), mouse("drag", 70, 5))
        await seat.shows("%1 70x14")
        assert tabs(seat)[0].root.sizes == (1, 1)
        seat.send(mouse("move", 70, 5))  # the release was lost
        await seat.until(lambda: tabs(seat)[0].root.sizes == (10, 7))


async def test_a_drag_that_others_came_before_gives_way_to_theirs(sit):
    async with sit() as seat:
        await seat.shows("%1 60x14")
        seat.send(mouse("press", BAR, 5), mouse("drag", 70, 5))
        await seat.shows("%1 70x14")
        theirs = shape.rename(tabs(seat), 0, "theirs")
        seat.hive.happen(TabsArranged("w", theirs))
        seat.send(mouse("release", 70, 5))
        await seat.shows("Somebody else arranged the panes meanwhile", "%1 60x14")
        assert tabs(seat) == theirs


async def test_letters_lead_to_panes_and_tabs(sit):
    async with sit() as seat:
        seat.press("g")
        await seat.shows(" a  1 planner", " s  3 frontend", " d  2 backend", " f  4 tests", "build │  j  review")
        seat.press("d")
        await seat.until(lambda: seat.bench.desk.role == "backend")
        assert " d  2 backend" not in seat.text()
        seat.press("g", "j")
        await seat.until(lambda: seat.bench.desk.role == "review")
        seat.press("g", "z")
        await seat.shows("Nothing has the letter z.")


async def test_many_panes_have_two_letters_each(sit):
    async with sit(workspace(*(f"r{i}" for i in range(1, 31))), size=(300, 80)) as seat:
        seat.press("g")
        await seat.shows(" aa  1 r1", " sf  30 r30")
        seat.press("s", "f")
        await seat.until(lambda: seat.bench.desk.role == "r30")


async def test_on_a_small_screen_letters_stand_in_a_list_and_there_is_nothing_to_resize(sit):
    async with sit(size=(80, 24)) as seat:
        seat.press(">")
        await seat.shows("there is nothing to resize")
        seat.press("g")
        await seat.shows("Jump to the agent with the letter", " a   1 planner  ● done", " g")
        seat.press("f")
        await seat.until(lambda: seat.bench.desk.role == "tests")
        seat.press("M", "h")
        await seat.shows("The panes are arranged; you see one that fills the screen.")
        seat.press("M", "t")
        await seat.until(lambda: shown(seat, 2) == ("tests",))


async def test_what_is_typed_while_a_shell_is_being_opened_is_meant_for_it(sit):
    async with sit() as seat:
        hive, asked = seat.hive, seat.hive.call

        async def call(method, **params):
            if method != "agent/add":
                return await asked(method, **params)
            assert params == {"workspace": "w", "where": "rows", "tab": 0, "beside": "frontend"}
            hive.happen(TabsArranged("w", shape.split(tabs(seat), "frontend", 0, "shell", "rows")))
            hive.happen(AgentAdded("w", agent(6, "shell", kind="shell")))
            return {"role": "shell"}

        hive.call = call
        seat.press("V", "enter", "l", "s")
        await seat.until(lambda: seat.hive.heard("pane/input"))
        assert seat.hive.heard("pane/input") == [{"pane": "%6", "input": [["text", "ls"]]}]


async def test_what_is_typed_for_a_shell_that_cannot_be_opened_goes_to_no_other_agent(sit):
    async with sit() as seat:
        seat.hive.answers["agent/add"] = {"unexpected": 1}
        seat.press("v", "enter", "l", "s")
        await seat.shows("The daemon sent what this version does not understand")
        assert (seat.bench.desk.role, seat.bench.desk.typing) == ("frontend", False)
        seat.press("1")
        await seat.until(lambda: seat.bench.desk.role == "planner")
        assert not seat.hive.heard("pane/input")


async def test_closing_asks_where_a_program_runs_and_undoing_says_what_came_back(sit):
    async with sit() as seat:
        seat.press("C")
        await seat.shows("Close 3 frontend? Its program ends; U brings it back.")
        seat.press("y", "escape", "2", "C", "enter")
        await seat.until(lambda: ("agent/close", {"workspace": "w", "role": "backend"}) in seat.hive.asked)
        seat.hive.happen(AgentExited("w", "a5", 1, agent(5, "x", AgentState.EXITED).reading))
        seat.press("5", "C")
        await seat.until(lambda: ("agent/close", {"workspace": "w", "role": "review"}) in seat.hive.asked)
        seat.hive.answers["tabs/undo"] = {"role": "tests", "resumed": True}
        seat.press("U")
        await seat.shows("tests is back and goes on with its conversation.")
        assert seat.bench.desk.role == "tests"
        seat.press("[", "X")
        await seat.shows("Close the tab review? Nothing runs in it")


async def test_an_agent_without_a_place_stands_in_a_tab_of_its_own_and_never_vanishes(sit):
    async with sit() as seat:
        seat.hive.happen(AgentAdded("w", agent(6, "frontend pane 1", kind="shell", child_of="a3")))
        await seat.shows("build │ review │ more")
        seat.press("6")
        await seat.shows("%6 120x29")
        seat.press("M", "1")
        await seat.until(lambda: "frontend pane 1" in shown(seat, 0))
        await seat.until(lambda: seat.bench.desk.tab == 0)
