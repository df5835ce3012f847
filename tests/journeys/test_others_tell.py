"""OpenCode, Qwen Code, Gemini CLI and Copilot CLI tell what they do by what each launch is given, and go on later."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.model_server import ModelServer
from tests.programs import CACHE, SLOW, with_copilot, with_gemini, with_opencode, with_qwen
from tests.robot import World
from tests.telling import answers, begins_another, interrupts, is_heard, is_read
from tests.waiting import until


class Manner(NamedTuple):
    """What differs between the programs."""

    env: Callable[[World, ModelServer], dict[str, str]]
    yours: str
    """The person's own configuration, in their home."""
    yes: str
    """The answer that allows a command once."""
    red: str
    """The answer that gives a colour; '' where the program is not asked to ask."""
    anew: str = "/clear"
    """What begins another conversation."""
    offered: str = "/clear"
    """What its screen says once that can be entered."""
    ready: str = "Type your message"
    """What its screen says once one can type there."""
    escapes: int = 1
    """Times that escape is pressed to interrupt it; 0 where they have to come faster than two commands can."""
    trusts: str = ""
    """The answer to its question at the start."""


MANNERS = {
    "opencode": Manner(
        with_opencode,
        "config/opencode/opencode.json",
        "Allow once",
        "Red",
        "/new",
        "New session",
        "Ask anything",
        escapes=2,
    ),
    "qwen": Manner(with_qwen, ".qwen/settings.json", "Yes, allow once", "Red"),
    "gemini": Manner(with_gemini, ".gemini/settings.json", "Allow once", "Red"),
    "copilot": Manner(with_copilot, ".copilot/settings.json", "Yes", "", ready="/ commands", escapes=0, trusts="Yes"),
}


@pytest.fixture
def world() -> Iterator[World]:
    """A world that others cannot write beside: Gemini CLI takes no settings from there."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with World(where=CACHE) as world:
        yield world


def starts(world: World, kind: str, model: ModelServer) -> Manner:
    """Start an agent of a kind, and wait until one can type."""
    manner = MANNERS[kind]
    world.up({"coder": {"kind": kind, "env": manner.env(world, model)}})
    if manner.trusts:
        answers(world, "coder", manner.trusts)
    is_read(world, "coder", "idle")
    return manner


@pytest.mark.others
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", MANNERS)
def test_it_tells_of_prompts_approvals_questions_interrupts_and_errors(world: World, kind: str) -> None:
    with ModelServer() as model:
        manner = starts(world, kind, model)
        yours = world.home / manner.yours
        before = yours.read_text() if yours.exists() else ""
        world.done("send", "coder", "Good morning.")
        is_heard(world, "coder", "done", "")
        assert world.agent("coder").conversation

        world.done("send", "coder", "run: echo made > made.txt")
        is_heard(world, "coder", "approval", "echo made > made.txt")
        answers(world, "coder", manner.yes)
        is_heard(world, "coder", "done", "")
        assert (world.project / "made.txt").read_text() == "made\n"

        if manner.red:
            world.done("send", "coder", "ask: Which colour?")
            is_heard(world, "coder", "question", "")
            answers(world, "coder", manner.red)
            is_heard(world, "coder", "done", "")

        world.done("send", "coder", "fail: now")
        is_read(world, "coder", "error")
        world.done("send", "coder", "--now", "wait: for it")
        is_heard(world, "coder", "working", "")
        if manner.escapes:
            interrupts(world, "coder", manner.escapes)
        assert (yours.read_text() if yours.exists() else "") == before
        assert world.ask("daemon/status")["hooks"].get("unread") == 0


@pytest.mark.others
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", MANNERS)
def test_it_goes_on_with_its_conversation_the_next_morning_and_others_are_kept(world: World, kind: str) -> None:
    with ModelServer() as model:
        manner = starts(world, kind, model)
        world.done("send", "coder", "Good morning.")
        is_heard(world, "coder", "done", "")
        first = world.agent("coder").conversation
        world.done("press", "coder", *manner.anew)
        world.pane_sees("coder", manner.offered, SLOW)
        world.done("press", "coder", "enter")
        until(lambda: "Good morning." not in world.screen("coder"), SLOW, "another conversation")
        world.pane_sees("coder", manner.ready, SLOW)
        world.done("send", "coder", "Remember the number 4711.")
        second = begins_another(world, "coder", first)
        is_heard(world, "coder", "done", "")
        assert (first, second) == world.agent("coder").conversations[::-1][:2]

        world.reboot()
        assert "resume" in world.done("restore", "--yes", "--detach")
        if manner.trusts:
            answers(world, "coder", manner.trusts)
        world.pane_sees("coder", "Remember the number 4711.", SLOW)
        world.done("send", "coder", "Which one was it?")
        until(lambda: model.prompts[-1].endswith("Which one was it?"), SLOW, "the prompt")
        assert "4711" in model.talks[-1]
        is_heard(world, "coder", "done", "")
        assert world.agent("coder").conversation == second
