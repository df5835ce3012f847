"""Commands about one agent, and the prompt that is written to it."""

from hiveui.tui.commands.table import Command, Place

PROMPT = (
    Command(
        "agent.send", Place.SUPERVISE, ("s",), "Write a prompt and send it", lambda at, _: at.prompt.write(""), "send"
    ),
)
AGENT = (
    Command(
        "agent.why", Place.SUPERVISE, ("w",), "Tell why the agent has its state", lambda at, _: at.dialog.why(), "why"
    ),
    Command(
        "agent.restart",
        Place.SUPERVISE,
        ("r",),
        "Restart the agent, or resume it",
        lambda at, _: at.dialog.ask("Restart", "restarting", "agent/restart"),
        "restart",
    ),
    Command(
        "agent.stop",
        Place.SUPERVISE,
        ("x",),
        "Stop the agent",
        lambda at, _: at.dialog.ask("Stop", "stopping", "agent/stop"),
        "stop",
    ),
)
WRITING = (
    Command("write.send", Place.WRITE, ("enter",), "Send it", lambda at, _: at.prompt.send(), "send"),
    Command("write.close", Place.WRITE, ("escape",), "Put it away, the text is kept", lambda at, _: at.close(), "back"),
    Command(
        "write.newline",
        Place.WRITE,
        ("ctrl+j", "alt+enter", "shift+enter", "ctrl+enter"),
        "New line",
        lambda at, _: at.prompt.newline(),
        "new line",
    ),
)
