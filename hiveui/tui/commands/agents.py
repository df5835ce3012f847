"""Commands about one agent, and the prompt that is written to it."""

from hiveui.tui.commands.at import At
from hiveui.tui.commands.table import Command, Place


def _restart(at: At, _: str) -> None:
    if at.workspace.note:
        at.morning.open()
    else:
        at.dialog.ask("Restart", "restarting", "agent/restart")


PROMPT = (
    Command(
        "agent.send", Place.SUPERVISE, ("s",), "Write a prompt and send it", lambda at, _: at.prompt.write(""), "send"
    ),
)
AGENT = (
    Command(
        "agent.why", Place.SUPERVISE, ("w",), "Tell why the agent has its state", lambda at, _: at.dialog.why(), "why"
    ),
    Command("agent.wrong", Place.SUPERVISE, ("W",), "Say that this state is wrong", lambda at, _: at.misreading.ask()),
    Command(
        "agent.restart",
        Place.SUPERVISE,
        ("r",),
        "Restart the agent with its conversation, or restore all where tmux is gone",
        _restart,
        "restart",
    ),
    Command(
        "agent.anew",
        Place.SUPERVISE,
        ("ctrl+r",),
        "Restart the agent with a new conversation",
        lambda at, _: at.dialog.ask("Begin anew with", "restarting", "agent/restart", conversation=""),
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
    Command(
        "write.close",
        Place.WRITE,
        ("escape",),
        "Put it away, the text is kept",
        lambda at, _: at.prompt.close(),
        "back",
    ),
    Command(
        "write.newline",
        Place.WRITE,
        ("ctrl+j", "alt+enter", "shift+enter", "ctrl+enter"),
        "New line",
        lambda at, _: at.prompt.newline(),
        "new line",
    ),
)
