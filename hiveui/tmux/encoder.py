"""Keys, text and mouse to a pane, as `send-keys` command lines.

Keys go by tmux's names where the pane's modes matter (tmux then writes what the program asked for), everything else
as bytes by `send-keys -H`. The names are a closed table: tmux *types* a name that it does not know, or that it
cannot encode in the pane's mode (`S-Enter` is seven letters in a pane without modifyOtherKeys).
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from hiveui.model.agent import PaneId
from hiveui.model.keys import Item, Key, Mods, Mouse, item_from_json, parse_chord
from hiveui.model.rows import Modes
from hiveui.tmux.commands import checked_pane

MAX_LINE = 8192
"""Characters of one command line."""

Stroke = str | bytes
"""What is sent for an item: one of tmux's key names, or bytes as they are; no bytes send nothing."""

_FUNCTIONS: Mapping[str, str] = {
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "PPage",
    "pagedown": "NPage",
    "insert": "IC",
    "delete": "DC",
    **{f"f{n}": f"F{n}" for n in range(1, 13)},
}
_MODIFIERS: Mapping[Mods, str] = {
    Mods(bits): "".join(word for bit, word in ((Mods.CTRL, "C-"), (Mods.ALT, "M-"), (Mods.SHIFT, "S-")) if bits & bit)
    for bits in range(8)
}
NAMES: Mapping[tuple[str, Mods], str] = {
    **{(key, mods): prefix + name for key, name in _FUNCTIONS.items() for mods, prefix in _MODIFIERS.items()},
    **{(char, Mods.CTRL): f"C-{char}" for char in "abcdefghijklmnopqrstuvwxyz\\]^_"},
    ("space", Mods.CTRL): "C-Space",
    ("tab", Mods.NONE): "Tab",
    ("tab", Mods.SHIFT): "BTab",
    ("tab", Mods.SHIFT | Mods.ALT): "M-BTab",
    ("enter", Mods.NONE): "Enter",
    ("escape", Mods.NONE): "Escape",
    ("backspace", Mods.NONE): "BSpace",
}
"""Every name that is ever sent (tmux(1), KEY BINDINGS); all are known to tmux 3.3a and encoded in any mode."""

_CONTROLS: Mapping[str, int] = {
    **{chr(code): code & 0x1F for code in b"abcdefghijklmnopqrstuvwxyz@[\\]^_"},
    **dict(zip("2345678", (0, 27, 28, 29, 30, 31, 127), strict=True)),
    "space": 0,
    "/": 31,
    "?": 127,
    "~": 30,
}
"""Control codes of ctrl and a character, as terminals send them (kitty, "Legacy ctrl mapping of ASCII keys")."""
_BYTES: Mapping[str, tuple[bytes, bytes]] = {
    "enter": (b"\r", b"\r"),
    "escape": (b"\x1b", b"\x1b"),
    "backspace": (b"\x7f", b"\x08"),
    "tab": (b"\t", b"\t"),
    "space": (b" ", b"\0"),
}
"""Keys that every mode spells the same: alone or with shift, and with ctrl (kitty, "Legacy functional keys")."""

_MOUSE_MODIFIERS = ((Mods.SHIFT, 4), (Mods.ALT, 8), (Mods.CTRL, 16))
_MOTION = 32
_RELEASED = 3
_LEGACY_LIMIT = 222
"""The last column and line, from 0, that a mouse report without mode 1006 can name."""


def commands(pane: PaneId, items: Iterable[object], modes: Modes, newline: str) -> list[str]:
    """Write the command lines that send `items`, in the wire's form, to `pane`; each at most `MAX_LINE` characters.

    `newline` is the chord that means "new line, do not send" to the pane's program: it stands in for shift+enter
    and ctrl+enter. Raises TmuxError if `pane` is none, ValueError for what is no item.
    """
    prefix = f"send-keys -t {checked_pane(pane)}"
    if modes.dead:
        return []
    strokes = (_stroke(item_from_json(item), modes, newline) for item in items)
    words = (word for stroke in strokes for word in _words(stroke))
    return [
        line
        for flag, run in groupby(words, key=lambda word: word[0])
        for line in _lines(prefix + flag, [word for _, word in run])
    ]


def _words(stroke: Stroke) -> Iterator[tuple[str, str]]:
    """Write a stroke as arguments, each with the flag that it needs."""
    if isinstance(stroke, bytes):
        return ((" -H", f"{byte:02x}") for byte in stroke)
    return iter((("", f"'{stroke}'"),))


def _lines(prefix: str, words: list[str]) -> Iterator[str]:
    """Spread arguments over as many commands as their length takes."""
    step = (MAX_LINE - len(prefix)) // (1 + max(map(len, words)))
    for start in range(0, len(words), step):
        yield " ".join([prefix, *words[start : start + step]])


def _stroke(item: Item, modes: Modes, newline: str) -> Stroke:
    match item:
        case str():
            return item.encode(errors="replace")
        case Key():
            return _key(item, newline)
        case Mouse():
            return _mouse(item, modes)


def _key(key: Key, newline: str) -> Stroke:
    """Spell a key; what neither tmux nor a legacy terminal can spell is nothing."""
    mods = key.mods
    if mods == Mods.SUPER:
        mods = Mods.ALT  # as tmux reads xterm's and kitty's parameter 9
    if key.name == "enter" and mods and not mods & Mods.ALT:
        other = parse_chord(newline)
        return b"" if other.name == "enter" and not other.mods & Mods.ALT else _key(other, newline)
    if name := NAMES.get((key.name, mods)):
        return name
    if mods & Mods.SUPER:
        return b""
    escape = b"\x1b" if mods & Mods.ALT else b""
    plain = _plain(key.name, mods & ~Mods.ALT)
    return escape + plain if plain else b""


def _plain(name: str, mods: Mods) -> bytes:
    """Spell a key without alt in bytes."""
    if name == "tab" and mods & Mods.SHIFT:
        return b"\x1b[Z"
    if name in _BYTES:
        return _BYTES[name][bool(mods & Mods.CTRL)]
    if len(name) != 1 or (mods & Mods.SHIFT and mods & Mods.CTRL):
        return b""
    if not mods & Mods.CTRL:
        return name.encode(errors="replace")
    if name in _CONTROLS:
        return bytes([_CONTROLS[name]])
    return name.encode() if name.isascii() else b""


def _mouse(mouse: Mouse, modes: Modes) -> bytes:
    """Spell a mouse event as the program asked for it (xterm, "Mouse Tracking"); what it did not ask is nothing."""
    wanted = {
        "press": modes.mouse,
        "release": modes.mouse,
        "drag": modes.mouse_drag or modes.mouse_move,
        "move": modes.mouse_move,
    }
    if not wanted.get(mouse.kind) or not 0 <= mouse.button < 0x100 - 32 or mouse.x < 0 or mouse.y < 0:
        return b""
    bits = mouse.button | sum(bit for mod, bit in _MOUSE_MODIFIERS if mouse.mods & mod)
    if mouse.kind in ("drag", "move"):
        bits |= _MOTION
    released = mouse.kind == "release"
    if modes.mouse_sgr:
        return f"\x1b[<{bits};{mouse.x + 1};{mouse.y + 1}{'m' if released else 'M'}".encode()
    place = (min(at, _LEGACY_LIMIT) + 33 for at in (mouse.x, mouse.y))
    return b"\x1b[M" + bytes([32 + (_RELEASED if released else bits), *place])
