"""Commands of the palette: it opens, and within it."""

from hiveui.tui.commands.table import Command, Place
from hiveui.tui.finding import Finding

PALETTE = (
    Command(
        "palette",
        Place.SUPERVISE,
        (":", "ctrl+p"),
        "Find a command, an agent or a tab by its name",
        lambda at, _: at.palette.open(),
        "find",
        ":",
        listed=False,
    ),
)
FINDING = (
    Command("find.run", Place.FIND, ("enter",), "Do it", lambda at, _: at.palette.run(), "do it"),
    Command(
        "find.down",
        Place.FIND,
        ("down", "ctrl+n", "tab"),
        "To the next",
        lambda at, _: at.palette.move(1),
        "choose",
        "up down",
    ),
    Command(
        "find.up", Place.FIND, ("up", "ctrl+p", "shift+tab"), "To the one before", lambda at, _: at.palette.move(-1)
    ),
    Command("find.page_down", Place.FIND, ("pagedown",), "A page down", lambda at, _: at.palette.move_page(1)),
    Command("find.page_up", Place.FIND, ("pageup",), "A page up", lambda at, _: at.palette.move_page(-1)),
    Command(
        "find.rub", Place.FIND, ("backspace",), "Take the last letter away", lambda at, _: at.palette.edit(Finding.rub)
    ),
    Command(
        "find.rub_word",
        Place.FIND,
        ("ctrl+w", "alt+backspace"),
        "Take the last word away",
        lambda at, _: at.palette.edit(Finding.rub_word),
    ),
    Command("find.clear", Place.FIND, ("ctrl+u",), "Begin anew", lambda at, _: at.palette.edit(Finding.clear)),
    Command("find.close", Place.FIND, ("escape", "ctrl+c"), "Back", lambda at, _: at.close(), "back"),
)
