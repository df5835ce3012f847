"""A person edits a file with vim inside a pane."""

import shutil

import pytest

from tests.robot import CAT, WITHIN, World
from tests.waiting import until


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not installed")
def test_vim_inside_a_pane_edits_saves_and_follows_a_resize(world: World) -> None:
    file = world.project / "notes.txt"
    file.write_text("".join(f"row {n}\n" for n in range(1, 200)))
    world.up({"editor": ("vim", "-u", "NONE", "-N", "notes.txt"), "writer": CAT})
    robot = world.opens()
    robot.sees("row 1", "row 28")
    robot.press("Enter")
    robot.sees("typing into 1 editor")
    robot.types("5Goa line of mine: £ 中 #(touch x)")
    robot.press("Escape")
    robot.sees("row 5", "a line of mine: £ 中 #(touch x)")
    robot.types(":set number\r")
    robot.sees("  6 a line of mine")

    robot.resize(160, 50)
    robot.sees(" 45 row 44")
    robot.types("G")
    robot.sees("200 row 199")
    robot.resize(100, 28)
    robot.sees("200 row 199")
    robot.misses("170 row 169")

    robot.types(":wq\r")
    robot.sees("✕ exited")
    assert file.read_text().splitlines()[5] == "a line of mine: £ 中 #(touch x)"
    until(lambda: world.agent("editor").exit_status == 0, WITHIN, "the end of vim")
