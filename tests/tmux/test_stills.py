"""Stills of real panes: what they have, and that they stand while the pane goes on."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tmux.nest import Nest, agent, shows

from hiveui.errors import StorageError, UsageError
from hiveui.hive import stills
from hiveui.hive.hive import Hive
from hiveui.tmux import commands

SGR = re.compile(r"\x1b\[[0-9;:]*m")
COLUMNS = 120


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


class Someone:
    """A client."""

    backlog = 0
    drives = True

    def notify(self, method: str, params: dict[str, Any]) -> None:
        raise AssertionError(method)


def printing(text: str, then: str = "exec cat") -> dict[str, Any]:
    return {"command": ["sh", "-c", f"printf '{text}'; echo ready; {then}"]}


async def texts(hive: Hive, viewer: Someone, still: int, start: int, count: int) -> list[tuple[str, bool]]:
    answer = await hive.stills.rows(viewer, still=still, start=start, count=count)
    return [(SGR.sub("", ansi).rstrip(), wrapped) for ansi, _, wrapped in answer["rows"]]


async def test_a_still_tells_which_rows_wrapped_and_keeps_colours_and_wide_characters(nest: Nest):
    long = "x" * COLUMNS
    async with nest.hive() as hive:
        program = printing(rf"\033[31mred\033[0m\n{long}tail\n日本{'y' * (COLUMNS - 5)}語z\n{long}\nblank   \n\n")
        await nest.open(hive, {"one": program})
        await shows(hive, "one", "ready")
        me = Someone()
        taken = await hive.stills.take(me, pane=agent(hive, "one").pane)
        assert taken["size"][0] == COLUMNS
        rows = await texts(hive, me, taken["still"], 0, 9)
        assert rows == [
            ("red", False),
            (long, True),
            ("tail", False),
            ("日本" + "y" * (COLUMNS - 5), True),
            ("語z", False),
            (long, False),
            ("blank", False),
            ("", False),
            ("ready", False),
        ]
        coloured = await hive.stills.rows(me, still=taken["still"], start=0, count=1)
        assert coloured["rows"][0][0].startswith("\x1b[31mred")
        found = await hive.stills.search(me, still=taken["still"], pattern="xTAIL".lower())
        assert found == {"count": 1, "matches": [[1, COLUMNS - 1, 2, 3]]}
        assert sorted(path.name for path in nest.paths.run.glob("still*")) == []
        assert await nest.server.ask("list-buffers") in (None, "")
        hive.leave(me)
        with pytest.raises(UsageError, match="not kept any more"):
            await hive.stills.rows(me, still=taken["still"], start=0, count=1)


async def test_a_still_stands_while_the_pane_prints_past_the_end_of_its_history(nest: Nest, monkeypatch):
    monkeypatch.setattr(commands, "STILL", ("-e -N -S -100", "-N -S -", "-J -S -"))
    async with nest.hive() as hive:
        count = (
            "i=0; while [ $i -lt %d ]; do i=$((i+1)); printf '\\033[32mline %%d\\033[0m\\n' $i; done; echo ready %d; "
        )
        program = {
            "command": ["sh", "-c", count % (400, 1) + "read x; " + count % (2000, 2) + "exec cat"],
            "history": 500,
        }
        await nest.open(hive, {"one": program})
        await shows(hive, "one", "ready 1")
        pane = agent(hive, "one").pane
        me = Someone()
        still = (await hive.stills.take(me, pane=pane))["still"]
        before = await hive.stills.rows(me, still=still, start=0, count=450)
        assert before["rows"][0][0].startswith("\x1b[32mline 1")
        hive.panes.input(me, pane=pane, input=[["key", "enter"]])
        await shows(hive, "one", "ready 2")
        after = await texts(hive, me, still, 0, 450)
        assert after == [(SGR.sub("", ansi).rstrip(), wrapped) for ansi, _, wrapped in before["rows"]]
        assert after[:400] == [(f"line {number}", False) for number in range(1, 401)]


async def test_a_program_that_fills_the_screen_has_that_screen_and_nothing_above_it(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": printing(r"%s\033[?1049h\033[Hfull screen\n" % (r"above\n" * 60))})
        await shows(hive, "one", "full screen")
        me = Someone()
        taken = await hive.stills.take(me, pane=agent(hive, "one").pane)
        assert taken["total"] == taken["size"][1]
        assert (await texts(hive, me, taken["still"], 0, 2)) == [("full screen", False), ("ready", False)]
        assert (await hive.stills.search(me, still=taken["still"], pattern="above"))["count"] == 0


async def test_all_panes_are_searched_and_no_pattern_holds_the_hive_up(nest: Nest, monkeypatch):
    monkeypatch.setattr(stills, "PATIENCE", 0.5)
    async with nest.hive() as hive:
        evil = printing("a" * 60 + r"!\n")
        workspace = (
            await nest.open(hive, {"one": printing(r"needle 1\n"), "two": evil, "three": printing(r"Needle 2\n")})
        )["workspace"]
        for role in ("one", "two", "three"):
            await shows(hive, role, "ready")
        answer = await hive.stills.search_all(Someone(), workspace=workspace, pattern=r"needle \d", regex=True)
        assert [(found["role"], found["count"], found["matches"]) for found in answer["found"]] == [
            ("one", 1, [[0, 0, 0, 7, "needle 1"]]),
            ("three", 1, [[0, 0, 0, 7, "Needle 2"]]),
        ]
        with pytest.raises(UsageError, match="took longer"):
            await hive.stills.search_all(Someone(), workspace=workspace, pattern=r"(a+)+$", regex=True)
        with pytest.raises(UsageError, match="unterminated"):
            await hive.stills.search_all(Someone(), workspace=workspace, pattern="(", regex=True)
        with pytest.raises(UsageError, match="1 to 1000 characters"):
            await hive.stills.search_all(Someone(), workspace=workspace, pattern="x" * 1001)


async def test_a_client_keeps_a_few_stills_and_the_oldest_goes_first(nest: Nest):
    async with nest.hive() as hive:
        await nest.open(hive, {"one": printing("x")})
        await shows(hive, "one", "ready")
        me, pane = Someone(), agent(hive, "one").pane
        numbers = [(await hive.stills.take(me, pane=pane))["still"] for _ in range(stills.KEPT + 1)]
        with pytest.raises(UsageError):
            await hive.stills.rows(me, still=numbers[0], start=0, count=1)
        assert (await hive.stills.rows(me, still=numbers[1], start=0, count=1))["rows"]
        hive.stills.drop(me, still=numbers[1])
        hive.stills.drop(me, still=numbers[1])
        hive.leave(me)


async def test_a_still_that_cannot_be_kept_is_an_error_and_leaves_nothing_behind(nest: Nest, monkeypatch):
    (nest.paths.run / "still-of-a-daemon-that-was-killed").touch()
    async with nest.hive() as hive:
        await nest.open(hive, {"one": printing("x")})
        await shows(hive, "one", "ready")
        assert list(nest.paths.run.glob("still*")) == []
        pane = agent(hive, "one").pane
        monkeypatch.setattr("secrets.token_hex", lambda _: "0")
        for number in range(3):
            (nest.paths.run / f"still-0-{number}").symlink_to("/dev/full")
        with pytest.raises(StorageError, match="is the disk full"):
            await hive.stills.take(Someone(), pane=pane)
        assert list(nest.paths.run.glob("still*")) == []
        monkeypatch.setattr(hive.stills, "_folder", nest.paths.run / "missing")
        with pytest.raises(StorageError, match=r"could not be read: .*No such file or directory"):
            await hive.stills.take(Someone(), pane=pane)
        session = next(iter(hive._supervisors.values())).here.session
        assert (await session.client.ask("list-buffers")).lines == ()
