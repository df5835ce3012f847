"""A person leaves agents alone: one goes round in circles, one uses up its budget, and both are seen and let go on."""

import json

import pytest

from tests.robot import WITHIN, World
from tests.waiting import until

KIND = """version = 1
title = "Fake"
argv = ["fake"]
session = ["--session-id", "{conversation}"]
transcripts = ["~/.fake/{conversation}.jsonl"]
usage = { format = "claude" }
hooks = { way = "settings", events = ["Stop"] }
"""
FAKE = r"""#!/bin/sh
# Stands in for a coding agent: each line is a prompt, and what it does is told by the hooks that it was given.
while [ $# -gt 0 ]; do
    case $1 in --session-id) id=$2 ;; --settings) hook=${2%/*}/hook.sh ;; esac
    shift
done
mkdir -p "$HOME/.fake"
tell() {
    printf '{"hook_event_name":"%s","session_id":"%s",%s}' "$1" "$id" "$2" | sh "$hook" "$1" "$HIVE_AGENT_ID"
}
cost='{"type":"assistant","requestId":"r","message":{"id":"m","model":"claude-opus-5-5","usage":'
tell Stop '"last_assistant_message":"ready"'
printf 'ready\n\342\235\257 '
while read -r what words; do
    tell UserPromptSubmit "\"prompt\":\"$what${words:+ $words}\""
    case $what in
    loop)
        for use in 1 2 3 4 5 6 7 8; do
            tell PreToolUse "\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"$words\"},\"tool_use_id\":\"$what$use\""
        done
        ;;
    *)
        [ "$what" = spend ] && echo "$cost{\"input_tokens\":0,\"output_tokens\":100000}}}" >>"$HOME/.fake/$id.jsonl"
        tell Stop "\"last_assistant_message\":\"did $what\""
        ;;
    esac
    printf 'did %s\n\342\235\257 ' "$what $words"
done
"""


@pytest.fixture
def fakes(world: World) -> World:
    """A world with a kind of agents that tell what they do."""
    world.paths.kinds.mkdir(parents=True)
    (world.paths.kinds / "fake.toml").write_text(KIND)
    tool = world.home / "bin" / "fake"
    tool.parent.mkdir()
    tool.write_text(FAKE)
    tool.chmod(0o755)
    world.env["PATH"] = f"{tool.parent}:{world.env['PATH']}"
    return world


def state(world: World, wanted: str) -> None:
    until(lambda: world.agent("coder").reading.state == wanted, WITHIN, f"coder is {wanted}")


def test_an_agent_that_goes_round_in_circles_is_seen_and_let_go_on(fakes: World) -> None:
    fakes.up({"coder": {"kind": "fake"}})
    until(lambda: fakes.agent("coder").reading.state in {"idle", "done"}, WITHIN, "coder at rest")
    robot = fakes.opens()
    fakes.done("send", "coder", "loop make test")
    robot.sees("stuck", "▲ 1 needs you")
    why = "the same call 8 times: Bash: make test"
    code, gave, _ = fakes.hive("attention", "--json")
    assert (code, [(need["state"], need["evidence"]) for need in json.loads(gave)["needs"]]) == (3, [("stuck", why)])
    assert why in fakes.done("why", "coder")
    assert "stuck" in fakes.done("status")
    robot.press("A")
    robot.sees("need you  1", why)
    robot.press("u")
    robot.sees("1 coder goes on")
    robot.press("Escape")
    robot.misses("▲ 1 needs you")
    assert fakes.agent("coder").reading.state == "working"
    fakes.done("send", "coder", "loop cat log", "--now")
    state(fakes, "stuck")
    assert json.loads(fakes.done("seen", "coder", "--json"))["was"] == "stuck"
    state(fakes, "working")
    fakes.done("send", "coder", "loop make", "--now")
    state(fakes, "stuck")
    fakes.done("send", "coder", "end", "--now")
    until(lambda: fakes.agent("coder").reading.state in {"idle", "done"}, WITHIN, "the end of its turn")
    assert fakes.hive("attention")[0] == 0


def test_a_queue_that_a_budget_holds_is_seen_and_let_go_on(fakes: World) -> None:
    fakes.up({"coder": {"kind": "fake", "budget": 1.5}}, budget=50)
    until(lambda: fakes.agent("coder").reading.state in {"idle", "done"}, WITHIN, "coder at rest")
    fakes.done("send", "coder", "spend")
    until(lambda: fakes.agent("coder").spend.usd >= 2, WITHIN, "what it used")
    robot = fakes.opens(columns=200)
    robot.sees("1 coder")
    robot.press("s")
    robot.sees("To 1 coder")
    robot.types("next")
    robot.press("Enter")
    said = "coder has used up its budget: $2.00 of $1.50"
    robot.sees("It waits for coder: " + said, "⋯1")
    robot.press("A")
    robot.sees("held by a budget  1", said)
    robot.press("Escape")
    assert fakes.hive("attention")[0] == 3
    (waits,) = json.loads(fakes.done("queue", "coder", "--json"))["prompts"]
    assert waits["why"] == said + "; `hive budget allow coder` lets it go on"
    budgets = json.loads(fakes.done("budget", "--json"))["budgets"]
    assert [(one["role"], one["budget"], one["holds"]) for one in budgets] == [(None, 50, False), ("coder", 1.5, True)]

    fakes.done("send", "coder", "urgent", "--now")
    fakes.pane_sees("coder", "did urgent")
    until(lambda: fakes.agent("coder").reading.evidence.endswith("did urgent"), WITHIN, "the end of its turn")
    robot.leaves()
    fakes.kill_daemon()
    assert json.loads(fakes.done("queue", "coder", "--json"))["prompts"] == [waits]
    robot = fakes.opens(columns=200)
    robot.sees("1 coder", "⋯1")
    robot.press("Q")
    robot.sees("Waiting for 1 coder", said)
    robot.press("b")
    robot.sees("coder may use $3.50 now, all together.")
    fakes.pane_sees("coder", "did next")
    assert "57 %" in fakes.done("budget")
    assert fakes.hive("budget", "allow", "nobody")[0] == 2
    assert fakes.hive("budget", "allow", "coder", "-1")[0] == 2
    fakes.done("budget", "allow", "coder", "0.25")
    assert "$3.75" in fakes.done("budget", "allow")
    assert fakes.hive("attention")[0] == 0
