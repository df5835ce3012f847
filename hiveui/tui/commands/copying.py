"""Commands about what panes printed: looking back, selecting, copying, searching."""

from hiveui.tui.commands.at import At
from hiveui.tui.commands.table import Command, Place, Run
from hiveui.tui.hints import LETTERS
from hiveui.tui.selection import Shape


def _motion(name: str) -> Run:
    return lambda at, _: at.past.motion(name)


def _select(shape: Shape) -> Run:
    return lambda at, _: at.past.select(shape)


def _digit(at: At, chord: str) -> None:
    at.past.digit(chord)


def _back(id_: str, keys: tuple[str, ...], title: str, run: Run, *hint: str) -> Command:
    """Make one that works while looking back; `hint` is its word for the status line, and how its keys are named."""
    word, shown = (*hint, "", "")[:2]
    return Command(f"history.{id_}", Place.HISTORY, keys, title, run, word, shown)


ANYWHERE = (
    Command(
        "search.all",
        Place.SUPERVISE,
        ("ctrl+f",),
        "Search what all panes printed",
        lambda at, _: at.search.ask_all(),
    ),
)
FINDING = (
    Command("find.go", Place.FIND, ("enter",), "Search", lambda at, _: at.search.go(), "search"),
    Command(
        "find.kind",
        Place.FIND,
        ("ctrl+r", "tab"),
        "Take it for a regular expression, or for a text",
        lambda at, _: at.search.kind(),
        "text or regular expression",
    ),
    Command("find.close", Place.FIND, ("escape", "ctrl+c"), "Close it", lambda at, _: at.close(), "back"),
    Command("found.down", Place.FOUND, ("j", "down", "tab"), "Down a line", lambda at, _: at.search.choose(1)),
    Command("found.up", Place.FOUND, ("k", "up"), "Up a line", lambda at, _: at.search.choose(-1), "choose", "j k"),
    Command("found.open", Place.FOUND, ("enter",), "Go there", lambda at, _: at.search.open(), "go there"),
    Command("found.close", Place.FOUND, ("escape", "q"), "Close it", lambda at, _: at.close(), "back"),
)
BEGIN = (
    Command(
        "view.history",
        Place.SUPERVISE,
        ("pageup", "ctrl+u"),
        "Look back over what the pane printed",
        lambda at, _: at.past.move(-at.past.page()),
        "look back",
        "pgup",
    ),
    Command(
        "copy.begin",
        Place.SUPERVISE,
        ("y",),
        "Select in the pane and copy",
        lambda at, _: at.past.begin(),
        "copy",
    ),
)
PICKING = (
    Command(
        "pick.copy",
        Place.PICK,
        tuple(LETTERS),
        "Copy what has that label",
        lambda at, chord: at.picking.press(chord),
        "copy",
        "label",
    ),
    Command(
        "pick.open",
        Place.PICK,
        tuple(LETTERS.upper()),
        "Open a link, edit a file at its line, show a commit",
        lambda at, chord: at.picking.press(chord),
        "open or edit",
        "LABEL",
    ),
    Command("pick.close", Place.PICK, ("escape",), "Take the labels away", lambda at, _: at.picking.end(), "back"),
    Command("open.yes", Place.OPEN, ("enter",), "Open it", lambda at, _: at.picking.open(), "open"),
    Command("open.no", Place.OPEN, ("escape",), "Leave it", lambda at, _: at.close(), "back"),
)
MOUSE = (
    Command(
        "pick.begin",
        Place.SUPERVISE,
        ("F",),
        "Label links, paths and hashes in the pane, to copy, open or edit them",
        lambda at, _: at.picking.begin(),
    ),
    Command(
        "mouse.hand_over",
        Place.SUPERVISE,
        ("Y",),
        "Hand the mouse to the terminal, or take it back",
        lambda at, _: at.outer.hand_mouse(),
    ),
)
HISTORY = (
    _back("escape", ("escape",), "Select nothing; then back to now", lambda at, _: at.past.escape(), "now"),
    _back("select", ("v",), "Select characters, or end it", _select(Shape.CHARACTERS), "select", "v V ctrl+v"),
    _back("select_lines", ("V",), "Select lines", _select(Shape.LINES)),
    _back("select_block", ("ctrl+v",), "Select a block", _select(Shape.BLOCK)),
    _back("other_end", ("o",), "Go to the other end of what is selected", lambda at, _: at.past.other_end()),
    _back("copy", ("y", "enter"), "Copy what is selected, or the line", lambda at, _: at.past.copy(), "copy"),
    _back("search", ("/",), "Search down", lambda at, _: at.search.ask(up=False), "search", "/ ?"),
    _back("search_up", ("?",), "Search up", lambda at, _: at.search.ask(up=True)),
    _back("next", ("n",), "To the next match", lambda at, _: at.past.step(1), "next, before", "n N"),
    _back("previous", ("N",), "To the match before", lambda at, _: at.past.step(-1)),
    _back("pick", ("F",), "Label links, paths and hashes", lambda at, _: at.picking.begin()),
    _back("left", ("h", "left", "backspace"), "Left", _motion("left")),
    _back("down", ("j", "down", "ctrl+n"), "Down a row", _motion("down"), "move", "h j k l"),
    _back("up", ("k", "up", "ctrl+p"), "Up a row", _motion("up")),
    _back("right", ("l", "right", "space"), "Right", _motion("right")),
    _back("word", ("w",), "To the next word", _motion("word")),
    _back("word_back", ("b",), "Back to the start of a word", _motion("word back")),
    _back("word_end", ("e",), "To the end of the word", _motion("word end")),
    _back("start", ("0",), "To the start of the row", _digit),
    _back("first_character", ("^",), "To the first character of the row", _motion("first")),
    _back("end_of_row", ("$",), "To the last character of the row", _motion("end")),
    _back("high", ("H",), "To the top of the screen", _motion("high")),
    _back("middle", ("M",), "To the middle of the screen", _motion("middle")),
    _back("low", ("L",), "To the bottom of the screen", _motion("low")),
    _back(
        "page_down",
        ("ctrl+d", "pagedown"),
        "Down half a page",
        lambda at, _: at.past.move(max(1, at.past.page() // 2)),
    ),
    _back(
        "page_up",
        ("ctrl+u", "pageup"),
        "Up half a page",
        lambda at, _: at.past.move(-max(1, at.past.page() // 2)),
        "half a page",
        "ctrl+u ctrl+d",
    ),
    _back("first", ("g", "home"), "To the oldest row", _motion("oldest"), "first, last", "g G"),
    _back("last", ("G", "end"), "To the last row, or to the one with that number", _motion("newest")),
    _back("count", tuple("123456789"), "So many times", _digit),
    _back("close", ("q",), "Back to now", lambda at, _: at.past.leave()),
)
