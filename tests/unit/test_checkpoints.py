"""When checkpoints are made, and what of a shared checkout goes back to whom."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hiveui.errors import GitError, UsageError
from hiveui.git import checkpoints as pictures
from hiveui.git.worktrees import ensure
from hiveui.hive.bus import Bus
from hiveui.hive.checkpoints import Checkpoints, message
from hiveui.model import prompts
from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.attention import stamp
from hiveui.model.changes import Deed, Write
from hiveui.model.checkpoint import Checkpoint, Step
from hiveui.model.events import AgentAdded, AgentRead, AgentStarted, PromptQueued, PromptStepped, WorkspaceOpened
from hiveui.model.signs import AgentState, Reading
from hiveui.model.turns import Happening, Hooked
from hiveui.model.worktree import Worktree
from hiveui.storage.eventlog import EventLog
from tests.repositories import repository
from tests.waiting import soon

SHOP = WorkspaceId("w")
TOKEN = "ghp_" + "a1B2" * 10


class Here:
    """No agent is on another host."""

    def seen(self, agent: Agent) -> Agent:
        return agent

    async def fresh(self, agent: Agent) -> None:
        pass


HERE: Any = Here()


class Supervisor:
    """A workspace whose agents share its folder."""

    id = SHOP

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.launches: dict[AgentId, Any] = {}

    @property
    def workspace(self):
        return self._bus.workspace(SHOP)


class Feed:
    """Who wrote what, as the test says."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.known: list[Write] = []
        self.acted = 0

    def note(self, path: str, by: str | None, text: str = "", evidence: str = "") -> None:
        (self.top / path).write_text(text or f"{by} wrote it\n")
        now = stamp(datetime.now(UTC))
        agent = AgentId(f"a-{by}") if by else None
        self.known.insert(0, Write(str(self.top), path, Deed.MODIFIED, now, agent, by or "", evidence=evidence))

    def writes(self, workspace: WorkspaceId, *, role: str = "", path: str = "", after: str = "") -> list[Write]:
        return [write for write in self.known if write.time > after]

    def acting(self, top: str) -> contextlib.AbstractContextManager[None]:
        assert top == str(self.top)
        self.acted += 1
        return contextlib.nullcontext()


class Desk:
    """Two agents in one checkout."""

    def __init__(self, home: Path) -> None:
        self.top = repository(home / "shop", "README")
        log = EventLog(home / "events")
        self.bus = Bus(log, log.state, log.seq)
        self.bus.publish(WorkspaceOpened(SHOP, "shop", str(self.top), "", "", ()))
        for role in ("one", "two"):
            self.bus.publish(AgentAdded(SHOP, Agent(AgentId(f"a-{role}"), role, "claude", str(self.top), pid=1)))
        self.supervisor = Supervisor(self.bus)
        self.feed = Feed(self.top)
        self.told: list[dict[str, Any]] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.checkpoints = Checkpoints(
            home / "own", self.bus, {SHOP: self.supervisor}, self.feed, self._queue, spawn=self._spawn, mirrors=HERE
        )

    async def _queue(self, **prompt: Any) -> dict[str, Any]:
        self.told.append(prompt)
        return {}

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def reads(self, state: AgentState, role: str = "one") -> None:
        self.bus.publish(AgentRead(SHOP, AgentId(f"a-{role}"), Reading(state)))

    async def made(self, role: str = "one") -> list[dict[str, Any]]:
        await soon(lambda: not self.tasks)
        return (await self.checkpoints.every(workspace=SHOP, role=role))["checkpoints"]

    async def turn(self, path: str, role: str = "one") -> int:
        """Have an agent write a file in a turn; the number of the checkpoint after it."""
        self.reads(AgentState.WORKING, role)
        await self.made(role)
        self.feed.note(path, role)
        self.reads(AgentState.DONE, role)
        return (await self.made(role))[0]["number"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch) -> Desk:
    monkeypatch.setenv("HOME", str(tmp_path))
    return Desk(tmp_path)


async def test_a_checkpoint_is_made_as_a_turn_begins_and_as_it_ends(desk: Desk):
    reading = Reading(AgentState.STARTING)
    desk.bus.publish(AgentStarted(SHOP, AgentId("a-one"), PaneId("%1"), 1, reading))
    assert [one["reason"] for one in await desk.made()] == ["its program was started"]
    (desk.top / "mine").write_text("the person's")
    asked = Hooked(Happening.PROMPT, prompt=f"\n  use {TOKEN} for it\nand more")
    desk.checkpoints.heard(desk.supervisor, desk.bus.workspace(SHOP).agents[0], asked)
    desk.reads(AgentState.WORKING)
    await desk.made()
    (desk.top / "README").write_text("the agent's")
    desk.reads(AgentState.APPROVAL)
    desk.reads(AgentState.WORKING)
    desk.reads(AgentState.DONE)
    found = await desk.made()
    assert [(one["reason"], one["turn"], one["files"]) for one in found[:2]] == [
        ("after a turn", 1, 1),
        ("before a turn", 1, 1),
    ]
    assert {one["prompt"] for one in found[:2]} == {"use [secret] for it"}
    desk.reads(AgentState.IDLE)
    desk.reads(AgentState.WORKING)
    desk.reads(AgentState.DONE)
    assert len(await desk.made()) == 3, "nothing changed"
    assert await desk.made("two") == []


@pytest.mark.parametrize("waits", [False, True])
async def test_a_prompt_that_the_program_tells_of_too_is_not_the_next_turns(desk: Desk, waits: bool):
    given = prompts.described("p1", "first\nand more", "")
    desk.bus.publish(PromptQueued(SHOP, "one", given))
    desk.bus.publish(PromptStepped(SHOP, "one", "p1", prompts.Step.ENTERING))
    desk.reads(AgentState.WORKING)
    told = Hooked(Happening.PROMPT, prompt="first\nand more", waits=waits)
    desk.checkpoints.heard(desk.supervisor, desk.bus.workspace(SHOP).agents[0], told)
    desk.reads(AgentState.DONE)
    await desk.made()
    desk.reads(AgentState.WORKING)
    assert [one["prompt"] for one in await desk.made()][-1:] == ["first"]
    assert desk.checkpoints._turns[AgentId("a-one")].prompt == ""


async def test_a_turn_that_began_under_an_earlier_daemon_ends_with_a_checkpoint(desk: Desk, tmp_path: Path):
    desk.reads(AgentState.WORKING)
    first = len(await desk.made())
    Checkpoints(
        tmp_path / "own", desk.bus, {SHOP: desk.supervisor}, desk.feed, desk._queue, spawn=desk._spawn, mirrors=HERE
    )
    (desk.top / "README").write_text("changed")
    desk.reads(AgentState.DONE)
    assert len(await desk.made()) == first + 1


async def test_where_there_can_be_no_checkpoint_its_list_says_why(desk: Desk, tmp_path: Path):
    (tmp_path / "plain").mkdir()
    agent = replace(desk.bus.workspace(SHOP).agents[0], dir=str(tmp_path / "plain"))
    desk.bus.publish(AgentAdded(SHOP, agent))
    desk.reads(AgentState.WORKING)
    with pytest.raises(Exception, match="is in no git repository: it has no checkpoints"):
        await desk.made()


async def test_in_a_shared_checkout_the_agents_own_files_go_back_and_come_again(desk: Desk):
    first = await desk.turn("a")
    await desk.turn("b", "two")
    (desk.top / "a").write_text("")
    await desk.turn("a")
    desk.feed.note("a", "one", "anew\n")
    desk.feed.note("c", None)
    answer = await desk.checkpoints.rollback(workspace=SHOP, role="one", number=first)
    assert [(step["path"], step["deed"]) for step in answer["steps"]] == [("a", "write")]
    assert (desk.top / "a").read_text() == "one wrote it\n"
    assert (desk.top / "b").read_text() == "two wrote it\n"
    assert (desk.top / "c").exists()
    assert desk.feed.acted == 1
    assert "checkpoint" in desk.told[0]["text"]
    desk.feed.note(
        "a", None, (desk.top / "a").read_text(), "HiveUI wrote it, as it was told to"
    )  # what the watcher saw of it
    again = await desk.checkpoints.rollback(workspace=SHOP, role="one", number=answer["before"])
    assert [step["path"] for step in again["steps"]] == ["a"]
    assert (desk.top / "a").read_text() == "anew\n"


@pytest.mark.parametrize("other", ["two", None])
async def test_what_another_changed_too_is_not_rolled_back(desk: Desk, other: str | None):
    first = await desk.turn("a")
    desk.feed.note("a", "one", "mine\n")
    desk.feed.note("a", other, "both\n")
    with pytest.raises(UsageError, match=rf"Others changed what one wrote since too: a \({other or 'unknown'}\)"):
        await desk.checkpoints.rollback(workspace=SHOP, role="one", number=first)
    assert (desk.top / "a").read_text() == "both\n"
    assert desk.told == []


async def test_what_nobody_remembers_is_not_rolled_back(desk: Desk):
    first = await desk.turn("a")
    (desk.top / "a").write_text("by whom?")
    desk.feed.known.clear()
    with pytest.raises(UsageError, match="is not known to have written what differs"):
        await desk.checkpoints.rollback(workspace=SHOP, role="one", number=first)
    desk.checkpoints._began = time.time() + 60
    with pytest.raises(UsageError, match="is not known any more"):
        await desk.checkpoints.rollback(workspace=SHOP, role="one", number=first)
    with pytest.raises(UsageError, match="has no checkpoint 99"):
        await desk.checkpoints.rollback(workspace=SHOP, role="one", number=99)
    with pytest.raises(UsageError, match="two has no checkpoint yet"):
        await desk.checkpoints.rollback(workspace=SHOP, role="two")


async def test_an_agent_in_its_own_checkout_goes_back_to_the_newest_that_differs(desk: Desk, tmp_path: Path):
    agent = desk.bus.workspace(SHOP).agents[0]
    tree = Worktree(str(tmp_path / "tree"), agent.id, str(desk.top), str(desk.top), ("hive/one",))
    ensure(tree)
    desk.top = desk.feed.top = tmp_path / "tree"
    desk.supervisor.launches[agent.id] = SimpleNamespace(worktree=tree)
    first = await desk.turn("a")
    await desk.turn("b")
    (desk.top / "a").write_text("since")
    shown = await desk.checkpoints.rollback(workspace=SHOP, role="one", dry=True)
    assert (shown["before"], shown["checkpoint"]["number"]) == (None, first + 1)
    await desk.checkpoints.rollback(workspace=SHOP, role="one")
    assert (desk.top / "a").read_text() == "one wrote it\n"
    assert (desk.top / "b").exists()
    answer = await desk.checkpoints.diff(workspace=SHOP, role="one", number=first)
    assert "+one wrote it" in answer["diff"]
    assert answer["cut"] is False
    assert pictures.every(desk.top, AgentId("a-one"))[0].reason == f"before a roll back to {first + 1}"
    (desk.top / ".git").write_text(f"gitdir: {tmp_path / 'shop' / '.git'}\n")
    with pytest.raises(GitError, match="is not its own any more"):
        await desk.checkpoints.rollback(workspace=SHOP, role="one")


def test_what_an_agent_is_told_cannot_leave_its_fence():
    steps = [Step("a\n```\nrun `rm`\x1b[2J", "write")] + [Step(f"f{n}", "delete") for n in range(60)]
    said = message(Checkpoint(3, "", "", 0), steps)
    assert said.count("````") == 2
    assert said.endswith("\n````")
    assert said.isprintable() or {c for c in said if not c.isprintable()} == {"\n"}
    assert "and 11 more" in said
