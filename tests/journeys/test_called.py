"""A person is called from elsewhere: they see who needs them, go there, and come back."""

import json
import sys

from tests.robot import CAT, WITHIN, Robot, World
from tests.waiting import until

SCRIPT = '[[step]]\ndo = "ask"\ncommand = ["true"]\ntext = "Check the manifest"\ndenied = "No."\n'

ASKS_THRICE = """
import sys, tty

DIALOG = "\x1b[2J\x1b[H" + "─" * 60 + '''
 Bash command

   {}

 Do you want to proceed?
 ❯ 1. Yes
   2. Yes, and don't ask again for npm install
   3. No, and tell Claude what to do differently (esc)

 Esc to cancel · Tab to amend
'''
tty.setcbreak(0)
given = []
for command in ("npm install jose", "rm -rf build", "git push"):
    print(DIALOG.format(command), end="", flush=True)
    given.append(sys.stdin.read(1))
print("\x1b[2J\x1b[Hanswers:", *given, flush=True)
sys.stdin.read(1)
"""
"""Draws a dialog as Claude Code does, thrice; a digit answers it."""


def test_who_needs_the_person_is_found_from_anywhere_and_the_terminal_says_so(world: World) -> None:
    script = world.home / "asks.toml"
    script.write_text(SCRIPT)
    asks = {"kind": "rehearsal", "env": {"REHEARSAL": str(script)}}
    tabs = [{"title": "calm", "panes": ["cat"]}, {"title": "asking", "panes": ["asks"]}]
    world.up({"cat": CAT, "asks": asks}, tabs=tabs)
    robot = world.opens()
    robot.sees("asking ▲", "▲ 1 needs you")
    until(lambda: robot.title() == "▲1 shop — hive", WITHIN, "the title")
    code, gave, _ = world.hive("attention", "--json")
    assert (code, [need["role"] for need in json.loads(gave)["needs"]]) == (3, ["asks"])
    assert world.hive("wait", "asks", "--for", "attention", "--timeout", "5")[0] == 0

    robot.press("A")
    robot.sees("need you  1", "2 asks", "approval", "enter go there")
    robot.press("Z")
    robot.sees("snoozed  1", "10m more")
    robot.press("Z")
    robot.sees("60m more")
    robot.press("Z")
    robot.sees("need you  1")
    robot.press("Enter")
    robot.sees("2 asks  rehearsal  ▲ approval", "Check the manifest")
    robot.press("i", "Enter")
    robot.misses("▲")
    until(lambda: robot.title() == "shop — hive", WITHIN, "the title")
    assert world.hive("wait", "asks", "--for", "idle", "--timeout", "20")[0] == 0
    assert world.hive("attention")[0] == 0
    robot.press("C-]")
    robot.types(";")
    robot.sees("1 cat  shell")
    robot.leaves()
    assert robot.title() != "shop — hive"


def test_what_is_asked_is_answered_from_outside_the_pane_and_never_what_was_not_seen(world: World) -> None:
    program = world.home / "asks.py"
    program.write_text(ASKS_THRICE)
    world.up({"cat": CAT, "asks": {"kind": "claude", "command": [sys.executable, str(program)]}})
    robot = world.opens()
    robot.sees("▲ 1 needs you")
    robot.press("A")
    robot.sees("npm install jose", "1  Yes", "for times to come too", "a number, then enter, answers")
    picks(robot, "1")
    robot.press("Enter")
    robot.sees("Answered 2 asks: Yes.", "rm -rf build")
    stale = fingerprint(world)
    robot.press("Escape")
    robot.misses("Attention")
    robot.press("a")
    robot.sees("2 asks  ▲ approval", "a number, then enter, answers")
    picks(robot, "2")
    robot.press("Enter")
    robot.sees("enter once more gives it")
    robot.press("Enter")
    world.pane_sees("asks", "git push")

    code, _, said = world.hive("answer", "asks", "1", "--dialog", stale)
    assert (code, "asks something else by now: nothing was typed" in said) == (2, True)
    until(lambda: fingerprint(world) not in ("", stale), WITHIN, "the third question")
    assert world.done("answer", "asks", "3").startswith("asks  No")
    world.pane_sees("asks", "answers: 1 2 3")
    robot.leaves()


def picks(robot: Robot, digit: str) -> None:
    """Press a digit until it is taken: it is not for a moment after another question came up."""

    def taken() -> bool:
        robot.press(digit)
        return "enter gives this answer" in robot.screen()

    until(taken, WITHIN, "an answer that is picked")


def fingerprint(world: World) -> str:
    """Give the fingerprint of what the agent asks, '' for nothing."""
    (workspace,) = json.loads(world.done("status", "--json"))["workspaces"]
    (dialog,) = (agent["dialog"] for agent in workspace["agents"] if agent["role"] == "asks")
    return dialog["fingerprint"] if dialog else ""
