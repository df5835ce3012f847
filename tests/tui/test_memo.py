import asyncio
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from scripted import workspace

from hiveui.tui.widgets.area import Area
from hiveui.tui.widgets.card import Page

HOSTILE = "# \x1b[6n\x1b[2J\x9b5m\x85 \u202egnp\u2066 x\u2028y\x0cz\rw \U000e0041\U00100000 👩\u200d🚀 a\u200db\n\tend \u00a0."
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def remembered(seat, text, name="AGENTS.md"):
    seat.hive.answers["memory/read"] = {"files": [{"name": name, "text": text}]}


async def test_a_hostile_text_is_pictures_while_it_is_written_and_is_saved_as_it_was(sit):
    async with sit(workspace(), size=(160, 40)) as seat:
        remembered(seat, HOSTILE)
        seat.hive.answers["memory/save"] = {"saved": True, "merged": False, "text": HOSTILE + "!", "current": ""}
        seat.press("m")
        await seat.shows("What all are to know", "gnp")
        seat.press("e")
        await seat.shows("ctrl+s save", "# ␛[6n␛[2J�5m� �gnp� x�y␌z␍w �� 👩\u200d🚀 a�b", "end")
        assert all(line.isprintable() for line in seat.text().replace("\u200d", "").replace("\u00a0", "").split("\n"))
        seat.press("!", "ctrl+s")
        await seat.shows("AGENTS.md is saved.")
        assert ("memory/save", {"workspace": "w", "name": "AGENTS.md", "text": HOSTILE + "!", "base": HOSTILE}) in (
            seat.hive.asked
        )


async def test_what_an_entity_stands_for_is_not_shown_where_a_text_is_read(sit):
    async with sit(workspace()) as seat:
        remembered(seat, "a &#x200B;&#xE0041; b")
        seat.press("m")
        await seat.shows("a &#x200B;&#xE0041; b")


@given(st.text())
def test_every_text_comes_out_of_an_area_as_it_went_in(text):
    area = Area(text)
    assert area.written == text
    drawn = "".join(area.get_line(at).plain for at in range(area.document.line_count))
    assert all(unicodedata.category(one) not in HIDDEN or one in "\t\u200d" for one in drawn)


async def test_what_is_typed_while_it_is_saved_stays_and_goes_on_from_what_was_saved(sit):
    async with sit(workspace()) as seat:
        remembered(seat, "one\n")
        seat.press("m")
        await seat.shows("What all are to know", "one")
        seat.press("e", "a")
        answer = seat.hive.answers["memory/save"] = asyncio.get_running_loop().create_future()
        seat.press("ctrl+s")
        await seat.until(lambda: seat.hive.asked[-1][0] == "memory/save")
        seat.press("b")
        await seat.shows("ab")
        remembered(seat, "zero\none\na")
        answer.set_result({"saved": True, "merged": True, "text": "zero\none\na", "current": ""})
        await seat.shows("is saved, with what was changed there meanwhile", "Writing")
        seat.press("ctrl+s")
        await seat.until(lambda: [p for n, p in seat.hive.asked if n == "memory/save"][1:])
        (_, again) = [params for name, params in seat.hive.asked if name == "memory/save"]
        assert (again["base"], again["text"]) == ("one\na", "one\nab"), "so that what others added is merged again"


async def test_what_is_written_is_kept_when_another_card_is_laid_over_it(sit):
    async with sit(workspace()) as seat:
        remembered(seat, "one\n")
        seat.press("m")
        await seat.shows("What all are to know", "one")
        seat.press("e", "m", "i", "n", "e")
        await seat.shows("mine")
        seat.bench.overlay.read(Page((("Something else", "lit"),)))
        await seat.shows("Something else")
        seat.press("escape", "m")
        await seat.shows("What you wrote is kept")
        seat.press("e")
        await seat.shows("mine", "ctrl+s save")


async def test_help_over_the_memory_leaves_it_there(sit):
    async with sit(workspace()) as seat:
        seat.hive.answers["files/look"] = {"writes": [], "bars": {}, "checkouts": []}
        seat.press("f")
        await seat.shows("What agents changed")
        seat.press("?")
        await seat.shows("What agents change in files")
        seat.press("escape", "escape")
        remembered(seat, "what all know")
        seat.press("m")
        await seat.shows("what all know")
        seat.press("?")
        await seat.shows("The project's memory", "Write a decision down")
        seat.press("escape")
        await seat.until(lambda: "Write a decision down" not in seat.text())
        await seat.shows("What all are to know", "what all know")
        seat.press("escape")
        await seat.until(lambda: "What all are to know" not in seat.text())


async def test_a_decision_is_written_over_the_memory_which_stays_and_shows_it(sit):
    async with sit(workspace()) as seat:
        remembered(seat, "what all know")
        seat.press("m")
        await seat.shows("what all know")
        seat.press("d")
        await seat.shows("A decision, for all who work here", "What all are to know", "what all know")
        seat.press("escape")
        await seat.until(lambda: "A decision, for all" not in seat.text())
        await seat.shows("What all are to know", "what all know")
        seat.press("d", "o", "k")
        await seat.shows("A decision, for all who work here")
        remembered(seat, "what all know\n\n- ok")
        seat.hive.answers["memory/decide"] = {"entry": "- ok"}
        seat.press("enter")
        await seat.shows("Written down: - ok", "What all are to know", "what all know", "• ok")
        assert ("memory/decide", {"workspace": "w", "text": "ok"}) in seat.hive.asked
