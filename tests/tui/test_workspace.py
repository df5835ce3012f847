"""The screen of a workspace as a person sees it, compared as text."""

from dataclasses import replace

import pytest
from scripted import ScriptedHive, agent, workspace

from hiveui.model.events import (
    AgentExited,
    AgentRead,
    AgentRemoved,
    AgentStarted,
    Noticed,
    SessionLost,
    TabsArranged,
    WorkspaceClosed,
)
from hiveui.model.keys import Mods
from hiveui.model.layout import Leaf, Tab
from hiveui.model.signs import AgentState, Reading
from hiveui.tui.decoder import FocusInput, MouseInput, PasteInput
from hiveui.tui.settings import Settings

HOSTILE = (
    "\x1b]52;c;aGk=\x07",
    "[@click=app.exit]branch[/]",
    "[/foo]",
    "\u202egnp.exe",
    "a\u0301" * 40,
    "日本語" * 12,
    "x\x9b2J",
    "",
)


def click(x: int, y: int, button: int = 0, kind: str = "press", mods: Mods = Mods.NONE) -> MouseInput:
    return MouseInput(kind, button, x, y, mods, b"")


async def test_every_pane_has_a_title_and_the_screen_says_its_keys(sit):
    async with sit() as seat:
        await seat.shows("%1 60x14", "%2 59x14", "%3 60x14", "%4 59x14")
        lines = seat.text().splitlines()
        assert " ".join(lines[0].split()) == "shop ▸ build │ review ▲ 1 needs you 5 agents ● 1 done ◐ 2 working 00:04"
        assert " ".join(lines[1].split("│")[0].split()) == "1 planner claude ● done 4m"
        assert " ".join(lines[16].split("┃")[0].split()) == "3 frontend codex ▲ approval 4m"
        assert lines[31].startswith(" 1-9 go   enter type   n next ▲   a answer   s send   pgup look back   y copy")
        assert lines[31].endswith("? keys   q leave")


async def test_a_small_screen_shows_one_pane_and_the_roster_in_one_line(sit):
    async with sit(size=(80, 24)) as seat:
        await seat.shows("%3 80x20")
        lines = seat.text().splitlines()
        assert lines[1].split()[:2] == ["3", "frontend"]
        assert lines[22] == " 1 planner●  2 backend◐  3 frontend▲  4 tests◐  5 review✕"
        seat.press("2")
        await seat.shows("%2 80x20")


async def test_a_large_screen_gives_every_cell_to_a_pane_or_a_bar(sit):
    async with sit(size=(300, 80)) as seat:
        await seat.shows("%1 150x38", "%4 149x38")


async def test_digits_arrows_tabs_zoom_and_last_move_the_focus(sit):
    async with sit() as seat:
        for chords, role in (
            (("1",), "planner"),
            (("l",), "backend"),
            (("down",), "tests"),
            (("h",), "frontend"),
            (("tab",), "backend"),
            ((";",), "frontend"),
            (("]",), "review"),
            (("[",), "planner"),
            (("5",), "review"),
            (("9",), "review"),
        ):
            seat.press(*chords)
            await seat.until(lambda role=role: seat.bench.desk.role == role)
        seat.press("1", "z")
        await seat.shows("%1 120x29")
        assert seat.hive.heard("workspace/view")[-1] == {
            "workspace": "w",
            "tab": 0,
            "role": "planner",
            "zoomed": True,
        }


async def test_the_roster_lists_agents_and_takes_its_columns_from_the_panes(sit):
    async with sit() as seat:
        seat.press("R")
        await seat.shows(" 3 frontend ▲ approval", " 5 review   ✕ exited 1", "%1 43x14")
        seat.send(click(100, 2))
        await seat.until(lambda: seat.bench.desk.role == "backend")


async def test_in_interact_every_key_goes_to_the_pane_in_order_with_text_in_one_piece(sit):
    async with sit() as seat:
        seat.press("enter")
        await seat.shows(" typing ")
        seat.press("l", "s", "space", "ctrl+q", "ctrl+c", "tab", "q", "?", "alt+x", "escape")
        await seat.until(lambda: seat.hive.heard("pane/input"))
        assert seat.hive.heard("pane/input") == [
            {
                "pane": "%3",
                "input": [
                    ["text", "ls "],
                    ["key", "ctrl+q"],
                    ["key", "ctrl+c"],
                    ["key", "tab"],
                    ["text", "q?"],
                    ["key", "alt+x"],
                    ["key", "escape"],
                ],
            }
        ]
        assert "typing into 3 frontend  ·  ctrl+] or f12 back" in seat.text()


async def test_the_back_chord_leads_back_and_twice_is_typed_and_a_digit_keeps_typing(sit):
    async with sit() as seat:
        seat.press("i", "ctrl+]")
        await seat.until(lambda: not seat.bench.desk.typing)
        seat.press("ctrl+]")
        await seat.until(lambda: seat.hive.heard("pane/input"))
        assert seat.hive.heard("pane/input")[-1]["input"] == [["key", "ctrl+]"]]
        seat.press("f12", "2", "a")
        await seat.until(lambda: len(seat.hive.heard("pane/input")) == 2)
        assert seat.hive.heard("pane/input")[-1] == {"pane": "%2", "input": [["text", "a"]]}


async def test_for_a_moment_after_the_back_chord_the_status_line_says_what_it_and_digits_mean(sit):
    async with sit() as seat:
        seat.press("i", "f12")
        await seat.shows("1-9 go there and keep typing · same key again sends it")
        await seat.shows(" 1-9 go   enter type")
        assert not seat.bench.desk.typing


@pytest.mark.parametrize("on", [True, False])
async def test_alt_digits_leave_interact_only_where_that_is_on(sit, on):
    async with sit(settings=Settings(motion=False, alt_keys=on)) as seat:
        seat.press("enter", "alt+1", "a")
        await seat.until(lambda: seat.hive.heard("pane/input"))
        typed = seat.hive.heard("pane/input")[-1]
        assert typed == (
            {"pane": "%1", "input": [["text", "a"]]}
            if on
            else {"pane": "%3", "input": [["key", "alt+1"], ["text", "a"]]}
        )


async def test_stopping_asks_and_is_answered_by_enter_or_escape_only(sit):
    async with sit() as seat:
        seat.press("x")
        await seat.shows("Stop 3 frontend?", "enter yes   esc no")
        seat.press("y", "x", "escape", "r")
        await seat.shows("Restart 3 frontend?")
        assert not [name for name, _ in seat.hive.asked if name.startswith("agent/")]
        seat.press("enter")
        await seat.until(lambda: ("agent/restart", {"workspace": "w", "role": "frontend"}) in seat.hive.asked)


async def test_a_question_is_about_the_agent_it_names_when_that_one_is_gone(sit):
    async with sit() as seat:
        seat.press("2", "3", "x")
        await seat.shows("Stop 3 frontend?")
        shown = seat.hive.state.workspaces["w"]
        seat.hive.happen(TabsArranged("w", (Tab("build", Leaf("planner")),)))
        seat.hive.happen(AgentRemoved("w", shown.role("frontend").id))
        seat.hive.happen(AgentRemoved("w", shown.role("backend").id))
        await seat.until(lambda: seat.bench.desk.role == "tests")
        seat.press("enter", ";")
        await seat.until(lambda: ("agent/stop", {"workspace": "w", "role": "frontend"}) in seat.hive.asked)
        assert seat.bench.desk.role == "tests"


async def test_a_paste_in_supervise_opens_the_composer_and_runs_nothing(sit):
    async with sit() as seat:
        seat.send(PasteInput("q\r\nx\x1b[2J second"))
        await seat.shows("To 3 frontend", "x[2J second")
        seat.press("enter")
        await seat.until(lambda: any(name == "prompt/queue" for name, _ in seat.hive.asked))
        sent = dict(seat.hive.asked)["prompt/queue"]
        assert sent == {"workspace": "w", "role": "frontend", "text": "q\nx[2J second"}


async def test_a_prompt_that_is_typed_and_sent_in_one_read_is_sent_whole(sit):
    async with sit() as seat:
        seat.press("s", "h", "o", "backspace", "i", "enter")
        await seat.until(lambda: any(name == "prompt/queue" for name, _ in seat.hive.asked))
        assert dict(seat.hive.asked)["prompt/queue"]["text"] == "hi"


async def test_a_prompt_put_away_is_there_again(sit):
    async with sit() as seat:
        seat.press("s", "h", "i", "alt+enter", "ü")
        await seat.shows("To 3 frontend", "hi", "ü")
        seat.press("escape")
        await seat.until(lambda: "To 3 frontend" not in seat.text())
        seat.press("s", "!", "?")
        await seat.shows("To 3 frontend", "hi", "ü!?")


async def test_a_paste_in_interact_goes_to_the_pane_and_one_that_is_too_large_is_refused(sit):
    async with sit() as seat:
        seat.press("enter")
        seat.send(PasteInput("x" * 300_000))
        await seat.until(lambda: len(seat.hive.heard("pane/paste")) == 3)
        parts = seat.hive.heard("pane/paste")
        assert "".join(part["text"] for part in parts) == "x" * 300_000
        assert [part.get("more", False) for part in parts] == [True, True, False]
        seat.send(PasteInput("", too_large=True))
        await seat.shows("larger than 1 MiB")


async def test_a_click_focuses_and_a_click_in_the_focused_pane_types(sit):
    async with sit() as seat:
        seat.send(click(70, 5))
        await seat.until(lambda: seat.bench.desk.role == "backend" and not seat.bench.desk.typing)
        seat.send(click(71, 6), click(71, 6, kind="release"))
        await seat.until(lambda: seat.bench.desk.typing)
        assert not seat.hive.heard("pane/input")


async def test_the_mouse_reaches_a_program_that_asked_in_cells_of_its_pane(sit):
    async with sit() as seat:
        await seat.shows("%2 59x14")
        seat.hive.modes = {**seat.hive.modes, "mouse_click": True, "mouse_drag": True}
        seat.hive.draw("%2", 59, 14)
        seat.press("2", "enter")
        seat.send(
            click(61, 2),
            click(62, 3, kind="drag"),
            click(0, 30, kind="release"),
            click(63, 3, 3, kind="move"),
            click(61, 2, 64),
        )
        await seat.until(lambda: seat.hive.heard("pane/input"))
        assert seat.hive.heard("pane/input")[-1]["input"] == [
            ["mouse", "press", 0, 0, 0, 0],
            ["mouse", "drag", 0, 1, 1, 0],
            ["mouse", "release", 0, 0, 13, 0],
            ["mouse", "press", 64, 0, 0, 0],
        ]


async def test_the_wheel_over_another_pane_scrolls_that_one_and_leaves_the_focus(sit):
    async with sit() as seat:
        await seat.shows("%2 59x14")
        seat.press("enter")
        seat.send(click(70, 5, 64))
        await seat.shows("old line 97", "3 of 100 back")
        assert (seat.bench.desk.role, seat.bench.desk.typing) == ("frontend", True)
        assert not seat.hive.heard("pane/input")


async def test_tabs_and_names_in_the_chrome_are_clicked(sit):
    async with sit() as seat:
        top = seat.text().splitlines()[0]
        seat.send(click(top.index("review") + 2, 0))
        await seat.until(lambda: seat.bench.desk.tab == 1)
        seat.send(click(top.index("review") + 2, 0), click(top.index("5 agents"), 0), click(top.index("build"), 0))
        await seat.until(lambda: seat.bench.desk.role == "planner")
    async with sit(size=(80, 24)) as seat:
        await seat.shows("4 tests◐")
        seat.send(click(seat.text().splitlines()[22].index("tests"), 22))
        await seat.until(lambda: seat.bench.desk.role == "tests")


async def test_the_wheel_shows_history_and_in_an_alternate_screen_moves_by_arrows(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.send(click(5, 20, 64))
        await seat.shows("old line 97", "3 of 100 back")
        seat.send(click(5, 20, 65))
        await seat.until(lambda: not seat.bench.backs)
        seat.hive.modes = {**seat.hive.modes, "alternate": True}
        seat.hive.draw("%3", 60, 14)
        seat.press("pageup")
        await seat.shows("keeps no history")
        seat.press("enter")
        seat.send(click(5, 20, 65))
        await seat.until(lambda: seat.hive.heard("pane/input"))
        assert seat.hive.heard("pane/input")[-1]["input"] == [["key", "down"]] * 3


async def test_vi_keys_move_through_history_and_lead_back_to_now(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.press("y", "k", "g")
        await seat.shows("old line 0", "old line 13", "100 of 100 back")
        seat.press("1", "4", "j")
        await seat.shows("99 of 100 back", "old line 14")
        seat.press("G")
        await seat.shows("0 of 100 back", "%3 60x14")
        seat.press("escape")
        await seat.until(lambda: "back" not in seat.text().splitlines()[16])
        assert seat.hive.heard("still/drop") == [{"still": 1}]


async def test_a_read_state_shows_at_once_and_an_exit_keeps_the_screen(sit):
    async with sit() as seat:
        await seat.shows("%4 59x14")
        shown = seat.hive.state.workspaces["w"]
        stuck = Reading(AgentState.STUCK, since="2026-01-01T00:03:51+00:00")
        seat.hive.happen(AgentRead("w", shown.role("tests").id, stuck))
        await seat.shows("▲ stuck", "▲ 2 need you", "9s")
        ended = Reading(AgentState.EXITED, since="2026-01-01T00:04:00+00:00")
        seat.hive.happen(AgentExited("w", shown.role("tests").id, -9, ended))
        await seat.shows("✕ SIGKILL", "%4 59x14")


async def test_why_help_and_the_performance_display_lie_over_the_panes(sit):
    async with sit() as seat:
        reading = {"state": "approval", "source": "report", "confidence": "certain", "since": "", "evidence": "[/x]"}
        seat.hive.answers["agent/why"] = {"reading": reading, "agent": {"argv": ["codex", "--x"]}}
        seat.press("w")
        await seat.shows("Why 3 frontend is approval", "[/x]", "codex --x")
        seat.press("q", "?")
        await seat.shows("Go to the agent with that number", "esc back")
        seat.press("escape", "P")
        await seat.shows("key echo", "forks")
        seat.press("P")
        await seat.until(lambda: "key echo" not in seat.text())


async def test_a_lost_daemon_is_named_and_a_new_one_is_taken_up(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.hive.die()
        await seat.until(lambda: len(seat.hives) == 2 and seat.hive.heard("pane/view"))
        assert "%3 60x14" in seat.text()


async def test_keys_typed_while_there_is_no_daemon_are_not_lost_without_a_word(sit):
    async with sit() as seat:
        seat.press("2", "enter")
        await seat.shows(" typing ")
        seat.app._link.client = None
        seat.press("x")
        await seat.shows("Not sent: the daemon is being started.")


async def test_a_missed_event_loads_the_state_anew(sit):
    async with sit() as seat:
        seat.hive.seq += 1
        seat.hive.happen(Noticed("lost"))
        await seat.until(lambda: [name for name, _ in seat.hive.asked].count("state/subscribe") == 2)


async def test_a_closed_workspace_ends_the_screen_with_a_sentence(sit):
    async with sit() as seat:
        seat.hive.happen(WorkspaceClosed("w"))
        await seat.until(lambda: seat.app.farewell)
        assert seat.app.return_value == 0


async def test_only_the_focused_pane_has_the_focus_and_none_without_the_terminals(sit):
    async with sit() as seat:

        def focused():
            return [view["pane"] for view in seat.hive.heard("pane/view")[-1]["panes"] if view["focused"]]

        await seat.until(lambda: focused() == ["%3"])
        seat.send(FocusInput(focused=False))
        await seat.until(lambda: focused() == [])
        seat.send(FocusInput(focused=True))
        await seat.until(lambda: focused() == ["%3"])


async def test_another_client_takes_the_sizes_and_the_next_key_takes_them_back(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.hive.draw("%3", 20, 5, "small")
        seat.send(FocusInput(focused=False))
        await seat.until(lambda: not seat.hive.heard("pane/view")[-1]["size_owner"])
        assert "small" in seat.text()
        seat.press("1")
        await seat.until(lambda: seat.hive.heard("pane/view")[-1]["size_owner"])


async def test_hostile_names_are_shown_as_text_and_nothing_of_them_acts(sit):
    async with sit(workspace(*HOSTILE)) as seat:
        await seat.shows("8 agents", "[@click=app.exit]branc", "␛]52", "‹U+202E›gnp.exe")
        for i in range(1, 9):
            seat.press(str(i))
        seat.send(*(click(x, 1) for x in range(0, 120, 7)))
        seat.press("ctrl+]", "R", "x")
        await seat.shows("Stop")
        assert seat.app._exception is None
        assert all(line.isprintable() for line in seat.text().splitlines())


async def test_an_agent_without_a_pane_says_why_on_as_many_lines_as_it_takes(sit):
    lone = replace(agent(1, "planner", note="gemini is not installed: npm install -g @google/gemini-cli"), pane=None)
    async with sit(replace(workspace("planner"), agents=(lone,)), size=(40, 24)) as seat:
        await seat.shows("  gemini is not installed: npm install", "  -g @google/gemini-cli", "  r starts it.")


async def test_an_agent_that_ended_before_this_screen_came_says_why(sit, monkeypatch):
    monkeypatch.setattr(ScriptedHive, "draw", lambda *_: None)
    ended = replace(agent(1, "planner", AgentState.EXITED, exit_status=127), pid=None, note="tmux is gone")
    quiet = replace(agent(2, "backend", AgentState.EXITED, exit_status=127), pid=None, pane=None)
    async with sit(replace(workspace("planner", "backend"), agents=(ended, quiet)), size=(200, 40)) as seat:
        await seat.shows("✕ exited 127", "  tmux is gone", "  The program exited 127.", "  r starts it.")


async def test_a_branch_is_named_where_there_is_room_and_ages_change_in_place(sit):
    shown = replace(workspace("planner"), agents=(agent(1, "planner", branch="hive/shop/planner"),))
    async with sit(shown) as seat:
        await seat.shows("hive/shop/planner   4m")
        assert seat.text().splitlines()[1].endswith("hive/shop/planner   4m")
    async with sit(shown, size=(40, 24)) as seat:
        await seat.shows("1 planner  claude  ○ idle")
        assert "hive/" not in seat.text()


async def test_a_narrow_title_keeps_the_state_and_the_status_line_tells_what_it_cut(sit):
    note = "gemini is not installed. Install it: npm install -g @google/gemini-cli"
    role = "a-very-long-name-that-goes-on-and-on"
    ended = replace(agent(1, role, AgentState.EXITED, "gemini", exit_status=127, note=note), pid=None)
    async with sit(replace(workspace(role), agents=(ended,)), size=(30, 24)) as seat:
        await seat.shows(" 1 a-very…  ✕ exited 127")
    async with sit(replace(workspace(role), agents=(ended,)), size=(80, 24)) as seat:
        await seat.shows(f" 1 {role}  gemini  ✕ exited 127", f" ▲ {note}")


async def test_a_tmux_that_is_gone_stays_in_the_status_line_until_agents_run_again(sit):
    async with sit() as seat:
        seat.hive.happen(SessionLost("w", "tmux was ended"))
        await seat.shows("▲ tmux was ended", "? keys   q leave")
        seat.press("1", "?", "escape")
        await seat.until(lambda: seat.bench.desk.role == "planner")
        assert "▲ tmux was ended" in seat.text()
        shown = seat.hive.state.workspaces["w"]
        seat.hive.happen(AgentStarted("w", shown.role("planner").id, "%9", 9, Reading()))
        await seat.until(lambda: "tmux was ended" not in seat.text())


async def test_many_agents_stand_in_one_line_without_their_names(sit):
    async with sit(workspace(*(f"engineer-{i}" for i in range(12))), size=(80, 24)) as seat:
        seat.press("0")
        await seat.until(lambda: seat.bench.desk.role == "engineer-9")
        assert seat.text().splitlines()[22].startswith(" 1○  2○  3○ ")
        assert " 10 engineer-9○  11○  12○" in seat.text()


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("event", {}),
        ("pane/rows", {"pane": "%1"}),
        ("pane/rows", {"pane": "%1", "size": [3, 1], "rows": {"0": 5}, "cursor": [], "modes": {}, "history": 0}),
    ],
)
async def test_news_in_another_shape_is_one_sentence_and_changes_nothing(sit, method, params):
    async with sit() as seat:
        await seat.shows("%1 60x14")
        seat.hive._callbacks[method](params)
        await seat.shows("The daemon sent what this version does not understand", "%1 60x14")


async def test_an_answer_in_another_shape_is_one_sentence(sit):
    async with sit() as seat:
        await seat.shows("%1 60x14")
        seat.hive.answers["agent/why"] = ["?"]
        seat.press("w")
        await seat.shows("does not understand", "%1 60x14")


async def test_leaving_says_what_goes_on_and_how_to_return(sit):
    async with sit() as seat:
        seat.press("q")
        await seat.until(lambda: seat.app.farewell)
        assert seat.app.farewell == "shop: 5 agents go on; `hive attach shop` returns."


async def test_no_colour_leaves_glyphs_words_and_weight(sit, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with sit() as seat:
        await seat.shows("▲ approval", "◐ working")
        title = seat.bench._grid.titles["frontend"].render_lines(seat.bench._grid.titles["frontend"].size.region)
        styles = [segment.style for segment in title[0] if segment.style]
        assert all(style.color is None or style.color.is_default for style in styles)
        assert styles[0].reverse


def test_the_scripted_hive_has_all_that_the_screen_needs_of_a_client():
    from hiveui.tui.link import Client

    client: Client = ScriptedHive(workspace())
    assert client
