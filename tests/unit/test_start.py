"""What is shown where nothing runs yet."""

import pytest

from hiveui.config.palette import AUTO, SHIPPED
from hiveui.model.keys import parse_chord
from hiveui.tui.start import ALIKE, Offer, Program, Start

USUAL = ("ctrl+]", "f12")
PAIR = Offer("Layouts", "pair", "two", "shipped", "layout:pair", "claude is not installed. Install it: npm")
DEMO = Offer("Layouts", "demo", "four", "shipped", "demo:demo")


def press(start, *chords):
    for chord in chords:
        start = start.press(parse_chord(chord), USUAL)
    return start


def text(start):
    return "\n".join("".join(word for words in line for word, _ in words) for line in start.body(USUAL))


NEW = Start("~/shop", (PAIR, DEMO), (Program("claude", False), Program("codex", True)), ("theme", "back"))


def test_enter_all_the_way_opens_something_that_works():
    start = press(NEW, "enter", "enter", "enter")
    assert start.answers == {"theme": ("auto",), "back": USUAL}
    assert start.opened == "demo:demo"


def test_every_shipped_theme_can_be_chosen():
    assert set(ALIKE) == {AUTO, *SHIPPED}


def test_each_theme_is_shown_while_it_is_chosen():
    shown = [NEW.move(by).theme for by in range(9)]
    assert shown[: len(ALIKE)] == list(ALIKE)
    assert shown[-1] == list(ALIKE)[-1]


def test_the_key_that_really_arrived_is_kept():
    start = press(NEW, "enter", "ctrl+g")
    assert "You pressed ctrl+g." in text(start)
    assert press(start, "f9", "enter").answers["back"] == ("f9",)


@pytest.mark.parametrize(
    ("chord", "said"),
    [
        ("x", "types x"),
        ("space", "types"),
        ("ctrl+c", "need ctrl+c"),
        ("alt+1", "goes to an agent"),
        ("tab", "need tab"),
    ],
)
def test_a_key_that_is_needed_otherwise_is_not_taken(chord, said):
    start = press(NEW, "enter", "ctrl+g", chord)
    assert said in text(start)
    assert press(start, "enter").answers["back"] == USUAL


def test_what_was_asked_before_is_not_asked_again():
    start = Start("~/shop", (PAIR, DEMO))
    assert "Layouts" in text(start)
    assert "Install it: npm" in text(start)
    assert "Install it" not in text(start.move(1))
    assert press(start.move(1), "enter").opened == "demo:demo"
    assert press(start, "x", "escape") == start


def test_programs_are_told_with_their_versions_as_they_come():
    start = press(NEW, "enter", "enter").named("codex", "0.169.0")
    assert "Programs found   codex 0.169.0" in text(start)
    assert "not found        claude" in text(start)


def test_a_layout_is_edited_by_a_key_and_a_workspace_is_not():
    shop = Offer("Last here", "shop", "5 agents", "restore", "workspace:w")
    start = Start("~/shop", (PAIR._replace(edit="edit:pair"), shop))
    assert press(start, "e").opened == "edit:pair"
    refused = press(start.move(1), "e")
    assert (refused.opened, "e edits a layout" in text(refused)) == ("", True)
    assert "e edits a layout" not in text(refused.move(-1))


def test_the_keys_are_shown_until_another_key():
    start = Start("~/shop", (PAIR,), keys=(("z", "zoom"), ("s", "send")))
    helped = press(start, "?")
    assert "edit the layout" in text(helped)
    assert "zoom" in text(helped)
    assert press(helped, "enter") == start
