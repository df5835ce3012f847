"""Input items become `send-keys` lines."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.errors import TmuxError
from hiveui.model.agent import PaneId
from hiveui.model.keys import Item, Key, Mods, Mouse, item_from_json, item_to_json, parse_chord
from hiveui.model.rows import Modes
from hiveui.tmux.encoder import MAX_LINE, NAMES, commands

PANE = PaneId("%7")
PLAIN = Modes()
SGR = Modes(mouse_click=True, mouse_sgr=True)


def sent(*items: Any, modes: Modes = PLAIN, newline: str = "ctrl+j") -> list[str]:
    prefix = "send-keys -t %7 "
    lines = commands(PANE, items, modes, newline)
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


def hexed(*items: Any, modes: Modes = PLAIN) -> bytes:
    lines = sent(*items, modes=modes)
    assert all(line.startswith("-H ") for line in lines)
    return b"".join(bytes.fromhex(line[3:]) for line in lines)


def test_text_goes_as_bytes_whatever_it_is() -> None:
    assert hexed(["text", "hello; £ #(x) ~'\""]) == "hello; £ #(x) ~'\"".encode()


def test_neighbours_share_a_command_and_order_is_kept() -> None:
    items = [["text", "a"], ["text", "b"], ["key", "alt+c"], ["key", "up"], ["key", "ctrl+f5"], ["text", "d"]]
    assert sent(*items) == ["-H 61 62 1b 63", "'Up' 'C-F5'", "-H 64"]


@pytest.mark.parametrize(
    ("chord", "line"),
    [
        ("enter", "'Enter'"),
        ("shift+enter", "'C-j'"),
        ("ctrl+enter", "'C-j'"),
        ("ctrl+shift+enter", "'C-j'"),
        ("alt+enter", "-H 1b 0d"),
        ("shift+tab", "'BTab'"),
        ("ctrl+a", "'C-a'"),
        ("ctrl+\\", "'C-\\'"),
        ("ctrl+space", "'C-Space'"),
        ("ctrl+alt+space", "-H 1b 00"),
        ("ctrl+alt+a", "-H 1b 01"),
        ("ctrl+2", "-H 00"),
        ("ctrl+/", "-H 1f"),
        ("ctrl+backspace", "-H 08"),
        ("alt+backspace", "-H 1b 7f"),
        ("alt++", "-H 1b 2b"),
        ("alt+é", "-H 1b c3 a9"),
        ("ctrl+alt+shift+pageup", "'C-M-S-PPage'"),
        ("super+left", "'M-Left'"),
    ],
)
def test_a_chord_is_sent_by_name_or_in_bytes(chord: str, line: str) -> None:
    assert sent(["key", chord]) == [line]


def test_a_new_line_is_what_the_kind_says_and_never_the_key_that_sends() -> None:
    assert sent(["key", "shift+enter"], newline="alt+enter") == ["-H 1b 0d"]
    assert sent(["key", "ctrl+enter"], newline="shift+enter") == []
    assert sent(["key", "ctrl+enter"], newline="enter") == []


@pytest.mark.parametrize("chord", ["f13", "menu", "Enter", "C-c", "ctrl+shift+a", "super+shift+a", "ctrl+é", "hyper+x"])
def test_what_cannot_be_said_sends_nothing(chord: str) -> None:
    assert sent(["key", chord]) == []


@given(st.text(max_size=40), st.sampled_from(list(Mods)))
def test_no_chord_reaches_tmux_other_than_by_the_closed_table(name: str, mods: Mods) -> None:
    known = "|".join(re.escape(f"'{known}'") for known in NAMES.values())
    for line in sent(["key", Key(name or "x", mods).chord]):
        assert re.fullmatch(rf"-H( [0-9a-f]{{2}})+|{known}", line)


def test_each_line_is_bounded_and_nothing_is_lost() -> None:
    text = "x" * 100_000
    assert max(map(len, commands(PANE, [["text", text]], PLAIN, "ctrl+j"))) <= MAX_LINE
    assert hexed(["text", text]) == text.encode()
    many = sent(*[["key", "up"]] * 5000)
    assert sum(line.count("'Up'") for line in many) == 5000


@pytest.mark.parametrize(
    ("mouse", "modes", "data"),
    [
        (["press", 0, 4, 2, 0], SGR, b"\x1b[<0;5;3M"),
        (["release", 0, 4, 2, 0], SGR, b"\x1b[<0;5;3m"),
        (["press", 65, 300, 2, 5], SGR, b"\x1b[<85;301;3M"),
        (["drag", 0, 4, 2, 0], SGR, b""),
        (["drag", 0, 4, 2, 0], Modes(mouse_drag=True, mouse_sgr=True), b"\x1b[<32;5;3M"),
        (["move", 3, 4, 2, 0], Modes(mouse_drag=True, mouse_sgr=True), b""),
        (["move", 3, 4, 2, 0], Modes(mouse_move=True, mouse_sgr=True), b"\x1b[<35;5;3M"),
        (["press", 0, 4, 2, 0], Modes(mouse_sgr=True), b""),
        (["press", 2, 4, 2, 2], Modes(mouse_click=True), b"\x1b[M*%#"),
        (["release", 2, 4, 2, 0], Modes(mouse_click=True), b"\x1b[M#%#"),
        (["press", 0, 500, 222, 0], Modes(mouse_click=True), b"\x1b[M \xff\xff"),
        (["press", 0, -1, 2, 0], SGR, b""),
        (["press", 999, 1, 2, 0], SGR, b""),
    ],
)
def test_the_mouse_is_reported_only_as_the_program_asked(mouse: list[Any], modes: Modes, data: bytes) -> None:
    assert hexed(["mouse", *mouse], modes=modes) == data


def test_a_dead_pane_is_sent_nothing() -> None:
    assert sent(["text", "a"], modes=Modes(dead=True)) == []


def test_a_pane_that_is_none_and_an_item_that_is_none_are_refused() -> None:
    with pytest.raises(TmuxError):
        commands(PaneId("%1 ; kill-server"), [["text", "a"]], PLAIN, "ctrl+j")
    for item in (["text"], ["key", ""], ["key", 3], ["mouse", "press", 0, 0], ["mouse", "x", 0, 0, 0, 0], "text", None):
        with pytest.raises(ValueError):
            commands(PANE, [item], PLAIN, "ctrl+j")


@given(
    st.text()
    | st.builds(
        Mouse,
        st.sampled_from(["press", "drag"]),
        st.integers(),
        st.integers(),
        st.integers(),
        st.sampled_from(list(Mods)),
    )
    | st.sampled_from(["ctrl+alt+shift+super+up", "alt++", "+", "ctrl+a"]).map(parse_chord)
)
def test_an_item_survives_the_wire(item: Item) -> None:
    assert item_from_json(item_to_json(item)) == item
