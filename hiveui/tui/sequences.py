"""What terminals send for their keys: tables only.

Sources: xterm, "XTerm Control Sequences" (PC-style and VT220-style function keys, modifyOtherKeys); rxvt's key
table; the Linux console's `console_codes(4)`; kitty, "Comprehensive keyboard handling in terminals".
"""

from collections.abc import Mapping

from hiveui.model.keys import Key, Mods

CONTROLS: Mapping[int, Key] = {
    **{code: Key(chr(code + 0x60), Mods.CTRL, raw=bytes([code])) for code in range(1, 27)},
    **{code: Key(chr(code + 0x40), Mods.CTRL, raw=bytes([code])) for code in range(28, 32)},
    0x00: Key("space", Mods.CTRL, raw=b"\x00"),
    0x09: Key("tab", raw=b"\x09"),
    0x0D: Key("enter", raw=b"\x0d"),
    0x1B: Key("escape", raw=b"\x1b"),
    0x7F: Key("backspace", raw=b"\x7f"),
}
"""Keys of the bytes that are not text."""

LETTERS: Mapping[str, tuple[str, Mods]] = {
    "A": ("up", Mods.NONE),
    "B": ("down", Mods.NONE),
    "C": ("right", Mods.NONE),
    "D": ("left", Mods.NONE),
    "H": ("home", Mods.NONE),
    "F": ("end", Mods.NONE),
    "P": ("f1", Mods.NONE),
    "Q": ("f2", Mods.NONE),
    "R": ("f3", Mods.NONE),
    "S": ("f4", Mods.NONE),
    "Z": ("tab", Mods.SHIFT),
    "a": ("up", Mods.SHIFT),
    "b": ("down", Mods.SHIFT),
    "c": ("right", Mods.SHIFT),
    "d": ("left", Mods.SHIFT),
}
"""`CSI x` and `CSI 1 ; mods x`; the small letters are rxvt's."""

SS3: Mapping[str, tuple[str, Mods]] = {
    **{final: key for final, key in LETTERS.items() if final in "ABCDHFPQRS"},
    "a": ("up", Mods.CTRL),
    "b": ("down", Mods.CTRL),
    "c": ("right", Mods.CTRL),
    "d": ("left", Mods.CTRL),
    "M": ("enter", Mods.NONE),
    "I": ("tab", Mods.NONE),
    **{chr(ord("j") + i): (char, Mods.NONE) for i, char in enumerate("*+,-./0123456789")},
    "X": ("=", Mods.NONE),
}
"""`ESC O x`; the last rows are the application keypad, whose keys mean what is printed on them."""

NUMBERS: Mapping[int, str] = {
    1: "home",
    2: "insert",
    3: "delete",
    4: "end",
    5: "pageup",
    6: "pagedown",
    7: "home",
    8: "end",
    **{11 + i: f"f{1 + i}" for i in range(5)},
    **{17 + i: f"f{6 + i}" for i in range(5)},
    **{23 + i: f"f{11 + i}" for i in range(4)},
    **{28 + i: f"f{15 + i}" for i in range(2)},
    **{31 + i: f"f{17 + i}" for i in range(4)},
}
"""`CSI n ~`, and rxvt's `CSI n $`, `CSI n ^`, `CSI n @`."""

RXVT: Mapping[str, Mods] = {"$": Mods.SHIFT, "^": Mods.CTRL, "@": Mods.CTRL | Mods.SHIFT}
"""What rxvt puts in place of the tilde."""

LINUX: Mapping[str, str] = {"A": "f1", "B": "f2", "C": "f3", "D": "f4", "E": "f5"}
"""`CSI [ x` of the Linux console."""

_KEYPAD = (
    *"0123456789./*-+",
    "enter",
    *"=,",
    *("left", "right", "up", "down", "pageup", "pagedown", "home", "end", "insert", "delete"),
)
CODES: Mapping[int, str] = {
    8: "backspace",
    9: "tab",
    13: "enter",
    27: "escape",
    127: "backspace",
    57363: "menu",
    **{57376 + i: f"f{13 + i}" for i in range(23)},
    **{57399 + i: name for i, name in enumerate(_KEYPAD)},
}
"""Key codes of kitty's `CSI code ; mods u` that are no characters; other codes in its private area are no keys."""
PRIVATE_CODES = range(57344, 63744)

US_SHIFTED: Mapping[str, str] = dict(zip("`1234567890-=[]\\;',./", '~!@#$%^&*()_+{}|:"<>?', strict=True))
"""What shift makes of a key where a kitty terminal does not say it (flag 4, "alternate keys", is off)."""
