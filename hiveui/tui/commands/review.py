"""Commands of the review desk."""

from hiveui.tui.commands.table import Command, Place, Run


def _desk(id_: str, keys: tuple[str, ...], title: str, run: Run, *hint: str) -> Command:
    """Make one that works on the desk; `hint` is its word for the status line, and how its keys are named."""
    word, shown = (*hint, "", "")[:2]
    return Command(f"review.{id_}", Place.REVIEW, keys, title, run, word, shown)


OPENING = (
    Command(
        "review.open",
        Place.SUPERVISE,
        ("d",),
        "Review what the agents changed",
        lambda at, _: at.review.open(),
        "review",
    ),
)
REVIEW = (
    _desk(
        "next",
        ("]", "n"),
        "To the next hunk that is not reviewed",
        lambda at, _: at.review.to_unreviewed(1),
        "next",
        "] [",
    ),
    _desk("previous", ("[", "N"), "To the one before that", lambda at, _: at.review.to_unreviewed(-1)),
    _desk(
        "accept",
        ("a", "space"),
        "Mark the hunk as reviewed and go on; again takes the mark away",
        lambda at, _: at.verdicts.accept(whole=False),
        "accept",
    ),
    _desk("accept_file", ("A",), "Mark the whole file as reviewed", lambda at, _: at.verdicts.accept(whole=True)),
    _desk("comment", ("c",), "Comment on the line, to its author", lambda at, _: at.verdicts.comment(), "comment"),
    _desk("revert", ("r",), "Take the hunk back", lambda at, _: at.verdicts.revert(whole=False), "revert"),
    _desk("revert_file", ("R",), "Take the whole file back", lambda at, _: at.verdicts.revert(whole=True)),
    _desk("undo", ("u",), "Bring again what was taken back last", lambda at, _: at.verdicts.undo(), "undo"),
    _desk("close", ("escape", "q", "d"), "Back", lambda at, _: at.close(), "back"),
    _desk("view", ("tab",), "Two sides beside each other, or one column", lambda at, _: at.review.view(), "view"),
    _desk("group", ("g",), "Put together by agent, by file, by risk", lambda at, _: at.review.group(), "group"),
    _desk("fold", ("enter",), "Fold the file, or unfold it", lambda at, _: at.review.fold(), "fold"),
    _desk("fold_all", ("f",), "Fold all files, or unfold them", lambda at, _: at.review.fold_all()),
    _desk("resolve", ("x",), "Be content with the comment", lambda at, _: at.verdicts.resolve()),
    _desk("search", ("/",), "Find a text; nothing typed: the next one", lambda at, _: at.review.search(), "search"),
    _desk("down", ("j", "down"), "Down a line", lambda at, _: at.review.move(1)),
    _desk("up", ("k", "up"), "Up a line", lambda at, _: at.review.move(-1)),
    _desk("next_file", ("J", "}"), "To the next file", lambda at, _: at.review.to_file(1)),
    _desk("previous_file", ("K", "{"), "To the file before", lambda at, _: at.review.to_file(-1)),
    _desk("page_down", ("ctrl+d", "pagedown"), "Down half a screen", lambda at, _: at.review.page(1)),
    _desk("page_up", ("ctrl+u", "pageup"), "Up half a screen", lambda at, _: at.review.page(-1)),
    _desk("first", ("home",), "To the first row", lambda at, _: at.review.to_end(-1)),
    _desk("last", ("G", "end"), "To the last row", lambda at, _: at.review.to_end(1)),
    _desk("left", ("h", "left"), "Scroll the code to the left", lambda at, _: at.review.slide(-8)),
    _desk("right", ("l", "right"), "Scroll the code to the right", lambda at, _: at.review.slide(8)),
    _desk("again", ("ctrl+r",), "Look at the checkouts anew", lambda at, _: at.review.open()),
    Command(
        "comment.send", Place.COMMENT, ("enter",), "Send it to its author", lambda at, _: at.verdicts.send(), "send"
    ),
    Command(
        "comment.newline",
        Place.COMMENT,
        ("shift+enter", "ctrl+j", "alt+enter"),
        "Break the line",
        lambda at, _: at.prompt.newline(),
        "new line",
        "ctrl+j",
    ),
    Command("comment.close", Place.COMMENT, ("escape",), "Send nothing", lambda at, _: at.verdicts.put_away(), "back"),
    Command("seek.go", Place.SEEK, ("enter",), "Find it", lambda at, _: at.review.find(), "find"),
    Command("seek.close", Place.SEEK, ("escape", "ctrl+c"), "Back", lambda at, _: at.close(), "back"),
)
