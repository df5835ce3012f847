"""Real coding agents tell by their own hooks what they do, and which conversation they hold."""

import pytest

from tests.model_server import ModelServer
from tests.programs import SLOW, with_claude, with_codex
from tests.robot import World
from tests.telling import answers, interrupts, is_heard, is_read, presses
from tests.waiting import until

RULE = "Bash(touch by*)"


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

        world.reboot()
        assert f"resume {id_[:8]}" in world.done("restore", "--yes", "--detach")
        world.pane_sees("coder", "Remember the number 4711.", SLOW)
        world.done("send", "coder", "Which one was it?")
        is_heard(world, "coder", "done", "You wrote: Which one was it?")
        assert "4711" in model.talks[-1]
        assert world.agent("coder").conversations == (id_,)


@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_tells_of_questions_and_takes_a_no_and_an_interrupt(world: World) -> None:
    with ModelServer() as model:
        command = ["claude", "--permission-mode", "manual"]
        world.up({"coder": {"kind": "claude", "command": command, "env": with_claude(world, model)}})
        world.pane_sees("coder", "? for shortcuts", SLOW)
        world.done("send", "coder", "ask: Which colour?")
        is_heard(world, "coder", "question", "Which colour?")
        answers(world, "coder", "Red")
        is_heard(world, "coder", "done", "")
        assert "Red" in world.screen("coder")

        world.done("send", "coder", "run: echo never > never.txt")
        is_heard(world, "coder", "approval", "Bash: echo never > never.txt")
        answers(world, "coder", "No")
        is_read(world, "coder", "idle")
        assert not (world.project / "never.txt").exists()

        world.done("send", "coder", "--now", "wait: for it")
        is_heard(world, "coder", "working", "")
        interrupts(world, "coder", 1)


@pytest.mark.real
@pytest.mark.timeout(400)
def test_codex_takes_a_yes_a_no_and_an_interrupt_from_outside_and_tells_of_errors(world: World) -> None:
    with ModelServer() as model:
        world.up({"coder": {"kind": "codex", "env": with_codex(world, model)}})
        is_read(world, "coder", "idle")
        world.done("send", "coder", "run: echo made > made.txt")
        is_heard(world, "coder", "approval", "Bash: echo made > made.txt")
        answers(world, "coder", "Yes, proceed")
        is_heard(world, "coder", "done", "The command said")
        assert (world.project / "made.txt").read_text() == "made\n"

        world.done("send", "coder", "run: echo never > never.txt")
        is_heard(world, "coder", "approval", "Bash: echo never > never.txt")
        answers(world, "coder", "No")
        is_read(world, "coder", "idle")
        assert not (world.project / "never.txt").exists()

        world.done("send", "coder", "fail: now")
        is_read(world, "coder", "error")
        world.done("send", "coder", "--now", "wait: for it")
        is_heard(world, "coder", "working", "")
        interrupts(world, "coder", 1)
