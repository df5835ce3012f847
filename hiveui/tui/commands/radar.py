"""Commands on where agents meet."""

from hiveui.tui.commands.table import Command, Place

RADAR = (
    Command(
        "radar.open",
        Place.SUPERVISE,
        ("c",),
        "Show which agents change the same files, and what is reserved",
        lambda at, _: at.radar.open(),
    ),
)
SWEEP = (
    Command("radar.tell", Place.RADAR, ("t",), "Tell all that meet there", lambda at, _: at.radar.tell(), "tell both"),
    Command(
        "radar.hold",
        Place.RADAR,
        ("h",),
        "Hold what waits for the one that wrote last, or let it go on",
        lambda at, _: at.radar.hold(),
        "hold one",
    ),
    Command("radar.owner", Place.RADAR, ("o",), "Go to whose the path is", lambda at, _: at.radar.owner(), "owner"),
    Command("radar.go", Place.RADAR, ("enter",), "Go to the one that wrote last", lambda at, _: at.radar.go(), "open"),
    Command("radar.settle", Place.RADAR, ("x",), "Take it as settled", lambda at, _: at.radar.settle(), "settled"),
    Command("radar.edit", Place.RADAR, ("e",), "Open the file in your editor", lambda at, _: at.radar.edit(), "edit"),
    Command("radar.all", Place.RADAR, ("a",), "Show what is settled too, or not", lambda at, _: at.radar.toggle()),
    Command(
        "radar.down", Place.RADAR, ("j", "down"), "To the next path", lambda at, _: at.radar.move(1), "choose", "j k"
    ),
    Command("radar.up", Place.RADAR, ("k", "up"), "To the path before", lambda at, _: at.radar.move(-1)),
    Command("radar.close", Place.RADAR, ("escape", "q", "c"), "Back", lambda at, _: at.close(), "back"),
    Command(
        "radar.page_down",
        Place.RADAR,
        ("ctrl+d", "pagedown", "space"),
        "Down in the differences",
        lambda at, _: at.radar.scroll(5),
    ),
    Command(
        "radar.page_up",
        Place.RADAR,
        ("ctrl+u", "pageup"),
        "Up in the differences",
        lambda at, _: at.radar.scroll(-5),
    ),
)
