"""How a terminal tells of an alert, by what is known of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.alerts import Alert
from hiveui.tui.alerts import FORMS, Speech, blindness, speech
from hiveui.tui.clipboard import through_screen, through_tmux

TMUX = {"TMUX": "/tmp/s,1,0", "TMUX_PANE": "%3", "TERM": "tmux-256color", "TERM_PROGRAM": "tmux"}
ALLOWED = ("tmux", "show-options", "-Apv", "-t", "%3", "allow-passthrough")
NAMED = ("tmux", "display-message", "-p", "-t", "%3", "#{client_termname} #{client_termtype}")


class Outside:
    """A tmux that says of itself what it is told to."""

    def __init__(self, passes: str = "off", names: str = "") -> None:
        self.answers = {ALLOWED: f"{passes}\n", NAMED: f"{names}\n"}

    def has(self, program: str) -> bool:
        return False

    def run(self, argv, text: str) -> bool:
        raise AssertionError(argv)

    def ask(self, argv) -> str:
        return self.answers[tuple(argv)]


KITTY = Outside("on", "xterm-kitty kitty(0.35.1)")


@pytest.mark.parametrize(
    ("environ", "outside", "chosen", "bell", "form", "wrap", "rings"),
    [
        ({"TERM": "xterm-kitty"}, Outside(), "auto", False, "osc99", str, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Outside(), "auto", False, "osc777", str, False),
        ({"TERM": "xterm-ghostty"}, Outside(), "auto", True, "osc777", str, True),
        ({"TERM": "rxvt-unicode-256color"}, Outside(), "auto", False, "osc777", str, False),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, Outside(), "auto", False, "osc9", str, False),
        ({"TERM": "xterm-256color"}, Outside(), "auto", False, "", str, True),
        ({"TERM": "xterm-256color"}, Outside(), "osc9", False, "osc9", str, False),
        ({"TERM": "xterm-kitty"}, Outside(), "bell", False, "", str, True),
        ({"TERM": "xterm-kitty"}, Outside(), "off", False, "", str, False),
        ({"TERM": "xterm-kitty"}, Outside(), "off", True, "", str, True),
        (TMUX, KITTY, "auto", False, "osc99", through_tmux, False),
        (TMUX, Outside("off", "xterm-kitty"), "auto", False, "", str, True),
        (TMUX, Outside("all", "xterm-256color"), "auto", False, "", str, True),
        (TMUX, Outside("off"), "osc777", False, "", str, True),
        ({"TERM": "screen", "STY": "1.s"}, Outside(), "auto", False, "", str, True),
        ({"TERM": "screen", "STY": "1.s"}, Outside(), "osc9", False, "osc9", through_screen, False),
    ],
)
def test_a_terminal_tells_by_what_it_is_known_to_take_and_rings_else(environ, outside, chosen, bell, form, wrap, rings):
    found = speech(environ, outside, chosen, bell=bell)
    assert (found.form, found.wrap, found.rings) == (form, wrap, rings)


def test_a_tmux_that_hands_nothing_on_is_said_with_the_mend_where_the_terminal_would_take_it():
    assert "allow-passthrough on" in speech(TMUX, Outside("off", "xterm-kitty")).why
    assert speech(TMUX, Outside("off", "xterm-256color")).why == ""


@pytest.mark.parametrize(("said", "blind"), [("off", True), ("on", False), ("", False)])
def test_a_tmux_that_keeps_the_focus_to_itself_is_said_with_the_mend(said, blind):
    outside = Outside()
    outside.answers["tmux", "show-options", "-sv", "focus-events"] = f"{said}\n"
    assert ("focus-events on" in blindness(TMUX, outside)) is blind
    assert blindness({"TERM": "xterm"}, outside) == ""


TEXT = st.text(st.characters() | st.sampled_from("\x1b\x07\x9c\x9d\\];\n\0\u202e"), max_size=80)
WHOLE = {
    "osc9": r"\x1b\]9;(?P<body>[^\x00-\x1f\x7f-\x9f;]*)\x07",
    "osc777": r"\x1b\]777;notify;[^\x00-\x1f\x7f-\x9f;]*;(?P<body>[^\x00-\x1f\x7f-\x9f;]*)\x07",
    "osc99": r"\x1b\]99;i=(hive-\d+-\d+):d=0;[^\x00-\x1f\x7f-\x9f;]*\x07"
    r"\x1b\]99;i=\1:p=body;(?P<body>[^\x00-\x1f\x7f-\x9f;]*)\x07",
}


@given(TEXT, TEXT, st.sampled_from(list(FORMS)))
def test_no_text_leaves_its_sequence_through_whatever_it_is_wrapped(title, text, form):
    said = Speech(form, rings=False).say(Alert(title, text * 20))
    assert re.fullmatch(WHOLE[form], said)
    assert len(said) < 1200
    inner = Speech(form, through_tmux, rings=False).say(Alert(title, text))
    assert inner.startswith("\x1bPtmux;\x1b\x1b]")
    assert inner.endswith("\x07\x1b\\")
    assert not re.search("(?<!\x1b)\x1b(?!\x1b)", inner[len("\x1bPtmux;") : -2])
    pieces = re.findall("\x1bP(.*?)\x1b\\\\", through_screen(said), re.DOTALL)
    assert "".join(pieces) == said


def test_two_alerts_of_one_terminal_are_two_notifications():
    kitty = Speech("osc99", rings=False)
    assert kitty.say(Alert("a", "b")) != kitty.say(Alert("a", "b"))
