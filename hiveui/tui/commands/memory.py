"""Commands on the project's memory."""

from hiveui.tui.commands.table import Command, Place

REMEMBER = (
    Command(
        "memory.open",
        Place.SUPERVISE,
        ("m",),
        "Show what all agents are to know",
        lambda at, _: at.memory.open(),
    ),
)
REMEMBERED = (
    Command("memory.edit", Place.MEMORY, ("e",), "Write on it", lambda at, _: at.memory.write(), "edit"),
    Command("memory.decide", Place.MEMORY, ("d",), "Write a decision down", lambda at, _: at.memory.decide(), "decide"),
    Command(
        "memory.next", Place.MEMORY, ("tab", "l", "right"), "To the next file", lambda at, _: at.memory.next(), "file"
    ),
    Command("memory.down", Place.MEMORY, ("j", "down"), "Down a line", lambda at, _: at.memory.scroll(1)),
    Command("memory.up", Place.MEMORY, ("k", "up"), "Up a line", lambda at, _: at.memory.scroll(-1), "scroll", "j k"),
    Command(
        "memory.page_down",
        Place.MEMORY,
        ("ctrl+d", "pagedown", "space"),
        "Down a page",
        lambda at, _: at.memory.scroll(at.past.page()),
    ),
    Command(
        "memory.page_up",
        Place.MEMORY,
        ("ctrl+u", "pageup"),
        "Up a page",
        lambda at, _: at.memory.scroll(-at.past.page()),
    ),
    Command("memory.close", Place.MEMORY, ("escape", "q", "m"), "Back", lambda at, _: at.close(), "back"),
    Command("memory.save", Place.MEMORY_WRITE, ("ctrl+s",), "Save it", lambda at, _: at.memory.save(), "save"),
    Command(
        "memory.leave",
        Place.MEMORY_WRITE,
        ("escape",),
        "Read again; what you wrote is kept",
        lambda at, _: at.memory.leave(),
        "back",
    ),
)
