"""A person shapes a workspace, and finds it again as they left it."""

import re

from tests.robot import CAT, WITHIN, Robot, World
from tests.waiting import until


def drag(robot: Robot, x: int, y: int, to_x: int, to_y: int) -> None:
    """Drag from one cell to another, counted from 1, a cell at a time."""
    robot.types(f"\x1b[<0;{x};{y}M")
    while (x, y) != (to_x, to_y):
        x, y = x + (to_x > x) - (to_x < x), y + (to_y > y) - (to_y < y)
        robot.types(f"\x1b[<32;{x};{y}M")
    robot.types(f"\x1b[<0;{x};{y}m")


def titles(screen: str) -> list[list[str]]:
    """Give the tabs, and the title lines of both panes of the first line, without ages."""
    top, line = screen.splitlines()[:2]
    names = [re.split("[?◌]", part)[0].strip() for part in line.replace("┃", "│").split("│")]
    return [top.split("  ")[0].split(), names]


def test_a_shell_is_split_off_typed_into_moved_closed_brought_back_and_found_again(world: World) -> None:
    world.up({"left": CAT, "right": CAT}, tabs=[{"title": "build", "panes": ["left", "right"]}])
    robot = world.opens()
    robot.sees("1 left", "2 right")

    robot.types("v\recho typed-$((40+2))\r")  # all at once: what follows v is meant for the shell
    robot.sees("3 shell", "typed-42", "typing into 3 shell")
    robot.press("C-]")
    robot.misses("typing into")
    robot.types("Mt")
    robot.sees("shop ▸ build │ shell", "typed-42")

    robot.types("1")
    robot.sees("1 left", "2 right")
    drag(robot, 61, 10, 81, 12)
    until(lambda: world.workspace().tabs[0].root.sizes == (80, 39), WITHIN, "the border where it was dragged to")
    until(lambda: world.tmux("display-message", "-p", "-t", world.pane("left"), "#{pane_width}") == "80\n", WITHIN)
    shaped = world.workspace().tabs

    robot.types("3C")
    robot.sees("Close 3 shell? Its program ends; U brings it back.")
    robot.press("Enter")
    robot.misses("│ shell")
    robot.types("U")
    robot.sees("shop ▸ build │ shell", "shell is back and was started anew.")
    assert world.workspace().tabs == shaped

    robot.types("1")
    seen = robot.sees("1 left", "2 right")
    robot.leaves()
    again = world.opens()
    again.sees("1 left", "2 right")
    until(lambda: titles(again.screen()) == titles(seen), WITHIN, "the same titles")
    world.kill_daemon()
    again.sees("The daemon was gone and runs again", "1 left", "2 right")
    until(lambda: titles(again.screen()) == titles(seen), WITHIN, "the same titles after it")
    assert world.workspace().tabs == shaped
    world.done("up", "robot", "--detach", "--yes")
    assert world.workspace().tabs == shaped
    again.leaves()
