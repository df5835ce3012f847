"""A program's composer, read from its screen: whether it is empty, and whether it holds a text.

It is taken to begin at the last row with the mark of a prompt line. What a program writes there itself, to say what
may be typed, is dim in most of them and known by its words in the others.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from hiveui.model.rows import Row

TAIL = 24
"""Characters of a text by which it is known again."""

_SHOWN_OTHERWISE = ("C", "M", "So", "Sk")
"""Categories of characters (Unicode, General_Category); borders and emoji are among So, their skins are Sk."""
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_SIDES = "│┃|"
_MARK = re.compile(r"\s*([│┃|]?)\s*[❯›>](?=\s|$)")
_BORDER = re.compile(r"\s*[╭╰╹└─━▀▄]{3,}")
_HINTS = re.compile(r"Type your message\b.*|Ask \w+ to do anything.*|Ask anything.*")
"""What programs write into an empty composer without dimming it (Gemini CLI 0.61, Qwen Code 0.24)."""
_PASTED = re.compile(r"\[Pasted\b[^\]\n]*\]|\[paste\b[^\]\n]*\]", re.IGNORECASE)
"""What stands for a long paste: `[Pasted text #1 +12 lines]`, `[Pasted Content 1234 chars]`, `[Pasted ~6 lines]`."""


@dataclass(frozen=True, slots=True)
class Composer:
    """What is to be seen of a composer."""

    text: str
    """From its mark to its lower border or the end of the screen; the whole screen where there is no mark."""
    empty: bool | None
    """None where no mark of a prompt line is to be seen."""

    def holds(self, text: str) -> bool:
        """Tell whether it holds a text: its end, or what stands for a long paste."""
        if _PASTED.search(self.text):
            return True
        wanted, shown = _bare(text), _bare(self.text)
        if not wanted:
            return self.empty is False
        tail = wanted[-TAIL:]
        return tail in shown or (self.empty is False and bool(shown) and wanted.endswith(shown))


def read(rows: Sequence[Row]) -> Composer:
    """Find the composer on a screen, top row first."""
    lines = [_undimmed(row.ansi) for row in rows]
    at = next((y for y in range(len(lines) - 1, -1, -1) if _MARK.match(lines[y])), None)
    if at is None:
        return Composer("\n".join(lines), None)
    mark = _MARK.match(lines[at])
    first = lines[at][mark.end() if mark else 0 :].rstrip(" \t" + (_SIDES if mark and mark[1] else ""))
    below = lines[at + 1 :]
    end = next((y for y, line in enumerate(below) if _BORDER.match(line)), len(below))
    hint = _HINTS.fullmatch(first.strip()) is not None
    return Composer("\n".join(["" if hint else first, *below[:end]]), hint or not first.strip())


def _undimmed(ansi: str) -> str:
    """Give a row's text without what is dim (SGR 2, until 0 or 22)."""
    parts, dim, kept = _SGR.split(ansi), False, []
    for i, part in enumerate(parts):
        if i % 2:
            dim = _dimmed(part, dim=dim)
        elif not dim:
            kept.append(part)
    return "".join(kept)


def _dimmed(parameters: str, *, dim: bool) -> bool:
    """Tell whether text is dim after one SGR sequence; the numbers of colours are no attributes."""
    words = iter(parameters.split(";"))
    for word in words:
        if word in {"38", "48", "58"}:
            for _ in range({"5": 1, "2": 3}.get(next(words, ""), 0)):
                next(words, None)
        elif word in {"", "0", "22"}:
            dim = False
        elif word == "2":
            dim = True
    return dim


def _bare(text: str) -> str:
    """Give what every program shows alike of a text: no spaces, controls, marks, borders, and no pictures.

    tmux keeps 21 bytes of what stands in one cell (`UTF8_SIZE`): of a family joined to one picture the last are lost.
    """
    return "".join(c for c in text if not c.isspace() and not unicodedata.category(c).startswith(_SHOWN_OTHERWISE))
