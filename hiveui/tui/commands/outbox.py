"""Commands on prompts that wait, that go to several agents, and that are kept by name."""

from hiveui.tui.commands.table import Command, Place

PROMPTS = (
    Command(
        "outbox.open",
        Place.SUPERVISE,
        ("Q",),
        "Show the prompts that wait for the agent",
        lambda at, _: at.outbox.open(),
    ),
    Command(
        "broadcast.open",
        Place.SUPERVISE,
        ("S",),
        "Send one prompt to several agents",
        lambda at, _: at.broadcast.open(),
    ),
    Command(
        "phrases.open", Place.SUPERVISE, ("@",), "Write a prompt that is kept by name", lambda at, _: at.phrases.open()
    ),
)
WAITING = (
    Command(
        "outbox.now", Place.OUTBOX, ("enter",), "Type it now, or try it again", lambda at, _: at.outbox.release(), "now"
    ),
    Command("outbox.edit", Place.OUTBOX, ("e",), "Write it anew", lambda at, _: at.outbox.edit(), "edit"),
    Command("outbox.later", Place.OUTBOX, ("J", "shift+down"), "Send it later", lambda at, _: at.outbox.move(1)),
    Command(
        "outbox.sooner",
        Place.OUTBOX,
        ("K", "shift+up"),
        "Send it sooner",
        lambda at, _: at.outbox.move(-1),
        "move",
        "J K",
    ),
    Command("outbox.delete", Place.OUTBOX, ("d", "delete"), "Delete it", lambda at, _: at.outbox.drop(), "delete"),
    Command(
        "outbox.allow",
        Place.OUTBOX,
        ("b",),
        "Raise the budget that holds them",
        lambda at, _: at.outbox.allow(),
        "budget",
    ),
    Command("outbox.down", Place.OUTBOX, ("j", "down"), "To the next one", lambda at, _: at.outbox.choose(1)),
    Command(
        "outbox.up", Place.OUTBOX, ("k", "up"), "To the one before", lambda at, _: at.outbox.choose(-1), "choose", "j k"
    ),
    Command("outbox.close", Place.OUTBOX, ("escape", "q", "Q"), "Close", lambda at, _: at.close(), "back"),
)
ADDRESSING = (
    Command(
        "broadcast.write",
        Place.AUDIENCE,
        ("enter",),
        "Write to those that are marked",
        lambda at, _: at.broadcast.write(),
        "write",
    ),
    Command(
        "broadcast.toggle",
        Place.AUDIENCE,
        ("space", "x"),
        "Mark it, or take the mark away",
        lambda at, _: at.broadcast.toggle(),
        "mark",
    ),
    Command(
        "broadcast.rest",
        Place.AUDIENCE,
        ("r",),
        "Mark all that are at rest",
        lambda at, _: at.broadcast.take("rest"),
        "at rest",
    ),
    Command(
        "broadcast.tab", Place.AUDIENCE, ("t",), "Mark all of this tab", lambda at, _: at.broadcast.take("tab"), "tab"
    ),
    Command("broadcast.all", Place.AUDIENCE, ("a",), "Mark all", lambda at, _: at.broadcast.take("all"), "all"),
    Command("broadcast.down", Place.AUDIENCE, ("j", "down"), "To the next one", lambda at, _: at.broadcast.choose(1)),
    Command(
        "broadcast.up",
        Place.AUDIENCE,
        ("k", "up"),
        "To the one before",
        lambda at, _: at.broadcast.choose(-1),
        "choose",
        "j k",
    ),
    Command("broadcast.close", Place.AUDIENCE, ("escape", "q", "S"), "Close", lambda at, _: at.close(), "back"),
    Command("preview.send", Place.PREVIEW, ("enter",), "Send it to each", lambda at, _: at.broadcast.send(), "send"),
    Command("preview.write", Place.PREVIEW, ("e",), "Write on", lambda at, _: at.broadcast.write(), "edit"),
    Command("preview.down", Place.PREVIEW, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command("preview.up", Place.PREVIEW, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"),
    Command("preview.close", Place.PREVIEW, ("escape", "q"), "Send nothing", lambda at, _: at.close(), "back"),
)
