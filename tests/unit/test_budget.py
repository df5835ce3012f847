"""A budget that is used up holds the queue, until the person raises it, and says so."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hiveui.errors import UsageError
from hiveui.hive.budgets import Budgets
from hiveui.hive.bus import Bus
from hiveui.model.agent import Agent
from hiveui.model.budget import exhausted, held, own, used_up, warnings, whole
from hiveui.model.delivering import holding
from hiveui.model.events import AgentAdded, AgentSpent, BudgetRaised, PromptQueued, WorkspaceOpened
from hiveui.model.layout import AgentSpec
from hiveui.model.prompts import described
from hiveui.model.signs import AgentState, Confidence, Reading, Source
from hiveui.model.usage import Spend, Tokens
from hiveui.storage.eventlog import EventLog

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OPENED = WorkspaceOpened("w", "shop", "/p", "", "", (), budget=10.0)


@pytest.fixture
def bus(tmp_path) -> Bus:
    log = EventLog(tmp_path / "events")
    made = Bus(log, log.state, log.seq)
    made.publish(OPENED)
    rests = Reading(AgentState.DONE, Source.HOOK, Confidence.CERTAIN)
    for role, budget in (("backend", 2.0), ("tests", None)):
        made.publish(
            AgentAdded(
                "w", Agent(role, role, "claude", "/p", pid=1, reading=rests, spec=AgentSpec(role, budget=budget))
            )
        )
    return made


def spend(bus: Bus, role: str, usd: float) -> None:
    bus.publish(AgentSpent("w", role, Spend(Tokens(1), usd)))


def holds(bus: Bus, role: str, *, forced: bool = False) -> str:
    workspace = bus.workspace("w")
    return holding(workspace, workspace.role(role), NOW, forced=forced)


def test_an_agents_budget_holds_that_agent_alone_and_nothing_that_is_forced(bus):
    spend(bus, "backend", 1.99)
    assert holds(bus, "backend") == ""
    spend(bus, "backend", 2.5)
    assert holds(bus, "backend") == (
        "backend has used up its budget: $2.50 of $2.00; `hive budget allow backend` lets it go on"
    )
    assert holds(bus, "backend", forced=True) == ""
    assert holds(bus, "tests") == ""


def test_a_workspaces_budget_holds_all_its_agents(bus):
    spend(bus, "tests", 10.0)
    assert holds(bus, "tests").startswith("shop has used up its budget: $10.00 of $10.00")
    assert holds(bus, "backend").startswith("shop has used up")
    found = bus.workspace("w")
    assert used_up(found, 10.0) == 100
    assert held(found) == []
    bus.publish(PromptQueued("w", "tests", described("p", "go on", "")))
    assert [agent.role for agent in held(bus.workspace("w"))] == ["tests"]


def test_who_may_go_on_has_as_much_again_from_now_on_or_the_sum_that_is_named(bus):
    budgets = Budgets(bus)
    spend(bus, "backend", 2.5)
    assert budgets.allow(workspace="w", role="backend") == {"budget": 4.5}
    assert holds(bus, "backend") == ""
    assert budgets.allow(workspace="w", role="backend", cents=25) == {"budget": 4.75}
    spend(bus, "backend", 4.75)
    assert holds(bus, "backend").startswith("backend has used up its budget: $4.75 of $4.75")
    spend(bus, "tests", 7.0)
    assert exhausted(bus.workspace("w"), bus.workspace("w").role("tests")).role == ""
    assert budgets.allow(workspace="w") == {"budget": 21.75}
    assert holds(bus, "tests") == ""


def test_what_was_raised_is_warned_of_again_and_stays_while_the_workspace_is_opened_anew(bus):
    Budgets(bus).allow(workspace="w", role="backend", cents=300)
    agent = bus.workspace("w").role("backend")
    assert warnings(bus.workspace("w"), agent, Spend(usd=2.1)) == []
    assert warnings(bus.workspace("w"), agent, Spend(usd=4.2)) == [
        "backend has used 80 % of its budget: $4.20 of $5.00."
    ]
    bus.publish(replace(OPENED, budget=20.0))
    found = bus.workspace("w")
    assert (own(found, agent), whole(found)) == (5.0, 20.0)
    bus.publish(BudgetRaised("w", "", 15.0))
    assert whole(bus.workspace("w")) == 20.0, "a layout that says more holds"


def test_where_there_is_no_budget_nothing_is_raised(bus):
    for asked in ({"role": "tests"}, {"role": "nobody"}, {"role": "backend", "cents": 10**12}):
        with pytest.raises(UsageError):
            Budgets(bus).allow(workspace="w", **asked)
