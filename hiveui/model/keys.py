"""A key as a person pressed it, and the mouse, independent of any terminal's encoding of them."""

from dataclasses import dataclass, replace
from enum import IntFlag
from typing import Any


class Mods(IntFlag):
    """Modifier bits as xterm and kitty count them (the parameter minus one)."""

    NONE = 0
    SHIFT = 1
    ALT = 2
    CTRL = 4
    SUPER = 8


@dataclass(frozen=True, slots=True)
class Key:
    """One key press."""

    name: str
    """`enter`, `escape`, `tab`, `backspace`, `space`, `up`, `f5`, `pageup`, …, or the character itself."""
    mods: Mods = Mods.NONE
    text: str = ""
    """What the key types; empty for keys that type nothing (with ctrl or a function key)."""
    raw: bytes = b""
    """The bytes that the outer terminal sent."""

    @property
    def chord(self) -> str:
        """The key's one name in keymaps and on the wire: `ctrl+alt+shift+super+NAME`, in that order."""
        names = ((Mods.CTRL, "ctrl"), (Mods.ALT, "alt"), (Mods.SHIFT, "shift"), (Mods.SUPER, "super"))
        return "+".join([word for bit, word in names if self.mods & bit] + [self.name])


def parse_chord(chord: str) -> Key:
    """Invert `Key.chord`. A single character without ctrl or alt carries itself as text."""
    words = {"ctrl": Mods.CTRL, "alt": Mods.ALT, "shift": Mods.SHIFT, "super": Mods.SUPER}
    mods = Mods.NONE
    name = chord
    while "+" in name[1:]:
        head, rest = name.split("+", 1)
        if head not in words or not rest:
            break
        mods |= words[head]
        name = rest
    text = " " if name == "space" else name if len(name) == 1 else ""
    return Key(name, mods, text if not mods & (Mods.CTRL | Mods.SUPER) else "")


MOUSE_KINDS = frozenset({"press", "release", "move", "drag"})


@dataclass(frozen=True, slots=True)
class Mouse:
    """One mouse event inside a pane."""

    kind: str
    """`press`, `release`, `move` (no button) or `drag` (with one); the wheel is a press of 64 (up) or 65."""
    button: int
    """xterm's number: 0 left, 1 middle, 2 right, 64 to 67 the wheel; 3 where none is down."""
    x: int
    """Cells from the pane's left, from 0."""
    y: int
    """Cells from the pane's top, from 0."""
    mods: Mods = Mods.NONE


Item = str | Key | Mouse
"""One thing sent to a pane; a string is text, typed as it is."""


def typed(key: Key) -> tuple[Item, ...]:
    """Name what a pane is sent for a key; rxvt's alt, an Escape before the plain sequence, stays two keys."""
    if key.text and not key.mods:
        return (key.text,)
    if key.mods & Mods.ALT and key.raw.startswith(b"\x1b\x1b"):
        return (Key("escape"), replace(key, mods=key.mods & ~Mods.ALT, raw=key.raw[1:]))
    return (key,)


def item_to_json(item: Item) -> list[Any]:
    """Encode an item as docs/architecture.md, "The wire", lays down."""
    match item:
        case str():
            return ["text", item]
        case Key():
            return ["key", item.chord]
        case Mouse():
            return ["mouse", item.kind, item.button, item.x, item.y, int(item.mods)]


def item_from_json(value: object) -> Item:
    """Invert `item_to_json`. Raises ValueError for any other shape."""
    match value:
        case ["text", str(text)]:
            return text
        case ["key", str(chord)] if chord:
            return parse_chord(chord)
        case ["mouse", str(kind), int(button), int(x), int(y), int(mods)] if kind in MOUSE_KINDS:
            return Mouse(kind, button, x, y, Mods(mods & 15))
        case _:
            raise ValueError('an input item is ["text", …], ["key", …] or ["mouse", …]')
