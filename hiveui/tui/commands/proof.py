"""Commands on what proves an agent's work, and on what it was given to read."""

from hiveui.tui.commands.table import Command, Place

PROOF = (
    Command(
        "proof.open",
        Place.SUPERVISE,
        ("E",),
        "Show what the agent's check found, and run it",
        lambda at, _: at.proof.open(),
    ),
    Command(
        "proof.brief", Place.SUPERVISE, ("b",), "Show what the agent was given to read", lambda at, _: at.proof.brief()
    ),
)
CHECKED = (
    Command("proof.run", Place.PROOF, ("r",), "Run it", lambda at, _: at.proof.run(), "run"),
    Command("proof.stop", Place.PROOF, ("x",), "End it", lambda at, _: at.proof.stop(), "stop"),
    Command("proof.down", Place.PROOF, ("j", "down"), "Down a line", lambda at, _: at.dialog.scroll(1)),
    Command("proof.up", Place.PROOF, ("k", "up"), "Up a line", lambda at, _: at.dialog.scroll(-1), "scroll", "j k"),
    Command(
        "proof.page_down",
        Place.PROOF,
        ("ctrl+d", "pagedown", "space"),
        "Down a page",
        lambda at, _: at.dialog.scroll(at.past.page()),
    ),
    Command(
        "proof.page_up", Place.PROOF, ("ctrl+u", "pageup"), "Up a page", lambda at, _: at.dialog.scroll(-at.past.page())
    ),
    Command("proof.close", Place.PROOF, ("escape", "q", "E", "enter"), "Back", lambda at, _: at.close(), "back"),
)
