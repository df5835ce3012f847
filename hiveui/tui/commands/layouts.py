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
        "layouts.open",
        Place.LAYOUTS,
        ("enter",),
        "Open it in this workspace, once you have seen what that starts",
        lambda at, _: at.library.ask_open(),
        "open",
    ),
    Command(
        "layouts.save",
        Place.LAYOUTS,
        ("ctrl+s",),
        "Save tabs, sizes and roles as the workspace's layout",
        lambda at, _: at.library.compare(),
    ),
    Command(
        "layouts.save_as",
        Place.LAYOUTS,
        ("a",),
        "Save tabs, sizes and roles as a layout of another name",
        lambda at, _: at.library.ask_save_as(),
        "save as",
    ),
    Command(
        "layouts.rename",
        Place.LAYOUTS,
        (",",),
        "Rename it",
        lambda at, _: at.library.ask_rename(),
        "rename",
    ),
    Command(
        "layouts.delete",
        Place.LAYOUTS,
        ("d", "delete"),
        "Delete it, once you have said yes; what was in it is kept",
        lambda at, _: at.library.ask_delete(),
        "delete",
    ),
    Command("layouts.close", Place.LAYOUTS, ("escape", "q", "L"), "Close", lambda at, _: at.close(), "back"),
)
NAMING = (
    Command(
        "layout.name.take",
        Place.LAYOUT_NAME,
        ("enter",),
        "Take the name",
        lambda at, _: at.library.named(),
        "take it",
    ),
    Command(
        "layout.name.close",
        Place.LAYOUT_NAME,
        ("escape",),
        "Take none; back to the layouts",
        lambda at, _: at.library.show(),
        "back",
    ),
)
ASKING = (
    Command("layout.yes", Place.LAYOUT, ("enter",), "Do it", lambda at, _: at.library.agree(), "yes"),
    Command(
        "layout.no",
        Place.LAYOUT,
        ("escape", "q"),
        "Do nothing; back to the layouts",
        lambda at, _: at.library.show(),
        "no",
    ),
    Command("layout.down", Place.LAYOUT, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command("layout.up", Place.LAYOUT, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"),
)
SAVING = (
    Command("save.yes", Place.SAVE, ("enter",), "Save it", lambda at, _: at.library.save(), "save"),
    Command("save.no", Place.SAVE, ("escape", "q"), "Save nothing", lambda at, _: at.close(), "no"),
    Command("save.down", Place.SAVE, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command("save.up", Place.SAVE, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"),
)
