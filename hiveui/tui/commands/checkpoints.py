"""Commands on the checkpoints of agents' files."""

from hiveui.tui.commands.table import Command, Place

CHECKPOINTS = (
    Command(
        "checkpoints.open",
        Place.SUPERVISE,
        ("K",),
        "Show the checkpoints of the agent's files, to go back to one",
        lambda at, _: at.checkpoints.open(),
    ),
)
KEPT = (
    Command(
        "checkpoints.diff",
        Place.CHECKPOINTS,
        ("enter",),
        "Show what changed since",
        lambda at, _: at.checkpoints.difference(),
        "diff to now",
    ),
    Command(
        "checkpoints.back",
        Place.CHECKPOINTS,
        ("r",),
        "Roll its files back to it, once you have seen which",
        lambda at, _: at.checkpoints.ask(),
        "roll back",
    ),
    Command(
        "checkpoints.down", Place.CHECKPOINTS, ("j", "down"), "To the next one", lambda at, _: at.checkpoints.choose(1)
    ),
    Command(
        "checkpoints.up",
        Place.CHECKPOINTS,
        ("k", "up"),
        "To the one before",
        lambda at, _: at.checkpoints.choose(-1),
        "choose",
        "j k",
    ),
    Command("checkpoints.close", Place.CHECKPOINTS, ("escape", "q", "K"), "Close", lambda at, _: at.close(), "back"),
    Command(
        "checkpoint.back",
        Place.CHECKPOINT,
        ("r",),
        "Roll its files back to it, once you have seen which",
        lambda at, _: at.checkpoints.ask(),
        "roll back",
    ),
    Command("checkpoint.down", Place.CHECKPOINT, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command(
        "checkpoint.up", Place.CHECKPOINT, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"
    ),
    Command(
        "checkpoint.page_down",
        Place.CHECKPOINT,
        ("pagedown", "space"),
        "Down a page",
        lambda at, _: at.dialog.scroll(20),
    ),
    Command("checkpoint.page_up", Place.CHECKPOINT, ("pageup",), "Up a page", lambda at, _: at.dialog.scroll(-20)),
    Command(
        "checkpoint.close",
        Place.CHECKPOINT,
        ("escape", "q"),
        "Back to the checkpoints",
        lambda at, _: at.checkpoints.show(),
        "back",
    ),
    Command(
        "rollback.yes", Place.ROLLBACK, ("enter",), "Roll back", lambda at, _: at.checkpoints.roll_back(), "roll back"
    ),
    Command(
        "rollback.no",
        Place.ROLLBACK,
        ("escape", "q"),
        "Leave all as it is; back to the checkpoints",
        lambda at, _: at.checkpoints.show(),
        "no",
    ),
    Command("rollback.down", Place.ROLLBACK, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command(
        "rollback.up", Place.ROLLBACK, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"
    ),
)
