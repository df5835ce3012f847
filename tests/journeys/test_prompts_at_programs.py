"""Prompts reach the real Claude Code and Codex once, as they are; what is a command to them is not sent as a prompt."""

from collections.abc import Callable

import pytest

from tests.model_server import ModelServer
from tests.programs import SLOW, with_claude, with_codex
from tests.robot import World
from tests.telling import is_read
from tests.waiting import until

TEXTS = (
    "two lines\nof text",
    "```\nprint('x;')\n```",
    "👩‍👩‍👧‍👦 family; 🇩🇪",
    "ends in;",
    "# a heading",
    "@nobody is here",
    "> a quote",
)
SHELL = "!echo once > shell.txt"
"""Claude Code and Codex take what begins so for a command of the shell."""


def arrived(world: World, model: ModelServer, text: str) -> list[str]:
    """Send a prompt and wait until it left the queue, or is left to the person; the texts that the model was given."""
    before = len(model.texts)
    world.done("send", "coder", "--", text)

    def settled() -> bool:
        queue = world.workspace().queues.get("coder", ())
        return not queue or bool(queue[0].note)

    until(settled, SLOW, f"the delivery of {text!r}")
    queued = bool(world.workspace().queues)
    if not queued and not text.startswith("/help"):
        until(lambda: len(model.texts) > before, SLOW, f"{text!r} at the model")
        until(lambda: world.agent("coder").reading.state == "done", SLOW, "the end of the turn")
    return [given for texts in model.texts[before:] for given in texts if text in given]


@pytest.mark.real
@pytest.mark.timeout(400)
@pytest.mark.parametrize(("kind", "environment"), [("claude", with_claude), ("codex", with_codex)])
def test_prompts_arrive_once_and_byte_for_byte_and_none_is_run_by_a_shell(
    world: World, kind: str, environment: Callable[[World, ModelServer], dict[str, str]]
) -> None:
    with ModelServer() as model:
        world.up({"coder": {"kind": kind, "env": environment(world, model)}})
        is_read(world, "coder", "idle")
        assert {text: arrived(world, model, text) for text in TEXTS} == {text: [text] for text in TEXTS}
        if kind == "claude":
            assert arrived(world, model, "/tmp is a folder") == ["/tmp is a folder"]
            assert arrived(world, model, "/help") == []
            assert not world.workspace().queues, "a command begins no turn, and has arrived all the same"
            world.pane_sees("coder", "Esc to close", SLOW)
            world.done("press", "coder", "escape")
            assert arrived(world, model, TEXTS[0]) == [TEXTS[0]]
        assert arrived(world, model, SHELL) == []
        (prompt,) = world.workspace().queues["coder"]
        assert prompt.note
        assert not (world.project / "shell.txt").exists()
