"""Commands that change what is seen: history, zoom, the roster, what lies over the panes."""

from dataclasses import replace

from hiveui.tui.commands.at import At
from hiveui.tui.commands.table import Command, Place


def _zoom(at: At, _: str) -> None:
    at.move(replace(at.desk, zoomed=not at.desk.zoomed))


def _roster(at: At, _: str) -> None:
    at.move(replace(at.desk, roster=not at.desk.roster))


VIEWS = (
    Command("view.zoom", Place.SUPERVISE, ("z",), "Show the pane alone, or all of them", _zoom, "zoom"),
    Command("view.roster", Place.SUPERVISE, ("R",), "Show or hide the list of agents", _roster, "roster"),
)
LAST = (
    Command(
        "view.performance",
        Place.SUPERVISE,
        ("P",),
        "Show or hide the performance figures",
        lambda at, _: at.dialog.performance(),
    ),
    Command("help", Place.SUPERVISE, ("?",), "Show the keys", lambda at, _: at.dialog.help(), "keys"),
    Command("leave", Place.SUPERVISE, ("q",), "Leave; the agents go on", lambda at, _: at.leave(), "leave"),
)
CARDS = (
    Command("ask.yes", Place.ASK, ("enter",), "Yes", lambda at, _: at.dialog.answer(yes=True), "yes"),
    Command("ask.no", Place.ASK, ("escape",), "No", lambda at, _: at.dialog.answer(yes=False), "no"),
)
READING = (
    Command("read.down", Place.READ, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command("read.up", Place.READ, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"),
    Command(
        "read.page_down",
        Place.READ,
        ("ctrl+d", "pagedown", "space"),
        "Down a page",
        lambda at, _: at.dialog.scroll(at.past.page()),
    ),
    Command(
        "read.page_up", Place.READ, ("ctrl+u", "pageup"), "Up a page", lambda at, _: at.dialog.scroll(-at.past.page())
    ),
    Command("read.close", Place.READ, ("escape", "q", "enter", "?"), "Back", lambda at, _: at.close(), "back"),
)
