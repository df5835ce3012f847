"""The screen under a lesser seat: what it says, and that it tells the daemon of nothing but of what it looks at."""

from dataclasses import replace

import pytest
from scripted import workspace

from hiveui.errors import UsageError
from hiveui.gateway.methods import METHODS
from hiveui.model.keys import Mods
from hiveui.model.seat import Role
from hiveui.tui.commands.every import COMMANDS
from hiveui.tui.commands.rights import _BY_ID, _BY_PLACE
from hiveui.tui.commands.table import Place
from hiveui.tui.decoder import MouseInput, PasteInput
from hiveui.tui.premises import Kiosk, Premises

LOOKS = {name for name, method in METHODS.items() if method.role is Role.VIEWER}
ANSWERS = LOOKS | {name for name, method in METHODS.items() if method.role is Role.APPROVER}


def test_every_command_that_rights_name_is_one_and_every_place_is_named():
    assert set(_BY_ID) <= {command.id for command in COMMANDS}
    assert set(_BY_PLACE) == set(Place)


def test_a_place_in_which_things_are_done_has_no_deed_for_viewers():
    looks = {"close", "no", "down", "up", "page_down", "page_up", "help", "leave", "back", "prefix"}
    done = {
        Place.MOVE,
        Place.PRESET,
        Place.SAVE,
        Place.ASK,
        Place.MERGE_ASK,
        Place.ROLLBACK,
        Place.WRITE,
        Place.INTERACT,
    }
    seen = {command.id for command in COMMANDS if command.place in done and command.role is Role.VIEWER}
    assert {id_.rpartition(".")[2] for id_ in seen} <= looks
    assert not seen & {"move.down", "move.up"}


def told(seat):
    """Give the methods that the daemon was asked or told."""
    return {method for method, _ in (*seat.hive.told, *seat.hive.asked)}


@pytest.mark.parametrize(("role", "may"), [("viewer", LOOKS), ("approver", ANSWERS)])
async def test_whichever_key_is_pressed_no_more_is_asked_than_the_seat_allows(sit, role, may):
    async with sit(role=role) as seat:
        await seat.shows(role)
        for chord in sorted({key for command in COMMANDS for key in command.keys} - {"q", "ctrl+c"}):
            seat.press(chord, "escape", "escape")
        await seat.shows("? keys")
        assert not seat.bench.desk.typing
        assert told(seat) <= may


@pytest.mark.parametrize("role", ["viewer", "approver"])
async def test_nothing_is_typed_and_the_person_is_told_why(sit, role):
    said = {"viewer": "You look on as a viewer", "approver": "You are here as an approver"}[role]
    async with sit(role=role) as seat:
        seat.press("enter")
        await seat.shows(f"{said}: to type into the agent (Interact) is for drivers.")
        seat.press("x")
        await seat.shows(f"{said}: to stop the agent is for drivers.")
        seat.send(PasteInput("rm -rf ~\n"))
        await seat.shows(f"{said}: to write a prompt is for drivers.")
        seat.press("ctrl+s")
        await seat.shows(f"{said}: to save tabs, sizes and roles as the layout is for the owner.")
        seat.press("1")
        seat.send(MouseInput("press", 0, 5, 5, Mods.NONE, b""), MouseInput("release", 0, 5, 5, Mods.NONE, b""))
        await seat.shows(f"{said}: to type into the agent is for drivers.")
        assert not seat.bench.desk.typing
        assert seat.bench.overlay.card is None
        assert seat.hive.heard("pane/input") == seat.hive.heard("pane/paste") == []
        assert seat.hive.heard("workspace/view") == seat.hive.heard("tabs/arrange") == []


async def test_a_viewer_is_offered_nothing_in_the_palette_that_they_may_not_do(sit):
    async with sit(role="viewer") as seat:
        seat.hive.answers["layout/list"] = {"layouts": []}
        seat.press(":")
        await seat.until(lambda: seat.bench.place is Place.PALETTE)
        titles = [entry.title for entry in seat.bench.overlay.finder.finding.entries]
        assert "Stop the agent" not in titles
        assert "Review what the agents changed" in titles


async def test_a_driver_is_told_what_only_the_owner_does(sit):
    async with sit(role="driver") as seat:
        seat.press("enter")
        await seat.until(lambda: seat.bench.desk.typing)
        seat.press("ctrl+]", "W")
        await seat.shows("You are here as a driver: to say that this state is wrong is for the owner.")


def test_a_screen_for_somebody_elsewhere_has_no_way_to_act_on_the_machine_where_it_runs():
    kiosk = Kiosk({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "TMUX": "/tmp/x,1,0", "HOME": "/root"})
    acts = {name for name in vars(Premises) if not name.startswith("__")}
    assert acts
    for name in acts | {"_paths", "__dict__"}:
        with pytest.raises(UsageError):
            getattr(kiosk, name)
    assert not kiosk.outside.has("sh")
    assert not kiosk.outside.run(("touch", "/tmp/never"), "")
    assert kiosk.outside.ask(("id",)) == ""
    assert not kiosk.clipboard.open_link("https://example.org")


@pytest.mark.parametrize(("text", "sequences"), [("copied", 1), ("x" * 80_000, 0)])
async def test_what_is_copied_elsewhere_goes_to_the_persons_terminal_or_nowhere(text, sequences, tmp_path):
    kiosk, sent = Kiosk({"TERM": "xterm-256color", "HOME": str(tmp_path)}), []
    kiosk.clipboard.terminal = sent.append
    said = await kiosk.clipboard.copy(text)
    assert len(sent) == sequences
    assert ("if your terminal takes it" in said) if sequences else said.startswith("Not copied.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("role", ["viewer", "approver"])
async def test_who_does_not_keep_how_far_panes_are_scrolled_back_begins_in_the_present(sit, role):
    async with sit(replace(workspace(), backs={"frontend": 40}), role=role) as seat:
        await seat.shows("%1 ", "%2 ", "%3 ", "%4 ")
        seat.press("p")
        await seat.shows("Who is here")
        assert not seat.bench.backs
