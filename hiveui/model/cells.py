"""How wide text is, in the way tmux counts it: wcwidth(3) of each character, clusters as tmux 3.3 merges them."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

ZWJ = "\u200d"
END_OF_CELL = "\U000e0100"
"""Parts a joiner from what follows: a mark to which no emoji joins, which nothing shows, and for which a cell that
had no room for the joined character has none either (it has 4 bytes): it is dropped by a tmux that it is shown in."""
MAX_MARKS = 8
"""Combining marks that one cell keeps."""
CELL_BYTES = 21
"""UTF-8 bytes that a cell of tmux holds (tmux.h, UTF8_SIZE) before 3.6; `cell_bytes` knows the others."""

_JOINERS = frozenset(("\u200c", ZWJ))
_VARIATION = frozenset(chr(code) for code in range(0xFE00, 0xFE10))
_TAGS = frozenset(chr(code) for code in range(0xE0020, 0xE0080))
_JAMO = frozenset(map(chr, (*range(0x1160, 0x1200), *range(0xD7B0, 0xD800))))
"""Hangul vowels and finals, which stand in the cell of the consonant before them."""
_INVISIBLE = frozenset(("\u200b", *map(chr, range(0x2060, 0x2065)), "\ufeff"))
"""Zero-width space, word joiner, invisible operators, byte order mark: nothing to see, nothing to turn around."""
_PREPENDED = frozenset(map(chr, (0xAD, *range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)))
"""Format characters that have a shape: the soft hyphen and the Arabic, Syriac and Kaithi number signs."""
_ZERO = _JOINERS | _VARIATION | _TAGS | _JAMO | _INVISIBLE


def cell_bytes(version: str) -> int:
    """Give the UTF-8 bytes that a cell holds in a tmux that calls itself so (`3.3a`, `next-3.8`)."""
    said = re.search(r"(\d+)\.(\d+)", version)
    return CELL_BYTES if said and (int(said[1]), int(said[2])) < (3, 6) else 32


@lru_cache(maxsize=8192)
def width(char: str) -> int:
    """Cells of one character: 0, 1 or 2; -1 for a control that no cell may hold."""
    code = ord(char)
    category = unicodedata.category(char)
    if category in ("Cc", "Cs"):
        return -1
    if category in ("Mn", "Me") or char in _ZERO:
        return 0
    if category in ("Zl", "Zp") or (category == "Cf" and char not in _PREPENDED):
        return -1
    wide = unicodedata.east_asian_width(char) in ("W", "F") or 0x3248 <= code <= 0x324F or 0x4DC0 <= code <= 0x4DFF
    return 2 if wide else 1


def clean(text: str, room: int = CELL_BYTES) -> tuple[str, int]:
    """Take out what no cell may hold; give the rest and its width in cells.

    tmux merges what follows a joiner into the cell before it, and drops it where a cell's `room`, in bytes, does
    not take it. The joiner that is left would draw in the next character wherever the text is shown: `END_OF_CELL`
    after it keeps that out.
    """
    kept: list[str] = []
    cells = 0
    marks = 0
    cluster = 0
    joined = False
    for char in text:
        size = width(char)
        if size < 0:
            continue
        length = len(char.encode(errors="replace"))
        if size == 0:
            marks += 1
            if marks > MAX_MARKS or not kept:
                continue
        elif joined and cluster + length <= room:
            size = marks = 0
        else:
            if joined:
                kept.append(END_OF_CELL)
            marks = cluster = 0
        joined = char == ZWJ
        kept.append(char)
        cells += size
        cluster += length
    if joined:
        kept.append(END_OF_CELL)
    return "".join(kept), cells


def clusters(text: str) -> Iterator[tuple[str, int]]:
    """Take cleaned text apart into what stands in one cell or two, with the number of cells."""
    start = cells = 0
    joined = False
    for at, char in enumerate(text):
        size = width(char)
        if size > 0 and not joined:
            if at > start:
                yield text[start:at], cells
            start, cells = at, size
        joined = char == ZWJ
    if text:
        yield text[start:], cells
