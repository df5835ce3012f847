"""Prompts that wait are delivered once, as they are, in their order, whatever is killed meanwhile."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hiveui.hive.delivery import cleaned
from tests.robot import World
from tests.waiting import until

TESTS = Path(__file__).parents[1]
RECEIVER = TESTS / "tmux" / "receiver.py"
ROLES = ("one", "two", "three", "four")
STEPS = ("typing", "typed", "entering")
LONG = "\n".join(f"line {n} of a long text; with `code`, ümlauts and 日本語" for n in range(60))
MORE = (
    "hello;",
    ";",
    "a;\n",
    "```python\nprint('x;')\n```",
    "🙂",
    "👩‍👩‍👧‍👦 family; 🇩🇪",
    "> a quote\n> of two lines",
    "❯ not a prompt",
    "$HOME `id` #{pid} \\n \"'",
    "one\n\n\ntwo",
    "  indented  ",
    LONG,
)


def texts(count: int) -> list[str]:
    """Give so many prompts, no two alike, that end as those of the corpus do."""
    corpus = [entry["text"] for entry in json.loads((TESTS / "data" / "prompts.json").read_text())]
    corpus = [*corpus, *MORE]
    return [f"{number}. {corpus[number % len(corpus)]}" for number in range(count)]


def await_step(world: World, step: str, enough: Callable[[], bool]) -> None:
    """Wait until some prompt is about to come to a step, after `enough`: listened to from before that is so."""
    with world.client() as client:
        client.call("state/subscribe")
        for news in client.news(time.monotonic() + 600):
            event = news.params["event"]
            if event["type"] == "PromptStepped" and event["step"] == step and enough():
                return
    raise AssertionError(f"no prompt came to {step}")


@pytest.mark.parametrize(
    ("count", "kills"),
    [
        pytest.param(60, 4, marks=pytest.mark.timeout(400)),
        pytest.param(1000, 20, marks=(pytest.mark.slow, pytest.mark.timeout(1800))),
    ],
    ids=["60 prompts and 4 kills", "1,000 prompts and 20 kills"],
)
def test_prompts_are_delivered_once_and_as_they_are_while_the_daemon_is_killed(world: World, count: int, kills: int):
    kept = {role: world.home / f"{role}.jsonl" for role in ROLES}
    command = {role: [sys.executable, "-P", str(RECEIVER), str(kept[role])] for role in ROLES}
    world.up({role: {"kind": "rehearsal", "command": command[role]} for role in ROLES})
    workspace, wanted = world.workspace().id, {role: [] for role in ROLES}
    with world.client() as client:
        for number, text in enumerate(texts(count)):
            role = ROLES[number % len(ROLES)]
            client.call("prompt/queue", workspace=workspace, role=role, text=text)
            wanted[role].append(cleaned(text)[0])

    def arrived() -> int:
        return sum(len(file.read_text().splitlines()) for file in kept.values() if file.exists())

    for kill in range(1, kills + 1):
        await_step(world, STEPS[kill % len(STEPS)], lambda kill=kill: arrived() >= kill * count // (kills + 1))
        world.kill_daemon()
        world.done("ls")
    until(lambda: arrived() >= count, 600, "every prompt")
    until(lambda: not world.workspace().queues, 60, "the end of the queues")
    assert {role: [json.loads(line) for line in kept[role].read_text().splitlines()] for role in ROLES} == wanted
    assert list((world.paths.state / "prompts").iterdir()) == []
