r"""Turns the lines of `capture-pane -p -e -N` into rows that are safe to write to any terminal.

tmux carries SGR state (and, before 3.5, the line-drawing charset, `SO` … `SI`) from line to line of one capture.
A row must stand alone, so each begins with the state that its line began with. Nothing but printable text and
`ESC [ … m` leaves this module: OSC 8 links, other sequences and controls are taken out.
"""

import re
from dataclasses import dataclass

from hiveui.model.cells import CELL_BYTES, clean, width
from hiveui.model.rows import Row

_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_PLAIN = re.compile(r"(?:[ -~]|\x1b\[[0-9;:]*m)*")
_TOKEN = re.compile(
    r"(?P<sgr>\x1b\[[0-9;:]*m)|(?P<so>\x0e)|(?P<si>\x0f)"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
    r"|\x1b[\]PX^_](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\|\Z)"
    r"|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[\x00-\x1f\x7f]"
)
_OVERLINE = re.compile(r"(?<=[\[;])5:3(?=[;m])")
"""How a capture spells 53: tmux writes every attribute above 9 as digit, colon, digit (grid.c, 3.2 to 3.7)."""
MAX_PARAMETERS = 32
MAX_ROWS = 8192
"""Rows remembered; a screen that does not change costs a look-up a row."""

_LINE_DRAWING = str.maketrans(
    "`abcdefghijklmnopqrstuvwxyz{|}~+,-.0",
    "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·→←↑↓▮",
)
"""VT100 special graphics (DEC STD 070) with the keys that tmux adds (tty-acs.c)."""

_ATTRIBUTES = {1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "5", 7: "7", 8: "8", 9: "9", 21: "4", 53: "53"}
_OFF = {22: ("1", "2"), 23: ("3",), 24: ("4",), 25: ("5",), 27: ("7",), 28: ("8",), 29: ("9",), 55: ("53",)}
_COLOURS = {38: "fg", 48: "bg", 58: "us"}
_DEFAULTS = {39: "fg", 49: "bg", 59: "us"}

Style = tuple[tuple[str, str], ...]
"""Attributes in force: what (`1`, `fg`, …) and its SGR parameters, in the order they were set."""
PLAIN: Style = ()


@dataclass(frozen=True, slots=True)
class Pen:
    """What one line of a capture leaves in force for the next."""

    style: Style = PLAIN
    graphics: bool = False

    @property
    def prefix(self) -> str:
        """SGR that sets the style from the default."""
        return f"\x1b[{';'.join(value for _, value in self.style)}m" if self.style else ""


def restyle(style: Style, parameters: str) -> Style:
    """Give the style after one SGR sequence (ECMA-48 8.3.117; ITU-T T.416 colours; 4:n by kitty)."""
    current = dict(style)
    words = parameters.split(";")[:MAX_PARAMETERS]
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        code = int(word.split(":")[0][:5] or 0)
        if code == 0:
            current.clear()
        elif code in _COLOURS:
            if ":" not in word:
                size = {"5": 2, "2": 4}.get(words[at] if at < len(words) else "", 0)
                word = ";".join([word, *words[at : at + size]])
                at += size
            current[_COLOURS[code]] = word
        elif code in _DEFAULTS:
            current.pop(_DEFAULTS[code], None)
        elif code in _OFF:
            for name in _OFF[code]:
                current.pop(name, None)
        elif word == "4:0":
            current.pop("4", None)
        elif code in _ATTRIBUTES:
            current[_ATTRIBUTES[code]] = word
        elif 30 <= code <= 37 or 90 <= code <= 97:
            current["fg"] = word
        elif 40 <= code <= 47 or 100 <= code <= 107:
            current["bg"] = word
    return tuple(current.items())


class RowReader:
    """Reads captured lines; equal lines give the same `Row` object."""

    def __init__(self, cell_bytes: int = CELL_BYTES) -> None:
        """Take the bytes that a cell of this tmux holds."""
        self.cell_bytes = cell_bytes
        self._rows: dict[tuple[bytes, Pen], tuple[Row, Pen]] = {}

    def read(self, lines: tuple[bytes, ...]) -> tuple[Row, ...]:
        """Read the lines of one capture, top first."""
        pen = Pen()
        rows = []
        for line in lines:
            known = self._rows.get((line, pen))
            if known is None:
                known = read_row(line, pen, self.cell_bytes)
                if len(self._rows) >= MAX_ROWS:
                    self._rows.clear()
                self._rows[line, pen] = known
            row, pen = known
            rows.append(row)
        return tuple(rows)


def read_row(line: bytes, pen: Pen, cell_bytes: int = CELL_BYTES) -> tuple[Row, Pen]:
    """Read one line that begins with `pen`; the row, and the pen that the next line begins with."""
    text = line.decode("utf-8", "replace")
    if "5:3" in text:
        text = _OVERLINE.sub("53", text)
    if not pen.graphics and _PLAIN.fullmatch(text):
        style = pen.style
        for match in _SGR.finditer(text):
            style = restyle(style, match[1])
        return Row(pen.prefix + text, len(_SGR.sub("", text))), Pen(style)
    return _read_slowly(text, pen, cell_bytes)


def _read_slowly(text: str, pen: Pen, cell_bytes: int) -> tuple[Row, Pen]:
    out = [pen.prefix]
    cells = 0
    style, graphics = pen.style, pen.graphics
    for match in _TOKEN.finditer(text):
        if match["sgr"]:
            out.append(match["sgr"])
            style = restyle(style, match["sgr"][2:-1])
        elif match["text"]:
            printed, size = clean(_drawn(match["text"]) if graphics else match["text"], cell_bytes)
            out.append(printed)
            cells += size
        elif match["so"]:
            graphics = True
        elif match["si"]:
            graphics = False
    return Row("".join(out), cells), Pen(style, graphics)


def _drawn(text: str) -> str:
    """Draw lines for letters; a letter that carries a mark stays one (tmux, tty_cell)."""
    return "".join(
        char if width(after) == 0 else char.translate(_LINE_DRAWING)
        for char, after in zip(text, text[1:] + " ", strict=True)
    )
