"""Which files agents wrote, noted once a turn, whether their programs tell of their turns or not."""

from pathlib import Path

from hiveui.hive.bus import Bus
from hiveui.hive.writing import Writing
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.changes import Deed, Write
from hiveui.model.events import AgentAdded, AgentRead, WorkspaceOpened
from hiveui.model.signs import AgentState, Reading
from hiveui.storage.eventlog import EventLog

W, ONE = WorkspaceId("w"), AgentId("one")


def test_a_file_is_noted_once_in_a_turn_and_again_in_the_next(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    bus = Bus(log, log.state, log.seq)
    bus.publish(WorkspaceOpened(W, "shop", "/shop", "", "", ()))
    bus.publish(AgentAdded(W, Agent(ONE, "one", "aider", "/shop", pid=1)))
    writing = Writing(bus)

    def noted(state: AgentState) -> int:
        bus.publish(AgentRead(W, ONE, Reading(state)))
        before = bus.seq
        writing.wrote(W, [Write("/shop", "a.py", Deed.MODIFIED, "t", ONE, "one")])
        return bus.seq - before

    states = (AgentState.WORKING, AgentState.APPROVAL, AgentState.WORKING, AgentState.DONE, AgentState.WORKING)
    assert [noted(state) for state in states] == [1, 0, 0, 0, 1]
