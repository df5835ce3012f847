"""Selecting, copying and searching in what panes printed, as a person does it."""

from dataclasses import replace

import pytest

from hiveui.errors import GatewayError
from hiveui.model.events import AgentAdded
from hiveui.model.keys import Mods
from hiveui.tui.decoder import MouseInput, PasteInput

PRINTED = [*(f"row {i}" for i in range(80)), "the quick brown⏎", "fox jumps", "日本語 text", "  indented   ", "end."]


async def looking(seat, *keys: str) -> None:
    await seat.shows("%3 60x14")
    seat.hive.printed = list(PRINTED)
    seat.press("y", *keys)


async def copies(seat, text: str) -> None:
    await seat.until(lambda: seat.copied == text)
    await seat.shows("Copied ")
    assert "back" not in seat.text().splitlines()[16]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("5 k w v e y", "quick"),
        ("5 k y", "the quick brownfox jumps"),
        ("4 k V y", "the quick brownfox jumps"),
        ("5 k v j $ y", "the quick brownfox jumps"),
        ("3 k V 2 j y", "日本語 text\n  indented\nend."),
        ("3 k l v l y", "本語"),
        ("2 k ctrl+v l l l j y", "  in\nend."),
        ("3 k v o y", "日"),
        ("2 k $ v ^ y", "indented"),
        ("g v l l l l y", "row 0"),
        ("g 4 j v $ y", "row 4"),
        ("5 G V y", "row 4"),
        ("5 k $ b b v e y", "quick"),
        ("1 k v escape k y", "  indented"),
    ],
)
async def test_vi_keys_select_and_y_copies_without_padding_and_with_wrapped_rows_joined(sit, keys, text):
    async with sit() as seat:
        await looking(seat, *keys.split())
        await copies(seat, text)
        assert seat.hive.heard("still/drop") == [{"still": 1}]


async def test_what_is_shown_stands_still_while_the_pane_prints(sit):
    async with sit() as seat:
        await looking(seat, "v")
        await seat.shows("selecting characters")
        for number in range(5):
            seat.hive.draw("%3", 60, 14, f"printed meanwhile {number}")
        await seat.shows("0 of 85 back", "%3 60x14")
        assert "meanwhile" not in seat.text()
        seat.press("q")
        await seat.shows("printed meanwhile 4")


async def test_the_picture_stays_where_it_was_though_the_pane_went_on_before_the_still_was_taken(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.hive.printed = [*PRINTED, "%3 60x14", "newer"]
        seat.hive.screens["%3"] = (60, ["newest", *[""] * 13])
        seat.press("y")
        await seat.shows("2 of 87 back")
        assert [line.split("┃")[0].rstrip() for line in seat.text().splitlines()[17:20]] == [
            "%3 60x14",
            "newer",
            "newest",
        ]


async def test_what_is_far_away_comes_into_the_middle_and_what_is_near_to_the_edge(sit):
    async with sit() as seat:
        await looking(seat, "4", "0", "G")
        await seat.shows("53 of 85 back", "row 39")
        seat.press("8", "k")
        await seat.shows("54 of 85 back", "row 31")


async def test_a_program_that_fills_the_screen_can_be_copied_from(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.hive.modes = {**seat.hive.modes, "alternate": True}
        seat.hive.draw("%3", 60, 14, "a menu")
        seat.press("y", "V", "y")
        await copies(seat, "a menu")


async def test_a_still_that_cannot_be_had_leads_back_with_a_sentence(sit, monkeypatch):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        call = seat.hive.call

        async def refuses(method, **params):
            if method == "still/take":
                raise GatewayError("What the pane printed could not be read.")
            return await call(method, **params)

        monkeypatch.setattr(seat.hive, "call", refuses)
        seat.press("y", "v")
        await seat.shows("What the pane printed could not be read.")
        assert not seat.bench.backs


def mouse(kind: str, x: int, y: int, mods: Mods = Mods.NONE) -> MouseInput:
    """The left button at a cell of the pane `frontend`, counted from 0."""
    return MouseInput(kind, 0, x, y + 17, mods, b"")


SCREEN = ["%3 60x14", "", "one (two-three) four", "日本語 wide", "a line that goes on⏎", "and on", *[""] * 8]


async def pictured(seat) -> None:
    """Have the pane show SCREEN."""
    await seat.shows("%3 60x14")
    seat.hive.screens["%3"] = (60, SCREEN)


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([("press", 4, 2), ("drag", 6, 2), ("drag", 12, 2), ("release", 12, 2)], "(two-thre"),
        ([("press", 1, 3), ("drag", 2, 3), ("release", 2, 3)], "日本"),
        ([("press", 5, 2), ("release", 5, 2), ("press", 5, 2), ("release", 5, 2)], "two"),
        ([("press", 2, 5), ("release", 2, 5)] * 3, "a line that goes onand on"),
        ([("press", 2, 4), ("drag", 1, 5), ("release", 1, 5)], "line that goes onan"),
        (
            [("press", 2, 5), ("drag", 10, 1), ("release", 0, 3)],
            "\none (two-three) four\n日本語 wide\na line that goes onand",
        ),
        ([("press", 40, 2), ("drag", 50, 3), ("release", 50, 3)], "\n日本語 wide"),
    ],
)
@pytest.mark.parametrize("typing", [False, True])
async def test_a_drag_two_clicks_and_three_copy_and_leave_the_person_where_they_were(sit, events, text, *, typing):
    async with sit() as seat:
        await pictured(seat)
        if typing:
            seat.press("i")
        seat.send(*(mouse(*event) for event in events))
        await copies(seat, text)
        assert seat.bench.desk.typing is typing
        assert not seat.hive.heard("pane/input")


async def test_with_shift_a_drag_is_not_for_the_program_that_took_the_mouse(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.hive.modes = {**seat.hive.modes, "mouse_click": True, "mouse_drag": True}
        seat.hive.draw("%3", 60, 14, "its own mouse")
        seat.press("i")
        drag = [("press", 4, 0), ("drag", 6, 0), ("release", 6, 0)]
        seat.send(*(mouse(*event, Mods.SHIFT) for event in drag))
        await copies(seat, "own")
        assert not seat.hive.heard("pane/input")
        seat.send(*(mouse(*event) for event in drag))
        await seat.until(lambda: seat.hive.heard("pane/input"))


async def test_with_alt_a_drag_selects_a_block(sit):
    async with sit() as seat:
        await pictured(seat)
        seat.send(*(mouse(*event, Mods.ALT) for event in [("press", 12, 2), ("drag", 5, 3), ("release", 5, 3)]))
        await copies(seat, "two-thre\n語 wide")


async def test_a_drag_that_is_held_beyond_an_edge_goes_on_scrolling(sit):
    async with sit() as seat:
        await pictured(seat)
        seat.hive.printed = list(PRINTED)
        seat.send(mouse("press", 3, 3), mouse("drag", 2, -3))
        await seat.shows("row 70")
        seat.send(mouse("release", 2, -3))
        await seat.until(
            lambda: seat.copied.endswith("\n日本語 text\n  indented\nend.\n%3 60x14\n\none (two-three) four\n日本")
        )


async def test_a_search_shows_its_matches_and_n_goes_from_one_to_the_next(sit):
    async with sit() as seat:
        await looking(seat)
        matches = [[row, 4, row, 5] for row in (10, 11, 84)]
        seat.hive.answers["still/search"] = {"count": 7, "matches": matches}
        seat.press("?", "r", "o", "w", "backspace", "w")
        await seat.shows("Search up (text)  row")
        seat.press("ctrl+r", "enter")
        await seat.shows("7 of 7")
        assert seat.hive.asked[-1] == ("still/search", {"still": 1, "pattern": "row", "regex": True})
        seat.press("n")
        await seat.shows("6 of 7", "row 11")
        seat.press("N", "n", "n")
        await seat.shows("5 of 7")
        seat.press("V", "y")
        await copies(seat, "row 10")


async def test_a_pattern_that_is_none_is_refused_with_a_sentence_and_the_person_stays(sit, monkeypatch):
    async with sit() as seat:
        await looking(seat, "v")
        call = seat.hive.call

        async def refuses(method, **params):
            if method == "still/search":
                raise GatewayError("This pattern cannot be searched for: missing ).")
            return await call(method, **params)

        monkeypatch.setattr(seat.hive, "call", refuses)
        seat.press("/", "(", "enter")
        await seat.shows("This pattern cannot be searched for: missing ).", "selecting characters")
        seat.press("k", "V", "y")
        await copies(seat, "end.\n%3 60x14")


async def test_a_drag_in_another_pane_goes_there_as_a_click_does(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.press("1", "i")
        await seat.shows("typing into 1 planner")
        seat.send(mouse("press", 0, 2))
        await seat.shows("typing into 3 frontend")
        await pictured(seat)
        seat.send(mouse("drag", 2, 2), mouse("release", 2, 2))
        await copies(seat, "one")
        assert (seat.bench.desk.role, seat.bench.desk.typing) == ("frontend", True)


async def test_what_stands_nowhere_is_said(sit):
    async with sit() as seat:
        await looking(seat)
        seat.hive.answers["still/search"] = {"count": 0, "matches": []}
        seat.press("/")
        seat.send(PasteInput("no\nsuch"))
        await seat.shows("no such")
        seat.press("enter")
        await seat.shows("stands nowhere in this pane")


async def test_all_panes_are_searched_and_enter_goes_to_the_line_that_is_chosen(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        found = [{"role": "tests", "count": 2, "matches": [[3, 0, 3, 4, "first \x1b]0;x"], [60, 0, 60, 4, "second"]]}]
        seat.hive.answers["workspace/search"] = {"found": found}
        seat.hive.answers["still/search"] = {"count": 2, "matches": [[3, 0, 3, 4], [61, 0, 61, 4]]}
        seat.press("ctrl+f", "x", "enter")
        await seat.shows("2 matches in 1 pane of “x”", "▸  4 tests        second", "first ␛]0;x")
        seat.press("j", "enter")
        await seat.shows("1 of 2", "old line 3")
        assert seat.bench.desk.role == "tests"


LINKS = ["see https://example.com/a?b=c.", "in src/app.py:12:3 and", "commit 8c58162", *[""] * 11]


async def labelled(seat) -> None:
    await seat.shows("%3 60x14")
    seat.hive.screens["%3"] = (60, LINKS)
    seat.press("F")
    await seat.shows("commit ac58162", "in src/app.py:12:3 and", "see dttps://")


async def test_what_has_a_label_is_copied_by_typing_it(sit):
    async with sit() as seat:
        await labelled(seat)
        seat.press("s")
        await copies(seat, "src/app.py:12:3")
        await seat.shows("src/app.py:12:3: Copied 15 characters (wl-copy).")


async def test_a_capital_opens_a_link_after_it_was_shown_whole(sit):
    async with sit() as seat:
        await labelled(seat)
        seat.press("D")
        await seat.shows("Open https://example.com/a?b=c ?")
        seat.desktop.programs["xdg-open"] = ""
        ran = []
        seat.desktop.run = lambda argv, text: ran.append((tuple(argv), text)) or True
        seat.press("enter")
        await seat.until(lambda: ran)
        assert ran == [(("xdg-open", "https://example.com/a?b=c"), "")]


async def test_a_capital_edits_a_path_at_its_line_in_a_shell_beside(sit, tmp_path, monkeypatch):
    monkeypatch.setenv("VISUAL", "vim")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").touch()
    async with sit() as seat:
        await labelled(seat)
        seat.press("S")
        await seat.shows("src/app.py:12:3 is no file in")
        seat.hive.answers |= {"agent/add": {"role": "tests"}, "agent/send": {}}
        focused = seat.bench.agent()
        seat.hive.happen(AgentAdded("w", replace(focused, dir=str(tmp_path))))
        await seat.until(lambda: seat.bench.agent().dir == str(tmp_path))
        await labelled(seat)
        seat.press("S")
        await seat.until(lambda: any(method == "agent/send" for method, _ in seat.hive.asked))
        sent = [params for method, params in seat.hive.asked if method == "agent/send"]
        assert sent == [{"workspace": "w", "role": "tests", "text": "vim +12 src/app.py"}]
        await seat.shows("typing into")


async def test_labels_go_by_escape_and_a_pane_without_anything_says_so(sit):
    async with sit() as seat:
        await labelled(seat)
        seat.press("escape")
        await seat.until(lambda: not seat.bench.backs)
        seat.hive.screens["%3"] = (60, ["nothing here", *[""] * 13])
        seat.press("F")
        await seat.shows("no link, path or hash")


async def test_the_mouse_is_handed_to_the_terminal_and_back(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.press("Y")
        await seat.shows("The mouse is your terminal's now; Y takes it back.", "mouse: your terminal's")
        seat.press("Y")
        await seat.until(lambda: "mouse: your terminal's" not in seat.text())
