"""The screen follows what the person chose, and what their terminal says."""

import pytest

from hiveui.config.palette import SHIPPED
from hiveui.model.keys import Mods
from hiveui.tui.decoder import FocusInput, MouseInput, PasteInput
from hiveui.tui.driver import BackgroundSaid
from hiveui.tui.outer import Outer
from hiveui.tui.settings import Settings


def attention(seat):
    return seat.app.theme_variables["hive-attention"]


def inks(seat):
    """Give the colours that the screen is written in."""
    segments = [segment for strip in seat.app.screen._compositor.render_strips() for segment in strip]
    return {s.style.color.triplet.hex for s in segments if s.style and s.style.color and s.style.color.triplet}


async def test_colours_suit_the_background_that_the_terminal_tells(sit):
    async with sit() as seat:
        await seat.shows("1 planner")
        assert attention(seat) == SHIPPED["dark"][0].attention
        assert SHIPPED["dark"][0].quiet in inks(seat)
        seat.app.post_message(BackgroundSaid(light=True))
        await seat.until(lambda: attention(seat) == SHIPPED["light"][0].attention)
        await seat.until(lambda: SHIPPED["light"][0].quiet in inks(seat) and SHIPPED["dark"][0].quiet not in inks(seat))


async def test_a_theme_that_was_chosen_stays_whatever_the_terminal_tells(sit):
    async with sit(settings=Settings(theme="dark", motion=False)) as seat:
        seat.app.post_message(BackgroundSaid(light=True))
        seat.press("?")
        await seat.shows("Keys")
        assert attention(seat) == SHIPPED["dark"][0].attention


POPPED = "\x1b]9;1 agent needs you: api,␛]52,c,eA==␇ asks\x07"


@pytest.mark.parametrize(
    ("chosen", "sequence"),
    [
        ({}, "\x07"),
        ({"notify_terminal": "osc9"}, POPPED),
        ({"notify_terminal": "osc9", "bell": True}, f"{POPPED}\x07"),
        ({"notify_terminal": "off"}, ""),
    ],
)
async def test_the_terminal_tells_of_an_alert_as_was_chosen_and_the_daemon_hears_of_its_focus(
    sit, monkeypatch, chosen, sequence
):
    written = []
    monkeypatch.setattr(Outer, "write", lambda _, sequence: written.append(sequence))
    async with sit(settings=Settings(motion=False, **chosen)) as seat:
        told = {"focused": True, "pops": "osc9" in chosen.values()}
        await seat.until(lambda: seat.hive.heard("alert/terminal") == [told])
        seat.hive.send("alert", {"title": "1 agent needs you", "text": "api;\x1b]52;c;eA==\x07 asks"})
        await seat.until(lambda: sequence in written)
        seat.send(FocusInput(False))
        await seat.until(lambda: seat.hive.heard("alert/terminal")[-1] == {**told, "focused": False})


async def test_a_paste_goes_into_the_palette_and_the_wheel_chooses(sit):
    async with sit(size=(80, 24)) as seat:
        await seat.shows("3 frontend")
        seat.press(":")
        await seat.shows("› ▏")
        seat.send(PasteInput("go to\n", False))
        await seat.shows("› go to ▏", "▸ Go to")
        seat.send(MouseInput("press", 65, 5, 15, Mods.NONE, b""))
        await seat.until(lambda: seat.bench.overlay.finder.finding.at == 3)
        line = next(y for y, text in enumerate(seat.text().splitlines()) if "Go to 2 backend" in text)
        seat.send(MouseInput("press", 0, 5, line, Mods.NONE, b""))
        await seat.until(lambda: seat.bench.overlay.card is None)
        assert seat.bench.desk.role == "backend"
        seat.press(":", "escape")
        await seat.until(lambda: "› go to" not in seat.text())
        assert seat.hive.heard("pane/paste") == []
