"""Layouts, listed and saved, as a person sees it."""

import pytest

SHOWN = {
    "name": "team",
    "file": "/home/me/.config/hive/layouts/team.yaml",
    "new": False,
    "same": False,
    "diff": ["--- /a", "+++ /b", "@@ -1 +1,2 @@", " panes: [a, b]", "-    sizes: [1, 1]", "+    sizes: [2, 1]\x1b[2J"],
    "hash": "h1",
}


def asked(seat, method):
    return [params for name, params in seat.hive.asked if name == method]


async def test_saving_shows_what_changes_and_saves_just_that_after_a_yes(sit):
    async with sit() as seat:
        seat.hive.answers |= {"layout/diff": SHOWN, "layout/save": {**SHOWN, "kept": None, "notes": ["A note."]}}
        seat.press("ctrl+s")
        await seat.shows(
            "Save /home/me/.config/hive/layouts/team.yaml?", " +    sizes: [2, 1]␛[2J", "enter save   esc no"
        )
        seat.press("escape", "ctrl+s")
        await seat.until(lambda: len(asked(seat, "layout/diff")) == 2)
        await seat.shows("enter save")
        assert asked(seat, "layout/save") == []
        seat.press("enter")
        await seat.shows("Saved /home/me/.config/hive/layouts/team.yaml. A note.")
        assert asked(seat, "layout/save") == [{"workspace": "w", "hash": "h1"}]
        assert seat.bench.overlay.card is None


async def test_what_runs_as_the_file_says_is_said_and_nothing_is_asked(sit):
    async with sit(size=(80, 24)) as seat:
        seat.hive.answers["layout/diff"] = {**SHOWN, "same": True, "diff": []}
        seat.press("ctrl+s")
        await seat.shows("says what runs")
        assert seat.bench.overlay.card is None


async def test_a_long_difference_is_scrolled(sit):
    async with sit(size=(80, 24)) as seat:
        seat.hive.answers["layout/diff"] = {**SHOWN, "diff": ["", "", *(f"+ line {i:02}" for i in range(60))]}
        seat.press("ctrl+s")
        await seat.shows("+ line 00", "more")
        seat.press(*"jjjj")
        await seat.until(lambda: "line 00" not in seat.text() and "line 05" in seat.text())


def layout(name, tree, **more):
    facts = {"description": f"What {name} is for.", "origin": "yours", "file": "/f", "shadowed": False, "error": None}
    agents = [{"role": role, "kind": "claude"} for role in ("planner", "coder")]
    return {"name": name, "agents": agents, "tabs": [{"title": "build", "root": tree}], **facts, **more}


COLUMNS = {"direction": "columns", "children": ["planner", "coder"], "sizes": [1, 1]}
ROWS = {"direction": "rows", "children": ["planner", "coder"], "sizes": [1, 1]}


@pytest.mark.parametrize("size", [(120, 32), (80, 24)])
async def test_the_layouts_are_listed_with_a_drawing_of_the_chosen_one(sit, size):
    bad = layout("bad", None, tabs=None, agents=None, description=None, error="/f:3:1: no field 'x\x1b'", shadowed=True)
    async with sit(size=size) as seat:
        seat.hive.answers["layout/list"] = {"layouts": [layout("pair", ROWS), layout("team", COLUMNS), bad]}
        seat.press("L")
        await seat.shows(" ▸ team", "runs here", "planner ──", "│ coder ──", "What team is for.", "j k choose")
        seat.press("k")
        await seat.shows(" ▸ pair", "What pair is for.")
        assert "│ coder" not in seat.text()
        seat.press("j", "j", "j")
        await seat.shows(" ▸ bad", "shadowed", "no field 'x␛'")
        seat.press("escape")
        await seat.until(lambda: seat.bench.overlay.card is None)


async def test_a_long_list_shows_the_chosen_one(sit):
    async with sit(size=(80, 24)) as seat:
        seat.hive.answers["layout/list"] = {"layouts": [layout(f"l{number:02}", ROWS) for number in range(60)]}
        seat.press("L")
        await seat.shows(" ▸ l00")
        seat.press(*"j" * 70)
        await seat.shows(" ▸ l59", "What l59 is for.")


async def test_a_layout_of_ones_own_is_renamed_and_deleted_and_a_shipped_one_is_left(sit):
    async with sit(size=(80, 24)) as seat:
        shipped = layout("team", ROWS, origin="shipped")
        seat.hive.answers |= {
            "layout/list": {"layouts": [layout("crew", ROWS), shipped]},
            "layout/move": {"file": "/l/new.yaml", "kept": "/state/crew.3.yaml"},
        }
        seat.press("L")
        await seat.shows(" ▸ team")
        seat.press("d")
        await seat.shows("team came with HiveUI and stays as it is")
        seat.press("k", ",")
        await seat.shows("New name of crew", "crew")
        seat.press("ctrl+u", "n", "e", "w", "enter")
        await seat.shows("Renamed to /l/new.yaml")
        assert asked(seat, "layout/move") == [{"workspace": "w", "name": "crew", "origin": "yours", "to": "new"}]
        seat.press("k", "d")
        await seat.shows("Delete /f?", "enter yes")
        seat.press("escape")
        await seat.shows(" ▸ team")
        seat.press("k", "d")
        await seat.shows("Delete /f?")
        seat.press("enter")
        await seat.shows("Deleted /l/new.yaml", "/state/crew.3.yaml")
        assert asked(seat, "layout/move")[1:] == [{"workspace": "w", "name": "crew", "origin": "yours"}]


async def test_what_runs_is_saved_under_another_name_after_a_look_at_the_difference(sit):
    async with sit(size=(80, 24)) as seat:
        seat.hive.answers |= {
            "layout/list": {"layouts": [layout("team", ROWS)]},
            "layout/diff": SHOWN,
            "layout/save": {**SHOWN, "kept": "/k", "notes": []},
        }
        seat.press("L")
        await seat.shows(" ▸ team")
        seat.press("a", *"crew", "enter")
        await seat.shows("+    sizes: [2, 1]")
        assert asked(seat, "layout/diff") == [{"workspace": "w", "name": "crew"}]
        seat.press("enter")
        await seat.shows("The version before is /k.")
        assert asked(seat, "layout/save") == [{"workspace": "w", "name": "crew", "hash": "h1"}]


async def test_opening_a_layout_shows_what_it_starts_and_asks(sit):
    async with sit(size=(80, 24)) as seat:
        seat.hive.answers |= {
            "layout/list": {"layouts": [layout("team", ROWS)]},
            "workspace/plan": {
                "agents": [{"role": "new", "argv": ["rm", "\x1b[2J"]}],
                "changes": [{"role": "new", "do": "start"}, {"role": "old", "do": "end"}],
                "known": False,
                "file": "/f",
                "hash": "h2",
            },
            "workspace/open": {"notes": []},
        }
        seat.press("L")
        await seat.shows(" ▸ team")
        seat.press("enter")
        await seat.shows(
            "Open team here?", "new  starts  rm ␛[2J", "old  goes on beside them", "have not run /f before"
        )
        assert asked(seat, "workspace/open") == []
        seat.press("enter")
        await seat.until(lambda: asked(seat, "workspace/open"))
        assert asked(seat, "workspace/open")[0]["hash"] == "h2"
