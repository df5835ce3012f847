"""Text from outside, made safe and honest to show: what would act on a terminal, or hide, is spelled out."""

import unicodedata

MAX_MARKS = 8
"""Combining marks on one character; further ones are left out."""

_ZWJ = "\u200d"
_VARIATION = "\ufe0f"
_CARRIER = "◌"
"""Carries a mark that has no character of its own, so that it does not fall on what stands before."""


def visible(text: str) -> str:
    """Give one line of `text` in which every control, bidi or invisible character can be seen.

    C0 becomes its picture (`␛`, `␊`), anything else that cannot be printed its number (`‹U+202E›`). Joiners stay
    inside an emoji. Names in other scripts, wide characters and spaces of any width stay as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for i, character in enumerate(text):
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            marks += 1
            if marks <= MAX_MARKS:
                shown.append(character if shown else _CARRIER + character)
            continue
        if character == _ZWJ and shown and joins(shown[-1][-1], text[i + 1 : i + 2]):
            shown.append(character)
            continue
        marks = 0
        shown.append(character if character.isprintable() or category == "Zs" else _spelled(character))
    return "".join(shown)


def _spelled(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"‹U+{code:04X}›"


def joins(before: str, after: str) -> bool:
    """Tell whether a joiner stands between two pictures; the first may carry a variation or a skin tone."""
    picture = before == _VARIATION or unicodedata.category(before) in {"So", "Sk"}
    return picture and after != "" and unicodedata.category(after) == "So"


def counted(number: int, noun: str) -> str:
    """Say how many of something there are: `1 file`, `1,200 files`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def width(text: str) -> int:
    """Count the cells that `visible` text takes (Unicode Standard Annex 11, ambiguous as narrow)."""
    if text.isascii():
        return len(text)
    cells = 0
    joined = False
    for character in text:
        if unicodedata.category(character) not in {"Mn", "Me", "Cf"} and not joined:
            cells += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        joined = character == _ZWJ
    return cells


def fitted(text: str, cells: int) -> str:
    """Cut or pad `visible` text to exactly `cells`; what is cut ends in `…`."""
    room = cells - width(text)
    if room >= 0:
        return text + " " * room
    kept = text
    while kept and width(kept) > cells - 1:
        kept = kept[:-1]
    return kept + "…" + " " * (cells - 1 - width(kept)) if cells > 0 else ""
