"""Who meets whom: whatever happens in which order, and never an agent itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attention import stamp, writer
from hiveui.model.codec import from_json, to_json
from hiveui.model.collisions import (
    MOST,
    Collision,
    CollisionSeen,
    CollisionSettled,
    CollisionTold,
    Part,
    Radar,
    Side,
    Sort,
    fold,
    grew,
    joined,
)
from hiveui.model.generated import is_generated
from hiveui.model.meeting import JUST, WINDOW, Memory, Visit, apart, meet
from hiveui.model.state import Workspace

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = ("/shop/.git", "api/schema.py")


def at(minutes: float) -> str:
    return stamp(START + timedelta(minutes=minutes))


def visit(party: str, part: Part, minutes: float, top: str = "/shop") -> Visit:
    return Visit(KEY, top, party, AgentId(party) if party else None, party, part, at(minutes))


def wrote(party: str, minutes: float, top: str = "/shop") -> Visit:
    return visit(party, Part.WROTE, minutes, top)


def read(party: str, minutes: float, top: str = "/shop") -> Visit:
    return visit(party, Part.READ, minutes, top)


VISITS = st.lists(
    st.builds(
        visit,
        st.sampled_from(["", "a", "b", "c"]),
        st.sampled_from([Part.WROTE, Part.READ]),
        st.integers(0, 100),
        st.sampled_from(["/shop", "/other"]),
    ),
    max_size=12,
)


def met(visits: list[Visit], after: str = ""):
    memory = Memory()
    memory.take(visits)
    return meet(memory.at(KEY), after=after, turns={})


@given(VISITS, st.randoms(use_true_random=False))
def test_the_order_of_what_is_heard_at_once_does_not_matter(visits: list[Visit], chance) -> None:
    shuffled = [*visits]
    chance.shuffle(shuffled)
    assert met(shuffled) == met(visits)


@given(VISITS)
def test_it_does_not_matter_in_how_many_batches_it_is_heard(visits: list[Visit]) -> None:
    memory = Memory()
    for one in visits:
        memory.take([one])
    assert meet(memory.at(KEY)) == met(visits)


@given(VISITS)
def test_nobody_meets_themselves_and_somebody_unknown_meets_agents_only(visits: list[Visit]) -> None:
    found = met(visits)
    if found is not None:
        parties = {side.party for side in found.sides}
        assert len(parties) > 1
        assert parties - {""}
        for side in found.sides:
            if not side.party:
                assert any(other.party and other.top == side.top for other in found.sides)
    assert met([one for one in visits if one.party == "a"]) is None
    assert met([one for one in visits if not one.party]) is None


@given(VISITS)
def test_every_two_agents_that_wrote_within_the_window_are_found(visits: list[Visit]) -> None:
    last: dict[tuple[str, str], Visit] = {}
    for one in visits:
        if one.part is Part.WROTE and one.party:
            last[one.party, one.top] = max(last.get((one.party, one.top), one), one, key=lambda d: d.time)
    found = met(visits)
    for one, other in combinations(last.values(), 2):
        if one.party != other.party and apart(one.time, other.time) <= WINDOW:
            assert found is not None
            assert found.sort is Sort.PATH
            assert {one.party, other.party} <= {side.party for side in found.sides}


@given(VISITS, st.integers(0, 100))
def test_what_was_settled_needs_a_new_write_to_open_again(visits: list[Visit], settled: int) -> None:
    found = met(visits, after=at(settled))
    assert found is None or any(one.part is Part.WROTE and one.time > at(settled) for one in visits)


def test_what_an_agent_has_just_read_is_changed_by_another() -> None:
    found = met([read("a", 0), wrote("b", 5)])
    assert found is not None
    assert found.sort is Sort.READ
    assert [(side.role, side.part) for side in found.sides] == [("a", Part.READ), ("b", Part.WROTE)]


def test_who_read_it_again_or_wrote_it_since_knows_it_and_who_read_it_long_ago_has_forgotten_it() -> None:
    assert met([read("a", 0), wrote("b", 5), read("a", 6)]) is None
    assert met([wrote("b", 5), read("a", 6)]) is None
    assert met([read("a", 0), wrote("b", JUST.seconds // 60 + 1)]) is None
    assert met([read("a", 0), wrote("b", 5, top="/other")]) is None
    assert met([read("a", 0), wrote("", 5)]) is None


def test_what_was_read_in_a_turn_that_runs_is_known_by_heart_for_as_long_as_it_runs() -> None:
    memory = Memory()
    memory.take([read("a", 10), wrote("b", 90)])
    assert meet(memory.at(KEY), turns={"a": at(5)}) is not None
    assert meet(memory.at(KEY), turns={"a": at(50)}) is None


def test_what_is_remembered_is_bounded_and_the_path_that_was_left_alone_longest_goes_first() -> None:
    memory = Memory(most=2)
    for name in ("one", "two", "one", "three"):
        memory.take([Visit(("", name), "/shop", "a", AgentId("a"), "a", Part.WROTE, at(0))])
    assert [bool(memory.at(("", name))) for name in ("one", "two", "three")] == [True, False, True]


def test_what_machines_write_is_known_by_its_name() -> None:
    for path in ("package-lock.json", "web/yarn.lock", "web/dist/app.js", "a/b/__pycache__/c.pyc", "go.sum"):
        assert is_generated(path)
    for path in ("src/lock.py", "distance.py", "api/schema.py", "locks/door.py"):
        assert not is_generated(path)


def collision(number: int, *parties: str, sort: Sort = Sort.PATH, minutes: float = 0) -> Collision:
    sides = tuple(wrote(party, minutes).side for party in parties or ("a", "b"))
    return Collision(f"{number}", KEY[1], sort, sides, at(minutes), at(minutes))


def test_it_grows_by_another_side_something_worse_or_other_lines_and_by_nothing_else() -> None:
    old = collision(1)
    assert not grew(old, collision(1, minutes=3))
    assert grew(old, collision(1, "a", "b", "c"))
    assert grew(old, collision(1, sort=Sort.LINES))
    assert not grew(collision(1, sort=Sort.LINES), old)


@given(VISITS, VISITS)
def test_sides_are_joined_by_who_stands_where_and_nobody_gets_lost(one: list[Visit], other: list[Visit]) -> None:
    old, new = (joined((), tuple(visit.side for visit in visits)) for visits in (one, other))
    both = joined(old, new)
    assert {(side.party, side.top) for side in both} == {(side.party, side.top) for side in (*old, *new)}
    assert joined(both, new) == both


W = WorkspaceId("w")


def test_the_radar_keeps_one_record_of_a_path_and_opens_it_anew_after_it_was_settled() -> None:
    radar = fold(Radar(), CollisionSeen(W, collision(1)))
    radar = fold(radar, CollisionTold(W, "1", at(1)))
    assert [one.told for one in radar.standing] == [at(1)]
    radar = fold(radar, CollisionSettled(W, "1", at(2), "merged"))
    assert radar.standing == ()
    assert radar.collisions[0].why == "merged"
    radar = fold(radar, CollisionSeen(W, collision(1, minutes=3)))
    assert [one.opened for one in radar.collisions] == [at(3)]


def test_the_radar_is_bounded_and_the_oldest_settled_ones_go_first() -> None:
    radar = Radar()
    for number in range(MOST):
        radar = fold(radar, CollisionSeen(W, collision(number, minutes=number)))
    radar = fold(radar, CollisionSettled(W, "50", at(999), "merged"))
    radar = fold(radar, CollisionSeen(W, collision(MOST, minutes=MOST)))
    assert len(radar.collisions) == MOST
    assert radar.find("50") is None
    radar = fold(radar, CollisionSeen(W, collision(MOST + 1, minutes=MOST)))
    assert radar.find("0") is None


def test_what_stands_is_ranked_by_how_bad_it_is_and_then_by_how_new() -> None:
    radar = Radar()
    for number, sort in enumerate((Sort.READ, Sort.PATH, Sort.LINES, Sort.MERGE, Sort.PATH)):
        radar = fold(radar, CollisionSeen(W, collision(number, sort=sort, minutes=number)))
    assert [one.id for one in radar.standing] == ["2", "3", "4", "1", "0"]
    assert [one.calls for one in radar.standing] == [True, True, False, False, False]
    somebody = collision(9, "a", "", sort=Sort.LINES)
    assert not somebody.calls


def test_who_is_called_for_one_is_the_last_who_is_there_and_not_put_off() -> None:
    met = replace(collision(1, sort=Sort.LINES), sides=(wrote("a", 1).side, wrote("b", 2).side))
    a, b = (Agent(AgentId(name), name, "shell", "/shop") for name in "ab")

    def called(*agents: Agent) -> Agent | None:
        return writer(Workspace(W, "shop", "/shop", "", agents=agents), met, at(10))

    assert called(a, b) == b
    assert called(a) == a == called(a, replace(b, muted=True)) == called(a, replace(b, snoozed=at(11)))
    assert called(a, replace(b, snoozed=at(9))) == replace(b, snoozed=at(9))
    assert called(replace(a, muted=True)) is None


def test_a_radar_survives_being_written_and_read() -> None:
    side = Side("a", AgentId("a"), "a", "/shop", Part.WROTE, at(0), added=3)
    radar = fold(Radar(), CollisionSeen(W, Collision("1", "p", Sort.LINES, (side,), at(0), at(0), ((1, 2), (4, 4)))))
    assert from_json(Radar, to_json(radar)) == radar
