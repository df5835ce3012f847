"""Frames reach the terminal in the turn of the loop in which they come; this rests on Textual's internals."""

import asyncio

import pytest
from textual.drivers.headless_driver import HeadlessDriver

from hiveui.tui.app import HiveApp


@pytest.fixture
def written(monkeypatch):
    """What is written to the terminal."""
    pieces = []
    monkeypatch.setattr(HeadlessDriver, "write", lambda self, data: pieces.append(data))
    monkeypatch.setattr(HiveApp, "is_headless", False)
    return pieces


async def turns(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_frame_is_written_at_once_where_its_pane_stands_and_the_cursor_follows(sit, written):
    async with sit() as seat:
        await seat.shows("%3 60x14", "%2 59x14")
        seat.press("enter")
        await seat.shows(" typing ")
        await seat.until(lambda: any("\x1b[?25h" in piece for piece in written))
        await seat.until(lambda: not seat.bench._layout_required)
        written.clear()
        seat.hive.draw("%3", 60, 14, "fresh", cursor=(5, 0))
        seat.hive.draw("%2", 59, 14, "other")
        await turns()
        (frames,) = [piece for piece in written if "fresh" in piece]  # a title or the clock may write beside it
        assert "\x1b[18;1Hfresh " in frames
        assert "\x1b[3;62Hother " in frames
        assert frames.endswith("\x1b[18;6H")


async def test_a_frame_of_a_covered_pane_is_left_to_textual(sit, written):
    async with sit() as seat:
        seat.press("w")
        seat.hive.answers["agent/why"] = {
            "reading": dict.fromkeys(("state", "source", "confidence", "since", "evidence"), ""),
            "agent": {},
        }
        await seat.shows("Why 3 frontend")
        written.clear()
        seat.hive.draw("%3", 60, 14, "covered")
        await turns()
        assert not any("covered" in piece for piece in written)
        await seat.until(lambda: any("covered" in piece for piece in written))
        await seat.shows("covered", "Why 3 frontend")


async def test_the_cursor_is_hidden_when_the_person_stops_typing(sit, written):
    async with sit() as seat:
        seat.press("enter")
        await seat.until(lambda: any("\x1b[?25h" in piece for piece in written))
        written.clear()
        seat.press("ctrl+]")
        await seat.until(lambda: any("\x1b[?25l" in piece for piece in written))
