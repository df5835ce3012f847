"""A newcomer's first minute: nothing was read, nothing was chosen before."""

import os
from pathlib import Path

from hiveui.agents.catalog import catalog
from tests.robot import World

FAKE = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'codex-cli 0.169.0' && exit\nexec cat\n"
AGENTS = {kind.argv[0] for kind in catalog().values() if kind.install}


def only_has(world: World, *agents: str) -> None:
    """Have all programs of this machine in the PATH, but of agents these only, which play dead."""
    folder = world.home / "bin"
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(":")):
        for file in Path(place).glob("*"):
            if file.name not in AGENTS:
                (folder / file.name).unlink(missing_ok=True)
                (folder / file.name).symlink_to(file)
    for agent in agents:
        (folder / agent).write_text(FAKE)
        (folder / agent).chmod(0o755)
    world.env["PATH"] = str(folder)


def test_from_nothing_to_a_workspace_with_a_key_of_their_own(world: World) -> None:
    only_has(world, "codex")
    world.layout({"api": {"kind": "codex"}}, name="services", description="One agent for each service.")
    robot = world.opens(columns=80, lines=24)
    robot.sees("Which colours can you read best?", "▸ auto")
    robot.press("Down", "Down", "Enter")
    robot.sees("Which key shall lead back")
    robot.press("C-g")
    robot.sees("You pressed ctrl+g.")
    robot.press("Enter")
    robot.sees("Programs found", "codex 0.169.0", "services", "from this project")
    assert world.paths.config_file.exists() is False
    chosen = robot.sees("▸ services")
    assert "One agent for each service." in chosen
    robot.press("Enter")
    robot.sees("Run this? [y/N]")
    robot.types("y\r")
    robot.sees("1 api  codex")
    assert world.paths.config_file.read_text() == 'theme: "light"\nback: ["ctrl+g"]\n'
    robot.press("i")
    robot.sees("typing into 1 api", "ctrl+g back")
    robot.press("C-g")
    robot.sees("q leave")
    robot.leaves()


def test_who_was_asked_before_is_not_asked_again_and_may_leave(world: World) -> None:
    config: Path = world.paths.config_file
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("theme: dark\nback: [f12]\nlayout: demo\n")
    robot = world.opens()
    robot.sees("Programs found", "▸ demo", "enter open")
    robot.leaves()
    assert config.read_text() == "theme: dark\nback: [f12]\nlayout: demo\n"


def test_enter_three_times_is_the_demo_where_no_program_is_there(world: World) -> None:
    only_has(world)
    robot = world.opens()
    for seen in ("Which colours", "Which key", "▸ demo"):
        robot.sees(seen)
        robot.press("Enter")
    robot.sees("1 planner", "2 backend", "q leave")
    robot.leaves()
    assert "scratch" in world.workspace().path


def test_the_first_five_minutes_end_where_the_next_ones_begin(world: World) -> None:
    only_has(world)
    robot = world.opens(columns=80, lines=24)
    robot.sees("Which colours", "enter take it", "esc go on")
    robot.press("Enter")
    robot.sees("Which key", "ctrl+]", "ctrl+c leave")
    robot.press("Enter")
    robot.sees("▸ demo", "enter open", "q leave")
    robot.press("Enter")
    robot.sees("1 planner", "▲ 1", "? keys", "q leave")
    robot.press("3")
    robot.sees("3 frontend  rehearsal", "Run this command?", "enter type")
    robot.press("Enter")
    robot.sees("typing into 3 frontend", "ctrl+] or f12 back")
    robot.press("Enter")
    robot.sees("No library is needed")
    robot.press("F12")
    robot.sees("q leave")
    robot.press("?")
    robot.sees(" Keys", "esc back")
    robot.press("Escape")
    robot.misses(" Keys")
    robot.leaves()
    pids = world.pids()
    assert len(pids) == 4

    robot = world.opens(columns=80, lines=24)
    robot.sees("Last here", "demo", "enter open")
    assert "Which" not in robot.screen(), "nothing is asked twice"
    robot.press("Enter")
    robot.sees("demo ▸ build", "3 frontend  rehearsal", "q leave")
    robot.leaves()
    assert world.pids() == pids, "the same programs are there"
