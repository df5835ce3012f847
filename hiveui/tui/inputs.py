"""Inputs from the person's terminal, and how one whole sequence is read into them. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from hiveui.model.keys import Key, Mods
from hiveui.tui.sequences import CODES, CONTROLS, LETTERS, LINUX, NUMBERS, PRIVATE_CODES, RXVT, SS3, US_SHIFTED

MAX_CSI = 64
MAX_STRING = 4096
"""Bytes of a control sequence, and of a control string, that are kept; the rest is dropped up to its end."""


@dataclass(frozen=True, slots=True)
class KeyInput:
    """A key was pressed."""

    key: Key


@dataclass(frozen=True, slots=True)
class MouseInput:
    """The mouse did something; the fields are those of `model.keys.Mouse`, in cells of the whole terminal."""

    kind: str
    button: int
    x: int
    y: int
    mods: Mods
    raw: bytes


@dataclass(frozen=True, slots=True)
class PasteInput:
    """A bracketed paste came to its end."""

    text: str
    too_large: bool = False
    """More came than is kept; `text` is empty."""


@dataclass(frozen=True, slots=True)
class FocusInput:
    """The terminal's window gained or lost the focus."""

    focused: bool


@dataclass(frozen=True, slots=True)
class ReplyInput:
    """The terminal answered a question, or said something that is no key. Never typed into a pane."""

    raw: bytes


Input = KeyInput | MouseInput | PasteInput | FocusInput | ReplyInput
Inputs = tuple[Input, ...]

_FUNCTION = re.compile(r"(\d*)(?:;(\d*)(?::(\d*))?)?")
_MODIFY_OTHER_KEYS = re.compile(r"27;(\d+);(\d+)")
_KITTY = re.compile(r"(\d*)(?::(\d*))?(?::\d*)?(?:;(\d*)(?::(\d*))?(?:;([\d:]*))?)?")
_SGR_MOUSE = re.compile(r"<(\d{1,4});(\d{1,5});(\d{1,5})")
_RELEASE = "3"
"""Kitty's event type for a key that goes up."""


@lru_cache(maxsize=4096)
def typed(char: str) -> KeyInput:
    """Turn a character into its key; a byte that was no UTF-8 (surrogateescape) is U+FFFD."""
    raw = char.encode(errors="surrogateescape")
    char = "\ufffd" if "\udc80" <= char <= "\udcff" else char
    return KeyInput(Key("space" if char == " " else char, text=char, raw=raw))


CONTROL_INPUTS: Mapping[int, Input] = {code: KeyInput(key) for code, key in CONTROLS.items()}
ESCAPE = KeyInput(CONTROLS[0x1B])


def alt(raw: bytes) -> KeyInput:
    """Read an Escape and one character after it."""
    key = CONTROLS.get(raw[1]) or typed(raw[1:].decode(errors="replace")[0]).key
    return KeyInput(replace(key, mods=key.mods | Mods.ALT, raw=raw))


def _mods(parameter: str) -> Mods:
    """Read the bits of xterm's and kitty's modifier parameter: hyper is super, meta is alt, the locks are none."""
    bits = max(0, int(parameter or 1) - 1)
    return Mods((bits & 15) | (bits & 16) >> 1 | (bits & 32) >> 4)


def _key(raw: bytes, name: str, mods: Mods, event: str = "") -> Inputs:
    if event == _RELEASE:
        return ()
    if len(name) == 1:
        return (KeyInput(_character(raw, name, mods)),)
    return (KeyInput(Key(name, mods, raw=raw)),)


def _character(raw: bytes, char: str, mods: Mods, shifted: str = "") -> Key:
    """Name a character's key: shift goes into the character, except for letters under ctrl or super."""
    if not mods & (Mods.CTRL | Mods.SUPER):
        if mods & Mods.SHIFT:
            upper = char.upper()
            char = shifted or (upper if len(upper) == 1 else char)
        return Key("space" if char == " " else char, mods & ~Mods.SHIFT, char, raw)
    if mods & Mods.SHIFT and shifted and not char.isalpha():
        char, mods = shifted, mods & ~Mods.SHIFT
    char = char.lower() if len(char.lower()) == 1 else char
    return Key("space" if char == " " else char, mods, raw=raw)


def _coded(raw: bytes, code: int, mods: Mods, shifted: str = "") -> Inputs:
    """Name the key of a code point, or of one of kitty's numbers."""
    if code in CODES:
        return _key(raw, CODES[code], mods)
    if not _is_character(code):
        return (ReplyInput(raw),)
    return (KeyInput(_character(raw, chr(code), mods, shifted)),)


def _is_character(code: int) -> bool:
    return (
        32 <= code <= 0x10FFFF and not 0x7F <= code < 0xA0 and not 0xD800 <= code < 0xE000 and code not in PRIVATE_CODES
    )


def _button(kind: str, bits: int) -> tuple[str, int, Mods]:
    """Take a mouse report's button byte apart (xterm, "Mouse Tracking")."""
    button = bits & 0xC3
    mods = Mods((bits & 4) >> 2 | (bits & 8) >> 2 | (bits & 16) >> 2)
    if bits & 32 and kind == "press":
        kind = "move" if button == 3 else "drag"
    return kind, button, mods


def _read_x10(raw: bytes, body: bytes) -> Inputs:
    bits, x, y = (byte - 32 for byte in body)
    kind, button, mods = _button("release" if bits & 0x63 == 3 else "press", bits)
    return (MouseInput(kind, button, max(0, x - 1), max(0, y - 1), mods, raw),)


def _read_sgr_mouse(raw: bytes, body: str) -> Inputs:
    report = _SGR_MOUSE.fullmatch(body)
    if report is None:
        return (ReplyInput(raw),)
    bits, x, y = map(int, report.groups())
    kind, button, mods = _button("release" if raw.endswith(b"m") else "press", bits)
    if kind == "release" and button >= 64:  # PuTTY releases the wheel
        return ()
    return (MouseInput(kind, button, max(0, x - 1), max(0, y - 1), mods, raw),)


def _read_kitty(raw: bytes, body: str) -> Inputs:
    report = _KITTY.fullmatch(body)
    if report is None:
        return (ReplyInput(raw),)
    code, shifted, bits, event, points = report.groups(default="")
    mods = _mods(bits)
    if event == _RELEASE:
        return ()
    text = [int(point) for point in points.split(":") if point]
    if text and not mods & ~Mods.SHIFT and all(map(_is_character, text)):
        return tuple(KeyInput(_character(raw, chr(point), Mods.NONE)) for point in text)
    point = int(shifted or 0)
    char = chr(point) if _is_character(point) else US_SHIFTED.get(chr(min(int(code or 0), 0x7F)), "")
    return _coded(raw, int(code or 0), mods, char)


def _read_tilde(raw: bytes, body: str) -> Inputs:
    if other := _MODIFY_OTHER_KEYS.fullmatch(body):
        return _coded(raw, int(other[2]), _mods(other[1]))
    function = _FUNCTION.fullmatch(body)
    if function is None or int(function[1] or 0) not in NUMBERS:
        return (ReplyInput(raw),)
    return _key(raw, NUMBERS[int(function[1])], _mods(function[2]), function[3])


def _read_letter(raw: bytes, body: str) -> Inputs:
    function = _FUNCTION.fullmatch(body)
    final = chr(raw[-1])
    if function is None or final not in LETTERS or function[1] not in ("", "1"):
        return (ReplyInput(raw),)
    if final == "R" and body and not 2 <= int(function[2] or 0) <= 16:  # a cursor position, not F3
        return (ReplyInput(raw),)
    name, mods = LETTERS[final]
    return _key(raw, name, mods | _mods(function[2]), function[3])


def _read_focus(raw: bytes, body: str) -> Inputs:
    return (ReplyInput(raw) if body else FocusInput(raw.endswith(b"I")),)


_FINALS: Mapping[str, Callable[[bytes, str], Inputs]] = {
    "M": _read_sgr_mouse,
    "m": _read_sgr_mouse,
    "u": _read_kitty,
    "~": _read_tilde,
    "I": _read_focus,
    "O": _read_focus,
}


def _read_csi(raw: bytes, body: bytes) -> Inputs:
    if len(raw) > MAX_CSI:
        return (ReplyInput(raw[:MAX_CSI]),)
    text = body.decode()
    return _FINALS.get(text[-1], _read_letter)(raw, text[:-1])


def _read_ss3(raw: bytes, body: bytes) -> Inputs:
    parameter, final = body[:-1].decode(), chr(body[-1])
    if final not in SS3:
        return (ReplyInput(raw),)
    name, mods = SS3[final]
    return _key(raw, name, mods | _mods(parameter.removeprefix("1;")))


def _read_rxvt(raw: bytes, body: bytes) -> Inputs:
    number, final = int(body[:-1]), chr(body[-1])
    return _key(raw, NUMBERS[number], RXVT[final]) if number in NUMBERS else (ReplyInput(raw),)


READERS: Mapping[str, Callable[[bytes, bytes], Inputs]] = {
    "x10": _read_x10,
    "linux": lambda raw, body: _key(raw, LINUX[body.decode()], Mods.NONE),
    "rxvt": _read_rxvt,
    "csi": _read_csi,
    "ss3": _read_ss3,
    "string": lambda raw, _body: (ReplyInput(raw[:MAX_STRING]),),
    "alt": lambda raw, _body: (alt(raw),),
}
