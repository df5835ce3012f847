"""A terminal's cells as SVG: one picture of them, or several that follow each other."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 8.4, 18, 14
FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"
MARGIN = 14
SGR = re.compile(r"\x1b\[([0-9;:]*)m|\x1b[()][A-Z0-9]|[\x0e\x0f]")


@dataclass(frozen=True, slots=True)
class Colours:
    """A terminal's own colours, each `#rrggbb`."""

    background: str
    foreground: str
    basic: tuple[str, ...]
    """The sixteen, in the order of their numbers."""


DARK = Colours(
    "#16161e",
    "#c0caf5",
    (
        *("#15161e", "#f7768e", "#9ece6a", "#e0af68", "#7aa2f7", "#bb9af7", "#7dcfff", "#a9b1d6"),
        *("#565f89", "#ff899d", "#b9f27c", "#ffc777", "#9ab8ff", "#c9aaff", "#a4daff", "#e6eaff"),
    ),
)
LIGHT = Colours(
    "#ffffff",
    "#24292f",
    (
        *("#24292f", "#b3261e", "#1a6f2b", "#7a5200", "#0b57b7", "#7d3cb5", "#0f6674", "#d0d5dc"),
        *("#6b7480", "#c9362c", "#217f36", "#8a6100", "#2268c9", "#8c4cc4", "#1b7686", "#f3f5f8"),
    ),
)
XTERM = Colours(
    "#000000",
    "#e5e5e5",
    (
        *("#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5"),
        *("#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"),
    ),
)
"""Those that xterm comes with (`XTerm-col.ad`), on black."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is drawn; a colour is `#rrggbb`, a number of the sixteen, '' the terminal's own."""

    ink: str | int = ""
    paper: str | int = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False

    def seen(self, own: Colours) -> tuple[str, str]:
        """Ink and paper as they are seen; '' is paper that need not be drawn."""
        ink = own.basic[self.ink] if isinstance(self.ink, int) else self.ink or own.foreground
        paper = own.basic[self.paper] if isinstance(self.paper, int) else self.paper
        return (paper or own.background, ink) if self.reverse else (ink, paper)


Cell = tuple[str, Look]
"""One or two columns: a character with its marks, and its look."""

SHAPES = (("bold", "font-weight", "bold"), ("italic", "font-style", "italic"), ("dim", "opacity", "0.6"))
WORDS = re.compile(r"\S+(?: \S+)*")
"""What is drawn as one piece: an SVG reader may drop further blanks."""

CHANGES: dict[int, dict[str, Any]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    9: {"strike": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
    39: {"ink": ""},
    49: {"paper": ""},
    **{first + i: {"ink": base + i} for first, base in ((30, 0), (90, 8)) for i in range(8)},
    **{first + i: {"paper": base + i} for first, base in ((40, 0), (100, 8)) for i in range(8)},
}
"""What an SGR code changes."""


def cells(line: str, look: Look) -> tuple[list[Cell], Look]:
    """Read one line of a capture; give its cells and the look that the next line begins with."""
    found: list[Cell] = []
    at = 0
    for sgr in (*SGR.finditer(line), None):
        for character in line[at : sgr.start() if sgr else None]:
            if found and unicodedata.category(character) in {"Mn", "Me", "Cf"}:
                found[-1] = (found[-1][0] + character, found[-1][1])
            else:
                found.append((character, look))
        if sgr is not None:
            at = sgr.end()
            look = styled(look, sgr[1]) if sgr[1] is not None else look
    return found, look


def styled(look: Look, parameters: str) -> Look:
    """Apply one SGR sequence (ECMA-48, 8.3.117; 38 and 48 as xterm has them)."""
    codes = iter([int(code or 0) for code in parameters.replace(":", ";").split(";")])
    for code in codes:
        if code == 38:
            look = replace(look, ink=extended(codes))
        elif code == 48:
            look = replace(look, paper=extended(codes))
        else:
            look = replace(look, **CHANGES.get(code, {})) if code else Look()
    return look


def extended(codes: Iterator[int]) -> str | int:
    """Read the rest of `38;5;N` or `38;2;R;G;B`."""
    if next(codes, 0) == 2:
        return "#" + "".join(f"{next(codes, 0):02x}" for _ in range(3))
    number = next(codes, 0)
    if number < 16:
        return number
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = (0, 95, 135, 175, 215, 255)
    return "#" + "".join(f"{levels[(number - 16) // step % 6]:02x}" for step in (36, 6, 1))


def width(character: str) -> int:
    """Cells that a character takes."""
    return 2 if unicodedata.east_asian_width(character[0]) in "WF" else 1


def svg(lines: Sequence[str], columns: int, *, title: str, own: Colours = DARK) -> str:
    """Draw a capture's lines."""
    return _document([*_screen(lines, own)], columns, len(lines), title, own)


def film(screens: Sequence[tuple[Sequence[str], float]], columns: int, *, title: str, own: Colours = DARK) -> str:
    """Draw screens that follow each other for ever, each for its seconds; by SMIL, as image elements play it."""
    length = sum(seconds for _, seconds in screens)
    parts: list[str] = []
    start = 0.0
    for number, (lines, seconds) in enumerate(screens):
        end = (start + seconds) / length
        times, values = [0.0, start / length, end], ["none", "inline", "none"]
        if number == 0:
            times, values = times[1:], values[1:]
        if number == len(screens) - 1:
            times, values = times[:-1], values[:-1]
        shown = "none" if number else "inline"
        parts += [
            f'<g display="{shown}">',
            f'<animate attributeName="display" calcMode="discrete" dur="{length:g}s" repeatCount="indefinite"',
            f'keyTimes="{";".join(f"{at:.4g}" for at in times)}" values="{";".join(values)}"/>',
            *_screen(lines, own),
            "</g>",
        ]
        start += seconds
    return _document(parts, columns, len(screens[0][0]), title, own)


def _document(parts: Sequence[str], columns: int, rows: int, title: str, own: Colours) -> str:
    wide, high = columns * CELL_WIDTH + 2 * MARGIN, rows * CELL_HEIGHT + 2 * MARGIN
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{own.background}"/>',
        f'<g font-family="{FONTS}" font-size="{FONT_SIZE}">',
    ]
    return "\n".join([*head, *parts, "</g>", "</svg>"]) + "\n"


def _screen(lines: Sequence[str], own: Colours) -> Iterator[str]:
    look = Look()
    for row, line in enumerate(lines):
        found, look = cells(line, look)
        yield from drawn(found, MARGIN + row * CELL_HEIGHT, own)


def drawn(line: Sequence[Cell], top: float, own: Colours) -> Iterator[str]:
    """Draw one line: papers first, then runs of one look. What is not ASCII stands alone, so that no font shifts it."""
    places = []
    column = 0
    for character, look in line:
        places.append((column, character, look))
        column += width(character)
    for start, columns, paper in runs((at, width(text), look.seen(own)[1]) for at, text, look in places):
        if paper:
            yield rect(start, top, columns * CELL_WIDTH, CELL_HEIGHT, paper)
    run: tuple[int, str, Look] | None = None
    for at, text, look in places:
        if run is not None and text.isascii() and look == run[2] and run[1].isascii():
            run = (run[0], run[1] + text, look)
            continue
        if run is not None:
            yield from ink(*run, top, own)
        run = (at, text, look)
    if run is not None:
        yield from ink(*run, top, own)


def runs(cells_: Iterator[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Join neighbours of one colour: column, columns, colour."""
    start, columns, colour = 0, 0, ""
    for at, size, paper in cells_:
        if paper != colour:
            yield start, columns, colour
            start, columns, colour = at, 0, paper
        columns += size
    yield start, columns, colour


def rect(column: float, top: float, wide: float, high: float, colour: str) -> str:
    """Draw a rectangle that begins at a column."""
    place = f'x="{MARGIN + column * CELL_WIDTH:.1f}" y="{top:g}"'
    return f'<rect {place} width="{wide:.1f}" height="{high:g}" fill="{colour}"/>'


def ink(column: int, text: str, look: Look, top: float, own: Colours) -> Iterator[str]:
    """Draw a run's text and lines. Bars are drawn as rectangles, which meet where characters would leave gaps."""
    colour = look.seen(own)[0]
    if text in {"│", "┃"}:
        yield rect(column + 0.43, top, 1.2, CELL_HEIGHT, colour)
        return
    if text == "─":
        yield rect(column, top + CELL_HEIGHT / 2, CELL_WIDTH, 1.2, colour)
        return
    shape = "".join(f' {name}="{value}"' for on, name, value in SHAPES if getattr(look, on))
    for words in WORDS.finditer(text):
        place = f'x="{MARGIN + (column + words.start()) * CELL_WIDTH:.1f}" y="{top + 13.5:g}"'
        fitted = f' textLength="{len(words[0]) * CELL_WIDTH:.1f}"' if text.isascii() else ""
        yield f'<text {place}{fitted}{shape} fill="{colour}">{html.escape(words[0])}</text>'
    columns = len(text) if text.isascii() else width(text)
    for on, height in ((look.underline, CELL_HEIGHT - 2), (look.strike, CELL_HEIGHT / 2)):
        if on:
            yield rect(column, top + height, columns * CELL_WIDTH, 1, colour)
