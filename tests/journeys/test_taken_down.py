"""In the evening a workspace is taken down; in the morning the first screen of another folder brings it back."""

import json

from tests.robot import WITHIN, World
from tests.waiting import until


def test_what_was_taken_down_is_restored_from_the_first_screen_until_it_is_forgotten(world: World) -> None:
    world.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    world.paths.config_file.write_text("theme: dark\nback: [f12]\n")
    world.up({"planner": {"kind": "rehearsal", "env": {"REHEARSAL": "planner", "REHEARSAL_SPEED": "0"}}})
    until(lambda: world.workspace().agents[0].conversation is not None, WITHIN, "a conversation")
    had = world.workspace().agents[0].conversation
    assert json.loads(world.done("down", "--json"))["workspaces"][0]["kept"] is True
    assert world.pids() == {}
    elsewhere = world.home / "elsewhere"
    elsewhere.mkdir()
    world.project = elsewhere
    robot = world.opens()
    robot.sees("Last here", "shop", "1 agent, saved today", "restore")
    robot.press("?")
    robot.sees("edit the layout", "look back")
    robot.press("?", *["Down"] * 20)
    robot.sees("▸ shop")
    robot.press("Enter")
    robot.sees("Restore shop", "generation", f"resume {str(had)[:8]}")
    robot.press("Escape")
    robot.misses("Restore shop")
    robot.leaves()
    world.done("restore", "shop", "--detach", "--yes")
    until(world.pids, WITHIN, "the agent")
    assert world.workspace().agents[0].conversation == had
    world.done("down", "shop", "--forget")
    assert "shop" not in world.done("status")
