"""What agents use is seen while they work, outlives the daemon and the agents, and budgets are spoken of."""

import json
from pathlib import Path

import pytest

from tests.robot import WITHIN, World
from tests.waiting import until

DATA = Path(__file__).parents[1] / "data" / "usage"
CLAUDE = """#!/bin/sh
# Stands in for Claude Code: says which conversation it has, and writes down a turn for each line that is typed.
while [ $# -gt 0 ]; do case $1 in --session-id|--resume) id=$2;; esac; shift; done
mkdir -p "$HOME/.claude/projects/-shop"
echo "conversation $id."
while read -r turn; do cat "$HOME/$turn" >> "$HOME/.claude/projects/-shop/$id.jsonl"; echo "did $turn."; done
"""


@pytest.fixture
def shop(world: World) -> World:
    """Two agents that play Claude Code, one with a budget, and turns for them."""
    tool = world.home / "bin" / "claude"
    tool.parent.mkdir()
    tool.write_text(CLAUDE)
    tool.chmod(0o755)
    world.env["PATH"] = f"{tool.parent}:{world.env['PATH']}"
    world.env["TZ"] = "UTC"
    whole = (DATA / "claude.jsonl").read_bytes()
    half = whole.index(b"\n", len(whole) // 2) - 40
    (world.home / "first").write_bytes(whole[:half])
    (world.home / "second").write_bytes(whole[half:])
    (world.home / "unknown").write_bytes(whole.replace(b"claude-opus-5-5", b"claude-next-9"))
    world.up({"backend": {"kind": "claude", "budget": 0.03}, "tests": {"kind": "claude"}}, budget=5.00)
    return world


def turn(world: World, role: str, name: str) -> None:
    world.done("send", "--now", role, name)
    world.pane_sees(role, f"did {name}.")


def costs(world: World) -> dict[str, dict]:
    return {agent["role"]: agent for agent in json.loads(world.done("cost", "--json"))["agents"]}


def test_costs_are_seen_as_they_grow_and_kept_and_a_budget_is_spoken_of(shop: World) -> None:
    robot = shop.opens()
    turn(shop, "backend", "first")
    until(lambda: costs(shop).get("backend"), WITHIN, "the first turn is counted")
    turn(shop, "backend", "second")
    until(lambda: costs(shop)["backend"]["output"] == 192, WITHIN, "the second turn is counted")
    found = costs(shop)["backend"]
    assert (found["input"], found["output"], found["cache_read"]) == (7200, 192, 4800)
    assert found["usd"] == pytest.approx(0.0336)
    robot.sees("$0.03")
    robot.press("$")
    robot.sees("What shop costs", "backend", "7.2k", "claude-opus-5-5", "112 % of $0.03")
    robot.press("Escape")
    said = [line for line in shop.done("events", "-n", "200").splitlines() if "Noticed" in line]
    assert any("backend has used up its budget: $0.03 of $0.03." in line for line in said), said

    assert "backend has used up its budget" in shop.done("why", "backend")
    assert "budget" not in shop.done("why", "tests")

    turn(shop, "tests", "unknown")
    until(lambda: "tests" in costs(shop), WITHIN, "its turn is counted")
    assert costs(shop)["tests"]["usd"] is None
    assert "?" in next(line for line in shop.done("cost").splitlines() if " tests " in line)
    robot.sees("$0.03+?")

    shop.kill_daemon()
    until(lambda: costs(shop).get("backend") == found, WITHIN, "what was counted")
    shop.done("down", "--yes")
    assert costs(shop)["backend"]["usd"] == found["usd"]
    days = json.loads(shop.done("cost", "--json", "--by", "day"))["days"]
    assert [(day["day"], day["usd"]) for day in days] == [("2026-11-21", found["usd"])]


def test_conversations_are_listed_with_what_they_are_about_and_an_earlier_one_is_gone_on_with(shop: World) -> None:
    turn(shop, "backend", "first")
    shop.done("restart", "backend", "--anew")
    shop._panes.clear()  # a program that is started anew gets another pane
    shop.pane_sees("backend", "conversation ")
    (found,) = json.loads(shop.done("conversations", "backend", "--json"))["agents"]
    new, old = found["conversations"]
    assert (new["current"], new["kept"], new["title"]) == (True, False, "")
    assert (old["current"], old["kept"], old["title"]) == (False, True, "Please talk slowly [[scn:slow]]")
    line = next(line for line in shop.done("conversations").splitlines() if old["id"] in line)
    assert "just now" in line
    shop.done("restart", "backend", "--resume", old["id"])
    shop._panes.clear()
    shop.pane_sees("backend", f"conversation {old['id']}.")
    turn(shop, "backend", "second")
    until(lambda: costs(shop).get("backend", {}).get("output") == 192, WITHIN, "both turns are counted")
    code, _, said = shop.hive("conversations", "backed")
    assert (code, "Did you mean backend?" in said) == (2, True)


def test_what_changed_is_told_on_the_screen_and_by_the_command(shop: World) -> None:
    turn(shop, "backend", "first")
    until(lambda: "backend" in costs(shop), WITHIN, "its turn is counted")
    assert costs(shop)["backend"]["usd"] > 0
    until(lambda: "cost $0.0" in shop.done("since", "--minutes", "5"), WITHIN, "the cost of what was done")
    gave = shop.done("since", "--minutes", "5").splitlines()
    assert [line.split(" ", 1)[0] for line in gave] == ["backend", "tests"]
    robot = shop.opens()
    robot.sees("1 backend")
    robot.press("H")
    robot.sees("While you were away", "backend was started")


def test_what_programs_take_is_told_with_all_that_they_started(world: World) -> None:
    busy = ["sh", "-c", "sh -c 'while :; do :; done' & exec sleep 1000"]
    world.up({"busy": {"command": busy}, "calm": {"command": ["sleep", "1000"]}})

    def taken() -> dict[str, dict]:
        """Give what each takes, the most busy first, once both are what they become."""
        found = {agent["role"]: agent for agent in json.loads(world.done("top", "-s", "0.5", "--json"))["agents"]}
        settled = [(agent["processes"], agent["percent"] > 0) for agent in found.values()] == [(2, True), (1, False)]
        return found if settled else {}

    found = until(taken, WITHIN, "two programs that have begun, one of them busy")
    assert list(found) == ["busy", "calm"]
    assert found["calm"]["memory"] > 100_000
    assert "busy" in world.done("top", "-w", "shop", "--seconds", "0.1")
