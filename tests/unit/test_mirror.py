"""The client's copy of the state."""

import subprocess
import sys

import pytest

from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.events import AgentAdded, AgentRead, WorkspaceOpened, event_to_json
from hiveui.model.layout import Leaf, Split, Tab
from hiveui.model.signs import AgentState, Reading
from hiveui.model.state import State, apply
from hiveui.tui.mirror import Mirror

TABS = (Tab("build", Split("columns", (Leaf("a"), Leaf("b")), (1, 2))),)
OPENED = WorkspaceOpened(WorkspaceId("w"), "shop", "/p", "team", "", TABS)
ADDED = AgentAdded(WorkspaceId("w"), Agent(AgentId("x"), "a", "shell", "/p"))
READ = AgentRead(WorkspaceId("w"), AgentId("x"), Reading(AgentState.WORKING))


def record(seq, event):
    return {"seq": seq, "time": "", "event": event_to_json(event)}


def test_a_snapshot_and_the_events_after_it_give_the_daemons_state():
    start = apply(apply(State(), OPENED), ADDED)
    mirror = Mirror()
    mirror.load({"seq": 2, "state": to_json(start)})
    assert mirror.state == start
    assert mirror.take(record(3, READ)) == READ
    assert mirror.state == apply(start, READ)


def test_an_event_that_the_snapshot_holds_is_not_applied_twice():
    mirror = Mirror()
    mirror.load({"seq": 5, "state": to_json(State())})
    assert mirror.take(record(5, OPENED)) is None
    assert mirror.state == State()


def test_a_gap_says_that_the_copy_is_not_whole_and_a_snapshot_makes_it_whole():
    mirror = Mirror()
    mirror.load({"seq": 1, "state": to_json(State())})
    assert mirror.whole
    mirror.take(record(3, OPENED))
    assert not mirror.whole
    mirror.load({"seq": 3, "state": to_json(State())})
    assert mirror.whole


def test_an_event_from_a_newer_daemon_is_refused():
    mirror = Mirror()
    with pytest.raises(ValueError, match="unknown event type"):
        mirror.take({"seq": 1, "event": {"type": "AgentDreamt"}})


def test_the_headless_half_is_free_of_textual():
    modules = "mirror desk words settings typist sight meter commands decoder pointer"
    code = "import sys\n" + "".join(f"import hiveui.tui.{name}\n" for name in modules.split())
    code += "print([name for name in sys.modules if name.split('.')[0] in ('textual', 'rich')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
