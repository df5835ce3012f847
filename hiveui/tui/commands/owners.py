"""Commands on what roles own, and on contracts."""

from hiveui.tui.commands.table import Command, Place

OWNERS = (
    Command(
        "owners.open",
        Place.SUPERVISE,
        ("O",),
        "Show who owns what, and what was written outside",
        lambda at, _: at.owners.open(),
    ),
    Command(
        "contracts.open",
        Place.SUPERVISE,
        ("t",),
        "Show contracts, their changes, and who took note",
        lambda at, _: at.contracts.open(),
    ),
)
LISTED = (
    Command("owners.go", Place.OWNERS, ("enter",), "Go to the agent that wrote", lambda at, _: at.owners.go(), "go"),
    Command("owners.tell", Place.OWNERS, ("t",), "Tell the owner", lambda at, _: at.owners.tell(), "tell the owner"),
    Command("owners.read", Place.OWNERS, ("u",), "Take all as seen", lambda at, _: at.owners.read(), "all seen"),
    Command("owners.down", Place.OWNERS, ("j", "down"), "To the next", lambda at, _: at.owners.move(1)),
    Command(
        "owners.up", Place.OWNERS, ("k", "up"), "To the one before", lambda at, _: at.owners.move(-1), "choose", "j k"
    ),
    Command("owners.close", Place.OWNERS, ("escape", "q", "O"), "Back", lambda at, _: at.close(), "back"),
    Command(
        "contracts.read",
        Place.CONTRACTS,
        ("enter",),
        "Show what it changed",
        lambda at, _: at.contracts.read(),
        "what changed",
    ),
    Command("contracts.down", Place.CONTRACTS, ("j", "down"), "To the next", lambda at, _: at.contracts.move(1)),
    Command(
        "contracts.up",
        Place.CONTRACTS,
        ("k", "up"),
        "To the one before",
        lambda at, _: at.contracts.move(-1),
        "choose",
        "j k",
    ),
    Command("contracts.close", Place.CONTRACTS, ("escape", "q", "t"), "Back", lambda at, _: at.close(), "back"),
)
