"""A person is called from elsewhere: they see who needs them, go there, and come back."""

import json

from tests.robot import CAT, WITHIN, World
from tests.waiting import until

SCRIPT = '[[step]]\ndo = "ask"\ncommand = ["true"]\ntext = "Check the manifest"\ndenied = "No."\n'


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
