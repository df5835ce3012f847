"""Panes whose program has a larger screen than this one: what is shown of it, and where clicks and the past stand."""

from hiveui.model.keys import Mods
from hiveui.tui.decoder import MouseInput

TALL = [f"row {y:02}" for y in range(36)]


def tall(seat, cursor: tuple[int, int]) -> None:
    """Draw the pane with the focus, 60 by 14 cells here, as somebody else's screen has it, and four blank rows below."""
    seat.hive.screens["%3"] = (60, [*TALL, *[""] * 4])
    seat.hive.send(
        "pane/rows",
        {
            "pane": "%3",
            "size": [60, 40],
            "rows": {str(y): [text, len(text)] for y, text in enumerate(seat.hive.screens["%3"][1])},
            "cursor": [*cursor, True, 0],
            "modes": seat.hive.modes,
            "history": 100,
        },
    )


def shown(seat) -> list[str]:
    return [line.split("┃")[0].rstrip() for line in seat.text().splitlines()[17:31]]


async def test_the_end_is_shown_and_looking_back_begins_with_what_was_shown(sit):
    async with sit(role="viewer") as seat:
        await seat.shows("%3 60x14")
        seat.hive.draw = lambda *_: None  # the daemon gives no pane the sizes of who only looks on
        tall(seat, (0, 33))
        await seat.until(lambda: shown(seat) == TALL[22:])
        tall(seat, (0, 10))
        await seat.until(lambda: shown(seat) == TALL[3:17])
        seat.press("y")
        await seat.shows(" back")
        assert shown(seat) == TALL[3:17]
        seat.press("V", "y")
        await seat.until(lambda: seat.desktop.programs["wl-copy"])
        assert seat.copied == TALL[3]  # the scripted hive says that its cursor is above
        tall(seat, (0, 33))
        await seat.until(lambda: shown(seat) == TALL[22:])


async def test_a_click_and_the_cursor_are_where_the_program_has_them(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.press("enter")
        await seat.until(lambda: seat.bench.desk.typing)
        seat.hive.modes = {**seat.hive.modes, "mouse_click": True}
        tall(seat, (5, 33))
        await seat.until(lambda: shown(seat) == TALL[22:])
        pane = seat.bench.pane()
        assert pane.cursor().y == pane.region.y + 33 - 22
        seat.send(MouseInput("press", 0, 7, 17, Mods.NONE, b""))
        await seat.until(lambda: seat.hive.heard("pane/input"))
        assert seat.hive.heard("pane/input")[-1]["input"][-1][3:5] == [7, 22]
