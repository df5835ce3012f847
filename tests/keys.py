"""The key matrix: what legacy terminals and kitty's send for the same keys."""

ARROWS = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
TILDES = {
    "insert": 2,
    "delete": 3,
    "pageup": 5,
    "pagedown": 6,
    **{f"f{n}": code for n, code in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)},
}
FIRST_FOUR = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
MODIFIERS = {2: "shift", 3: "alt", 4: "alt+shift", 5: "ctrl", 6: "ctrl+shift", 7: "ctrl+alt", 8: "ctrl+alt+shift"}

US_SHIFT = dict(
    zip(
        '~!@#$%^&*()_+{}|:"<>?ABCDEFGHIJKLMNOPQRSTUVWXYZ',
        "`1234567890-=[]\\;',./abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)


def legacy() -> dict[str, bytes]:
    """By chord, or by what tells the key apart, the bytes of xterm."""
    keys = {f"byte {code:#04x}": bytes([code]) for code in (*range(32), 0x7F)}
    keys |= {f"escape then {digit}": b"\x1b" + digit.encode() for digit in "0123456789"}
    keys |= {f"alt+{chr(code)}": b"\x1b" + bytes([code]) for code in range(0x20, 0x7F)}
    keys |= {f"alt+byte {code:#04x}": b"\x1b" + bytes([code]) for code in (0, 1, 8, 9, 13, 26, 27, 31, 0x7F)}
    keys |= {f"text {char}": char.encode() for char in ("a", " ", *"~£¡€ß中")}
    keys |= {f"alt+{char}": b"\x1b" + char.encode() for char in "é中"}
    keys |= {"shift+tab": b"\x1b[Z", "rxvt alt+up": b"\x1b\x1b[A"}
    keys |= {name: f"\x1b[{final}".encode() for name, final in ARROWS.items()}
    keys |= {f"{name} as SS3": f"\x1bO{final}".encode() for name, final in (ARROWS | FIRST_FOUR).items()}
    keys |= {name: f"\x1b[{number}~".encode() for name, number in TILDES.items()}
    for number, words in MODIFIERS.items():
        keys |= {f"{words}+{name}": f"\x1b[1;{number}{last}".encode() for name, last in (ARROWS | FIRST_FOUR).items()}
        keys |= {f"{words}+{name}": f"\x1b[{code};{number}~".encode() for name, code in TILDES.items()}
    return keys


def kitty() -> dict[str, tuple[bytes, bytes]]:
    """By chord, what xterm sends and what kitty sends with "disambiguate" and "alternate keys" on."""
    keys = {f"ctrl+{chr(code + 96)}": (bytes([code]), f"\x1b[{code + 96};5u") for code in range(1, 27)}
    keys |= {f"ctrl+{chr(code)}": (bytes([code - 64]), f"\x1b[{code};5u") for code in (91, 92, 93)}
    keys |= {
        "ctrl+space": (b"\0", "\x1b[32;5u"),
        "ctrl+2": (b"\0", "\x1b[50;5u"),
        "ctrl+@": (b"\0", "\x1b[50:64;6u"),
        "ctrl+^": (b"\x1e", "\x1b[54:94;6u"),
        "ctrl+_": (b"\x1f", "\x1b[45:95;6u"),
        "ctrl+/": (b"\x1f", "\x1b[47;5u"),
        "ctrl+?": (b"\x7f", "\x1b[47:63;6u"),
        "ctrl+alt+a": (b"\x1b\x01", "\x1b[97;7u"),
        "escape": (b"\x1b", "\x1b[27u"),
        "alt+escape": (b"\x1b\x1b", "\x1b[27;3u"),
        "alt+enter": (b"\x1b\r", "\x1b[13;3u"),
        "alt+tab": (b"\x1b\t", "\x1b[9;3u"),
        "alt+backspace": (b"\x1b\x7f", "\x1b[127;3u"),
        "ctrl+backspace": (b"\x08", "\x1b[127;5u"),
        "shift+backspace": (b"\x7f", "\x1b[127;2u"),
        "shift+tab": (b"\x1b[Z", "\x1b[9;2u"),
        "alt+shift+tab": (b"\x1b\x1b[Z", "\x1b[9;4u"),
        "keypad enter": (b"\r", "\x1b[57414u"),
        "num lock a": (b"\x01", "\x1b[97;133u"),
        "up": (b"\x1b[A", "\x1b[A"),
        "f3": (b"\x1bOR", "\x1b[13~"),
        "f1": (b"\x1bOP", "\x1b[P"),
    }
    for code in range(0x20, 0x7F):
        char = chr(code)
        base = US_SHIFT.get(char)
        sent = f"\x1b[{ord(base)}:{code};4u" if base else f"\x1b[{code};3u"
        keys[f"alt+{char}"] = (b"\x1b" + bytes([code]), sent)
        if base:
            keys[f"alt+{char} without alternates"] = (b"\x1b" + bytes([code]), f"\x1b[{ord(base)};4u")
    for number, words in MODIFIERS.items():
        keys[f"{words}+f3"] = (f"\x1b[1;{number}R".encode(), f"\x1b[13;{number}~")
        keys[f"{words}+up"] = (f"\x1b[1;{number}A".encode(), f"\x1b[1;{number}:1A")
    keys |= {f"text {char}": (char.encode(), char) for char in "aA£¡€ß中"}
    keys |= {f"text {char} by number": (char.encode(), f"\x1b[{ord(char)}u") for char in "£ß中"}
    return {name: (old, new.encode()) for name, (old, new) in keys.items()}
