"""A reference reader of `tmux capture-pane -p -e -N`: cells with text and attributes, as tmux counts them."""

import ctypes
import locale
import re
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

Style = frozenset[tuple[str, str]]
"""Attributes in force: what (`fg`, `bg`, `us`, or an attribute's number) and its value."""
PLAIN: Style = frozenset()
CELL_BYTES = (
    21 if b" 3." in (_said := subprocess.check_output(["tmux", "-V"])) and int(_said.split(b".")[1][:1]) < 6 else 32
)
"""What a cell holds (tmux.h, UTF8_SIZE): what follows a joiner and finds no room is dropped."""


class Cell(NamedTuple):
    """One cell; the second half of a wide character has no text."""

    text: str
    style: Style


BLANK = Cell(" ", PLAIN)
Row = tuple[Cell, ...]

_TOKEN = re.compile(
    r"\x1b\[(?P<sgr>[0-9;:]*)m|(?P<so>\x0e)|(?P<si>\x0f)|(?P<char>[^\x00-\x1f\x7f])|(?P<stray>.)", re.DOTALL
)
_DRAWING = dict(zip("`abcdefghijklmnopqrstuvwxyz{|}~+,-.0", "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·→←↑↓▮", strict=True))
"""What `tmux attach` shows for the line-drawing charset (tty-acs.c); a letter with a mark stays a letter."""
_CHARSET = ("charset", "graphics")
_RESETS: Mapping[str, Sequence[str]] = {
    **{str(20 + n): (str(n),) for n in (3, 4, 5, 7, 8, 9)},
    "22": ("1", "2"),
    "55": ("53",),
    "39": ("fg",),
    "49": ("bg",),
    "59": ("us",),
}
_LONG = {"38": "fg", "48": "bg", "58": "us"}

locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
_wcwidth = ctypes.CDLL(None).wcwidth


def read(lines: Sequence[str], columns: int) -> list[Row]:
    """Read one capture; attributes and the charset carry over from line to line."""
    style: dict[str, str] = {}
    drawing = False
    rows = []
    for line in lines:
        cells: list[Cell] = []
        for token in _TOKEN.finditer(line):
            assert token["stray"] is None, f"a control character in a capture: {token[0]!r} in {line!r}"
            if token["sgr"] is not None:
                _restyle(style, token["sgr"])
            elif token["char"]:
                _put(cells, token["char"], frozenset(style.items()) | ({_CHARSET} if drawing else set()))
            else:
                drawing = token["so"] is not None
        if len(cells) > columns:
            cells = _cut(cells, columns)
        rows.append((*map(_drawn, cells), *[BLANK] * (columns - len(cells))))
    return rows


def _cut(cells: list[Cell], columns: int) -> list[Cell]:
    """Cut a line that is too long: tmux skips half a wide character that was left by what was put in or taken out."""
    half = not cells[columns].text
    return cells[: columns - half] + [Cell(" ", cells[columns].style)] * half


def _put(cells: list[Cell], char: str, style: Style) -> None:
    width = _wcwidth(ctypes.c_wchar(char))
    last = next((i for i in range(len(cells) - 1, -1, -1) if cells[i].text), None)
    text = "" if last is None else cells[last].text
    joined = text.endswith("\u200d") and _pictures(char) and len((text + char).encode()) <= CELL_BYTES
    if last is not None and (width <= 0 or joined):
        cells[last] = Cell(text + char, cells[last].style)
    else:
        cells += [Cell(char, style), *[Cell("", style)] * (max(1, width) - 1)]


def _pictures(char: str) -> bool:
    """Tell whether a character is one that emoji are joined of; tmux joins any, which no capture can tell."""
    return char >= "\u2600" and unicodedata.category(char) == "So"


def _drawn(cell: Cell) -> Cell:
    if _CHARSET not in cell.style:
        return cell
    return Cell(_DRAWING.get(cell.text, cell.text), cell.style - {_CHARSET})


def _restyle(style: dict[str, str], parameters: str) -> None:
    words = iter(parameters.split(";"))
    for word in words:
        word = "53" if word == "5:3" else word  # noqa: PLW2901  tmux's spelling of overline in a capture
        if word in ("", "0"):
            style.clear()
        elif word in _RESETS:
            for name in _RESETS[word]:
                style.pop(name, None)
        elif (name := _LONG.get(word.partition(":")[0])) is not None:
            style[name] = word if ":" in word else ":".join([word, *_colour(words)])
        elif word.partition(":")[0] in ("4", "21"):
            style["4"] = word
        elif word in ("1", "2", "3", "5", "7", "8", "9", "53"):
            style[word] = word
        else:
            ground = {"3": "fg", "9": "fg", "4": "bg", "10": "bg"}[word[:-1]]
            style[ground] = word


def _colour(words: Iterator[str]) -> list[str]:
    kind = next(words)
    return [kind, *(next(words) for _ in range({"5": 1, "2": 3}[kind]))]


def difference(ours: Sequence[Row], theirs: Sequence[Row]) -> str:
    """Say where two screens differ, a few cells of it; '' where they do not."""
    if len(ours) != len(theirs):
        return f"{len(ours)} lines and {len(theirs)}"
    places = [
        f"line {y} column {x}: shown {mine.text!r} {sorted(mine.style)}, meant {other.text!r} {sorted(other.style)}"
        for y, (row, wanted) in enumerate(zip(ours, theirs, strict=True))
        for x, (mine, other) in enumerate(zip(row, wanted, strict=True))
        if mine != other
    ]
    return "\n".join(places[:6] + ([f"and {len(places) - 6} more"] if len(places) > 6 else []))
