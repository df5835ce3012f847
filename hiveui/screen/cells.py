"""How wide text is, in the way tmux counts it: wcwidth(3) of each character, clusters as tmux 3.3 merges them."""

import unicodedata
from functools import lru_cache

ZWJ = "\u200d"
MAX_MARKS = 8
"""Combining marks that one cell keeps."""

_JOINERS = frozenset(("\u200c", ZWJ))
_VARIATION = frozenset(chr(code) for code in range(0xFE00, 0xFE10))
_TAGS = frozenset(chr(code) for code in range(0xE0020, 0xE0080))
_PREPENDED = frozenset(map(chr, (0xAD, *range(0x600, 0x606), 0x6DD, 0x70F, 0x8E2, 0x110BD, 0x110CD)))
"""Format characters that have a shape: the soft hyphen and the Arabic, Syriac and Kaithi number signs."""


@lru_cache(maxsize=8192)
def width(char: str) -> int:
    """Cells of one character: 0, 1 or 2; -1 for a control that no cell may hold."""
    code = ord(char)
    category = unicodedata.category(char)
    if category in ("Cc", "Cs"):
        return -1
    if category in ("Mn", "Me") or char in _JOINERS or char in _VARIATION or char in _TAGS:
        return 0
    if category in ("Zl", "Zp") or (category == "Cf" and char not in _PREPENDED):
        return -1
    if 0x1160 <= code <= 0x11FF:
        return 0
    wide = unicodedata.east_asian_width(char) in ("W", "F") or 0x4DC0 <= code <= 0x4DFF
    return 2 if wide else 1


def clean(text: str) -> tuple[str, int]:
    """Take out what no cell may hold; give the rest and its width in cells."""
    kept: list[str] = []
    cells = 0
    marks = 0
    joined = False
    for char in text:
        size = width(char)
        if size < 0:
            continue
        if size == 0:
            marks += 1
            if marks > MAX_MARKS or not kept:
                continue
        elif joined:
            # tmux merges what follows a joiner into the cell before it.
            size = 0
            marks = 0
        else:
            marks = 0
        joined = char == ZWJ and bool(kept)
        kept.append(char)
        cells += size
    return "".join(kept), cells
