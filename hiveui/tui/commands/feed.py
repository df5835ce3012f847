"""Commands on what agents do to files."""

from hiveui.tui.commands.table import Command, Place

FEED = (
    Command(
        "feed.open", Place.SUPERVISE, ("f",), "Show what agents change in files", lambda at, _: at.feed.open(), "files"
    ),
)
FILES = (
    Command(
        "feed.edit", Place.FEED, ("enter", "e"), "Open the file in your editor", lambda at, _: at.feed.edit(), "edit"
    ),
    Command(
        "feed.whose",
        Place.FEED,
        ("f", "tab"),
        "Only what the agent with the focus changed, or all",
        lambda at, _: at.feed.toggle(),
        "one or all",
    ),
    Command("feed.down", Place.FEED, ("j", "down"), "To the next one", lambda at, _: at.feed.choose(1)),
    Command("feed.up", Place.FEED, ("k", "up"), "To the one before", lambda at, _: at.feed.choose(-1), "choose", "j k"),
    Command("feed.page_down", Place.FEED, ("pagedown", "ctrl+d"), "Ten further", lambda at, _: at.feed.choose(10)),
    Command("feed.page_up", Place.FEED, ("pageup", "ctrl+u"), "Ten back", lambda at, _: at.feed.choose(-10)),
    Command("feed.newest", Place.FEED, ("g", "home"), "To the newest", lambda at, _: at.feed.choose(-(10**6))),
    Command("feed.close", Place.FEED, ("escape", "q"), "Close", lambda at, _: at.close(), "back"),
)
