"""Mouse, focus and pastes at the real TUI's terminal, and what of them a program gets."""

import re
from collections.abc import Iterator

import pytest

from tests.far_end import FarWorld
from tests.journeys.test_key_matrix import MARK, Keyboard

X, Y = 1, 3
"""Where the left pane's first cell stands on the terminal, counted from 1: under the first line and the title."""
WIDTH, HEIGHT = 60, 29
"""Cells of the left pane on a terminal of 120 × 32."""


@pytest.fixture(scope="module")
def world() -> Iterator[FarWorld]:
    with FarWorld() as world:
        yield world


def report(button: int, column: int, line: int, final: str = "M") -> bytes:
    """Spell a mouse report (xterm, mode 1006); the cell counts from 1 in the left pane."""
    return f"\x1b[<{button};{column + X - 1};{line + Y - 1}{final}".encode()


def gets(world: FarWorld, keyboard: Keyboard, data: bytes) -> bytes:
    keyboard.terminal.type(data + MARK)
    return world.typed_until("left", MARK)


GESTURES = {
    "click": [(0, 5, 3, "M"), (0, 5, 3, "m")],
    "right button": [(2, 1, 1, "M"), (2, 1, 1, "m")],
    "drag": [(0, 5, 3, "M"), (32, 6, 3, "M"), (32, 7, 9, "M"), (0, 7, 9, "m")],
    "wheel": [(64, WIDTH, HEIGHT, "M"), (65, 1, 1, "M")],
    "ctrl and alt": [(24, 2, 2, "M"), (24, 2, 2, "m")],
    "move": [(35, 8, 8, "M"), (35, 9, 8, "M")],
}


@pytest.mark.parametrize(
    ("modes", "kept"),
    [
        ("1000;1006", {"click", "right button", "wheel", "ctrl and alt"}),
        ("1002;1006", {"click", "right button", "wheel", "ctrl and alt", "drag"}),
        ("1003;1006", set(GESTURES)),
    ],
)
def test_a_program_gets_the_mouse_reports_that_it_asked_for(world: FarWorld, modes: str, kept: set[str]) -> None:
    with Keyboard(world, b"") as keyboard:
        keyboard.shows(f"\x1b[?{modes}h".encode())
        for name, reports in GESTURES.items():
            sent = b"".join(report(*r) for r in reports)
            wanted = "".join(
                f"\x1b[<{b};{x};{y}{final}" for b, x, y, final in reports if name in kept or (name == "drag" and b < 32)
            )
            assert gets(world, keyboard, sent) == wanted.encode(), name


def test_a_program_that_did_not_ask_gets_no_mouse(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        assert gets(world, keyboard, report(0, 5, 5) + report(0, 5, 5, "m") + report(35, 6, 6)) == b""


def test_a_drag_that_leaves_the_pane_ends_at_its_edge(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        keyboard.shows(b"\x1b[?1002;1006h")
        sent = report(0, 50, 5) + report(32, 90, 5) + report(0, 100, 40, "m")
        wanted = f"\x1b[<0;50;5M\x1b[<32;{WIDTH};5M\x1b[<0;{WIDTH};{HEIGHT}m".encode()
        assert gets(world, keyboard, sent) == wanted


def test_shift_and_the_wheel_look_back_whatever_the_program_asked_for(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        lines = b"".join(b"_ line %d.\r\n" % n for n in range(100))  # the cursor stands in the first cell
        keyboard.shows(lines + b"\x1b[?1003;1006h")
        keyboard.terminal.type(report(64 + 4, 5, 5) * 3)
        keyboard.sees(b"line 64.")
        assert gets(world, keyboard, b"") == b""


def test_the_wheel_turns_into_arrows_in_an_alternate_screen_that_asked_for_no_mouse(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        keyboard.shows(b"\x1b[?1049h")
        assert gets(world, keyboard, report(65, 5, 5)) == b"\x1b[B" * 3
        world.show("left", b"")


def test_a_program_hears_of_the_focus_if_it_asked(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        keyboard.shows(b"\x1b[?1004h")
        said = b""
        for event in (b"\x1b[O", b"\x1b[I"):
            keyboard.terminal.type(event)
            while not said.endswith(event):
                said += world.typed("left")


BRACKETS = re.compile(rb"\x1b\[200~(.*)\x1b\[201~", re.DOTALL)


@pytest.mark.parametrize("size", [100_000, 1 << 20], ids=["100 KB", "1 MiB"])
@pytest.mark.parametrize("bracketed", [True, False], ids=["asked for", "not asked for"])
def test_a_paste_arrives_whole(world: FarWorld, size: int, *, bracketed: bool) -> None:
    text = b"".join(b"%d naive; $(x) `y` \\ 'z' \"q\" \xe4\xb8\xad\n" % n for n in range(1 << 16))[: size - 3] + b"end"
    text = text.decode(errors="ignore").encode()
    with Keyboard(world, b"\x1b[?2004h" if bracketed else b"") as keyboard:
        keyboard.terminal.type(b"\x1b[200~" + text + b"\x1b[201~")
        got = world.typed_until("left", b"end\x1b[201~" if bracketed else b"end")
        assert got == (b"\x1b[200~" if bracketed else b"") + text.removesuffix(b"end")
        assert gets(world, keyboard, b"still here") == b"still here"


def test_a_paste_is_freed_of_what_would_end_it_or_act(world: FarWorld) -> None:
    with Keyboard(world, b"\x1b[?2004h") as keyboard:
        keyboard.terminal.type(b"\x1b[200~one\r\ntwo\rthree\x1b]52;c;eA==\x07\x03\ttab\x1b[201~")
        assert world.typed_until("left", b"\x1b[201~") == b"\x1b[200~one\ntwo\nthree]52;c;eA==\ttab"


def test_a_paste_above_one_mebibyte_is_refused_with_a_sentence(world: FarWorld) -> None:
    with Keyboard(world, b"\x1b[?2004h") as keyboard:
        keyboard.terminal.type(b"\x1b[200~" + b"x" * ((1 << 20) + 1) + b"\x1b[201~")
        keyboard.sees(b"larger than 1 MiB and was not sent")
        assert gets(world, keyboard, b"after") == b"after"


def test_keys_and_pastes_keep_their_order(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        sent = b"".join(b"a%d" % n + b"\x1b[200~<%d>\x1b[201~" % n + b"\x1b[A" for n in range(20))
        wanted = b"".join(b"a%d<%d>\x1b[A" % (n, n) for n in range(20))
        assert gets(world, keyboard, sent) == wanted
