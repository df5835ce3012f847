"""What a pane shows: rows of safe terminal text, and the frame they make."""

import re
from dataclasses import dataclass, field

_SGR = re.compile(r"\x1b\[[0-9;:]*m")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a pane, safe to write to a terminal."""

    ansi: str = ""
    """Printable text and `ESC [ … m` only. Starts from default attributes; may end in others."""
    width: int = 0
    """Cells that tmux counted, at most the pane's columns."""


def plain(row: Row) -> str:
    """Give a row's text without its looks."""
    return _SGR.sub("", row.ansi).rstrip()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the program's cursor stands, in cells from the pane's top left."""

    x: int = 0
    y: int = 0
    visible: bool = True
    shape: int = 0
    """DECSCUSR parameter, 0 to 6; 0 is the terminal's own default."""


@dataclass(frozen=True, slots=True)
class Modes:
    """What the program asked of its terminal (xterm, "Mouse Tracking")."""

    alternate: bool = False
    mouse_click: bool = False
    """1000: presses and releases."""
    mouse_drag: bool = False
    """1002: and motion while a button is down."""
    mouse_move: bool = False
    """1003: and all motion."""
    mouse_sgr: bool = False
    """1006: reports as `CSI < b ; x ; y M`."""
    dead: bool = False
    """The program has ended; its last screen stays."""

    @property
    def mouse(self) -> bool:
        """The program asked for mouse reports of any kind."""
        return self.mouse_click or self.mouse_drag or self.mouse_move


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole screen of one pane."""

    columns: int = 80
    rows: tuple[Row, ...] = ()
    """One for each line of the pane, top first."""
    cursor: Cursor = field(default_factory=Cursor)
    modes: Modes = field(default_factory=Modes)
    history: int = 0
    """Lines above the screen."""


def changed(old: Frame | None, new: Frame) -> dict[int, Row]:
    """Rows of `new` that differ from `old`, by line number; all of them where the size differs."""
    if old is None or old.columns != new.columns or len(old.rows) != len(new.rows):
        return dict(enumerate(new.rows))
    return {
        y: row for y, (was, row) in enumerate(zip(old.rows, new.rows, strict=True)) if was is not row and was != row
    }
