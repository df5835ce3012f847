"""A real Claude Code in a pane, against a scripted model on loopback."""

import pytest

from tests.model_server import ModelServer
from tests.programs import SLOW, with_claude
from tests.robot import CAT, World
from tests.waiting import until

ASKS = ("claude", "--permission-mode", "manual")
"""Asks before it runs a command: its own default lets a model decide."""


@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_starts_is_shown_answers_and_is_given_permission(world: World) -> None:
    with ModelServer() as model:
        env = with_claude(world, model)
        before = world.up({"coder": {"kind": "claude", "command": list(ASKS), "env": env}, "writer": CAT})
        robot = world.opens()
        robot.sees("1 coder  claude", "? for shortcuts", within=SLOW)
        robot.press("1", "Enter")
        robot.types("Say this back: £ 中 ;")
        robot.sees("Say this back: £ 中 ;")
        robot.press("Enter")
        robot.sees("You wrote: Say this back: £ 中 ;.", within=SLOW)
        assert model.prompts[-1].strip() == "Say this back: £ 中 ;"

        world.done("send", "coder", "run: echo made by an agent > made.txt")
        robot.sees("Do you want to", "1. Yes", within=SLOW)
        made = world.project / "made.txt"

        def allowed() -> bool:
            """Claude Code takes no Enter as an answer to a dialog that has only just opened."""
            if "Do you want to" in robot.screen():
                robot.press("Enter")
            return made.exists()

        until(allowed, SLOW, "the command that was allowed")
        robot.sees("The command said:", within=SLOW)

        robot.press("C-]")
        robot.leaves()
        world.kill_daemon()
        again = world.opens()
        again.sees("The command said:", within=SLOW)
        assert world.pids() == before


@pytest.mark.real
@pytest.mark.timeout(400)
def test_in_the_morning_claude_code_goes_on_with_its_conversation(world: World) -> None:
    with ModelServer() as model:
        env = with_claude(world, model)
        world.up({"coder": {"kind": "claude", "env": env}})
        id_ = world.agent("coder").conversation
        assert id_
        robot = world.opens()
        robot.sees("1 coder  claude", "Claude Code v", "❯", within=SLOW)
        world.done("send", "coder", "Remember the number 4711.")
        robot.sees("You wrote: Remember the number 4711.", within=SLOW)
        until(lambda: world.agent("coder").reading.state == "done", SLOW, "the end of the turn")
        kept = f".claude/projects/*/{id_}.jsonl"  # written a moment after the turn's end is told
        until(lambda: any("You wrote" in file.read_text() for file in world.home.glob(kept)), SLOW, "its transcript")
        robot.hang_up()
        world.reboot()

        assert f"resume {id_[:8]}" in world.done("restore", "--yes", "--detach")
        again = world.opens()
        again.sees("1 coder  claude", "You wrote: Remember the number 4711.", within=SLOW)
        world.done("send", "coder", "Which one was it?")
        again.sees("You wrote: Which one was it?", within=SLOW)
        assert "4711" in model.talks[-1]
        assert (world.agent("coder").conversation, world.agent("coder").conversations) == (id_, (id_,))


@pytest.mark.real
@pytest.mark.timeout(400)
def test_claude_code_is_given_brief_constraints_and_done_and_reads_the_memory_that_was_linked(world: World) -> None:
    (world.project / "AGENTS.md").write_text("The secret word of this shop is marzipan.\n")
    world.done("memory", "link", "--yes")
    coder = {
        "kind": "claude",
        "brief": "You write code.",
        "constraints": ["Touch no migrations."],
        "done": ["Tests are written."],
        "check": ["true"],
    }
    with ModelServer() as model:
        world.up({"coder": {**coder, "env": with_claude(world, model)}, "writer": CAT})
        robot = world.opens()
        robot.sees("1 coder  claude", "❯", within=SLOW)
        world.done("send", "coder", "Hello.")
        robot.sees("You wrote: Hello.", within=SLOW)
        for said in ("You write code.", "- Touch no migrations.", "- Tests are written.", "- `true` passes."):
            assert said in model.systems[-1]
        assert "marzipan" in model.talks[-1]
        assert "--append-system-prompt" in world.done("why", "coder", "--brief", "--json")
