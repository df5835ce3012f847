import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from scripted import workspace

from hiveui.tui.widgets.area import Area

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
