"""A key reaches a program by decoder and encoder as it does through `tmux attach`, byte for byte."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hiveui.model.agent import PaneId
from hiveui.model.keys import Mods, item_to_json, typed
from hiveui.model.rows import Modes
from hiveui.tmux.encoder import NAMES, commands
from hiveui.tmux.server import OPTIONS
from hiveui.tui.decoder import Decoder, KeyInput, MouseInput
from tests.keys import kitty, legacy
from tests.terminal import Terminal
from tests.waiting import end, until

RECORDER = Path(__file__).with_name("recorder.py")
MARK = "⟦⟧".encode()
PANE = PaneId("%0")
AS_TYPED = "set -g prefix None\nset -g status off\nset -g mouse off\nunbind -a -T root\n"
"""Every key goes to the pane, the prefix too."""
GESTURES = {
    "click": ["0;5;3M", "0;5;3m"],
    "drag": ["0;5;3M", "32;6;3M", "32;7;4M", "0;7;4m"],
    "move": ["35;9;9M", "35;10;9M"],
    "wheel": ["64;80;24M", "65;1;1M"],
    "horizontal wheel": ["66;9;9M"],
    "shift and a click": ["4;1;1M", "4;1;1m"],
    "alt, ctrl and the right button": ["26;3;3M", "26;3;3m"],
}
"""SGR reports, each gesture for a client of its own: tmux 3.3a drops a press whose button or modifiers differ from
those of a press less than 300 ms before (server-client.c, server_client_check_mouse)."""


class Bench:
    """One pane with the recorder in it, one attached terminal, one control connection."""

    def __init__(self, folder: Path, modes: str, *, mouse: bool = False) -> None:
        self._env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        self._tmux = ["tmux", "-u", "-S", str(folder / "t"), "-f", str(folder / "conf")]
        (folder / "conf").write_text(OPTIONS + AS_TYPED + ("set -g mouse on\n" if mouse else ""))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(folder / "r"))
            listener.listen()
            listener.settimeout(10)
            program = [sys.executable, str(RECORDER), str(folder / "r"), modes]
            self._run("new-session", "-d", "-s", "w-1", "-x", "80", "-y", "24", *program)
            self.typed, _ = listener.accept()
        self.typed.settimeout(10)
        self.server = int(self._run("display-message", "-p", "#{pid}"))
        self.terminal = self.attach()
        self.control = subprocess.Popen(
            [*self._tmux, "-C", "attach", "-f", "no-output,ignore-size"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=self._env,
        )

    def _run(self, *argv: str) -> str:
        return subprocess.run([*self._tmux, *argv], env=self._env, check=True, capture_output=True, text=True).stdout

    def attach(self) -> Terminal:
        """Attach a terminal of the pane's size and wait until tmux counts it."""
        terminal = Terminal([*self._tmux, "attach"], self._env, 80, 24)
        clients = ("list-clients", "-F", "#{client_pid}")
        until(lambda: str(terminal.pid) in self._run(*clients).split(), what="the client")
        return terminal

    def close(self) -> None:
        self.terminal.close()
        assert self.control.stdin
        self.control.stdin.close()
        self.control.wait(10)
        end(self.server)
        self.typed.close()

    def attached(self, data: bytes) -> bytes:
        """Type into `tmux attach`; an Escape must not meet the mark, so the mark waits for the key's first byte."""
        self.terminal.type(data)
        first = self.typed.recv(1 << 16)
        self.terminal.type(MARK)
        return self._recorded(first)

    def ours(self, data: bytes) -> bytes:
        """Type by way of decoder and encoder."""
        self.send(keys(data))
        return self._recorded(b"")

    def send(self, lines: list[str]) -> None:
        mark = commands(PANE, [["text", MARK.decode()]], Modes(), "")
        assert self.control.stdin
        self.control.stdin.write("".join(f"{line}\n" for line in lines + mark).encode())
        self.control.stdin.flush()

    def _recorded(self, data: bytes) -> bytes:
        while not data.endswith(MARK):
            data += self.typed.recv(1 << 16)
        return data.removesuffix(MARK)


def keys(data: bytes) -> list[str]:
    decoder = Decoder()
    inputs = decoder.feed(data) + decoder.flush()
    assert all(isinstance(item, KeyInput) for item in inputs), inputs
    items = [item_to_json(i) for item in inputs if isinstance(item, KeyInput) for i in typed(item.key)]
    return commands(PANE, items, Modes(), "ctrl+j")


def mouse(data: bytes, modes: Modes) -> list[str]:
    items = [
        ["mouse", i.kind, i.button, i.x, i.y, int(i.mods)] for i in Decoder().feed(data) if isinstance(i, MouseInput)
    ]
    return commands(PANE, items, modes, "")


@pytest.fixture(params=["", r"\x1b[?1h\x1b="], ids=["normal mode", "application mode"])
def bench(request: pytest.FixtureRequest, short: Path) -> Iterator[Bench]:
    with contextlib.closing(Bench(short, request.param)) as bench:
        yield bench


def test_a_legacy_terminal_types_what_it_types_through_tmux_attach(bench: Bench) -> None:
    wanted = {name: bench.attached(data) for name, data in legacy().items()}
    assert {name: bench.ours(data) for name, data in legacy().items()} == wanted
    assert wanted["byte 0x1b"] == b"\x1b"


def test_a_kitty_terminal_types_what_a_legacy_one_types_through_tmux_attach(bench: Bench) -> None:
    wanted = {name: bench.attached(old) for name, (old, _) in kitty().items()}
    assert {name: bench.ours(new) for name, (_, new) in kitty().items()} == wanted


def test_every_name_of_the_closed_table_is_a_key_and_none_is_typed_as_letters(bench: Bench) -> None:
    for (key, mods), name in NAMES.items():
        bench.send([f"send-keys -t {PANE} '{name}'"])
        recorded = bench._recorded(b"")
        assert recorded, name
        assert recorded != name.encode()
        assert recorded[0] < 0x20 or recorded == b"\x7f", (name, recorded)
        if mods == Mods.NONE and key in ("up", "down", "left", "right"):
            assert recorded in (b"\x1b[" + recorded[-1:], b"\x1bO" + recorded[-1:])


def test_shift_enter_is_a_new_line_and_never_sends(bench: Bench) -> None:
    for data in (b"\x1b[13;2u", b"\x1b[13;5u", b"\x1b[27;2;13~", b"\x1b[27;5;13~"):
        assert bench.ours(data) == b"\n"


def test_a_long_unbracketed_paste_arrives_whole_and_in_order(bench: Bench) -> None:
    text = "".join(f"{n} £ #(x);\r" for n in range(4000)).encode()
    assert bench.ours(text) == text


@pytest.mark.parametrize(
    ("asked", "modes"),
    [
        ("1000", Modes(mouse_click=True)),
        ("1000;1006", Modes(mouse_click=True, mouse_sgr=True)),
        ("1002;1006", Modes(mouse_drag=True, mouse_sgr=True)),
        ("1003;1006", Modes(mouse_move=True, mouse_sgr=True)),
        ("1003", Modes(mouse_move=True)),
    ],
)
def test_the_mouse_reports_what_it_reports_through_tmux_attach(short: Path, asked: str, modes: Modes) -> None:
    with contextlib.closing(Bench(short, rf"\x1b[?{asked}h", mouse=True)) as bench:
        wanted, ours = {}, {}
        for name, reports in GESTURES.items():
            events = b"".join(f"\x1b[<{report}".encode() for report in reports)
            bench.terminal.type(events + MARK)
            wanted[name] = bench._recorded(b"")
            bench.send(mouse(events, modes))
            ours[name] = bench._recorded(b"")
            bench.terminal.close()
            bench.terminal = bench.attach()
    assert ours == wanted
    assert wanted["click"]
