import asyncio
import json
from pathlib import Path

import pytest

from hiveui.agents.environment import Variable
from hiveui.hive import ledger as ledgers
from hiveui.hive.bus import Bus
from hiveui.hive.ledger import Ledger
from hiveui.model.agent import Agent
from hiveui.model.budget import over_budget
from hiveui.model.events import AgentAdded, AgentRead, AgentRemoved, AgentSpent, Noticed, WorkspaceOpened
from hiveui.model.layout import AgentSpec
from hiveui.model.signs import AgentState, Reading
from hiveui.paths import Paths
from hiveui.storage.eventlog import EventLog
from tests.waiting import soon

ID = "11111111-2222"


class Supervisor:
    def __init__(self, home: Path) -> None:
        self._home = home

    def environment(self, _agent: Agent) -> tuple[Variable, ...]:
        return (Variable("HOME", str(self._home), "test"),)


class Desk:
    """A hive with one agent and its ledger."""

    def __init__(self, home: Path, budget: float | None = None, whole: float | None = None) -> None:
        self.home = home
        paths = Paths.find({"HOME": str(home)})
        self.log = EventLog(paths.events)
        self.bus = Bus(self.log, self.log.state, self.log.seq)
        if not self.bus.state.workspaces:
            self.bus.publish(WorkspaceOpened("w", "shop", "/p", "", "", (), budget=whole))
            spec = AgentSpec("backend", "claude", budget=budget)
            agent = Agent("a", "backend", "claude", "/p", pid=1, conversation=ID, conversations=(ID,), spec=spec)
            self.bus.publish(AgentAdded("w", agent))
        self.ledger = Ledger(paths, self.bus, {"w": Supervisor(home)})
        self.file = home / f".claude/projects/-p/{ID}.jsonl"
        self.file.parent.mkdir(parents=True, exist_ok=True)

    @property
    def agent(self) -> Agent:
        return self.bus.state.workspaces["w"].agents[0]

    def answers(self, number: int, output: int, model: str = "claude-opus-5-5") -> None:
        usage = {"input_tokens": 0, "output_tokens": output}
        message = {"id": f"m{number}", "model": model, "usage": usage}
        with self.file.open("a") as file:
            file.write(json.dumps({"type": "assistant", "requestId": f"r{number}", "message": message}) + "\n")

    async def look(self) -> None:
        await self.ledger.look(at_all=True)

    def said(self, kind: type) -> list:
        return [r.event for r in self.log.read(0, 1000) if isinstance(r.event, kind)]


async def test_what_an_agent_used_is_published_with_what_was_added(tmp_path):
    desk = Desk(tmp_path)
    desk.answers(1, 100_000)
    await desk.look()
    assert desk.agent.spend.usd == pytest.approx(2.0)
    desk.bus.publish(AgentRead("w", "a", Reading(AgentState.DONE)))
    desk.answers(2, 50_000)
    await desk.look()
    await desk.look()
    assert [event.added for event in desk.said(AgentSpent)] == [pytest.approx(2.0), pytest.approx(1.0)]


async def test_of_an_agent_that_works_not_every_request_is_told(tmp_path):
    desk = Desk(tmp_path)
    desk.bus.publish(AgentRead("w", "a", Reading(AgentState.WORKING)))
    for number in range(10):
        desk.answers(number, 1000)
        await desk.look()
    assert len(desk.said(AgentSpent)) == 1
    desk.bus.publish(AgentRead("w", "a", Reading(AgentState.DONE)))
    await desk.look()
    assert desk.agent.spend.usd == pytest.approx(0.2)


async def test_a_budget_is_told_of_once_at_80_and_once_at_100_per_cent_by_agent_and_by_workspace(tmp_path):
    desk = Desk(tmp_path, budget=5.0, whole=2.5)
    said = []
    for number, output in enumerate((50_000, 60_000, 100_000, 30_000, 20_000)):  # $1.00, 2.20, 4.20, 4.80, 5.20
        assert bool(over_budget(desk.bus.state.workspaces["w"], desk.agent)) == (number >= 3)
        desk.answers(number, output)
        await desk.look()
        said.append([event.text for event in desk.said(Noticed)])
    assert said[-1] == [
        "shop has used 80 % of its budget: $2.20 of $2.50.",
        "backend has used 80 % of its budget: $4.20 of $5.00.",
        "shop has used up its budget: $4.20 of $2.50.",
        "backend has used up its budget: $5.20 of $5.00.",
    ]
    assert over_budget(desk.bus.state.workspaces["w"], desk.agent).startswith("backend has used up its budget: $5.20")
    desk.log.close()
    again = Desk(tmp_path)
    await again.look()
    assert len(again.said(Noticed)) == 4


async def test_what_was_counted_outlives_transcripts_daemon_and_agent(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "TICK", 0.01)
    desk = Desk(tmp_path)
    desk.answers(1, 100_000)
    task = asyncio.create_task(desk.ledger.follow())
    await soon(lambda: desk.agent.spend.used)
    desk.answers(2, 50_000)
    await desk.look()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    desk.file.unlink()
    desk.log.close()
    again = Desk(tmp_path)
    again.bus.publish(AgentRemoved("w", "a"))
    found = await again.ledger.usage()
    assert (found["agents"][0]["role"], found["agents"][0]["here"]) == ("backend", False)
    assert found["total"]["usd"] == pytest.approx(3.0)


async def test_a_full_disk_costs_nothing_but_the_keeping(tmp_path, monkeypatch):
    desk = Desk(tmp_path)
    folder = Paths.find({"HOME": str(tmp_path)}).state / "usage"
    folder.write_text("a file where the folder should be")
    desk.answers(1, 100_000)
    await desk.look()
    assert desk.agent.spend.usd == pytest.approx(2.0)
    assert (await desk.ledger.usage(workspace="w"))["total"]["usd"] == pytest.approx(2.0)


async def test_an_agent_whose_transcripts_rest_is_looked_at_less_and_less_until_its_state_changes(tmp_path):
    desk = Desk(tmp_path)
    desk.answers(1, 1000)
    await desk.look()
    watch = desk.ledger._watches["a"]
    waits = []
    for _ in range(8):
        await desk.look()
        waits.append(watch.wait)
    assert waits == sorted(waits)
    assert waits[-1] == ledgers.SLOWEST
    desk.bus.publish(AgentRead("w", "a", Reading(AgentState.DONE)))
    assert watch.due <= asyncio.get_running_loop().time() + ledgers.SOON
