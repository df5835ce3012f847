"""Real coding agents tell by their own hooks what they do, and which conversation they hold."""

import contextlib
import shutil

import pytest

from hiveui.errors import HiveError
from hiveui.model.signs import Dialog
from tests.model_server import ModelServer
from tests.programs import SLOW, with_claude, with_codex
from tests.robot import World
from tests.waiting import end, until

RULE = "Bash(touch by*)"


def answers(world: World, role: str, label: str) -> None:
    """Give the answer with a label from outside the pane, once the dialog is read; a stale one is refused."""

    def asked() -> Dialog | None:
        dialog = world.agent(role).reading.dialog
        return dialog if dialog is not None and dialog.choices else None

    until(asked, SLOW, "a dialog whose answers are read")
    dialog = asked()
    assert dialog is not None
    number = next(n for n, choice in enumerate(dialog.choices, 1) if choice.label == label)
    at = {"workspace": world.workspace().id, "role": role, "choice": number}
    with pytest.raises(HiveError, match="something else"):
        world.ask("agent/answer", **at, dialog="0" * 16)
    assert world.ask("agent/answer", **at, dialog=dialog.fingerprint) == {"answered": label, "gone": True}


def is_read(world: World, role: str, state: str) -> None:
    """Wait until an agent is read to be in a state."""
    try:
        until(lambda: world.agent(role).reading.state == state, SLOW, state)
    except AssertionError as error:
        raise AssertionError(f"{error}; {world.agent(role).reading}; {world.screen(role)}") from error


def presses(world: World, role: str, key: str, shown: str) -> None:
    """Press a key until a text is shown: a dialog that has only just opened takes none."""
    for _ in range(10):
        world.done("keys", role, key)
        with contextlib.suppress(AssertionError):
            world.pane_sees(role, shown, SLOW / 10)
            return
    raise AssertionError(f"{key} brought no {shown!r}: {world.screen(role)}")


def is_heard(world: World, role: str, state: str, evidence: str) -> None:
    """Wait until an agent is in a state by its hooks."""

    def so() -> bool:
        reading = world.agent(role).reading
        return reading.state == state and reading.source == "hook" and evidence in reading.evidence

    try:
        until(so, SLOW, f"{state} with {evidence!r}")
    except AssertionError as error:
        raise AssertionError(f"{error}; {world.agent(role).reading}; {world.screen(role)}") from error


@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_tells_of_prompts_approvals_denials_and_errors(world: World) -> None:
    with ModelServer() as model:
        command = ["claude", "--permission-mode", "manual"]
        fields = {"kind": "claude", "command": command, "env": with_claude(world, model), "allow": [RULE]}
        world.up({"coder": fields})
        world.pane_sees("coder", "? for shortcuts", SLOW)
        mine = (world.home / ".claude" / "settings.json").exists()
        world.done("send", "coder", "Good morning.")
        is_heard(world, "coder", "done", "You wrote: Good morning.")
        assert world.agent("coder").conversation

        world.done("send", "coder", "run: echo made > made.txt")
        is_heard(world, "coder", "approval", "Bash: echo made > made.txt")
        world.pane_sees("coder", "1. Yes", SLOW)
        answers(world, "coder", "Yes")
        is_heard(world, "coder", "done", "The command said")
        assert (world.project / "made.txt").read_text() == "made\n"

        world.done("send", "coder", "run: touch by rule.txt")
        until((world.project / "by").exists, SLOW, "the rule's answer")
        said = f"answered yes by the rule {RULE}: Bash touch by rule.txt"
        until(lambda: said in str(world.ask("events/list", after=0, limit=1000)), SLOW, "word of it")
        is_heard(world, "coder", "done", "The command said")

        world.done("send", "coder", "run: echo never > never.txt")
        is_heard(world, "coder", "approval", "Bash: echo never > never.txt")
        world.pane_sees("coder", "1. Yes", SLOW)
        presses(world, "coder", "escape", "Interrupted")
        is_read(world, "coder", "idle")  # no hook tells of escape, the screen does
        world.done("send", "coder", "fail: now")
        is_heard(world, "coder", "error", "the script refuses")
        assert not (world.project / "never.txt").exists()
        assert (world.home / ".claude" / "settings.json").exists() == mine
        assert world.ask("daemon/status")["hooks"].get("unread") == 0


@pytest.mark.real
@pytest.mark.timeout(400)
def test_codex_tells_its_conversation_and_goes_on_with_it_the_next_morning(world: World) -> None:
    with ModelServer() as model:
        env = with_codex(world, model)
        world.up({"coder": {"kind": "codex", "env": env}})
        world.pane_sees("coder", "gpt-5-codex", SLOW)
        assert world.agent("coder").conversation is None
        world.done("send", "coder", "Remember the number 4711.")
        is_heard(world, "coder", "done", "You wrote: Remember the number 4711.")
        id_ = world.agent("coder").conversation
        assert id_

        world.done("send", "coder", "run: echo made > made.txt")
        is_heard(world, "coder", "approval", "Bash: echo made > made.txt")
        world.pane_sees("coder", "Would you like to run", SLOW)
        world.tmux("send-keys", "-t", world.pane("coder"), "y")
        is_heard(world, "coder", "done", "The command said")
        assert (world.project / "made.txt").read_text() == "made\n"
        assert "hook" not in (world.home / ".codex" / "config.toml").read_text()

        for pid in (world.server(), world.daemon(), *world.processes()):
            end(pid)
        until(lambda: not world.processes(), SLOW, "the end of everything")
        shutil.rmtree(world.paths.run)
        assert f"resume {id_[:8]}" in world.done("restore", "--yes", "--detach")
        world._panes.clear()
        world.pane_sees("coder", "Remember the number 4711.", SLOW)
        world.done("send", "coder", "Which one was it?")
        is_heard(world, "coder", "done", "You wrote: Which one was it?")
        assert "4711" in model.talks[-1]
        assert world.agent("coder").conversations == (id_,)
