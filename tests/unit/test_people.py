"""Who is here: told to everybody, counted by person, and nobody goes round in circles."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hiveui.errors import UsageError
from hiveui.hive import people as hive_people
from hiveui.hive.people import BACKLOG, People
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.codec import from_json
from hiveui.model.people import People as Everybody
from hiveui.model.people import Screen
from hiveui.model.seat import NAME, Role, Seat
from hiveui.model.state import State, Workspace
from tests.waiting import soon

W = WorkspaceId("w")
PLACE = {"workspace": "w", "role": "backend", "tab": 0, "zoomed": False}


class Guest:
    def __init__(self, role: str = "owner", person: str = "", where: str = "") -> None:
        self.backlog = 0
        self.drives = role in {"driver", "owner"}
        self.seat = Seat(role, person, where)
        self.heard: list[dict] = []

    def notify(self, method, params):
        assert method == "people"
        self.heard.append(params)

    @property
    def sees(self) -> Everybody:
        return from_json(Everybody, self.heard[-1]) if self.heard else Everybody()


@pytest.fixture
def people(monkeypatch):
    monkeypatch.setattr(hive_people, "PAUSE", 0.01)
    monkeypatch.setattr(hive_people, "TYPES", 0.05)
    agents = tuple(Agent(AgentId(role), role, "shell", "/x") for role in ("backend", "tests"))
    state = State({W: Workspace(W, "shop", "/x", "", agents=agents)})
    station = SimpleNamespace(session=SimpleNamespace(owner=None))
    bus = SimpleNamespace(state=state, workspace=lambda id_: state.workspaces[id_])
    return People(bus, {W: SimpleNamespace(stations={"local": station})})


async def test_who_comes_goes_elsewhere_types_and_leaves_is_told_to_all_that_are_here(people):
    me, ann = Guest(), Guest("viewer", "ann", "10.0.0.7")
    people.look(me, **PLACE)
    people.look(ann, **{**PLACE, "role": "tests", "tab": 3, "zoomed": True})
    await soon(lambda: len(me.sees.screens) == 2)
    (there,) = me.sees.others()
    assert (there.seat, there.role, there.tab, there.zoomed) == (Seat("viewer", "ann", "10.0.0.7"), "tests", 3, True)
    assert there.id == ann.sees.you != me.sees.you
    assert there.typing == ""
    people.typed(ann, "tests")
    await soon(lambda: me.sees.typists(W) == {"tests": ("ann",)})
    await soon(lambda: me.sees.typists(W) == {}, what="the end of typing")
    people.look(ann, **PLACE)
    await soon(lambda: me.sees.lookers(W) == {"backend": ("ann",)})
    people.leave(ann)
    await soon(lambda: [screen.id for screen in me.sees.screens] == [me.sees.you])


async def test_keys_in_a_row_are_told_once(people):
    me, bob = Guest(), Guest("driver", "bob")
    people.look(me, **PLACE)
    people.look(bob, **PLACE)
    await soon(lambda: len(me.sees.screens) == 2)
    before = len(me.heard)
    for _ in range(100):
        people.typed(bob, "backend")
        await asyncio.sleep(0)
    await soon(lambda: me.sees.typists(W))
    assert len(me.heard) == before + 1


async def test_one_that_does_not_read_is_told_the_newest_when_it_does(people):
    me, ann = Guest(), Guest("viewer", "ann")
    people.look(me, **PLACE)
    me.backlog = BACKLOG + 1
    people.look(ann, **PLACE)
    await soon(lambda: ann.heard)
    people.look(ann, **{**PLACE, "role": "tests"})
    await soon(lambda: ann.sees.screens[1].role == "tests")
    assert me.heard == []
    me.backlog = 0
    await soon(lambda: me.sees.lookers(W) == {"tests": ("ann",)})
    assert len(me.heard) == 1


async def test_one_that_only_watches_is_told_and_is_not_among_them(people):
    program, ann = Guest(), Guest("viewer", "ann")
    assert people.watch(program) == {"you": 0, "screens": []}
    people.look(ann, **PLACE)
    await soon(lambda: program.heard)
    assert [(s.name, s.sizes) for s in program.sees.screens] == [("ann", False)]
    people.leave(program)
    people.leave(ann)
    people.typed(ann, "backend")
    assert people.watch(program)["screens"] == []


async def test_who_sets_the_sizes_is_said(people):
    me, bob = Guest(), Guest("driver", "bob")
    people._supervisors[W].stations["local"].session.owner = id(bob)
    people.look(me, **PLACE)
    people.look(bob, **PLACE)
    await soon(lambda: me.sees.sizer(W) == "bob")
    assert bob.sees.sizer(W) == ""


async def test_a_workspace_that_is_not_there_is_refused_and_an_agent_that_is_not_there_is_nobody(people, monkeypatch):
    me = Guest()
    people.look(me, **{**PLACE, "role": "\x1b[2J"})
    await soon(lambda: me.heard)
    assert me.sees.screens[0].role == ""

    def none(_):
        raise UsageError("That workspace is not open.")

    monkeypatch.setattr(people._bus, "workspace", none)
    with pytest.raises(UsageError):
        people.look(Guest(), **PLACE)
    assert len(me.sees.screens) == 1


def screen(id_: int, person: str = "", where: str = "", follows: int = 0, **more) -> Screen:
    return Screen(id_, Seat("owner", person, where), "", W, follows=follows, **more)


def test_a_person_is_counted_once_and_never_their_own_screens():
    everybody = Everybody(1, (screen(1), screen(2), screen(3, "ann"), screen(4, "ann", "::1"), screen(5, "", "::1")))
    assert [seat.name for seat in everybody.seats()] == ["ann", "::1"]
    assert [s.id for s in everybody.others()] == [3, 4, 5]
    typing = Everybody(1, (screen(1, typing="backend"), screen(2, typing="backend"), screen(3, "ann", typing="tests")))
    assert typing.typists(W) == {"tests": ("ann",)}
    assert Everybody(1, (screen(1), screen(2, sizes=True))).sizer(W) == "your other screen"


def test_a_name_is_shown_safely_and_short():
    hostile = screen(1, "\x1b]0;x\x07\u202e" + "w" * 200).name
    assert hostile.isprintable()
    assert len(hostile) <= NAME
    assert screen(2, "猫" * 50).name.endswith("…")


def test_who_goes_along_with_this_screen_leads_nowhere():
    everybody = Everybody(1, (screen(1), screen(2, "a", follows=3), screen(3, "b", follows=1), screen(4, "c")))
    assert everybody.leads(2)
    assert everybody.leads(3)
    assert not everybody.leads(4)
    round_and_round = Everybody(1, (screen(1), screen(2, "a", follows=3), screen(3, "b", follows=2)))
    assert not round_and_round.leads(2)
    assert not Everybody().leads(0)


@pytest.mark.parametrize(("role", "said"), [("viewer", "nobody here"), ("approver", "nobody here"), ("driver", "")])
def test_where_whoever_set_the_sizes_has_left_it_is_said_to_those_who_set_none(role: str, said: str):
    me, bob = replace(screen(1), seat=Seat(Role(role), "ann")), replace(screen(2), seat=Seat(Role.DRIVER, "bob"))
    assert Everybody(1, (me, replace(bob, sizes=True))).sizer(W) == "bob"
    assert Everybody(1, (me, bob)).sizer(W) == Everybody(1, (me,)).sizer(W) == said
    assert Everybody(1, (me, replace(bob, sizes=True, workspace=WorkspaceId("w-9")))).sizer(W) == said
