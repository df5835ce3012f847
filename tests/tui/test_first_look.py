"""What a screen shows first, and what is learned once for all screens of a process."""

import asyncio
import subprocess
import sys
from pathlib import Path

from scripted import ScriptedHive, workspace

from hiveui.model.agent import WorkspaceId
from hiveui.tui.app import HiveApp
from hiveui.tui.decoder import FocusInput
from hiveui.tui.driver import TerminalInput
from hiveui.tui.settings import Settings
from hiveui.tui.sheets import Sheets
from tests.waiting import soon

LEFT = """
import gc, threading
from hiveui.tui import zygote
zygote.rehearse()
print(threading.active_count())
"""


async def test_a_screen_that_waits_for_the_hive_says_so_and_nothing_else():
    async def never() -> None:
        await asyncio.Event().wait()

    app = HiveApp(never, never, WorkspaceId("w"), Settings())

    def text() -> str:
        return " ".join("".join(strip.text for strip in app.screen._compositor.render_strips()).split())

    async with app.run_test(size=(80, 24)):
        await soon(lambda: text() == "Connecting to the hive…", what="the sentence")


async def test_who_went_elsewhere_before_the_hive_was_there_is_not_taken_for_one_who_looks():
    there = asyncio.Event()

    async def connect() -> ScriptedHive:
        await there.wait()
        return ScriptedHive(workspace())

    async def never() -> None:
        await asyncio.Event().wait()

    app = HiveApp(connect, never, WorkspaceId("w"), Settings())
    async with app.run_test(size=(120, 32)) as pilot:
        app.post_message(TerminalInput([FocusInput(focused=False)]))
        await pilot.pause()
        assert app.workbench.workspace is None
        there.set()
        await soon(lambda: app.workbench.workspace is not None, what="the hive")
        assert not app.workbench.outer_focus


async def test_a_screen_whose_size_changes_while_it_waits_for_the_hive_is_drawn_whole():
    there = asyncio.Event()

    async def connect() -> ScriptedHive:
        await there.wait()
        return ScriptedHive(workspace())

    async def never() -> None:
        await asyncio.Event().wait()

    app = HiveApp(connect, never, WorkspaceId("w"), Settings())
    async with app.run_test(size=(120, 32)) as pilot:
        await pilot.resize_terminal(140, 40)
        there.set()
        strips = app.screen._compositor.render_strips
        await soon(lambda: "%1 70x" in "".join(strip.text for strip in strips()), what="the first pane")
        assert [strip.cell_length for strip in strips()] == [140] * 40


def test_rules_are_parsed_once_for_the_same_variables_and_again_for_others():
    def rules(colour: str) -> list:
        sheet = Sheets(variables={"lit": colour})
        sheet.add_source("Label { color: $lit; }", ("here", ""))
        sheet.parse()
        return sheet.rules

    assert rules("red")[0] is rules("red")[0]
    assert rules("red")[0] is not rules("blue")[0]
    assert rules("blue")[0].styles.color != rules("red")[0].styles.color


def test_what_is_rehearsed_before_screens_are_forked_leaves_no_thread_and_prints_nothing(tmp_path: Path):
    environ = {"HOME": str(tmp_path), "TERM": "xterm-256color"}
    done = subprocess.run([sys.executable, "-c", LEFT], env=environ, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("1\n", "")
