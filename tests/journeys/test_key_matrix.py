"""Every key typed at the real TUI's terminal reaches the program as `tmux attach` on that terminal delivers it."""

import contextlib
import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

import pytest

from tests.far_end import ROLES, FarWorld
from tests.keys import kitty, legacy
from tests.robot import HIVE
from tests.terminal import Terminal
from tests.tmux.test_keys import MARK, Bench
from tests.waiting import until

OURS = {"byte 0x1d", "f12", "ctrl+]", *(f"alt+{key}" for key in "1234567890na")}
"""Chords that lead elsewhere (docs/keys.md, "Interact"); typed twice, the first two are typed."""
OURS |= {f"escape then {digit}" for digit in "0123456789"}
"""The same bytes as alt and a digit."""
APPLICATION = b"\x1b[?1h\x1b="
KITTY_QUERY = b"\x1b[?u"
_shown = itertools.count(1)


class Keyboard:
    """A terminal that types into a program through the real TUI, in Interact."""

    def __init__(self, world: FarWorld, modes: bytes, *, answers: bytes = b"", alt_keys: str = "on") -> None:
        """`answers` is what the terminal says when it is asked for kitty's flags."""
        self._world = world
        env = {**world.env, "HIVE_ALT_KEYS": alt_keys}
        self.terminal = Terminal([*HIVE, "attach"], env, cwd=str(world.project))
        if answers:
            self.sees(KITTY_QUERY)
            self.terminal.type(answers)
        self.sees(b"leave")
        self.terminal.type(b"1i")
        self.sees(b"typing into")
        self.shows(modes)
        self.terminal.type(MARK)
        world.typed_until("left", MARK)  # and what a terminal before this one still said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.terminal.close()

    def sees(self, text: bytes) -> None:
        """Wait until the TUI has written a text."""
        until(lambda: text in self.terminal.screen, 20, repr(text))

    def shows(self, data: bytes) -> None:
        """Have the program, begun anew, print `data`, and wait until the TUI knows: by a text that was never before."""
        number = next(_shown)
        text = b"shown %d." % number
        self._world.show("left", data + b"\x1b[%d;9H" % (number % 20 + 1) + text)  # not where the one before it stood
        self.sees(text)

    def types(self, data: bytes) -> bytes:
        """Type, and give what the program got; the mark waits for the first byte: no Escape meets it."""
        self.terminal.type(data)
        first = self._world.typed("left")
        self.terminal.type(MARK)
        return self._world.typed_until("left", MARK, first)

    def all(self, keys: Mapping[str, bytes]) -> dict[str, bytes]:
        return {name: self.types(data) for name, data in keys.items()}


@pytest.fixture(scope="module")
def world() -> Iterator[FarWorld]:
    with FarWorld() as world:
        yield world


@pytest.fixture(params=[b"", APPLICATION], ids=["normal mode", "application mode"])
def modes(request: pytest.FixtureRequest) -> bytes:
    return bytes(request.param)


def attached(folder: Path, modes: bytes, keys: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give what a program gets of keys through `tmux attach`."""
    with contextlib.closing(Bench(folder, modes.decode().replace("\x1b", r"\x1b"))) as bench:
        return {name: bench.attached(data) for name, data in keys.items()}


def others(keys: Iterable[str]) -> list[str]:
    return [name for name in keys if name.removesuffix(" without alternates") not in OURS]


def test_a_legacy_terminal_types_what_it_types_through_tmux_attach(world: FarWorld, short: Path, modes: bytes) -> None:
    keys = {name: legacy()[name] for name in others(legacy())}
    assert len(keys) > 250
    with Keyboard(world, modes) as keyboard:
        assert keyboard.all(keys) == attached(short, modes, keys)


def test_a_kitty_terminal_types_what_a_legacy_one_types_through_tmux_attach(
    world: FarWorld, short: Path, modes: bytes
) -> None:
    keys = {name: kitty()[name] for name in others(kitty())}
    assert len(keys) > 150
    wanted = attached(short, modes, {name: old for name, (old, _) in keys.items()})
    with Keyboard(world, modes, answers=b"\x1b[?1u") as keyboard:
        assert keyboard.all({name: new for name, (_, new) in keys.items()}) == wanted


def test_alt_and_escape_before_a_digit_are_typed_where_alt_is_left_to_the_program(world: FarWorld, short: Path) -> None:
    keys = {name: data for name, data in legacy().items() if name in OURS - {"byte 0x1d", "f12"}}
    assert len(keys) == 22
    wanted = attached(short, b"", keys)
    with Keyboard(world, b"", alt_keys="off") as keyboard:
        assert keyboard.all(keys) == wanted


def test_escape_and_a_digit_after_it_are_two_keys(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        for digit in b"1234567890":
            keyboard.terminal.type(b"\x1b")
            assert world.typed("left") == b"\x1b"
            assert keyboard.types(bytes([digit])) == bytes([digit])


def test_a_key_that_leads_back_is_typed_when_it_is_pressed_twice(world: FarWorld) -> None:
    for answers, chord, typed in (
        (b"", b"\x1d", b"\x1d"),
        (b"", b"\x1b[24~", b"\x1b[24~"),
        (b"\x1b[?1u", b"\x1b[93;5u", b"\x1d"),
    ):
        with Keyboard(world, b"", answers=answers) as keyboard:
            assert keyboard.types(chord + chord) == typed


def test_alt_and_a_digit_go_to_that_agent_and_typing_goes_on(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        for number, role in enumerate(ROLES, 1):
            keyboard.terminal.type(b"\x1b%d" % number + b"x" + MARK)
            assert world.typed_until(role, MARK) == b"x"


def test_a_lone_escape_waits_15_ms_and_not_at_all_from_a_kitty_terminal(world: FarWorld) -> None:
    waits: dict[bytes, list[float]] = {b"": [], b"\x1b[?1u": []}
    for answers, measured in waits.items():
        with Keyboard(world, b"", answers=answers) as keyboard:
            for _ in range(15):
                start = time.monotonic()
                keyboard.terminal.type(b"\x1b")
                assert world.typed("left") == b"\x1b"
                measured.append(time.monotonic() - start)
    held, bare = map(min, waits.values())
    assert held >= 0.015
    assert held - bare >= 0.01


def test_a_key_that_is_held_loses_none(world: FarWorld) -> None:
    with Keyboard(world, b"") as keyboard:
        keys = [bytes([0x61 + n % 26]) for n in range(60)]
        due = time.monotonic()
        for key in keys:
            keyboard.terminal.type(key)
            due += 1 / 30
            until(lambda: time.monotonic() >= due, what="the next key")  # noqa: B023  called within the round
        keyboard.terminal.type(MARK)
        assert world.typed_until("left", MARK) == b"".join(keys)


def test_text_of_an_input_method_arrives_whole_however_it_is_cut(world: FarWorld) -> None:
    text = "日本語の入力、한국어 입력。Ελληνικά naïve 👩‍💻🇩🇪 — ﷽".encode()
    with Keyboard(world, b"") as keyboard:
        assert keyboard.types(text) == text
        for byte in text:
            keyboard.terminal.type(bytes([byte]))
        keyboard.terminal.type(MARK)
        assert world.typed_until("left", MARK) == text
