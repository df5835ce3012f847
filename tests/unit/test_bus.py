"""Publishing: what is kept, what clients hear, and a disk that takes nothing."""

import pytest

from hiveui.errors import StorageError
from hiveui.hive.bus import UNKEPT, Bus
from hiveui.model.agent import WorkspaceId
from hiveui.model.events import Noticed, WorkspaceOpened
from hiveui.model.state import State
from hiveui.storage.eventlog import EventLog


class Disk:
    """A log whose disk can be full."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.full = False

    def append(self, event, *, trace_id="", span_id=""):
        if self.full:
            raise StorageError("The disk is full.", "Free some room.")
        return self.log.append(event, trace_id=trace_id, span_id=span_id)


class Client:
    backlog = 0
    drives = True

    def __init__(self) -> None:
        self.heard = []

    def notify(self, method, params):
        self.heard.append((method, params["seq"], params["event"]))


def opened(name: str) -> WorkspaceOpened:
    return WorkspaceOpened(WorkspaceId(name), name, "/x", "pair", "h", ())


@pytest.fixture
def disk(tmp_path):
    log = EventLog(tmp_path / "events")
    yield Disk(log)
    log.close()


def test_an_event_is_kept_applied_and_told_in_one_order(disk):
    bus, client = Bus(disk, State(), 0), Client()
    assert bus.subscribe(client)["seq"] == 0
    bus.publish(opened("a"))
    bus.publish(opened("b"))
    assert [seq for _, seq, _ in client.heard] == [1, 2]
    assert list(bus.state.workspaces) == ["a", "b"]
    assert disk.log.state == bus.state


def test_work_goes_on_while_the_disk_is_full_and_nothing_is_lost_when_it_has_room_again(disk):
    bus, client = Bus(disk, State(), 0), Client()
    bus.subscribe(client)
    disk.full = True
    for name in "abc":
        bus.publish(opened(name))
    assert list(bus.state.workspaces) == ["a", "b", "c"]
    told = [event for _, _, event in client.heard if event["type"] == "Noticed"]
    assert [event["text"] for event in told] == ["The disk is full. Free some room."]
    disk.full = False
    bus.publish(opened("d"))
    kept = [record.event for record in disk.log.read()]
    assert [event.name for event in kept if isinstance(event, WorkspaceOpened)] == ["a", "b", "c", "d"]
    assert [seq for _, seq, _ in client.heard] == [1, 2, 3, 4, 5]


def test_a_disk_that_stays_full_is_an_error_in_the_end(disk):
    bus = Bus(disk, State(), 0)
    disk.full = True
    for _ in range(UNKEPT - 1):
        bus.publish(Noticed("x"))
    with pytest.raises(StorageError):
        bus.publish(Noticed("x"))
