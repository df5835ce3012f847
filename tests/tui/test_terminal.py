"""The app on a real pty: bytes in through the driver, bytes out past the guard, and the terminal given back."""

import json
import os
import signal
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest
from oracle import violations

from hiveui.tui.launcher import RESTORE
from tests.terminal import Terminal
from tests.waiting import until

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
HOSTILE = ("\x1b]52;c;aGk=\x07", "[@click=app.exit]x[/]", "\u202egnp.exe", "x\x9b2J", "\x1b[2J", "a\u0301" * 30)


class Session:
    """The app on a terminal, and what its hive was told."""

    def __init__(self, log: Path, *roles: str, colours: str = "truecolor") -> None:
        self.log = log
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": colours, "TMUX": "", "PYTHONPATH": str(ROOT)}
        argv = [sys.executable, str(HERE / "on_terminal.py"), str(log), *roles]
        self.terminal = Terminal(argv, env, cwd=str(ROOT))
        self.mode = termios.tcgetattr(self.terminal._fd)
        self.told_views(1)

    def told(self, method: str) -> list:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [params for name, params in map(json.loads, lines) if name == method]

    def told_views(self, count: int) -> None:
        until(lambda: len(self.told("pane/view")) >= count, what="pane/view")

    def inputs(self) -> list:
        return [item for params in self.told("pane/input") for item in params["input"]]

    @property
    def child(self) -> int:
        return self.told("pid")[0]

    def status(self) -> int:
        status = until(lambda: [s for p, s in [os.waitpid(self.terminal.pid, os.WNOHANG)] if p], what="the end")
        return os.waitstatus_to_exitcode(status[0])


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = Session(tmp_path / "log")
    yield opened
    opened.terminal.close()


def test_bytes_become_keys_of_the_pane_and_a_lone_escape_is_one(session):
    session.terminal.type(b"\r")
    session.told_views(1)
    session.terminal.type("ls £é\x11\x03\x1b[A".encode())
    until(lambda: len(session.inputs()) >= 4, what="the keys")
    session.terminal.type(b"\x1b")
    until(lambda: ["key", "escape"] in session.inputs(), what="escape")
    session.terminal.type(b"\x1b[200~two\nlines\x1b[201~")
    until(lambda: session.told("pane/paste"), what="the paste")
    text = "".join(item[1] for item in session.inputs() if item[0] == "text")
    keys = [item[1] for item in session.inputs() if item[0] == "key"]
    assert text == "ls £é"
    assert keys == ["ctrl+q", "ctrl+c", "up", "escape"]
    assert session.told("pane/paste")[0]["text"] == "two\nlines"


def test_leaving_gives_the_terminal_back_and_says_nothing(session):
    session.terminal.type(b"q")
    assert session.status() == 0
    assert termios.tcgetattr(session.terminal._fd) == session.mode
    assert bytes(session.terminal.screen).count(b"\x1b[?1049l") == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_screen_that_is_killed_leaves_the_terminal_as_it_was(session, number):
    os.kill(session.child, number)
    assert session.status() == 128 + number
    until(lambda: b"your agents go on" in session.terminal.screen, what="the sentence")
    assert RESTORE in bytes(session.terminal.screen)
    assert termios.tcgetattr(session.terminal._fd) == session.mode


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_request_to_end_is_handed_on_and_ends_in_good_order(session, number):
    os.kill(session.terminal.pid, number)
    assert session.status() == 0
    assert termios.tcgetattr(session.terminal._fd) == session.mode


def test_a_screen_stopped_and_continued_takes_each_key_once(session):
    session.terminal.type(b"\r")
    until(lambda: b"typing into" in session.terminal.screen, what="Interact")
    os.kill(session.child, signal.SIGSTOP)
    session.terminal.type(b"abc")
    os.kill(session.child, signal.SIGCONT)
    session.terminal.type(b"def")
    until(lambda: "f" in "".join(item[1] for item in session.inputs()), what="the keys")
    assert "".join(item[1] for item in session.inputs()) == "abcdef"


def test_a_terminal_without_true_colour_is_sent_none(tmp_path):
    opened = Session(tmp_path / "log", colours="")
    try:
        until(lambda: b"leave" in opened.terminal.screen, what="the screen")
        assert b"8;5;" in opened.terminal.screen
        assert b"8;2;" not in opened.terminal.screen
    finally:
        opened.terminal.close()


def test_hostile_names_put_nothing_on_the_terminal_that_acts(tmp_path):
    session = Session(tmp_path / "log", *HOSTILE)
    try:
        for keys, shown in (
            (b"R", "‹U+202E›"),
            (b"x", "Stop 1"),
            (b"\r", "q leave"),
            (b"s\x1b[200~\x1b]52;c;YQ==\x07\xc2\x9b\x1b[201~", "To 1"),
        ):
            start = len(session.terminal.screen)
            session.terminal.type(keys)
            words = shown.encode().split()
            until(
                lambda start=start, words=words: all(word in session.terminal.screen[start:] for word in words),
                what=shown,
            )
        session.terminal.type(b"\x1b")
        until(
            lambda: session.terminal.screen.rindex(b"leave") > session.terminal.screen.rindex(b"To 1"), what="the end"
        )
        session.terminal.type(b"q")
        session.status()
        assert violations(bytes(session.terminal.screen)) == []
    finally:
        session.terminal.close()
