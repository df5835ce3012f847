"""Copying from a scrolled pane, by every route that copied text takes, and searching while the pane floods."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.robot import Robot, World
from tests.waiting import until

LINES = 300
LONG = "a line that is too long for the pane " * 4
PRINTS = (
    "sh",
    "-c",
    f"for i in $(seq {LINES}); do echo \"line $i.\"; done; echo '{LONG.strip()} 日本'; echo end; exec cat",
)
WANTED = f"line {LINES}.\n{LONG.strip()} 日本\nend"
FAKE = '#!/bin/sh\ncat > "$HOME/$(basename "$0")"\n'


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        world.up({"prints": PRINTS})
        world.pane_sees("prints", "end")
        yield world


def copies(robot: Robot) -> None:
    """Scroll up, and down again to the last three lines, and copy them."""
    robot.sees("end", "leave")
    robot.press("PPage")
    robot.sees("28 of", "line 260.")
    robot.press("G", "?")
    robot.sees("Search up")
    robot.types(f"line {LINES}.\r")
    robot.sees("1 of 1")
    robot.press("V", "j", "j", "j")
    robot.sees("selecting lines")
    robot.press("y")


def kept(file: Path) -> str:
    until(lambda: file.exists() and file.stat().st_size, what=f"something in {file.name}")
    return file.read_text()


@pytest.mark.parametrize(
    ("program", "display"), [("wl-copy", "WAYLAND_DISPLAY"), ("xclip", "DISPLAY"), ("xsel", "DISPLAY")]
)
def test_a_program_of_this_machine_is_given_what_was_copied(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, display: str
) -> None:
    fake = tmp_path / program
    fake.write_text(FAKE)
    fake.chmod(0o755)
    monkeypatch.setitem(world.env, "PATH", f"{tmp_path}:{world.env['PATH']}")
    monkeypatch.setitem(world.env, display, "x")
    robot = world.opens()
    copies(robot)
    robot.sees(f"Copied 3 lines ({program}).")
    assert kept(world.home / program) == WANTED
    robot.leaves()


def test_the_terminal_is_asked_where_it_is_known_to_take_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.env, "TERM", "xterm-kitty")
    monkeypatch.setitem(world.env, "SSH_CONNECTION", "far away")
    monkeypatch.setitem(world.env, "DISPLAY", "of another machine")
    terminal = world.terminal()
    until(lambda: b"leave" in terminal.screen)
    terminal.type(b"y2kVjy")
    found = until(lambda: re.search(rb"\x1b\]52;c;([^\x07]*)\x07", bytes(terminal.screen)))
    assert base64.b64decode(found[1]).decode() == f"{LONG.strip()} 日本\nend"
    until(lambda: b"Copied 2 lines (OSC 52)." in terminal.screen)
    terminal.type(b"\x1b[<0;1;30M\x1b[<32;3;30M\x1b[<0;3;30m")  # a drag over the last line but one
    until(lambda: f"\x1b]52;c;{base64.b64encode(b'end').decode()}\x07".encode() in terminal.screen)
    until(lambda: b"Copied 3 characters (OSC 52)." in terminal.screen)
    terminal.type(b"q")


def test_a_tmux_that_takes_it_is_given_it(world: World) -> None:
    robot = world.opens()
    robot._ask("set-option", "-s", "set-clipboard", "on")
    copies(robot)
    robot.sees("Copied 3 lines (OSC 52).")
    until(lambda: robot._ask("list-buffers"), what="a buffer of the outer tmux")
    assert robot._ask("show-buffer") == WANTED
    robot.leaves()


def test_what_no_route_is_known_to_take_stands_in_a_file_that_is_named(world: World) -> None:
    robot = world.opens()
    robot._ask("set-option", "-s", "set-clipboard", "external")
    copies(robot)
    robot.sees("Copied 3 lines into ~/state/hive/copied.txt. `tmux set -s set-clipboard on` lets your tmux take it.")
    assert kept(world.paths.copied) == WANTED
    assert world.paths.copied.stat().st_mode & 0o777 == 0o600
    assert robot._ask("list-buffers") == ""
    robot.leaves()
