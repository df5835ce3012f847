"""Where copied text goes, with programs and terminals that play their part."""

import base64
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from hiveui.tui import clipboard
from hiveui.tui.clipboard import OSC_LIMIT, Clipboard, Programs, amount, attempt, osc52, programs, way

KITTY = {"TERM": "xterm-kitty"}
PLAIN = {"TERM": "xterm-256color"}


class Outside:
    """Programs that keep what they are given, unless they fail; tmux with some options."""

    def __init__(self, *installed: str, failing: Sequence[str] = (), options: dict[str, str] | None = None) -> None:
        self.held = dict.fromkeys(installed, "held before")
        self.failing = failing
        self.options = options or {}
        self.given: list[tuple[str, str]] = []

    def has(self, program: str) -> bool:
        return program in self.held

    def run(self, argv: Sequence[str], text: str) -> bool:
        if argv[0] in self.failing:
            return False
        self.given.append((argv[0], text))
        self.held[argv[0]] = text
        return True

    def ask(self, argv: Sequence[str]) -> str:
        if argv[0] == "tmux":
            return self.options.get(argv[-1], "")
        return self.held.get(argv[0].replace("wl-paste", "wl-copy").replace("pbpaste", "pbcopy"), "")


class Person:
    """A clipboard, and what the terminal was sent."""

    def __init__(self, folder: Path, environ: dict[str, str], outside: Outside, platform: str = "linux") -> None:
        self.file = folder / "hive" / "copied.txt"
        self.clipboard = Clipboard(environ, self.file, outside, platform)
        self.sent: list[str] = []
        self.clipboard.terminal = self.sent.append


@pytest.mark.parametrize(
    ("environ", "platform", "names"),
    [
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux", ["wl-copy", "xclip", "xsel"]),
        ({"DISPLAY": ":0"}, "linux", ["xclip", "xsel"]),
        ({}, "darwin", ["pbcopy"]),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "a b c d"}, "linux", []),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", []),
        ({}, "linux", []),
    ],
)
def test_programs_are_asked_only_where_their_clipboard_is_in_front_of_the_person(environ, platform, names):
    outside = Outside("wl-copy", "xclip", "xsel", "pbcopy")
    assert [program.name for program in programs(environ, outside, platform)] == names


async def test_the_first_program_that_can_is_given_the_text(tmp_path):
    outside = Outside("wl-copy", "xclip", failing=["wl-copy"])
    person = Person(tmp_path, {"WAYLAND_DISPLAY": "w", "DISPLAY": ":0", **KITTY}, outside)
    assert await person.clipboard.copy("two\nlines") == "Copied 2 lines (xclip)."
    assert outside.given == [("xclip", "two\nlines")]
    assert (person.sent, person.file.exists()) == ([], False)


async def test_a_terminal_that_takes_osc_52_is_asked_and_nothing_is_written_to_disk(tmp_path):
    person = Person(tmp_path, {**KITTY, "SSH_CONNECTION": "x", "DISPLAY": ":0"}, Outside("xclip"))
    assert await person.clipboard.copy("日本") == "Copied 2 characters (OSC 52)."
    assert person.sent == [f"\x1b]52;c;{base64.b64encode('日本'.encode()).decode()}\x07"]
    assert not person.file.exists()


@pytest.mark.parametrize(
    ("environ", "options", "sent", "said"),
    [
        (PLAIN, {}, osc52("x"), "Copied 1 character (OSC 52; should your terminal not take it: {})."),
        ({"TERM": "linux"}, {}, None, "Copied 1 character into {}. This terminal cannot be asked to copy."),
        ({**PLAIN, "TERM_PROGRAM": "Apple_Terminal"}, {}, None, "into {}. This terminal"),
        ({**KITTY, "TMUX": "t", "TMUX_PANE": "%1"}, {"set-clipboard": "external\n"}, None, "set-clipboard on"),
        (
            {"TMUX": "t"},
            {"set-clipboard": "off", "allow-passthrough": "on"},
            "\x1bPtmux;\x1b" + osc52("x") + "\x1b\\",
            "should your terminal not take it",
        ),
        ({"STY": "s", "TERM": "screen"}, {}, f"\x1bP{osc52('x')}\x1b\\", "should your terminal not take it"),
    ],
)
async def test_where_no_route_is_known_to_work_the_text_stands_in_a_file(tmp_path, environ, options, sent, said):
    person = Person(tmp_path, environ, Outside(options=options))
    assert said.format(person.file) in await person.clipboard.copy("x")
    assert person.sent == ([sent] if sent else [])
    assert person.file.read_text() == "x"
    assert person.file.stat().st_mode & 0o777 == 0o600


async def test_a_tmux_that_takes_it_needs_no_file(tmp_path):
    person = Person(tmp_path, {"TMUX": "t"}, Outside(options={"set-clipboard": "on\n"}))
    assert await person.clipboard.copy("x") == "Copied 1 character (OSC 52)."
    assert person.sent == [osc52("x")]


async def test_more_than_terminals_take_is_not_sent_to_them(tmp_path):
    person = Person(tmp_path, KITTY, Outside())
    assert "more than a terminal takes" in await person.clipboard.copy("é" * OSC_LIMIT)
    assert person.sent == []
    assert person.file.read_text() == "é" * OSC_LIMIT


async def test_gnu_screen_is_given_pieces_that_it_hands_on(tmp_path):
    person = Person(tmp_path, {"STY": "s"}, Outside())
    await person.clipboard.copy("x" * 2000)
    pieces = person.sent[0].removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert "".join(pieces) == osc52("x" * 2000)
    assert max(map(len, pieces)) <= 512


async def test_what_acts_on_a_terminal_is_not_copied_and_a_link_is_not_followed(tmp_path):
    person = Person(tmp_path, {"TERM": "linux", "HOME": str(tmp_path)}, Outside())
    person.file.parent.mkdir()
    (tmp_path / "mine").write_text("mine")
    person.file.symlink_to(tmp_path / "mine")
    assert "into ~/hive/copied.txt" in await person.clipboard.copy("a\x1b[2J\x9bb\tc\nd\r")
    assert person.file.read_text() == "a[2Jb\tc\nd"
    assert (tmp_path / "mine").read_text() == "mine"
    assert await person.clipboard.copy("") == "Nothing to copy: only blanks are selected."


@pytest.mark.parametrize(
    ("environ", "outside", "found"),
    [
        ({"DISPLAY": ":0"}, Outside("xclip"), (True, "xclip, tried", "")),
        (
            {"DISPLAY": ":0", **KITTY},
            Outside("xclip", failing=["xclip"]),
            (True, "xclip does not answer; OSC 52", ""),
        ),
        (PLAIN, Outside(), (True, "OSC 52, which this terminal may not take; also a file", "")),
        (
            {"TMUX": "t"},
            Outside(),
            (False, "a file", "`tmux set -s set-clipboard on` lets your tmux take it."),
        ),
    ],
)
def test_a_try_says_the_route_and_leaves_the_clipboard_as_it_is(environ, outside, found):
    before = dict(outside.held)
    assert attempt(environ, outside, "linux") == found
    assert outside.held == before


def test_a_clipboard_without_text_is_not_overwritten_to_try_it():
    outside = Outside("wl-copy")
    outside.held["wl-copy"] = ""
    assert attempt({"WAYLAND_DISPLAY": "w"}, outside, "linux")[1] == "wl-copy, not tried: the clipboard holds no text"
    assert outside.given == []


def test_a_program_that_hangs_is_ended_and_one_that_serves_on_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(clipboard, "PATIENCE", 0.2)
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    serving = tmp_path / "serving"
    serving.write_text(f"#!/bin/sh\ncat > {tmp_path}/kept\nsleep 20 &\n")
    for script in (slow, serving):
        script.chmod(0o755)
    began = time.monotonic()
    assert not Programs().run([str(slow)], "x")
    monkeypatch.setattr(clipboard, "PATIENCE", 15.0)
    assert Programs().run([str(serving)], "日本")
    assert time.monotonic() - began < 12
    assert (tmp_path / "kept").read_text() == "日本"
    assert Programs().ask([shutil.which("printf") or "printf", "said"]) == "said"
    assert Programs().ask([str(tmp_path / "missing")]) == ""
    assert not Programs().has(os.fspath(tmp_path / "missing"))


def test_an_amount_is_said_as_people_do():
    assert [amount(text) for text in ("a", "ab", "a\nb", "x" * 1200)] == [
        "1 character",
        "2 characters",
        "2 lines",
        "1,200 characters",
    ]


def test_the_tmux_around_is_asked_for_two_options_and_changed_in_none():
    asked = []

    class Listening(Outside):
        def ask(self, argv: Sequence[str]) -> str:
            asked.append(tuple(argv))
            return ""

    way({"TMUX": "t", "TMUX_PANE": "%7"}, Listening())
    assert asked == [
        ("tmux", "show-options", "-sv", "set-clipboard"),
        ("tmux", "show-options", "-Apv", "-t", "%7", "allow-passthrough"),
    ]
