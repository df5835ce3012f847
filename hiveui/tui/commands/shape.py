"""Commands that shape the workspace, and those that work after `M`, `=`, `,` and `g`."""

import string

from hiveui.model.layout import Direction
from hiveui.tui.commands.at import At
from hiveui.tui.commands.table import DIGITS, Command, Place, Run

COLUMNS, LINES = 2, 1
"""Cells by which one key moves a border."""


def _add(where: str) -> Run:
    return lambda at, _: at.company.add(where)


def _resize(direction: Direction, by: int) -> Run:
    return lambda at, _: at.shaping.resize(direction, by)


def _preset(name: str) -> Run:
    return lambda at, _: at.shaping.preset(name)


def _swap(dx: int, dy: int) -> Run:
    return lambda at, _: at.shaping.swap(dx, dy)


def _edge(dx: int, dy: int) -> Run:
    return lambda at, _: at.shaping.to_edge(dx, dy)


def _next_tab(by: int) -> Run:
    return lambda at, _: at.shaping.to_next_tab(by)


def _to_tab(at: At, chord: str) -> None:
    at.shaping.to_tab(DIGITS.index(chord))


JUMPING = (
    Command(
        "go.letter", Place.SUPERVISE, ("g",), "Jump to a pane or tab by letters", lambda at, _: at.jump.begin(), "jump"
    ),
)
SHAPE = (
    Command("pane.right", Place.SUPERVISE, ("v",), "Open a shell on the right", _add("columns"), "shell", "v V"),
    Command("pane.below", Place.SUPERVISE, ("V",), "Open a shell below", _add("rows")),
    Command("tab.new", Place.SUPERVISE, ("T",), "Open a shell in a new tab", _add("tab"), "tab"),
    Command(
        "pane.narrow", Place.SUPERVISE, ("ctrl+left", "<"), "Move the border to the left", _resize("columns", -COLUMNS)
    ),
    Command(
        "pane.widen", Place.SUPERVISE, ("ctrl+right", ">"), "Move the border to the right", _resize("columns", COLUMNS)
    ),
    Command("pane.shorten", Place.SUPERVISE, ("ctrl+up", "{"), "Move the border up", _resize("rows", -LINES)),
    Command("pane.lengthen", Place.SUPERVISE, ("ctrl+down", "}"), "Move the border down", _resize("rows", LINES)),
    Command(
        "pane.move",
        Place.SUPERVISE,
        ("M",),
        "Move the pane: then where to",
        lambda at, _: at.shaping.ask_move(),
        "move",
    ),
    Command(
        "pane.rotate",
        Place.SUPERVISE,
        ("space",),
        "Rotate the panes of the tab",
        lambda at, _: at.shaping.rotate(),
    ),
    Command(
        "tab.arrange", Place.SUPERVISE, ("=",), "Arrange the panes: then how", lambda at, _: at.shaping.ask_preset()
    ),
    Command("tab.rename", Place.SUPERVISE, (",",), "Rename the tab", lambda at, _: at.shaping.name_tab()),
    Command("pane.close", Place.SUPERVISE, ("C",), "Close the pane", lambda at, _: at.company.close(), "close"),
    Command("tab.close", Place.SUPERVISE, ("X",), "Close the tab and its panes", lambda at, _: at.company.close_tab()),
    Command(
        "undo",
        Place.SUPERVISE,
        ("U",),
        "Undo a move, a closing or a stop",
        lambda at, _: at.company.undo(),
        "undo",
    ),
)
MOVING = (
    Command("move.left", Place.MOVE, ("h", "left"), "To the left", _swap(-1, 0), "that way", "hjkl"),
    Command("move.down", Place.MOVE, ("j", "down"), "Down", _swap(0, 1)),
    Command("move.up", Place.MOVE, ("k", "up"), "Up", _swap(0, -1)),
    Command("move.right", Place.MOVE, ("l", "right"), "To the right", _swap(1, 0)),
    Command("move.left_edge", Place.MOVE, ("H",), "Along the left edge", _edge(-1, 0), "edge", "HJKL"),
    Command("move.lower_edge", Place.MOVE, ("J",), "Along the lower edge", _edge(0, 1)),
    Command("move.upper_edge", Place.MOVE, ("K",), "Along the upper edge", _edge(0, -1)),
    Command("move.right_edge", Place.MOVE, ("L",), "Along the right edge", _edge(1, 0)),
    Command("move.tab", Place.MOVE, DIGITS, "To that tab", _to_tab, "tab", "1-9"),
    Command("move.previous_tab", Place.MOVE, ("[",), "To the tab before", _next_tab(-1)),
    Command("move.next_tab", Place.MOVE, ("]",), "To the next tab", _next_tab(1)),
    Command("move.new_tab", Place.MOVE, ("T", "t"), "To a new tab", lambda at, _: at.shaping.to_new_tab(), "new tab"),
    Command(
        "move.pin",
        Place.MOVE,
        ("p",),
        "Onto every tab, or onto this one alone again",
        lambda at, _: at.shaping.pin(),
        "pin",
    ),
    Command("move.close", Place.MOVE, ("escape", "q"), "Leave it where it is", lambda at, _: at.close(), "back"),
)
PRESETS = (
    Command("arrange.even", Place.PRESET, ("e", "="), "All sizes even", _preset("even"), "even"),
    Command("arrange.main", Place.PRESET, ("m",), "This one left, the others right", _preset("main"), "main left"),
    Command("arrange.grid", Place.PRESET, ("g",), "A grid", _preset("grid"), "grid"),
    Command("arrange.turn", Place.PRESET, ("t",), "Rows of these columns, or columns", _preset("turn"), "turn"),
    Command("arrange.close", Place.PRESET, ("escape", "q"), "Leave them", lambda at, _: at.close(), "back"),
)
NAMING = (
    Command("name.take", Place.NAME, ("enter",), "Take the name", lambda at, _: at.shaping.named(), "take it"),
    Command("name.close", Place.NAME, ("escape",), "Keep the old one", lambda at, _: at.close(), "back"),
)
LETTERS = (
    Command(
        "jump.letter",
        Place.JUMP,
        tuple(string.ascii_lowercase),
        "Go there",
        lambda at, letter: at.jump.press(letter),
        "go there",
        "a-z",
    ),
    Command("jump.close", Place.JUMP, ("escape",), "Stay", lambda at, _: at.close(), "back"),
)
