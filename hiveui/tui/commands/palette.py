"""Commands of the palette: it opens, and within it."""

from hiveui.tui.commands.table import Command, Place
from hiveui.tui.finding import Finding

PALETTE = (
    Command(
        "palette",
        Place.SUPERVISE,
        (":", "ctrl+p"),
        "Find a command, an agent, a tab, a workspace or a layout by its name",
        lambda at, _: at.palette.open(),
        "find",
        ":",
        listed=False,
    ),
)
FINDING = (
    Command("palette.run", Place.PALETTE, ("enter",), "Do it", lambda at, _: at.palette.run(), "do it"),
    Command(
        "palette.down",
        Place.PALETTE,
        ("down", "ctrl+n", "tab"),
        "To the next",
        lambda at, _: at.palette.move(1),
        "choose",
        "up down",
    ),
    Command(
        "palette.up",
        Place.PALETTE,
        ("up", "ctrl+p", "shift+tab"),
        "To the one before",
        lambda at, _: at.palette.move(-1),
    ),
    Command("palette.page_down", Place.PALETTE, ("pagedown",), "A page down", lambda at, _: at.palette.move_page(1)),
    Command("palette.page_up", Place.PALETTE, ("pageup",), "A page up", lambda at, _: at.palette.move_page(-1)),
    Command(
        "palette.rub",
        Place.PALETTE,
        ("backspace",),
        "Take the last letter away",
        lambda at, _: at.palette.edit(Finding.rub),
    ),
    Command(
        "palette.rub_word",
        Place.PALETTE,
        ("ctrl+w", "alt+backspace"),
        "Take the last word away",
        lambda at, _: at.palette.edit(Finding.rub_word),
    ),
    Command("palette.clear", Place.PALETTE, ("ctrl+u",), "Begin anew", lambda at, _: at.palette.edit(Finding.clear)),
    Command("palette.close", Place.PALETTE, ("escape", "ctrl+c"), "Back", lambda at, _: at.close(), "back"),
)
