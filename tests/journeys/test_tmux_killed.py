"""Tmux itself is killed: the one death that agents do not survive, and nothing may hide it."""

import json
import time

from tests.robot import CAT, DEAF, MACHINE, WITHIN, World
from tests.waiting import end, promised, until


@promised(2.0)
def test_a_killed_tmux_is_noticed_soon_and_its_orphans_are_named(world: World, within: float) -> None:
    before = world.up({"deaf": DEAF, "writer": CAT})
    world.pane_sees("deaf", "deaf")
    robot = world.opens()
    robot.sees("2 agents")
    server = world.server()
    killed = time.monotonic()
    end(server)
    until(lambda: not world.pids(), within - (time.monotonic() - killed), "both agents to be known as ended")
    robot.sees("tmux is gone", "nothing is started again unasked")
    robot.sees("exited")

    agents = {agent.role: agent for agent in world.workspace().agents}
    assert set(agents) == {"deaf", "writer"}
    assert agents["deaf"].note == f"tmux is gone; process {before['deaf']} goes on without a screen"
    assert agents["writer"].note == "tmux is gone"
    assert MACHINE.alive(before["deaf"])
    listed = {agent["role"]: agent for agent in json.loads(world.done("status", "--json"))["workspaces"][0]["agents"]}
    assert {role: agent["state"] for role, agent in listed.items()} == {"deaf": "exited", "writer": "exited"}
    assert listed["writer"]["cwd"] == str(world.project)


def test_after_a_killed_tmux_nothing_is_started_until_it_is_asked_for(world: World) -> None:
    before = world.up({"deaf": DEAF, "writer": CAT})
    server, daemon = world.server(), world.daemon()
    end(server)
    until(lambda: not world.pids(), WITHIN, "both agents to be known as ended")
    world.kill_daemon()
    world.done("status")
    assert world.daemon() != daemon
    assert world.pids() == {}
    assert world.clients() == set()
    said = world.workspace().role("deaf")
    assert said is not None
    assert str(before["deaf"]) in said.note

    world.done("up", "robot", "--detach", "--yes")
    after = world.pids()
    assert set(after) == {"deaf", "writer"}
    assert not set(after.values()) & set(before.values())


def test_a_tmux_killed_while_no_daemon_ran_is_told_by_the_next_one(world: World) -> None:
    before = world.up({"deaf": DEAF, "writer": CAT})
    server = world.server()
    world.kill_daemon()
    end(server)
    until(lambda: not MACHINE.alive(server), WITHIN, "the end of tmux")
    said = world.done("status")
    assert said.count("exited") == 2
    assert str(before["deaf"]) in said
