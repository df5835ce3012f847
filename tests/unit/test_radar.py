"""Collisions in real checkouts, from writes as the feed tells them."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hiveui.errors import UsageError
from hiveui.hive import lookout
from hiveui.hive.bus import Bus
from hiveui.hive.colliding import Colliding
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.changes import Deed, How, Write
from hiveui.model.collisions import Collision, Part, Sort
from hiveui.model.events import AgentAdded, AgentExited, AgentRead, WorkspaceOpened
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import State
from hiveui.storage.eventlog import EventLog
from tests.repositories import commit, git, repository
from tests.waiting import soon

W = WorkspaceId("w")


class Told:
    """Writes as the feed tells them, and prompts that are queued."""

    def __init__(self) -> None:
        self.working: dict[str, tuple[AgentId, ...]] = {}
        self.queued: list[tuple[str, str]] = []
        self.called: list[str] = []

    def tops(self, _: WorkspaceId) -> Mapping[str, tuple[AgentId, ...]]:
        return self.working

    async def queue(self, *, workspace: str, role: str, text: str) -> dict[str, Any]:
        assert workspace == W
        self.queued.append((role, text))
        return {}

    def call(self, met: Sequence[Any]) -> None:
        self.called += [one.path for _, one in met]


class Shop:
    """A hive without tmux: a repository with worktrees, agents, and what they do."""

    def __init__(self, folder: Path, log: EventLog) -> None:
        self.bus, self.told = Bus(log, State(), 0), Told()
        self.top = repository(folder / "shop", "schema.py", "package-lock.json", "notes")
        (self.top / "schema.py").write_text("".join(f"line {n}\n" for n in range(1, 61)))
        commit(self.top)
        for name in ("backend", "frontend"):
            git(self.top, "worktree", "add", "-q", "-b", name, str(folder / name))
        self.trees = {name: folder / name for name in ("backend", "frontend")}
        self.colliding = Colliding(
            self.bus, {}, self.told.tops, folder / "trials", queue=self.told.queue, call=self.told.call
        )

    def opens(self, *, collisions: str = "", shared: bool = False) -> None:
        self.bus.publish(WorkspaceOpened(W, "shop", str(self.top), "", "", (), collisions=collisions))
        for name, tree in self.trees.items():
            place = self.top if shared else tree
            self.bus.publish(AgentAdded(W, Agent(AgentId(name), name, "claude", str(place), pid=1)))
            self.told.working[str(place)] = (*self.told.working.get(str(place), ()), AgentId(name))

    def changes(self, role: str, top: Path, number: int, text: str, path: str = "schema.py") -> None:
        lines = (top / path).read_text().splitlines()
        lines[number - 1] = text
        (top / path).write_text("\n".join(lines) + "\n")
        self.wrote(role, top, path)

    def wrote(self, role: str, top: Path, path: str = "schema.py", *, at: str = "") -> None:
        by = AgentId(role) if role else None
        how = How.TOOL if role else How.UNKNOWN
        write = Write(str(top), path, Deed.MODIFIED, at or stamp(datetime.now(UTC)), by, role, how)
        self.colliding.wrote(W, [write])

    def collision(self, sort: Sort | None = None) -> Collision | None:
        found = [one for one in self.bus.workspace(W).radar.collisions if one.open]
        return next((one for one in found if sort in (None, one.sort)), None)

    def settled(self) -> str:
        return next((one.why for one in self.bus.workspace(W).radar.collisions if not one.open), "")


@pytest.fixture
async def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for pause, seconds in (("PACE", 0.02), ("TRIAL", 0.02), ("REST", 1)):
        monkeypatch.setattr(lookout, pause, seconds)
    log = EventLog(tmp_path / "events")
    found = Shop(tmp_path, log)
    task = asyncio.create_task(found.colliding.follow())
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    log.close()


async def test_two_that_change_the_same_lines_in_worktrees_collide_before_they_commit(shop: Shop) -> None:
    shop.opens()
    shop.changes("backend", shop.trees["backend"], 41, "    expires: datetime")
    shop.changes("frontend", shop.trees["frontend"], 41, "    expires_at: int")
    found = await soon(lambda: shop.collision(Sort.LINES))
    assert isinstance(found, Collision)
    assert found.lines == ((41, 41),)
    assert [(side.role, side.added, side.removed) for side in found.sides] == [("backend", 1, 1), ("frontend", 1, 1)]
    await soon(lambda: shop.told.called == ["schema.py"])
    await soon(lambda: (one := shop.collision()) and one.conflict, what="the conflict that git foresees")
    shown = await shop.colliding.look(workspace=W, collision=found.id)
    assert [41, "+", "    expires: datetime"] in [list(line) for line in shown["sides"][0]["lines"]]
    assert any("<<<<<<<" in text for _, _, text in shown["conflict"])
    assert shop.told.queued == []


async def test_it_is_settled_once_one_side_is_merged_and_opens_again_only_by_a_new_write(shop: Shop) -> None:
    shop.opens()
    shop.changes("backend", shop.trees["backend"], 41, "mine")
    shop.changes("frontend", shop.trees["frontend"], 41, "theirs")
    await soon(lambda: shop.collision(Sort.LINES))
    commit(shop.trees["backend"])
    git(shop.trees["frontend"], "checkout", "-q", "--", "schema.py")
    git(shop.trees["frontend"], "merge", "-q", "backend")
    shop.wrote("frontend", shop.trees["frontend"])
    await soon(lambda: shop.settled() == "one side is merged, or taken back")
    assert shop.collision() is None
    shop.changes("frontend", shop.trees["frontend"], 3, "more", path="schema.py")
    shop.changes("backend", shop.trees["backend"], 41, "mine again")
    await soon(shop.collision)


async def test_merges_that_would_conflict_are_found_though_nobody_was_seen_writing(shop: Shop) -> None:
    for name, text in (("backend", "mine"), ("frontend", "theirs")):
        lines = (shop.trees[name] / "schema.py").read_text().replace("line 41\n", f"{text}\n")
        (shop.trees[name] / "schema.py").write_text(lines)
        commit(shop.trees[name])
    shop.opens()
    shop.changes("backend", shop.trees["backend"], 1, "elsewhere", path="notes")
    found = await soon(shop.collision)
    assert isinstance(found, Collision)
    assert found.path == "schema.py"
    assert [side.role for side in found.sides] == ["backend", "frontend"]


async def test_what_the_person_settled_is_not_opened_by_git_alone(shop: Shop) -> None:
    shop.opens()
    shop.changes("backend", shop.trees["backend"], 41, "mine")
    shop.changes("frontend", shop.trees["frontend"], 41, "theirs")
    found = await soon(lambda: (_one := shop.collision()) if one_conflicts(shop) else None)
    assert isinstance(found, Collision)
    shop.colliding.settle(workspace=W, collision=found.id)
    shop.changes("backend", shop.trees["backend"], 1, "elsewhere", path="notes")
    await shop.colliding._lookout.look()
    assert shop.collision() is None
    assert shop.settled() == "you said so"
    with pytest.raises(UsageError, match="settled already"):
        shop.colliding.settle(workspace=W, collision=found.id)


def one_conflicts(shop: Shop) -> bool:
    found = shop.collision()
    return found is not None and found.conflict


async def test_in_one_checkout_the_lines_of_each_are_told_apart(shop: Shop) -> None:
    shop.opens(shared=True)
    shop.changes("backend", shop.top, 41, "mine")
    await soon(lambda: shop.colliding._radar._foresight.blame.of((str(shop.top), "schema.py")))
    shop.changes("frontend", shop.top, 50, "beside")
    found = await soon(lambda: (one := shop.collision(Sort.PATH)) and one.sides[1].added and one)
    assert isinstance(found, Collision)
    assert [(side.role, side.added, side.removed) for side in found.sides] == [("backend", 1, 1), ("frontend", 1, 1)]
    shop.changes("frontend", shop.top, 41, "over it")
    worse = await soon(lambda: shop.collision(Sort.LINES))
    assert isinstance(worse, Collision)
    assert worse.lines == ((41, 41),)
    shown = await shop.colliding.look(workspace=W, collision=worse.id)
    assert [text for _, sign, text in shown["sides"][1]["lines"] if sign == "+"] == ["beside", "over it"]
    commit(shop.top)
    shop.wrote("frontend", shop.top)
    await soon(lambda: shop.settled() == "it is committed, or taken back")


async def test_both_are_told_once_and_again_only_when_it_grows_where_the_layout_says_so(shop: Shop) -> None:
    shop.opens(collisions="tell", shared=True)
    shop.changes("backend", shop.top, 41, "mine")
    await soon(lambda: shop.colliding._radar._foresight.blame.of((str(shop.top), "schema.py")))
    shop.changes("frontend", shop.top, 50, "beside")
    await soon(lambda: len(shop.told.queued) == 2)
    shop.changes("frontend", shop.top, 50, "beside it")
    await shop.colliding._lookout.look()
    assert [role for role, _ in shop.told.queued] == ["backend", "frontend"]
    shop.changes("frontend", shop.top, 41, "over it")
    await soon(lambda: len(shop.told.queued) == 4)
    text = shop.told.queued[-1][1]
    assert "    path: schema.py\n" in text
    assert "lines that two of you changed: 41" in text
    found = shop.collision()
    assert found is not None
    assert found.told


def ago(seconds: int) -> str:
    return stamp(datetime.now(UTC) - timedelta(seconds=seconds))


async def test_the_person_against_an_agent_is_somebody_once_nobody_can_be_known_to_have_written(shop: Shop) -> None:
    shop.opens(shared=True)
    (shop.top / "schema.py").write_text("of both\n")  # what is as it was committed is no collision
    shop.wrote("backend", shop.top, at=ago(25))
    shop.wrote("", shop.top, at=ago(20))
    found = await soon(shop.collision)
    assert isinstance(found, Collision)
    assert [(side.role, side.agent) for side in found.sides] == [("backend", "backend"), ("", None)]
    assert not found.calls


async def test_somebody_is_nobody_whose_write_becomes_known_who_only_closed_a_file_or_switched_a_branch(shop: Shop):
    shop.opens(shared=True)
    for path in ("schema.py", "notes"):
        shop.wrote("backend", shop.top, path, at=ago(25))
    many = [Write(str(shop.top), f"f{n}", Deed.MODIFIED, ago(20)) for n in range(40)]
    shop.colliding.wrote(W, [*many, Write(str(shop.top), "schema.py", Deed.MODIFIED, ago(20))])
    late = ago(15)
    shop.wrote("", shop.top, "notes", at=late)
    assert shop.colliding._radar.unknown
    shop.wrote("backend", shop.top, "notes", at=late)
    shop.wrote("backend", shop.top)
    shop.wrote("", shop.top)
    assert not shop.colliding._radar.unknown
    await shop.colliding._lookout.look()
    assert shop.collision() is None


async def test_an_agent_and_what_it_starts_are_one(shop: Shop) -> None:
    shop.opens(shared=True)
    child = Agent(AgentId("child"), "helper", "claude", str(shop.top), pid=1, child_of=AgentId("backend"))
    shop.bus.publish(AgentAdded(W, child))
    shop.changes("backend", shop.top, 41, "mine")
    shop.wrote("child", shop.top)
    assert shop.collision() is None
    shop.wrote("frontend", shop.top)
    assert shop.collision() is not None


async def test_names_that_mislead_are_collided_in_as_they_are_and_kept(shop: Shop, tmp_path: Path) -> None:
    shop.opens(shared=True)
    names = [
        os.fsdecode(b"\xff\xfe.py"),
        "a\nb",
        ":(top)x",
        "-rf",
        "\x1b[31m",
        "[@click=app.quit]x",
        "rtl\u202egnp.sh",
        "#(x)",
    ]
    for name in names:
        (shop.top / name).write_text("one\n")
        for role in ("backend", "frontend"):
            shop.changes(role, shop.top, 1, role, path=name)
    for _ in names:
        await shop.colliding._lookout.look()
    standing = shop.bus.workspace(W).radar.standing
    assert {one.path for one in standing} == set(names)
    for one in standing:
        assert (await shop.colliding.look(workspace=W, collision=one.id))["sides"]
    again = EventLog(tmp_path / "events")
    assert {one.path for one in again.state.workspaces[W].radar.standing} == set(names)
    again.close()


async def test_generated_files_are_quiet(shop: Shop) -> None:
    shop.opens(collisions="tell", shared=True)
    for role in ("backend", "frontend"):
        shop.changes(role, shop.top, 1, role, path="package-lock.json")
    await shop.colliding._lookout.look()
    found = shop.collision()
    assert found is not None
    assert found.quiet
    assert shop.bus.workspace(W).radar.standing == ()
    assert shop.told.queued == []


def reserved(shop: Shop) -> Collision | None:
    found = shop.collision()
    return found if found is not None and found.sort is Sort.RESERVED else None


async def test_a_reservation_is_refused_to_another_and_a_write_into_it_is_a_collision(shop: Shop) -> None:
    shop.opens(shared=True)
    reservations = shop.colliding.reservations
    made = await reservations.reserve(
        paths=["schema.py", "api/**"], folder=str(shop.top), by=AgentId("backend"), why="auth"
    )
    assert made["reservation"]["globs"] == ["schema.py", "api/**"]
    with pytest.raises(UsageError, match=r"backend holds schema\.py, api/\*\* until .* UTC \(auth\)"):
        await reservations.reserve(paths=["api/login.py"], folder=str(shop.top), by=AgentId("frontend"))
    await reservations.reserve(paths=["api/login.py"], folder=str(shop.top), by=AgentId("backend"))
    with pytest.raises(UsageError, match="stars"):
        await reservations.reserve(paths=["*a" * 60], folder=str(shop.top), by=AgentId("frontend"))
    with pytest.raises(UsageError, match="leads to no checkout"):
        await reservations.reserve(paths=["../elsewhere"], folder=str(shop.top), by=AgentId("frontend"))
    shop.wrote("backend", shop.top)
    assert shop.collision() is None
    shop.wrote("frontend", shop.top)
    found = await soon(lambda: reserved(shop))
    parts = {("backend", Part.HOLDS), ("backend", Part.WROTE), ("frontend", Part.WROTE)}
    assert {(side.role, side.part) for side in found.sides} == parts
    shop.wrote("frontend", shop.top, "notes")
    await reservations.reserve(paths=["notes"], folder=str(shop.top), by=AgentId("backend"))
    shop.wrote("frontend", shop.top, "notes")
    await soon(lambda: {one.path for one in shop.bus.workspace(W).radar.standing} == {"schema.py", "notes"})
    reservations.release(by=AgentId("backend"))
    assert [one.path for one in shop.bus.workspace(W).radar.standing] == ["schema.py"]


async def test_a_reservation_ends_by_itself_with_its_turn_its_agent_or_its_time(shop: Shop) -> None:
    shop.opens(shared=True)
    reservations, held = shop.colliding.reservations, lambda: len(shop.bus.workspace(W).radar.reservations)
    await reservations.reserve(paths=["a"], folder=str(shop.top), by=AgentId("backend"), turn=True)
    await reservations.reserve(paths=["b"], folder=str(shop.top), by=AgentId("backend"))
    shop.bus.publish(AgentRead(W, AgentId("backend"), Reading(AgentState.DONE)))
    assert held() == 1
    shop.bus.publish(AgentExited(W, AgentId("backend"), 0, Reading(AgentState.EXITED)))
    assert held() == 0
    reservations._clock = lambda: datetime.now(UTC) - timedelta(hours=2)
    await reservations.reserve(workspace=W, paths=["c"], folder=str(shop.top))
    reservations._clock = lambda: datetime.now(UTC)
    assert await reservations.reserve(paths=["c"], folder=str(shop.top), by=AgentId("frontend"))
    reservations.time_passed()
    assert [one.role for one in shop.bus.workspace(W).radar.reservations] == ["frontend"]
    with pytest.raises(UsageError, match="no reservation"):
        reservations.release(reservation="nothing", by=AgentId("frontend"))
    assert reservations.release(by=AgentId("frontend"))["released"]
