"""Terminals of other sizes: two at once, a small one, one that changes."""

from tests.robot import CAT, COUNT, WITHIN, World
from tests.waiting import until


def size(world: World, role: str) -> tuple[int, int]:
    said = world.tmux("display-message", "-p", "-t", world.pane(role), "#{pane_width} #{pane_height}").split()
    return int(said[0]), int(said[1])


def test_who_typed_last_sets_the_size_and_everybody_sees_the_same_agents(world: World) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    large = world.opens(columns=160, lines=50)
    large.sees("2 agents", "line ")
    wide = (80, 47)
    until(lambda: size(world, "writer")[1] == wide[1], WITHIN, "the large size")
    wide = size(world, "writer")
    small = world.opens(columns=110, lines=30)
    small.sees("2 agents", "line ")
    large.press("2", "Enter")
    large.types("from the large one\n")
    small.sees("from the large one")
    large.sees("from the large one")
    assert size(world, "writer") == wide

    small.press("2", "Enter")
    small.types("from the small one\n")
    large.sees("from the small one")
    small.sees("from the small one")
    until(lambda: size(world, "writer")[1] == 27, WITHIN, "the small size")
    assert size(world, "writer")[0] < wide[0]
    large.resize(150, 45)
    large.sees("from the small one", "line ")
    assert size(world, "writer")[1] == 27

    small.press("C-]")
    small.leaves()
    until(lambda: size(world, "writer")[1] == 42, WITHIN, "the size of the one that is left")
    large.types("alone again\n")
    large.sees("alone again")
    assert world.pids() == before


def test_a_terminal_of_80_by_24_shows_one_pane_and_the_roster_in_a_line(world: World) -> None:
    world.up({"counter": COUNT, "writer": CAT, "planner": CAT})
    robot = world.opens(columns=80, lines=24)
    shown = robot.sees("shop", "line ", "1 counter", "2 writer", "3 planner", "q leave").rstrip("\n").split("\n")
    assert len(shown) == 24
    assert max(map(len, shown)) <= 80
    assert "1 counter" in shown[1]
    assert all(name in shown[22] for name in ("1 counter", "2 writer", "3 planner"))
    assert "q leave" in shown[23]
    until(lambda: size(world, "counter") == (80, 20), WITHIN, "the whole of the screen for one pane")

    robot.press("2", "Enter")
    robot.types("small but whole")
    seen = robot.sees("typing into 2 writer", "small but whole")
    assert "line " not in seen
    robot.resize(120, 32)
    robot.sees("small but whole", "line ", "3 planner")
    robot.resize(80, 24)
    robot.sees("typing into 2 writer", "small but whole")
    robot.press("C-]", "1")
    robot.counts()


def test_a_terminal_of_any_size_ends_no_screen(world: World) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    robot = world.opens()
    robot.sees("2 agents", "line ")
    for columns, lines in ((20, 5), (1, 1), (300, 80), (8, 3), (120, 32)):
        robot.resize(columns, lines)
    robot.sees("2 agents", "line ", "q leave")
    world.counts_on("counter")
    assert world.pids() == before
