"""Commands that lead to another workspace."""

from hiveui.tui.commands.table import Command, Place

SWITCH = (
    Command("workspace.list", Place.SUPERVISE, ("o",), "Go to another workspace", lambda at, _: at.switcher.open()),
)
LISTED = (
    Command("list.down", Place.WORKSPACES, ("j", "down"), "Down", lambda at, _: at.switcher.move(1)),
    Command("list.up", Place.WORKSPACES, ("k", "up"), "Up", lambda at, _: at.switcher.move(-1), "up, down", "k j"),
    Command("list.go", Place.WORKSPACES, ("enter",), "Go there", lambda at, _: at.switcher.go(), "go there"),
    Command("list.close", Place.WORKSPACES, ("escape", "q", "o"), "Back", lambda at, _: at.close(), "back"),
)
