"""Bytes from the outer terminal become keys, mouse, pastes and replies."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hiveui.model.keys import Key, Mods, parse_chord, typed
from hiveui.tui.decoder import (
    Decoder,
    FocusInput,
    Input,
    KeyInput,
    MouseInput,
    PasteInput,
    ReplyInput,
)

CSI = "\x1b["


def decode(data: bytes) -> list[Input]:
    decoder = Decoder()
    return decoder.feed(data) + decoder.flush()


def chords(data: bytes) -> list[str]:
    inputs = decode(data)
    assert all(isinstance(item, KeyInput) for item in inputs), inputs
    return [item.key.chord for item in inputs if isinstance(item, KeyInput)]


CONTROLS = {
    0x00: "ctrl+space",
    **{code: f"ctrl+{chr(code + 96)}" for code in range(1, 27)},
    0x09: "tab",
    0x0D: "enter",
    0x1B: "escape",
    0x1C: "ctrl+\\",
    0x1D: "ctrl+]",
    0x1E: "ctrl+^",
    0x1F: "ctrl+_",
    0x7F: "backspace",
}


@pytest.mark.parametrize(("code", "chord"), CONTROLS.items())
def test_each_control_code_is_a_key_of_its_own_alone_and_with_alt(code: int, chord: str) -> None:
    assert chords(bytes([code])) == [chord]
    key = parse_chord(chord)
    if code != 0x1B:
        assert chords(bytes([0x1B, code])) == [Key(key.name, key.mods | Mods.ALT).chord]


@pytest.mark.parametrize("code", range(0x20, 0x7F))
def test_alt_and_a_printable_character_is_one_key(code: int) -> None:
    name = "space" if code == 0x20 else chr(code)
    assert chords(bytes([0x1B, code])) == [f"alt+{name}"]


SEQUENCES = {
    "\x1bOA": "up",
    CSI + "B": "down",
    CSI + "1;5A": "ctrl+up",
    CSI + "1;8D": "ctrl+alt+shift+left",
    CSI + "1;9C": "super+right",
    "\x1b\x1b[A": "alt+up",
    "\x1b\x1bOD": "alt+left",
    CSI + "3;5~": "ctrl+delete",
    CSI + "5~": "pageup",
    CSI + "1~": "home",
    CSI + "8~": "end",
    CSI + "7^": "ctrl+home",
    CSI + "2$": "shift+insert",
    CSI + "24@": "ctrl+shift+f12",
    CSI + "a": "shift+up",
    "\x1bOb": "ctrl+down",
    "\x1bOP": "f1",
    CSI + "1;2R": "shift+f3",
    CSI + "[E": "f5",
    CSI + "15~": "f5",
    CSI + "34~": "f20",
    CSI + "Z": "shift+tab",
    "\x1bOM": "enter",
    "\x1bOt": "4",
    CSI + "27;5;13~": "ctrl+enter",
    CSI + "27;2;65~": "A",
    CSI + "27;6;65~": "ctrl+shift+a",
    CSI + "27u": "escape",
    CSI + "97;5u": "ctrl+a",
    CSI + "97;69u": "ctrl+a",  # caps lock is on
    CSI + "13;2u": "shift+enter",
    CSI + "127;3u": "alt+backspace",
    CSI + "163u": "£",
    CSI + "97:65;2u": "A",
    CSI + "97;4u": "alt+A",
    CSI + "50:64;6u": "ctrl+@",
    CSI + "50;6u": "ctrl+@",
    CSI + "49;4u": "alt+!",
    CSI + "27;4;61~": "alt+=",
    CSI + "97:65:99;6:1u": "ctrl+shift+a",
    CSI + "97;;229u": "å",
    CSI + "1;2:2A": "shift+up",
    CSI + "57414u": "enter",
    CSI + "57376u": "f13",
    CSI + "57399u": "0",
    CSI + "13~": "f3",
    CSI + "32;2u": "space",
}


@pytest.mark.parametrize(("data", "chord"), SEQUENCES.items())
def test_every_dialect_names_the_same_keys(data: str, chord: str) -> None:
    assert chords(data.encode()) == [chord]


@pytest.mark.parametrize("data", [CSI + "97;1:3u", CSI + "1;1:3A", CSI + "3;5:3~"])
def test_a_key_that_goes_up_is_nothing(data: str) -> None:
    assert decode(data.encode()) == []


REPLIES = [
    CSI + "?62;22c",
    CSI + ">1;4000;0c",
    CSI + "24;80R",
    CSI + "?2026;2$y",
    CSI + "4;1$y",
    CSI + "48;24;80;480;800t",
    CSI + "?1u",
    CSI + "0n",
    CSI + "57441u",  # a shift key alone
    "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "\x1b]52;c;aGk=\x07",
    "\x1bP>|xterm(388)\x1b\\",
    "\x1bP1+r544e=78\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    CSI + "99;99z",
]


@pytest.mark.parametrize("data", REPLIES)
def test_what_the_terminal_says_of_itself_is_a_reply_and_types_nothing(data: str) -> None:
    assert decode(data.encode() + b"x") == [ReplyInput(data.encode()), *decode(b"x")]


@pytest.mark.parametrize(
    ("data", "kind", "button", "x", "y", "mods"),
    [
        (b"\x1b[<0;3;4M", "press", 0, 2, 3, Mods.NONE),
        (b"\x1b[<0;3;4m", "release", 0, 2, 3, Mods.NONE),
        (b"\x1b[<34;1;1M", "drag", 2, 0, 0, Mods.NONE),
        (b"\x1b[<35;300;100M", "move", 3, 299, 99, Mods.NONE),
        (b"\x1b[<69;9;9M", "press", 65, 8, 8, Mods.SHIFT),
        (b"\x1b[<24;9;9M", "press", 0, 8, 8, Mods.ALT | Mods.CTRL),
        (b"\x1b[M !!", "press", 0, 0, 0, Mods.NONE),
        (b"\x1b[M#!!", "release", 3, 0, 0, Mods.NONE),
        (b"\x1b[M`\xff\xfe", "press", 64, 222, 221, Mods.NONE),
        (b"\x1b[MC\xc3\x28", "move", 3, 162, 7, Mods.NONE),
    ],
)
def test_mouse_reports_are_read_in_both_forms(data: bytes, kind: str, button: int, x: int, y: int, mods: Mods) -> None:
    assert decode(data) == [MouseInput(kind, button, x, y, mods, data)]


def test_focus_and_pastes_are_no_keys() -> None:
    assert decode(b"\x1b[I\x1b[O") == [FocusInput(focused=True), FocusInput(focused=False)]
    assert decode(b"\x1b[200~rm -rf\r\x1b[A\x1b[200~\xc2\xa3\x1b[201~x") == [
        PasteInput("rm -rf\r\x1b[A\x1b[200~£"),
        *decode(b"x"),
    ]


def test_a_paste_is_kept_up_to_its_limit_and_refused_above_it() -> None:
    for size, too_large in ((1 << 20, False), ((1 << 20) + 1, True), (5 << 20, True)):
        decoder = Decoder()
        whole = b"\x1b[200~" + b"a" * size + b"\x1b[201~z"
        inputs = [item for at in range(0, len(whole), 4093) for item in decoder.feed(whole[at : at + 4093])]
        assert inputs == [PasteInput("" if too_large else "a" * size, too_large), *decode(b"z")]


def test_escape_waits_for_what_may_follow_and_is_a_key_when_nothing_does() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\x1b") == []
    assert decoder.pending
    assert 0 < decoder.hold <= 0.02
    assert decoder.flush() == [KeyInput(Key("escape", raw=b"\x1b"))]
    assert not decoder.pending
    assert chords(b"\x1b\x1b") == ["escape", "escape"]
    assert chords(b"\x1b[") == ["alt+["]
    assert chords(b"\x1bO") == ["alt+O"]
    assert chords(b"\x1b]a\x1bP\x1b_") == ["alt+]", "a", "alt+P", "alt+_"]


def test_escape_is_not_held_once_the_terminal_says_that_it_speaks_kitty() -> None:
    decoder = Decoder()
    decoder.feed(b"\x1b[?1u")
    assert decoder.kitty
    assert decoder.hold == 0
    decoder.feed(b"\x1b[?0u")
    assert decoder.hold > 0


def test_a_sequence_in_slow_pieces_stays_whole() -> None:
    decoder = Decoder()
    inputs: list[Input] = []
    for piece in (b"\x1b[1", b";5", b"A", b"\xe4", b"\xb8", b"\xad"):
        inputs += decoder.feed(piece) + decoder.flush()
    assert [item.key.chord for item in inputs if isinstance(item, KeyInput)] == ["ctrl+up", "中"]


def test_bytes_that_are_no_utf8_become_replacement_characters_at_once() -> None:
    assert [item.key.text for item in decode(b"\xffa\xc3(\xed\xa0\x80") if isinstance(item, KeyInput)] == [
        *"\ufffda\ufffd(\ufffd\ufffd\ufffd"
    ]


def test_overlong_and_broken_sequences_are_dropped_and_the_next_key_is_not() -> None:
    csi = b"\x1b[" + b"1" * 200 + b"A"
    assert decode(csi + b"x") == [ReplyInput(csi[:64]), *decode(b"x")]
    osc = b"\x1b]52;c;" + b"Q" * 9000 + b"\x07"
    assert decode(osc + b"x") == [ReplyInput(osc[:4096]), *decode(b"x")]
    assert decode(b"\x1b]1;half\rx") == [ReplyInput(b"\x1b]1;half"), *decode(b"\rx")]
    assert decode(b"\x1b[12\x03") == [ReplyInput(b"\x1b[12"), *decode(b"\x03")]


PIECES = st.sampled_from(
    [
        *(data.encode() for data in SEQUENCES),
        *(data.encode() for data in REPLIES),
        *(bytes([code]) for code in (0, 8, 9, 13, 27, 27, 27, 127, 0x5B, 0x4F, 0x5D, 0xC3, 0xE4, 0xFF)),
        b"\x1b[200~pa\x1bste\x1b[201~",
        b"\x1b[M !!",
        b"\x1b[M",
        b"\x1b[[",
        b"\x1bO1;",
        b"\x1b[" + b"9" * 70,
        b"\x1b\x1b[" + b"9" * 70,
        b"\x1b]1" + b"x" * 4095,
        "£¡€ß中".encode(),
    ]
)


@given(st.lists(PIECES | st.binary(max_size=6), max_size=8).map(b"".join))
def test_cutting_the_bytes_anywhere_changes_nothing(data: bytes) -> None:
    whole, bytewise = Decoder(), Decoder()
    inputs = whole.feed(data)
    assert [item for byte in data for item in bytewise.feed(bytes([byte]))] == inputs
    assert bytewise.flush() == whole.flush()


@given(st.lists(PIECES, max_size=6).map(b"".join))
def test_every_key_has_one_chord_that_names_it(data: bytes) -> None:
    for item in decode(data):
        if isinstance(item, KeyInput):
            named = parse_chord(item.key.chord)
            assert (named.name, named.mods, named.text) == (item.key.name, item.key.mods, item.key.text)


def test_rxvts_alt_stays_an_escape_before_the_plain_key_for_a_pane() -> None:
    (item,) = decode(b"\x1b\x1b[A")
    assert isinstance(item, KeyInput)
    assert typed(item.key) == (Key("escape"), Key("up", raw=b"\x1b[A"))


def test_a_large_unbracketed_paste_is_decoded_in_no_time() -> None:
    data = ("some code(); £ ¡ 中\r" * 6000).encode()[:100_000]
    start = time.process_time()
    assert len(Decoder().feed(data)) > 80_000
    assert time.process_time() - start < 0.2
