"""A person gives several agents work ahead of time: the queue, the library, a broadcast."""

import json
import sys
from pathlib import Path

import pytest

from tests.robot import WITHIN, World
from tests.waiting import until

RECEIVER = Path(__file__).parents[1] / "tmux" / "receiver.py"
BUSY = ("sh", "-c", "stty -echo; while :; do printf '\\033]7501;state=working:app=x\\033\\\\'; sleep 0.2; done")
"""A program that says that it works, and goes on working."""


@pytest.fixture
def kept(world: World) -> dict[str, Path]:
    """Two agents at rest that keep what they are told, and one that works; where the two keep it."""
    kept = {role: world.home / f"{role}.jsonl" for role in ("one", "two")}
    agents = {
        role: {"kind": "rehearsal", "command": [sys.executable, "-P", str(RECEIVER), str(file)]}
        for role, file in kept.items()
    }
    world.up({**agents, "busy": {"kind": "rehearsal", "command": list(BUSY)}})
    until(lambda: world.agent("one").reading.state == "idle", WITHIN, "one at rest")
    until(lambda: world.agent("busy").reading.state == "working", WITHIN, "work")
    return kept


def got(kept: Path) -> list[str]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def queue(world: World) -> list[str]:
    return [prompt.preview for prompt in world.workspace().queues.get("busy", ())]


@pytest.mark.usefixtures("kept")
def test_prompts_that_wait_are_shown_changed_moved_and_dropped(world: World) -> None:
    robot = world.opens()
    robot.sees("one", "two", "busy")
    robot.press("3", "s")
    robot.sees("To 3 busy")
    robot.types("first")
    robot.press("Enter")
    robot.sees("It waits for busy: it is working. Q shows it.", "⋯1")
    robot.press("s")
    robot.sees("To 3 busy")
    robot.types("second")
    robot.press("Enter")
    robot.sees("⋯2")
    robot.press("Q")
    robot.sees("Waiting for 3 busy", "1  first   it is working", "2  second")
    robot.press("J")
    robot.sees("1  second", "2  first")
    robot.press("e")
    robot.sees("A prompt that waits for busy")
    robot.types(" of all")
    robot.press("Enter")
    until(lambda: queue(world) == ["second", "first of all"], WITHIN, "the new text")
    robot.sees("2  first of all")  # still the chosen one
    robot.press("k", "d")
    until(lambda: queue(world) == ["first of all"], WITHIN, "one prompt less")
    robot.press("q")
    robot.misses("Waiting for 3 busy")


def test_a_prompt_is_found_by_name_and_another_is_broadcast(world: World, kept: dict[str, Path]) -> None:
    robot = world.opens()
    robot.sees("one", "two", "busy")
    robot.press("1", "@")
    robot.sees("review", "shipped")
    robot.types("simplif")
    robot.press("Enter")
    robot.sees("To 1 one", "Simplify: {{task}}")
    robot.press("Escape")
    robot.misses("To 1 one")

    robot.press("S")
    robot.sees("Who gets it? 0 marked")
    robot.press("a")
    robot.sees("Who gets it? 3 marked")
    robot.press("Enter")
    robot.sees("To one, two, busy")
    robot.types("I am {{role}};")
    robot.press("Enter")
    robot.sees("Send this?", "I am one;", "I am two;")
    robot.press("Enter")
    robot.sees("What became of it", "waits: it is working")
    until(
        lambda: [got(kept[role]) for role in ("one", "two")] == [["I am one;"], ["I am two;"]],
        WITHIN,
        "what was broadcast",
    )
    assert queue(world) == ["I am busy;"]


def test_a_prompt_is_sent_waited_for_listed_and_deleted_from_the_command_line(world: World) -> None:
    kept = world.home / "kept"
    world.up(
        {
            "one": {"kind": "rehearsal", "command": [sys.executable, "-P", str(RECEIVER), str(kept)]},
            "busy": {"kind": "rehearsal", "command": list(BUSY)},
        }
    )
    until(lambda: world.agent("one").reading.state == "idle", WITHIN, "one at rest")
    until(lambda: world.agent("busy").reading.state == "working", WITHIN, "work")
    assert json.loads(world.done("send", "one", "trailing;", "--wait", "--json"))["delivered"] is True
    world.done("send", "one", "--prompt", "plan", "--var", "task=the move", "--wait")
    sent = got(kept)
    assert sent[0] == "trailing;"
    assert sent[1].startswith("Plan this, and change no code yet: the move\n")

    code, _, said = world.hive("send", "busy", "later", "--wait", "--timeout", "0.5")
    assert (code, said.splitlines()[1]) == (1, "busy has not got it: it still waits after 0.5 s.")
    world.done("send", "busy", "sooner")
    world.done("queue", "busy", "mv", "2", "1")
    world.done("queue", "busy", "edit", "2", "much later;")
    listed = json.loads(world.done("queue", "busy", "--json"))["prompts"]
    assert [(one["preview"], one["why"]) for one in listed] == [
        ("sooner", "it is working"),
        ("much later;", "it is working"),
    ]
    assert world.done("queue", "busy", "show", "2") == "much later;\n"
    world.done("queue", "busy", "rm", listed[0]["id"])
    assert "much later;" in world.done("queue", "busy")

    assert world.hive("send", "one", "--prompt", "plan")[::2] == (2, "plan needs task.\nFill it: --var task=…\n")
    assert world.hive("send", "one", "--prompt", "plam")[0] == 2
    assert world.hive("broadcast", "x")[0] == 2
    code, gave, _ = world.hive("broadcast", "for {{role}}", "one", "--at-rest", "--wait", "--json")
    assert (code, [one["role"] for one in json.loads(gave)["prompts"]]) == (0, ["one"])
    assert got(kept)[-1] == "for one"
    dry = json.loads(world.done("broadcast", "for {{role}}", "--all", "--dry-run", "--json"))["prompts"]
    assert dry == [{"role": "one", "text": "for one"}, {"role": "busy", "text": "for busy"}]
