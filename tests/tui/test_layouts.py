"""Saving the workspace as its layout, as a person sees it."""

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
