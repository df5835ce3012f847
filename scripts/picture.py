"""`python scripts/picture.py`: docs/demo.svg, the demo as it stands on a terminal of 120×32.

Runs `hive demo` in a hive of its own (its own HOME) inside a tmux of its own, waits until agents work and one asks,
and draws the cells.
"""

import html
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "demo.svg"
COLUMNS, ROWS = 120, 32
CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 8.4, 18, 14
FONTS = "DejaVu Sans Mono, Menlo, Consolas, monospace"
MARGIN = 14
WITHIN = 60.0
"""Seconds for the demo to become worth a picture."""
BACKGROUND, FOREGROUND = "#16161e", "#c0caf5"
BASIC = (
    *("#15161e", "#f7768e", "#9ece6a", "#e0af68", "#7aa2f7", "#bb9af7", "#7dcfff", "#a9b1d6"),
    *("#565f89", "#ff899d", "#b9f27c", "#ffc777", "#9ab8ff", "#c9aaff", "#a4daff", "#e6eaff"),
)
SGR = re.compile(r"\x1b\[([0-9;:]*)m|\x1b[()][A-Z0-9]|[\x0e\x0f]")


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell is drawn; a colour is `#rrggbb`, '' the terminal's own."""

    ink: str = ""
    paper: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False

    @property
    def colours(self) -> tuple[str, str]:
        """Ink and paper as they are seen; '' is paper that need not be drawn."""
        ink, paper = self.ink or FOREGROUND, self.paper
        return (paper or BACKGROUND, ink) if self.reverse else (ink, paper)


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
    **{first + i: {"ink": BASIC[base + i]} for first, base in ((30, 0), (90, 8)) for i in range(8)},
    **{first + i: {"paper": BASIC[base + i]} for first, base in ((40, 0), (100, 8)) for i in range(8)},
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


def extended(codes: Iterator[int]) -> str:
    """Read the rest of `38;5;N` or `38;2;R;G;B`."""
    if next(codes, 0) == 2:
        return "#" + "".join(f"{next(codes, 0):02x}" for _ in range(3))
    number = next(codes, 0)
    if number < 16:
        return BASIC[number]
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    levels = (0, 95, 135, 175, 215, 255)
    return "#" + "".join(f"{levels[(number - 16) // step % 6]:02x}" for step in (36, 6, 1))


def width(character: str) -> int:
    """Cells that a character takes."""
    return 2 if unicodedata.east_asian_width(character[0]) in "WF" else 1


def svg(lines: Sequence[str]) -> str:
    """Draw a capture's lines."""
    wide, high = COLUMNS * CELL_WIDTH + 2 * MARGIN, ROWS * CELL_HEIGHT + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}">',
        "<title>HiveUI: four agents at work, one of which needs an answer</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
        f'<g font-family="{FONTS}" font-size="{FONT_SIZE}">',
    ]
    look = Look()
    for row, line in enumerate(lines[:ROWS]):
        found, look = cells(line, look)
        parts += drawn(found, MARGIN + row * CELL_HEIGHT)
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


def drawn(line: Sequence[Cell], top: float) -> Iterator[str]:
    """Draw one line: papers first, then runs of one look. What is not ASCII stands alone, so that no font shifts it."""
    places = []
    column = 0
    for character, look in line:
        places.append((column, character, look))
        column += width(character)
    for start, columns, paper in runs((at, width(text), look.colours[1]) for at, text, look in places):
        if paper:
            yield rect(start, top, columns * CELL_WIDTH, CELL_HEIGHT, paper)
    run: tuple[int, str, Look] | None = None
    for at, text, look in places:
        if run is not None and text.isascii() and look == run[2] and run[1].isascii():
            run = (run[0], run[1] + text, look)
            continue
        if run is not None:
            yield from ink(*run, top)
        run = (at, text, look)
    if run is not None:
        yield from ink(*run, top)


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


def ink(column: int, text: str, look: Look, top: float) -> Iterator[str]:
    """Draw a run's text and lines. Bars are drawn as rectangles, which meet where characters would leave gaps."""
    colour = look.colours[0]
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


def capture(folder: Path, hive: str) -> list[str]:
    """Run the demo until agents work and one asks; give the screen's lines with their SGR."""
    environment = {
        "HOME": str(folder),
        "PATH": f"{Path(hive).parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "HIVE_THEME": "dark",
        "TZ": "UTC",
        "SHELL": "/bin/sh",
    }
    outer = ["tmux", "-u", "-S", str(folder / "outer.sock"), "-f", os.devnull]

    def run(*argv: str) -> str:
        return subprocess.run(argv, env=environment, capture_output=True, text=True, check=True, cwd=folder).stdout

    try:
        run(*outer, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), hive, "demo")
        run(*outer, "set-option", "-g", "status", "off")
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            if is_busy(run(*outer, "capture-pane", "-p")):
                return run(*outer, "capture-pane", "-p", "-e", "-N").split("\n")
            time.sleep(0.2)
        raise SystemExit(f"The demo did not get busy:\n{run(*outer, 'capture-pane', '-p')}")
    finally:
        subprocess.run([*outer, "kill-server"], env=environment, check=False, capture_output=True)
        subprocess.run([hive, "down", "--all"], env=environment, check=False, capture_output=True, cwd=folder)
        said = subprocess.run([hive, "doctor", "--json"], env=environment, check=False, capture_output=True, cwd=folder)
        pid = json.loads(said.stdout)["daemon"]["pid"]
        if pid is not None:
            os.kill(pid, signal.SIGTERM)


def is_busy(screen: str) -> bool:
    """Tell whether one agent asks, its question stands there, and the others work (one line each, and the first)."""
    working = sum(screen.count(f"{glyph} working") for glyph in "◐◓◑◒")
    return "▲ approval" in screen and "Run this command?" in screen and working == 3


def main() -> None:
    """Write the picture."""
    hive = Path(sys.executable).with_name("hive")
    with tempfile.TemporaryDirectory(prefix="hive-picture-", ignore_cleanup_errors=True) as folder:
        PICTURE.write_text(svg(capture(Path(folder), str(hive))), encoding="utf-8")


if __name__ == "__main__":
    main()
