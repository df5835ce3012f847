"""Several people at one hive: each sees the others, sizes follow who drives, and what they do stays whole."""

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hiveui.errors import GatewayError
from hiveui.gateway.blocking import BlockingClient, connect
from hiveui.model.seat import Role, Seat
from tests.callers import Served
from tests.robot import CAT, COUNT, WITHIN, World
from tests.waiting import until

QUIET_CAT = ("sh", "-c", "stty -echo; echo listening; exec cat")
ASKS = '[[step]]\ndo = "ask"\ncommand = ["true"]\ntext = "Check the manifest"\ndenied = "No."\n'
LINES = 40


@pytest.fixture
def served(world: World) -> Iterator[Served]:
    """A hive that is served; what runs in it is the test's."""
    with Served(world) as served:
        yield served


def size(world: World, role: str) -> str:
    return world.tmux("display-message", "-p", "-t", world.pane(role), "#{pane_width} #{pane_height}").strip()


def seat(world: World, role: Role, person: str) -> BlockingClient:
    return connect(world.paths.hive_socket, "somebody", "0", seat=Seat(role, person, "10.0.0.9"))


def test_a_viewer_sees_what_the_owner_does_follows_them_and_changes_nothing(served: Served) -> None:
    world = served.world
    world.up({"counter": COUNT, "writer": CAT, "planner": CAT})
    owner = world.opens(columns=160, lines=48)
    owner.sees("3 agents", "line ")
    until(lambda: size(world, "writer").endswith(" 22"), WITHIN, "the owner's sizes")
    roles = ("counter", "writer")
    before = [size(world, role) for role in roles]

    served.let_in("ann", "--name", "ann\x1b[2J")
    ann = served.calls("ann", columns=80, lines=24)
    ann.sees("shop", "@2 owner", "1 counter", "sized by owner")
    owner.sees("@2 ann␛[2J viewer")
    ann.press("2")
    ann.press("Enter")
    ann.sees("You look on as a viewer: to type into the agent")
    ann.types("Cx")
    ann.sees("You look on as a viewer: to stop the agent is for drivers.")
    owner.press("R")
    owner.sees("2 writer", "@A")
    narrow = lambda: [now for role, was in zip(roles, before, strict=True) if (now := size(world, role)) != was]  # noqa: E731
    until(lambda: len(narrow()) == len(roles), WITHIN, "the owner's roster to take its room")
    before = narrow()
    ann.resize(100, 30)
    ann.sees("sized by owner")

    ann.press("p")
    ann.sees("Who is here", "you, viewer", "owner")
    ann.press("k", "f")
    ann.sees("following owner")
    owner.press("3")
    ann.sees("3 planner", "following owner")
    owner.press("Enter")
    owner.types("typed by the owner")
    ann.sees("typed by the owner")
    until(lambda: owner.types(".") or "owner typing" in ann.screen(), WITHIN, "word of who types")
    ann.misses("owner typing")
    owner.press("C-]")
    owner.press("2", "C-]")
    ann.sees("following owner")
    ann.press("1")
    ann.sees("You follow owner no longer.")
    listed = json.loads(world.done("people", "--json"))["screens"]
    assert json.loads(served.ssh("ann", "people", "--json")[1])["screens"] == listed
    assert [(one["seat"]["role"], one["seat"]["person"], one["sizes"]) for one in listed] == [
        ("owner", "", True),
        ("viewer", "ann␛[2J", False),
    ]
    ann.leaves()
    owner.misses("@2")
    assert [size(world, role) for role in roles] == before


def test_who_looks_on_from_a_smaller_screen_sees_where_a_program_asks_also_when_its_owner_has_left(
    served: Served,
) -> None:
    world = served.world
    world.up({"writer": ("sh", "-c", "sleep 2; seq -f 'row %g' 99; printf 'proceed? '; exec cat")})
    owner = world.opens(columns=160, lines=48)
    owner.sees("row 99", "proceed?")
    served.let_in("ann", "--role", "approver")
    ann = served.calls("ann", columns=80, lines=24)
    seen = ann.sees("row 99", "proceed?", "sized by owner")
    assert "row 70" not in seen
    owner.leaves()
    ann.sees("row 99", "proceed?", "sized by nobody here")
    ann.press("PageUp")
    ann.sees("row 70", " back")
    ann.press("q")
    ann.sees("row 99", "proceed?", "sized by nobody here")
    ann.leaves()


def test_two_drivers_type_into_one_pane_and_each_sees_the_other_and_who_sets_the_sizes(served: Served) -> None:
    world = served.world
    world.up({"writer": QUIET_CAT})
    owner = world.opens(columns=160, lines=48)
    owner.sees("1 agent", "listening")
    served.let_in("bob", "--role", "driver")
    bob = served.calls("bob", columns=80, lines=24)
    bob.sees("@2 owner", "listening")
    owner.sees("@2 bob driver")
    bob.press("Enter")
    bob.sees("typing into 1 writer")
    until(lambda: size(world, "writer") == "80 20", WITHIN, "bob's size")
    owner.sees("sized by bob")
    owner.press("Enter")
    owner.sees("typing into 1 writer")
    until(lambda: size(world, "writer") == "160 45", WITHIN, "the owner's size")
    bob.sees("sized by owner")
    typed = 0

    def both_see_it() -> bool:
        nonlocal typed
        owner.types("a")
        bob.types("b")
        typed += 1
        return "bob and you typing" in owner.screen() and "owner and you typing" in bob.screen()

    until(both_see_it, WITHIN, "word of both who type")
    bob.types("\n")
    until(lambda: [world.screen("writer").count(key) for key in "ab"] == [typed, typed], WITHIN, "what both typed")

    def types(person: str) -> None:
        with seat(world, Role.DRIVER, person) as client:
            for _ in range(LINES):
                client.call("pane/input", pane=world.pane("writer"), input=[["text", person * 20], ["key", "enter"]])

    world.pane("writer")
    typists = [threading.Thread(target=types, args=(person,)) for person in "xy"]
    for typist in typists:
        typist.start()
    for typist in typists:
        typist.join(WITHIN)
    whole = {"x" * 20, "y" * 20}

    def lines() -> list[str]:
        text = world.tmux("capture-pane", "-p", "-S", "-", "-t", world.pane("writer"))
        return [line for line in text.split("\n") if "x" in line or "y" in line]

    until(lambda: len(lines()) == 2 * LINES, WITHIN, "all that was typed")
    assert set(lines()) == whole
    assert lines().count("x" * 20) == LINES


def test_of_two_who_answer_one_dialog_the_second_is_refused_with_a_sentence(served: Served) -> None:
    world = served.world
    script = world.home / "asks.toml"
    script.write_text(ASKS)
    world.up({"asks": {"kind": "rehearsal", "env": {"REHEARSAL": str(script)}}})
    served.let_in("ann", "--role", "approver")
    ann = served.calls("ann", columns=80, lines=24)
    ann.sees("▲ approval")
    ann.press("a")
    ann.sees("enter, answers")
    asked = world.agent("asks").reading.dialog
    assert asked is not None
    given: dict[str, str] = {}

    def answer(person: str) -> None:
        with seat(world, Role.APPROVER, person) as client:
            try:
                params = {"workspace": world.workspace().id, "role": "asks", "dialog": asked.fingerprint, "choice": 1}
                given[person] = client.call("agent/answer", **params)["answered"]
            except GatewayError as refused:
                given[person] = str(refused)

    both = [threading.Thread(target=answer, args=(person,)) for person in ("one", "other")]
    for one in both:
        one.start()
    for one in both:
        one.join(WITHIN)
    refused = [said for said in given.values() if "nothing was typed" in said]
    assert (len(given), len(refused)) == (2, 1), given
    ann.misses("enter, answers")
    ann.misses("▲ approval")


def test_a_key_that_is_lent_shows_the_hive_to_one_person_once_and_is_taken_back(served: Served) -> None:
    world = served.world
    world.up({"writer": CAT})
    owner = world.opens(columns=160, lines=48)
    owner.sees("1 agent")
    made = json.loads(world.done("share", "--for", "30m", "--name", "guest", "--json"))
    assert made["command"].startswith(f"ssh -p {served.port} -i {made['file']}")
    assert made["host_key"] == served.standing["host_key"]
    shutil.copyfile(made["file"], served.folder / "guest")
    Path(served.folder / "guest").chmod(0o600)
    guest = served.calls("guest", columns=80, lines=24)
    guest.sees("@2 owner", "1 writer")
    owner.sees("@2 guest viewer")
    code, _, said = served.ssh("guest", "people")
    assert code == 255, said
    world.done("keys", "rm", made["fingerprint"])
    guest.exit_status()
    owner.misses("@2")
    assert world.hive("people")[1].count("guest") == 0
