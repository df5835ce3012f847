"""Commands on the workspace's layout."""

from hiveui.tui.commands.table import Command, Place

LAYOUT = (
    Command(
        "layout.save",
        Place.SUPERVISE,
        ("ctrl+s",),
        "Save tabs, sizes and roles as the layout",
        lambda at, _: at.library.compare(),
    ),
    Command("layout.list", Place.SUPERVISE, ("L",), "Show the layouts that there are", lambda at, _: at.library.show()),
)
CHOOSING = (
    Command("layouts.down", Place.LAYOUTS, ("j", "down"), "To the next one", lambda at, _: at.library.choose(1)),
    Command(
        "layouts.up",
        Place.LAYOUTS,
        ("k", "up"),
        "To the one before",
        lambda at, _: at.library.choose(-1),
        "choose",
        "j k",
    ),
    Command(
        "layouts.save",
        Place.LAYOUTS,
        ("ctrl+s",),
        "Save tabs, sizes and roles as the workspace's layout",
        lambda at, _: at.library.compare(),
        "save what runs",
    ),
    Command("layouts.close", Place.LAYOUTS, ("escape", "q", "L"), "Close", lambda at, _: at.close(), "back"),
)
SAVING = (
    Command("save.yes", Place.SAVE, ("enter",), "Save it", lambda at, _: at.library.save(), "save"),
    Command("save.no", Place.SAVE, ("escape", "q"), "Save nothing", lambda at, _: at.close(), "no"),
    Command("save.down", Place.SAVE, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command("save.up", Place.SAVE, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"),
)
