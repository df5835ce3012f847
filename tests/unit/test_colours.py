"""What a terminal with fewer colours is sent. tmux 3.3a took the same of the 256 for 800 colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.tui.colours import TRUE, depth, is_light, nearest_of_16, nearest_of_256, reduced
from hiveui.tui.settings import terminal

BYTE = st.integers(0, 255)


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, TRUE),
        ({"TERM": "xterm-direct"}, TRUE),
        ({"TERM": "screen-256color"}, 256),
        ({"TERM": "xterm-kitty"}, TRUE),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, TRUE),
        ({"TERM": "xterm"}, 16),
        ({}, 16),
    ],
)
def test_the_terminal_says_how_many_colours_it_has(environ, colours):
    assert depth(environ) == colours


@pytest.mark.parametrize(
    ("reply", "light"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", True),
        (b"\x1b]11;rgb:fd/f6/e3\x07", True),
        (b"\x1b]11;rgba:1616/1616/1e1e/ffff\x07", False),
        (b"\x1b]10;rgb:ffff/ffff/ffff\x07", None),
        (b"\x1b[?1u", None),
    ],
)
def test_a_terminal_that_answers_says_it_too(reply, light):
    assert is_light(reply) is light


def test_the_terminal_says_whether_it_is_light():
    assert terminal({"TERM": "linux"})[:2] == (False, 16)
    assert terminal({"TERM": "xterm-256color", "COLORFGBG": "0;15"})[:2] == (True, 256)
    assert terminal({"COLORTERM": "truecolor", "COLORFGBG": "15;default;0"})[:2] == (False, TRUE)


@pytest.mark.parametrize(
    ("rgb", "number"),
    [((0, 0, 0), 16), ((255, 255, 255), 231), ((215, 119, 87), 173), ((95, 135, 175), 67), ((40, 44, 52), 236)],
)
def test_a_colour_becomes_the_one_that_tmux_takes(rgb, number):
    assert nearest_of_256(*rgb) == number


@given(BYTE, BYTE, BYTE)
def test_every_colour_has_a_near_one(red, green, blue):
    assert 16 <= nearest_of_256(red, green, blue) <= 255
    assert 0 <= nearest_of_16(red, green, blue) <= 15


def test_only_colours_change_and_only_in_sgr():
    row = "38;2;1;2;3 \x1b[1;38;2;215;119;87;48:2::0:0:0mx\x1b[3;32my\x1b[38;5;200mz\x1b[0m"
    assert reduced(row, TRUE) == row
    assert reduced(row, 256) == "38;2;1;2;3 \x1b[1;38;5;173;48;5;16mx\x1b[3;32my\x1b[38;5;200mz\x1b[0m"
    assert reduced(row, 16) == "38;2;1;2;3 \x1b[1;91;40mx\x1b[3;32my\x1b[95mz\x1b[0m"
    assert reduced("\x1b[58;2;9;9;9;4m\x1b[48;5;15m\x1b[38;5;0m", 16) == "\x1b[59;4m\x1b[107m\x1b[30m"
