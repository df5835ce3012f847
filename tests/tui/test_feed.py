from itertools import count

from scripted import workspace

from hiveui.model.agent import AgentId
from hiveui.model.changes import NOTICED, Deed, How, Write
from hiveui.model.codec import to_json
from hiveui.tui import chrome

NUMBERS = count(1)
QUIET = [0] * 20


def write(path, role="backend", how=How.TOOL, evidence="its Edit named it", **more):
    """A change, newer than all before; of nobody where `role` is ''."""
    by = AgentId({"backend": "a2", "frontend": "a3"}[role]) if role else None
    time = chrome.now().isoformat()
    return Write("/shop", path, Deed.MODIFIED, time, by, role, how, evidence, number=next(NUMBERS), **more)


def answer(*writes, bars=None):
    return {"writes": [to_json(w) for w in reversed(writes)], "bars": bars or {}, "checkouts": []}


def news(hive, *writes, bars=None):
    hive.send("files/feed", {"workspace": "w", **answer(*writes, bars=bars)})


async def test_the_feed_shows_whose_changes_are_and_what_comes_while_it_is_open(sit):
    async with sit(workspace()) as seat:
        seat.hive.answers["files/look"] = answer(
            write("api/a\x1b[31m.py", lines=(14, 3)), write("you.md", "", How.UNKNOWN, "it may have been you")
        )
        seat.press("f")
        await seat.shows("What agents changed", "backend", "~ api/a␛[31m.py", "+14 −3", "its Edit named it")
        await seat.shows("?", "you.md", "it may have been you")
        assert seat.hive.asked[-1] == ("files/look", {"workspace": "w", "rows": True})
        fresh = write("web/new.js", "", How.UNKNOWN, NOTICED)
        news(seat.hive, fresh)
        await seat.shows("…        ~ web/new.js")
        known = Write(
            "/shop",
            "web/new.js",
            Deed.MODIFIED,
            fresh.time,
            AgentId("a3"),
            "frontend",
            How.TOOL,
            "",
            number=fresh.number,
        )
        news(seat.hive, known)
        await seat.shows("frontend  ~ web/new.js")
        seat.press("f")  # frontend has the focus
        await seat.shows("What frontend changed", "web/new.js")
        await seat.until(lambda: "api/a" not in seat.text())
        seat.press("escape")
        await seat.until(lambda: "What frontend" not in seat.text())
        news(seat.hive, write("late.py"))
        await seat.until(lambda: seat.hive.heard("files/look") == [{"workspace": "w"}])  # how much is enough


async def test_enter_opens_the_chosen_file_in_the_persons_editor(sit, tmp_path, monkeypatch):
    monkeypatch.setenv("VISUAL", "vi")
    (tmp_path / "it's.py").write_text("x")
    async with sit(workspace()) as seat:
        top = Write(str(tmp_path), "it's.py", Deed.ADDED, chrome.now().isoformat(), number=next(NUMBERS))
        seat.hive.answers["files/look"] = answer(top, write("other.py"))
        seat.press("f")
        await seat.shows("it's.py", "other.py")
        seat.press("j", "enter")
        await seat.until(lambda: any(name == "agent/add" for name, _ in seat.hive.asked))
        seat.hive.answers["files/look"] = answer(write("gone.py"))
        seat.press("f")
        await seat.shows("gone.py")
        seat.press("enter")
        await seat.shows("/shop/gone.py is not there any more.")


async def test_what_each_agent_changed_of_late_stands_beside_its_name(sit):
    async with sit(workspace()) as seat:
        await seat.shows("2 backend")
        news(seat.hive, bars={"a2": [*QUIET[1:], 8], "a3": [1, *QUIET[1:]]})
        await seat.until(lambda: "█" in next((line for line in seat.text().splitlines() if "2 backend" in line), ""))
        await seat.until(lambda: "▁" in next((line for line in seat.text().splitlines() if "3 frontend" in line), ""))
        assert "█" not in next((line for line in seat.text().splitlines() if "3 frontend" in line), "")
        seat.press("R")
        await seat.shows("2 backend  ◐ working      █")


async def test_the_feed_goes_on_under_the_keys_that_are_shown_over_it(sit):
    async with sit(workspace()) as seat:
        seat.hive.answers["files/look"] = answer(write("old.py"))
        seat.press("f")
        await seat.shows("old.py")
        seat.press("?")
        await seat.shows("What agents change in files")
        news(seat.hive, write("new.py"))
        seat.press("escape")
        await seat.shows("new.py", "old.py")
        assert not seat.hive.heard("files/look")
