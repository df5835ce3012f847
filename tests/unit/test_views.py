"""What clients are sent: changed rows, latest wins, and a slow client holds up nobody."""

import asyncio

import pytest

from hiveui.hive.views import BACKLOG, MESSAGE, View, Wanted, messages
from hiveui.model.rows import Cursor, Frame, Modes, Row
from hiveui.screen.pump import Pump
from tests.waiting import soon


class Client:
    def __init__(self) -> None:
        self.backlog = 0
        self.drives = True
        self.heard: list[tuple[str, dict]] = []

    def notify(self, method, params):
        self.heard.append((method, params))


def frame(*texts: str, **more) -> Frame:
    return Frame(80, tuple(Row(text, len(text)) for text in texts), **more)


def test_a_first_frame_has_all_rows_and_the_next_only_those_that_changed():
    (first,) = messages("%1", None, frame("a", "b"))
    (second,) = messages("%1", frame("a", "b"), frame("a", "c"))
    assert first["rows"] == {"0": ["a", 1], "1": ["b", 1]}
    assert second["rows"] == {"1": ["c", 1]}


def test_an_unchanged_frame_is_not_sent_but_a_moved_cursor_is():
    assert list(messages("%1", frame("a"), frame("a"))) == []
    (moved,) = messages("%1", frame("a"), frame("a", cursor=Cursor(1, 0)))
    assert (moved["rows"], moved["cursor"]) == ({}, [1, 0, True, 0])
    (alternate,) = messages("%1", frame("a"), frame("a", modes=Modes(alternate=True)))
    assert alternate["modes"]["alternate"] is True


def test_a_resized_frame_has_all_rows():
    (resized,) = messages("%1", frame("a", "b"), frame("a"))
    assert (resized["size"], resized["rows"]) == ([80, 1], {"0": ["a", 1]})


def test_a_frame_larger_than_a_message_comes_in_parts_that_make_it_whole():
    huge = frame(*(str(n) * (MESSAGE // 3) for n in range(8)))
    parts = list(messages("%1", None, huge))
    assert len(parts) > 1
    assert sorted(int(y) for part in parts for y in part["rows"]) == list(range(8))


async def test_a_client_that_does_not_read_gets_only_the_latest_frame_later():
    client = Client()
    view = View(client)
    view.look({"%1": Wanted(80, 1, focused=True)})
    view.offer("%1", frame("a"), urgent=True)
    client.backlog = BACKLOG + 1
    for text in "bcdef":
        view.offer("%1", frame(text), urgent=text in "bdf")
    assert len(client.heard) == 1
    client.backlog = 0
    await soon(lambda: len(client.heard) == 2)
    assert client.heard[1][1]["rows"] == {"0": ["f", 1]}


async def test_frames_that_nobody_waits_for_are_gathered():
    client = Client()
    view = View(client)
    view.look({pane: Wanted(80, 1, focused=False) for pane in ("%1", "%2")})
    for text in "ab":
        view.offer("%1", frame(text))
        view.offer("%2", frame(text))
    assert client.heard == []
    await soon(lambda: client.heard)
    assert [(params["pane"], params["rows"]) for _, params in client.heard] == [
        ("%1", {"0": ["b", 1]}),
        ("%2", {"0": ["b", 1]}),
    ]


async def test_a_client_on_a_slow_line_is_sent_so_many_frames_and_the_latest_but_what_it_waits_for_at_once():
    client = Client()
    view = View(client)
    view.look({"%1": Wanted(80, 1, focused=True)}, frames=4)
    view.offer("%1", frame("a"))
    await soon(lambda: client.heard)
    began = asyncio.get_running_loop().time()
    for text in "bcd":
        view.offer("%1", frame(text))
    await soon(lambda: len(client.heard) == 2)
    assert asyncio.get_running_loop().time() - began > 0.2
    assert client.heard[1][1]["rows"] == {"0": ["d", 1]}
    view.offer("%1", frame("e"), urgent=True)
    assert client.heard[2][1]["rows"] == {"0": ["e", 1]}


def test_a_pane_that_a_client_does_not_show_is_not_sent():
    client = Client()
    View(client).offer("%1", frame("a"))
    assert client.heard == []


def test_a_pane_shown_again_is_sent_whole_again():
    client = Client()
    view = View(client)
    for _ in range(2):
        view.look({"%1": Wanted(80, 1, focused=True)})
        view.offer("%1", frame("a"), urgent=True)
        view.look({})
    assert [params["rows"] for _, params in client.heard] == [{"0": ["a", 1]}] * 2


class Captures:
    """Counts captures and lets the test finish them."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, pane: str) -> None:
        self.begun.append(pane)
        await self.gate.wait()


@pytest.fixture
async def pumped():
    captures = Captures()
    async with asyncio.TaskGroup() as tasks:
        yield captures, Pump(captures, tasks.create_task)
        captures.gate.set()


async def test_a_watched_pane_is_captured_when_it_printed_and_not_otherwise(pumped):
    captures, pump = pumped
    pump.watch("%1", 0.01)
    await soon(lambda: captures.begun == ["%1"])
    pump.dirty("%2")
    pump.dirty("%1")
    await soon(lambda: captures.begun == ["%1", "%1"])


async def test_marks_during_a_capture_merge_into_one_more(pumped):
    captures, pump = pumped
    captures.gate.clear()
    pump.watch("%1", 0.0)
    await soon(lambda: captures.begun)
    for _ in range(20):
        pump.dirty("%1")
    captures.gate.set()
    await soon(lambda: len(captures.begun) == 2)
    await asyncio.sleep(0)
    assert captures.begun == ["%1", "%1"]


async def test_a_pane_typed_into_is_captured_before_its_turn(pumped):
    captures, pump = pumped
    pump.watch("%1", 60.0)
    await soon(lambda: len(captures.begun) == 1)
    pump.typed("%1")
    pump.dirty("%1")
    await soon(lambda: len(captures.begun) == 2, 2)


async def test_a_pane_no_longer_watched_is_left_alone(pumped):
    captures, pump = pumped
    pump.watch("%1", 0.0)
    await soon(lambda: captures.begun)
    pump.unwatch("%1")
    pump.dirty("%1")
    await asyncio.sleep(0)
    assert captures.begun == ["%1"]
