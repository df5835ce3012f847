"""What agents do to one another is found as what they ask is, and every list works alike."""

from dataclasses import replace

import pytest
from scripted import agent, workspace
from test_radar_card import LOOKED, SCHEMA, W, at

from hiveui.model.agent import AgentId
from hiveui.model.changes import Deed
from hiveui.model.collisions import CollisionSeen
from hiveui.model.ownership import Trespass, Trespassed
from hiveui.model.signs import AgentState
from hiveui.tui.chrome import status
from hiveui.tui.commands.every import COMMANDS
from hiveui.tui.commands.table import Keymap, Place

OUTSIDE = Trespass("t1", AgentId("a4"), "tests", "services/\x1b[31mcart.py", Deed.MODIFIED, at(3), owners=("backend",))
LISTS = [
    Place.QUEUE,
    Place.FEED,
    Place.RADAR,
    Place.REVIEW,
    Place.CHECKPOINTS,
    Place.MERGE,
    Place.OWNERS,
    Place.CONTRACTS,
    Place.MEMORY,
    Place.PROOF,
    Place.OUTBOX,
]


async def busy(seat):
    seat.hive.answers["collision/look"] = LOOKED
    seat.hive.happen(CollisionSeen(W, SCHEMA))
    seat.hive.happen(Trespassed(W, OUTSIDE))
    await seat.shows("⇄ 1", "⊘ 1")


@pytest.mark.parametrize("size", [(80, 24), (120, 32)])
async def test_the_queue_has_what_is_asked_then_collisions_then_what_was_written_outside(sit, size):
    async with sit(workspace(), size) as seat:
        await busy(seat)
        seat.press("A")
        await seat.shows("need you  1", "collisions  1", "written outside of what they own  1", "? keys")
        text = seat.text()
        marks = ("▲  3 frontend", "⇄  2 backend", "⊘  4 tests", "●  1 planner")
        places = [text.index(mark) for mark in marks]
        assert places == sorted(places)
        assert "\x1b" not in text
        seat.press("j")
        await seat.shows("▸ ⇄  2 backend", "enter shows both changes; t there tells both.")
        seat.press("1", "enter")
        await seat.shows("Collisions  1 now", "41 - expires: int")
        assert not [asked for asked in seat.hive.asked if asked[0] == "agent/answer"]
        seat.press("escape", "A")
        await seat.shows("▸ ▲  3 frontend")
        seat.press("j", "j")
        await seat.shows("▸ ⊘  4 tests", "u takes it as seen")
        seat.press("u")
        await seat.until(lambda: ("owner/seen", {"workspace": "w", "role": "tests"}) in seat.hive.asked)
        seat.press("enter")
        await seat.shows("Owners", "▸ ⊘ tests")


async def test_n_goes_on_from_who_asks_to_who_collides_and_who_wrote_outside_and_says_why(sit):
    async with sit() as seat:
        await busy(seat)
        seat.press("1")
        for role, said in (
            ("frontend", "next ▲"),
            ("backend", "⇄ collision in services/api/schema.py: same lines, with frontend. c shows both."),
            ("tests", "owned by backend. O shows it."),
        ):
            seat.press("n")
            await seat.until(lambda role=role: seat.bench.desk.role == role)
            await seat.shows(said)


async def test_a_list_shows_its_keys_above_itself_and_is_there_again_after(sit):
    async with sit() as seat:
        seat.press("c")
        await seat.shows("Collisions  0 now", "No agents meet in any file", "? keys")
        seat.press("?")
        await seat.shows("Where agents meet", "Take it as settled", "Show these keys")
        seat.press("escape")
        await seat.until(lambda: "Where agents meet" not in seat.text())
        await seat.shows("Collisions  0 now")
        seat.press("escape")
        await seat.until(lambda: "Collisions" not in seat.text())


@pytest.mark.parametrize("place", LISTS, ids=str)
def test_every_list_is_moved_in_left_and_explained_by_the_same_keys(place):
    keys = {key: command for command in COMMANDS if command.place is place for key in command.keys}
    assert {"j", "k", "escape", "q", "?"} <= keys.keys()
    _, always = status(Keymap(COMMANDS), place, "", 80)
    assert "".join(text for text, _ in always) == " ? keys   esc back  "


@pytest.mark.parametrize(("columns", "said"), [(150, "⇄ 1 collision"), (100, "⇄ 1   ⊘ 1")])
async def test_the_first_line_has_words_where_there_is_room_and_all_its_counts_where_there_is_none(sit, columns, said):
    async with sit(workspace(), (columns, 32)) as seat:
        await busy(seat)
        await seat.shows(said)
        first = seat.text().splitlines()[0]
        assert first.startswith(" shop ▸ build")
        assert first.rstrip().endswith("00:04")


async def test_the_roster_keeps_what_an_agent_did_to_others_where_its_state_is_long(sit):
    long = workspace("a-long-role-name", "backend", "frontend", "tests")
    long = replace(long, agents=(*long.agents[:3], agent(4, "tests", AgentState.RATE_LIMITED)))
    async with sit(long, (120, 32)) as seat:
        seat.hive.happen(Trespassed(W, OUTSIDE))
        seat.press("R")
        await seat.shows("a-long-rol…", "… ⊘1  4m")
