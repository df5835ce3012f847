"""The screen follows what the person chose, and what their terminal says."""

from hiveui.config.palette import SHIPPED
from hiveui.model.agent import AgentState, Reading
from hiveui.model.events import AgentRead
from hiveui.model.keys import Mods
from hiveui.tui.app import HiveApp
from hiveui.tui.decoder import MouseInput, PasteInput
from hiveui.tui.driver import BackgroundSaid
from hiveui.tui.settings import Settings


def attention(seat):
    return seat.app.theme_variables["hive-attention"]


async def test_colours_suit_the_background_that_the_terminal_tells(sit):
    async with sit() as seat:
        await seat.shows("1 planner")
        assert attention(seat) == SHIPPED["dark"][0].attention
        seat.app.post_message(BackgroundSaid(light=True))
        await seat.until(lambda: attention(seat) == SHIPPED["light"][0].attention)


async def test_a_theme_that_was_chosen_stays_whatever_the_terminal_tells(sit):
    async with sit(settings=Settings(theme="dark", motion=False)) as seat:
        seat.app.post_message(BackgroundSaid(light=True))
        seat.press("?")
        await seat.shows("Keys")
        assert attention(seat) == SHIPPED["dark"][0].attention


async def test_the_bell_rings_once_for_an_agent_that_begins_to_need_the_person(sit, monkeypatch):
    rung = []
    monkeypatch.setattr(HiveApp, "bell", lambda _: rung.append(1))
    async with sit(settings=Settings(bell=True, motion=False)) as seat:
        agent = seat.bench.workspace.agents[1]
        for _ in range(2):
            seat.hive.happen(AgentRead(seat.bench.workspace.id, agent.id, Reading(AgentState.QUESTION)))
        await seat.shows("▲ 2 need you")
        seat.hive.happen(AgentRead(seat.bench.workspace.id, agent.id, Reading(AgentState.WORKING)))
        await seat.shows("▲ 1 needs you")
        assert rung == [1]


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
