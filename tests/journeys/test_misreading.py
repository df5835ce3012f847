"""A pane that is read wrongly: W keeps its screen and opens the rules, and with a rule more it is read right."""

import json

import pytest

from tests.robot import WITHIN, World
from tests.waiting import until

pytestmark = pytest.mark.timeout(180)

SCREEN = """\
❯ port the parser

● Reading the grammar.

Zorbing the flux (12 parts)

────────────────────────────────────────────────────────────
❯
────────────────────────────────────────────────────────────
  ? for shortcuts
"""
EDITOR = """#!/bin/sh
# A person who takes the # away from the example, saves and leaves.
for file; do case $file in *.toml) ;; *) continue ;; esac
sed -e '/^# \\[\\[rule\\]\\]/,$ s/^# //' "$file" >"$file.new" && mv "$file.new" "$file"
done
"""


def test_a_state_that_is_wrong_is_mended_by_a_rule_of_the_persons(world: World) -> None:
    (world.home / "screen").write_text(SCREEN)
    editor = world.home / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o700)
    world.env["EDITOR"] = str(editor)
    world.up({"backend": {"kind": "claude", "command": ["sh", "-c", f"cat {world.home}/screen; exec sleep 1000"]}})

    def reads(state: str) -> None:
        until(lambda: world.agent("backend").reading.state == state, WITHIN, f"{state}")

    reads("idle")
    robot = world.opens()
    robot.sees("Zorbing")
    robot.press("W")
    robot.sees("What does it really do?", "▸ ◐ working")
    robot.press("Enter")
    robot.sees("The screen is kept as working")
    reads("working")
    rules = world.paths.rules / "claude.toml"
    assert 'tail = "^Zorbing the flux (# parts)"' in rules.read_text("utf-8").splitlines()
    (checked,) = json.loads(world.done("wrong", "--check", "--json"))["screens"]
    assert (checked["read"], checked["really"], checked["now"], checked["verdict"]) == (
        "idle",
        "working",
        "working",
        "right",
    )

    good = rules.read_text("utf-8")
    rules.write_text(good.replace("tail =", "tale ="), "utf-8")
    robot.sees("there is no key 'tale'", "Did you mean tail?")
    assert world.agent("backend").reading.state == "working"
    code, _, said = world.hive("wrong", "--check")
    assert code == 2
    assert "claude.toml:" in said
    rules.unlink()
    reads("done")
    assert world.hive("wrong", "--check")[0] == 1
