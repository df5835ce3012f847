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
)
SAVING = (
    Command("save.yes", Place.SAVE, ("enter",), "Save it", lambda at, _: at.library.save(), "save"),
    Command("save.no", Place.SAVE, ("escape", "q"), "Save nothing", lambda at, _: at.close(), "no"),
    Command("save.down", Place.SAVE, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command("save.up", Place.SAVE, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"),
)
