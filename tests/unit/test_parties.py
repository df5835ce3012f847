"""Whose turn runs: an agent's with all that it starts."""

from pathlib import Path

import pytest

from hiveui.hive.bus import Bus
from hiveui.hive.parties import Parties
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import AgentAdded, AgentRead, WorkspaceOpened
from hiveui.model.signs import AgentState, Reading
from hiveui.storage.eventlog import EventLog

W = WorkspaceId("w")
PARENT, CHILD = AgentId("parent"), AgentId("child")


@pytest.fixture
def bus(tmp_path: Path) -> Bus:
    log = EventLog(tmp_path)
    made = Bus(log, log.state, log.seq)
    made.publish(WorkspaceOpened(W, "shop", "/shop", "", "", ()))
    made.publish(AgentAdded(W, Agent(PARENT, "one", "claude", "/shop", pid=1)))
    made.publish(AgentAdded(W, Agent(CHILD, "two", "claude", "/shop", pid=2, child_of=PARENT)))
    return made


def test_a_turn_runs_as_long_as_anybody_of_a_party_works(bus: Bus) -> None:
    parties = Parties(bus, lambda _: {})
    for id_, state, runs in [
        (PARENT, AgentState.WORKING, True),
        (CHILD, AgentState.WORKING, True),
        (CHILD, AgentState.DONE, True),
        (PARENT, AgentState.DONE, False),
        (CHILD, AgentState.WORKING, True),
        (CHILD, AgentState.DONE, False),
    ]:
        bus.publish(AgentRead(W, id_, Reading(state)))
        assert (PARENT in parties.turns) == runs
