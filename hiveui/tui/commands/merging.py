"""Commands that bring agents' work together."""

from hiveui.tui.commands.table import Command, Place

MERGE = (
    Command("merge.open", Place.SUPERVISE, ("I",), "Merge agents' work, one by one", lambda at, _: at.merging.open()),
)
MERGING = (
    Command(
        "merge.start",
        Place.MERGE,
        ("enter",),
        "Merge those taken in, once you have seen what that does",
        lambda at, _: at.merging.ask(),
        "merge",
    ),
    Command(
        "merge.take",
        Place.MERGE,
        ("space", "x"),
        "Take it in, or leave it out",
        lambda at, _: at.merging.take(),
        "take",
    ),
    Command(
        "merge.undo",
        Place.MERGE,
        ("u",),
        "Roll back to before, once you have said yes",
        lambda at, _: at.merging.undo(),
        "roll back",
    ),
    Command(
        "merge.look",
        Place.MERGE,
        ("o",),
        "Show the conflict, or what the check printed",
        lambda at, _: at.mishaps.look(),
        "look",
    ),
    Command(
        "merge.again",
        Place.MERGE,
        ("r",),
        "Go on with the step that stopped",
        lambda at, _: at.merging.resume(skip=False),
        "again",
    ),
    Command(
        "merge.skip",
        Place.MERGE,
        ("n",),
        "Go on without the step that stopped",
        lambda at, _: at.merging.resume(skip=True),
        "skip",
    ),
    Command("merge.stop", Place.MERGE, ("s",), "Stop the check that runs for it", lambda at, _: at.mishaps.stop()),
    Command("merge.tell", Place.MERGE, ("a",), "Ask its agent to rebase", lambda at, _: at.mishaps.tell()),
    Command(
        "merge.commit",
        Place.MERGE,
        ("c",),
        "Commit what the agent changed",
        lambda at, _: at.proposing.commit(),
        "commit",
    ),
    Command("merge.way", Place.MERGE, ("w",), "Merge, squash or rebase", lambda at, _: at.merging.turn()),
    Command("merge.check", Place.MERGE, ("t",), "Run the roles' checks, or not", lambda at, _: at.merging.check()),
    Command("merge.into", Place.MERGE, ("b",), "Merge into another branch", lambda at, _: at.merging.name()),
    Command(
        "merge.propose",
        Place.MERGE,
        ("p",),
        "Push it and open a pull request, once you have said yes",
        lambda at, _: at.proposing.propose(),
    ),
    Command("merge.later", Place.MERGE, ("J", "shift+down"), "Merge it later", lambda at, _: at.merging.move(1)),
    Command(
        "merge.sooner",
        Place.MERGE,
        ("K", "shift+up"),
        "Merge it sooner",
        lambda at, _: at.merging.move(-1),
    ),
    Command("merge.down", Place.MERGE, ("j", "down"), "To the next one", lambda at, _: at.merging.choose(1)),
    Command("merge.up", Place.MERGE, ("k", "up"), "To the one before", lambda at, _: at.merging.choose(-1)),
    Command("merge.close", Place.MERGE, ("escape", "q", "I"), "Close", lambda at, _: at.close(), "back"),
    Command("merge.yes", Place.MERGE_ASK, ("enter",), "Do it", lambda at, _: at.merging.agree(), "yes"),
    Command("merge.no", Place.MERGE_ASK, ("escape", "q"), "Do nothing; back", lambda at, _: at.merging.back(), "no"),
    Command("merge.ask.down", Place.MERGE_ASK, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command(
        "merge.ask.up", Place.MERGE_ASK, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"
    ),
    Command("merge.read.down", Place.MERGE_READ, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command(
        "merge.read.up", Place.MERGE_READ, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"
    ),
    Command(
        "merge.read.page_down",
        Place.MERGE_READ,
        ("ctrl+d", "pagedown", "space"),
        "Down a page",
        lambda at, _: at.dialog.scroll(at.past.page()),
    ),
    Command(
        "merge.read.page_up",
        Place.MERGE_READ,
        ("ctrl+u", "pageup"),
        "Up a page",
        lambda at, _: at.dialog.scroll(-at.past.page()),
    ),
    Command(
        "merge.read.close", Place.MERGE_READ, ("escape", "q", "enter"), "Back", lambda at, _: at.merging.back(), "back"
    ),
)
