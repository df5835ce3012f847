"""Commands of the plan to restore a workspace."""

from hiveui.tui.commands.table import Command, Place

MORNING = (
    Command("morning.down", Place.MORNING, ("j", "down"), "To the next agent", lambda at, _: at.morning.move(1)),
    Command("morning.up", Place.MORNING, ("k", "up"), "To the agent before", lambda at, _: at.morning.move(-1)),
    Command(
        "morning.restore",
        Place.MORNING,
        ("enter",),
        "Restore the workspace as it is shown",
        lambda at, _: at.morning.restore(),
        "restore",
    ),
    Command(
        "morning.leave_out",
        Place.MORNING,
        ("space",),
        "Leave the agent out, or take it in again",
        lambda at, _: at.morning.leave_out(),
        "leave one out",
    ),
    Command(
        "morning.choose",
        Place.MORNING,
        ("c",),
        "Choose another of its conversations, or a new one",
        lambda at, _: at.morning.choose(),
        "choose",
    ),
    Command(
        "morning.close", Place.MORNING, ("escape", "q"), "Back; nothing is started", lambda at, _: at.close(), "back"
    ),
)
