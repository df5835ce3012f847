"""A person leaves and comes back."""

from tests.robot import CAT, COUNT, World


def test_leaving_and_returning_finds_the_same_agents_on_the_same_screens(world: World) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    robot = world.opens("up")
    robot.sees("counter", "writer", "line ")
    robot.press("2", "Enter")
    robot.sees("typing into")
    robot.types("I was here")
    robot.sees("I was here")
    robot.press("C-]")
    robot.misses("typing into")
    robot.leaves()

    again = world.opens()
    again.sees("I was here", "line ")
    assert world.pids() == before
    assert world.counts_on("counter", again.counts()) > 3
    again.leaves()


def test_down_ends_every_program_and_leaves_no_workspace(world: World) -> None:
    world.up({"counter": COUNT, "writer": CAT})
    pids = world.pids()
    gave = world.done("down", "--all", "--forget")
    assert "counter" in gave
    assert "writer" in gave
    assert not any(pid in world.processes() for pid in pids.values())
    assert '"workspaces": []' in world.done("status", "--json")
