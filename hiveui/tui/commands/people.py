"""Commands on the people at the hive."""

from hiveui.tui.commands.table import Command, Place

PEOPLE = (
    Command(
        "people.open",
        Place.SUPERVISE,
        ("p",),
        "Show who is here and what they look at; follow one of them",
        lambda at, _: at.people.open(),
    ),
)
PRESENT = (
    Command(
        "people.follow",
        Place.PEOPLE,
        ("f", "space"),
        "Follow them: your screen goes where theirs goes; again: no longer",
        lambda at, _: at.people.follow(),
        "follow",
    ),
    Command("people.go", Place.PEOPLE, ("enter",), "Go where they are", lambda at, _: at.people.go(), "go there"),
    Command("people.down", Place.PEOPLE, ("j", "down"), "To the next", lambda at, _: at.people.move(1)),
    Command(
        "people.up", Place.PEOPLE, ("k", "up"), "To the one before", lambda at, _: at.people.move(-1), "choose", "j k"
    ),
    Command("people.close", Place.PEOPLE, ("escape", "q", "p"), "Back", lambda at, _: at.close(), "back"),
)
