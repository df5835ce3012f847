"""Selecting, copying and searching in what panes printed, as a person does it."""

import pytest

from hiveui.errors import GatewayError
from hiveui.model.keys import Mods
from hiveui.tui.decoder import PasteInput

PRINTED = [*(f"row {i}" for i in range(80)), "the quick brown⏎", "fox jumps", "日本語 text", "  indented   ", "end."]


async def looking(seat, *keys: str) -> None:
    await seat.shows("%3 60x14")
    seat.hive.printed = list(PRINTED)
    seat.press("y", *keys)


async def copies(seat, text: str) -> None:
    await seat.until(lambda: seat.copied == text)
    await seat.shows("Copied ")
    assert "back" not in seat.text().splitlines()[16]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("5 k w v e y", "quick"),
        ("5 k y", "the quick brownfox jumps"),
        ("4 k V y", "the quick brownfox jumps"),
        ("5 k v j $ y", "the quick brownfox jumps"),
        ("3 k V 2 j y", "日本語 text\n  indented\nend."),
        ("3 k l v l y", "本語"),
        ("2 k ctrl+v l l l j y", "  in\nend."),
        ("3 k v o y", "日"),
        ("2 k $ v ^ y", "indented"),
        ("g v l l l l y", "row 0"),
        ("g 4 j v $ y", "row 4"),
        ("5 G V y", "row 4"),
        ("5 k $ b b v e y", "quick"),
        ("1 k v escape k y", "  indented"),
    ],
)
async def test_vi_keys_select_and_y_copies_without_padding_and_with_wrapped_rows_joined(sit, keys, text):
    async with sit() as seat:
        await looking(seat, *keys.split())
        await copies(seat, text)
        assert seat.hive.heard("still/drop") == [{"still": 1}]


async def test_what_is_shown_stands_still_while_the_pane_prints(sit):
    async with sit() as seat:
        await looking(seat, "v")
        await seat.shows("selecting characters")
        for number in range(5):
            seat.hive.draw("%3", 60, 14, f"printed meanwhile {number}")
        await seat.shows("0 of 85 back", "%3 60x14")
        assert "meanwhile" not in seat.text()
        seat.press("q")
        await seat.shows("printed meanwhile 4")


async def test_a_program_that_fills_the_screen_can_be_copied_from(sit):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        seat.hive.modes = {**seat.hive.modes, "alternate": True}
        seat.hive.draw("%3", 60, 14, "a menu")
        seat.press("y", "V", "y")
        await copies(seat, "a menu")


async def test_a_still_that_cannot_be_had_leads_back_with_a_sentence(sit, monkeypatch):
    async with sit() as seat:
        await seat.shows("%3 60x14")
        call = seat.hive.call

        async def refuses(method, **params):
            if method == "still/take":
                raise GatewayError("What the pane printed could not be read.")
            return await call(method, **params)

        monkeypatch.setattr(seat.hive, "call", refuses)
        seat.press("y", "v")
        await seat.shows("What the pane printed could not be read.")
        assert not seat.bench.backs
