"""The daemon goes away under an open screen, or is of another version."""

import re
import shutil
import time
from importlib import metadata
from pathlib import Path

import pytest

import hiveui
from tests.robot import CAT, COUNT, WITHIN, World
from tests.waiting import promised, until

ROOT = Path(hiveui.__file__).parent.parent


@promised(2.0)
def test_an_open_screen_starts_a_dead_daemon_soon_and_says_so_in_one_line(world: World, within: float) -> None:
    before = world.up({"counter": COUNT, "writer": CAT})
    robot = world.opens()
    robot.sees("line ", "writer")
    killed = time.monotonic()
    world.kill_daemon()
    seen = robot.sees(
        "The daemon was gone and runs again; your agents went on.", within=within - (time.monotonic() - killed)
    )
    assert len([line for line in seen.splitlines() if "daemon" in line]) == 1
    assert world.pids() == before
    robot.press("2", "Enter")
    robot.types("typed after it")
    robot.sees("typed after it")


def older(world: World, *, protocol: str, version: str = "0.0.1") -> dict[str, str]:
    """Make a copy of the package that says it is older, and give the environment in which it is found."""
    place = world.home / "older"
    shutil.copytree(ROOT / "hiveui", place / "hiveui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "layouts", place / "layouts")
    facts = place / f"hiveui-{version}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: hiveui\nVersion: {version}\n")
    wire = place / "hiveui" / "gateway" / "protocol.py"
    changed, found = re.subn(r"^PROTOCOL = .*$", f"PROTOCOL = {protocol}", wire.read_text(), flags=re.MULTILINE)
    assert found == 1
    wire.write_text(changed)
    return {"PYTHONPATH": str(place)}


OURS = metadata.version("hiveui")


@pytest.mark.parametrize(
    ("protocol", "version", "said"),
    [("(2, 2)", "0.0.1", "version 0.0.1"), ("(1, 1)", "0.0.1", "version 0.0.1"), ("(1, 1)", OURS, "another version")],
    ids=["that understands it", "that does not understand it", "that says it is the same and does not understand it"],
)
def test_a_newer_hive_offers_to_replace_an_older_daemon_and_the_agents_go_on(
    world: World, protocol: str, version: str, said: str
) -> None:
    world.layout({"counter": COUNT, "writer": CAT})
    env = older(world, protocol=protocol, version=version)
    world.done("up", "robot", "--detach", "--yes", env=env)
    agents = world.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}")
    old = world.daemon()

    robot = world.opens()
    robot.sees(f"The daemon is {said}, this is {OURS}.", "Replace it? Agents go on.")
    robot.types("y\n")
    robot.sees("2 agents", "line ")
    until(lambda: world.daemon() not in {0, old}, WITHIN, "another daemon")
    assert world.ask("daemon/status")["version"] == OURS
    assert world.tmux("list-panes", "-a", "-F", "#{pane_id} #{pane_pid}") == agents
    assert set(world.pids()) == {"counter", "writer"}
    world.counts_on("counter")


def test_an_older_daemon_that_is_not_to_be_replaced_stays_and_serves(world: World) -> None:
    world.layout({"counter": COUNT, "writer": CAT})
    world.done("up", "robot", "--detach", "--yes", env=older(world, protocol="(2, 2)"))
    old, before = world.daemon(), world.pids()
    robot = world.opens()
    robot.sees("Replace it?")
    robot.types("n\n")
    robot.sees("2 agents", "line ")
    assert (world.daemon(), world.pids()) == (old, before)
