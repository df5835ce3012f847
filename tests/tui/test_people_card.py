"""Who is here, as a screen shows it; and going along with somebody."""

from scripted import SINCE
from test_switcher import another

from hiveui.model.keys import Mods
from hiveui.tui.decoder import MouseInput

ME = {"seat": {"role": "owner", "person": "", "where": ""}, "since": SINCE, "workspace": "w", "tab": 0}
ANN = {"role": "viewer", "person": "ann\x1b[2J", "where": "10.0.0.7"}
BOB = {"role": "driver", "person": "bob", "where": ""}


def screen(id_, seat=None, role="frontend", **more):
    zeros = {"zoomed": False, "typing": "", "follows": 0, "sizes": False}
    return {**ME, **zeros, "id": id_, "role": role, **({"seat": seat} if seat else {}), **more}


def tell(seat, *screens, you=1):
    seat.hive.send("people", {"you": you, "screens": [screen(1), *screens]})


def last_look(seat):
    return seat.hive.heard("people/look")[-1]


async def test_the_daemon_is_told_where_this_screen_is(sit):
    async with sit() as seat:
        assert last_look(seat) == {"workspace": "w", "role": "frontend", "tab": 0, "zoomed": False, "follows": 0}
        seat.press("z")
        await seat.until(lambda: last_look(seat)["zoomed"])
        seat.press("]")
        await seat.until(lambda: (last_look(seat)["tab"], last_look(seat)["role"]) == (1, "review"))
        count = len(seat.hive.heard("people/look"))
        seat.press("s", "h", "i", "escape")
        await seat.until(lambda: seat.bench.overlay.card is None)
        assert len(seat.hive.heard("people/look")) == count


async def test_others_stand_in_the_first_line_and_where_they_look_and_type_and_ones_own_screens_do_not(sit):
    async with sit(size=(180, 40)) as seat:
        tell(seat, screen(2))
        await seat.until(lambda: seat.bench.people.screens)
        assert "@" not in seat.text()
        tell(seat, screen(2), screen(3, ANN, "backend"), screen(4, BOB, "tests", typing="tests", sizes=True))
        await seat.shows("@3 ann␛[2J viewer, bob driver", "bob typing")
        title = next(line for line in seat.text().split("\n") if "bob typing" in line)
        assert "4 tests" in title
        seat.press("enter", "j", "escape")
        seat.press("ctrl+]", "R")
        await seat.shows("2 backend", "@A", "@B")
        tell(seat, screen(4, BOB, "frontend", typing="frontend"))
        seat.press("enter")
        await seat.shows("bob and you typing")
        tell(seat)
        await seat.until(lambda: "@" not in seat.text() and "bob" not in seat.text())


async def test_a_pane_of_another_size_says_whose_size_it_is(sit):
    async with sit() as seat:
        tell(seat, screen(4, BOB, "tests", sizes=True))
        await seat.shows("@2 bob")
        assert "sized by" not in seat.text()
        seat.hive.draw("%2", 200, 60)
        tell(seat, screen(4, BOB, "tests", sizes=True), screen(5, ANN))
        await seat.shows("sized by bob")
        line = next(line for line in seat.text().split("\n") if "sized by bob" in line)
        assert "2 backend" in line
        assert seat.text().count("sized by") == 1


async def test_a_small_screen_says_it_too(sit):
    async with sit(size=(80, 24)) as seat:
        tell(seat, screen(3, ANN, "backend"), screen(4, BOB, "frontend", typing="frontend"))
        await seat.shows("@3 ann␛[2J, bob", "bob typing", "2 backend◐@")
        seat.press("p")
        await seat.shows("Who is here", "you, owner", "▸ ann␛[2J viewer", "build ▸ 2 backend", "types into frontend")
        assert "10.0.0.7" not in seat.text()


async def test_a_line_without_room_gives_up_what_people_may_do_then_their_names(sit):
    for columns, said in ((180, "@2 ann␛[2J viewer"), (100, "@2 ann␛[2J "), (44, "@2 ")):
        async with sit(size=(columns, 30)) as seat:
            tell(seat, screen(3, ANN, "backend"))
            await seat.shows(said)
            assert ("ann" in seat.text().split("\n")[0]) == (columns > 44)
            assert ("viewer" in seat.text()) == (columns > 100)


async def test_the_card_follows_somebody_through_tabs_zoom_and_workspaces_until_the_person_moves(sit):
    async with sit() as seat:
        await another(seat)
        tell(seat, screen(3, ANN, "backend"))
        seat.press("p", "f")
        await seat.shows("following ann␛[2J", "until you go elsewhere yourself")
        assert seat.bench.desk.role == "backend"
        await seat.until(lambda: last_look(seat)["follows"] == 3)
        tell(seat, screen(3, ANN, "tests", zoomed=True, typing="tests"))
        await seat.until(lambda: (seat.bench.desk.role, seat.bench.desk.zoomed) == ("tests", True))
        assert not seat.bench.desk.typing
        tell(seat, screen(3, ANN, "frontend", workspace="v"))
        await seat.shows("docs ▸ main", "following ann")
        tell(seat, screen(3, ANN, "nobody", workspace="nowhere"))
        tell(seat, screen(3, ANN, "planner", tab=0))
        await seat.until(lambda: seat.bench.workspace.id == "w" and seat.bench.desk.role == "planner")
        assert seat.hive.heard("workspace/view") == []
        assert not seat.hive.heard("pane/view")[-1]["size_owner"]
        seat.press("]")
        await seat.shows("You follow ann␛[2J no longer.")
        assert seat.hive.heard("pane/view")[-1]["size_owner"]
        assert last_look(seat) | {"follows": 0} == last_look(seat)
        tell(seat, screen(3, ANN, "backend"))
        await seat.until(lambda: seat.bench.people.screen(3).role == "backend")
        assert seat.bench.desk.role == "review"


async def test_one_who_reads_or_writes_is_not_taken_away_and_catches_up_after_that(sit):
    async with sit() as seat:
        tell(seat, screen(4, BOB, "backend"))
        seat.press("p", "space")
        await seat.shows("following bob")
        seat.press("s", "x")
        await seat.shows("To 2 backend")
        tell(seat, screen(4, BOB, "planner"))
        await seat.until(lambda: seat.bench.people.screen(4).role == "planner")
        assert seat.bench.desk.role == "backend"
        seat.press("escape")
        await seat.until(lambda: seat.bench.desk.role == "planner")


async def test_following_ends_when_they_leave_or_follow_back_and_with_the_daemon(sit):
    async with sit() as seat:
        tell(seat, screen(4, BOB, "backend"))
        seat.press("p", "f")
        await seat.shows("following bob")
        tell(seat)
        await seat.shows("bob has left; you follow nobody.")
        assert last_look(seat)["follows"] == 0
        tell(seat, screen(4, BOB, "backend", follows=1))
        seat.press("p")
        await seat.shows("follows you")
        seat.press("f")
        await seat.shows("bob follows you: there is nowhere to go.")
        tell(seat, screen(4, BOB, "backend"))
        seat.press("p", "f")
        await seat.shows("following bob")
        tell(seat, screen(4, BOB, "backend", follows=5), screen(5, ANN, "backend", follows=1))
        await seat.shows("bob follows you now; you follow nobody.")
        tell(seat, screen(4, BOB, "backend"))
        seat.press("p", "f")
        await seat.shows("following bob")
        seat.hive.die()
        await seat.until(lambda: len(seat.hives) == 2)
        await seat.until(lambda: seat.hive.heard("people/look"))
        await seat.until(lambda: "following" not in seat.text())
        assert last_look(seat)["follows"] == 0


async def test_enter_goes_there_once_and_nobody_else_is_said_so(sit):
    async with sit() as seat:
        seat.press("p")
        await seat.shows("Nobody else is here")
        seat.press("f", "enter", "escape")
        tell(seat, screen(4, BOB, "review", tab=1))
        seat.press("p", "enter")
        await seat.until(lambda: seat.bench.desk.role == "review")
        assert seat.hive.heard("pane/view")[-1]["size_owner"]
        tell(seat, screen(4, BOB, "planner"))
        await seat.until(lambda: seat.bench.people.screen(4).role == "planner")
        assert seat.bench.desk.role == "review"


async def test_what_is_no_list_of_people_ends_nothing(sit):
    async with sit() as seat:
        seat.hive.send("people", {"you": "me", "screens": [{"id": []}]})
        await seat.shows("does not understand")
        tell(seat, screen(4, BOB, "backend"))
        await seat.shows("@2 bob")


async def test_a_click_on_a_small_screens_roster_goes_where_it_points_whoever_looks_on(sit):
    async with sit(size=(80, 24)) as seat:
        tell(seat, screen(3, ANN, "planner"), screen(4, BOB, "backend"))
        await seat.shows("1 planner●@", "2 backend◐@")
        roster = seat.text().split("\n")[22]
        at = roster.index("4 tests")
        seat.send(*(MouseInput(kind, 0, at, 22, Mods.NONE, b"") for kind in ("press", "release")))
        await seat.until(lambda: seat.bench.desk.role == "tests")
