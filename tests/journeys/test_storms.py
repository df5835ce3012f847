"""Agents make thousands of folders at once, as a package manager does, and no file of theirs is missed."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.robot import WITHIN, World
from tests.waiting import until

PAIRS, MODULES = 1000, 2000
STORM = """
import os, sys
top, count, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
for number in range(count):
    folder = f"{top}/{number % 40}/{number}"
    os.makedirs(folder)
    with open(f"{folder}/{name}", "w") as file:
        file.write("{}")
"""


def storming(world: World, top: str, count: int, name: str) -> dict[str, Any]:
    """Give an agent that makes `count` folders once it has a prompt, each with a file."""
    script = world.home / f"{top}.toml"
    command = json.dumps([sys.executable, "-c", STORM, top, str(count), name])
    script.write_text(f'[[step]]\ndo = "turn"\n[[step]]\ndo = "run"\ncommand = {command}\n[[step]]\ndo = "turn"\n')
    return {"kind": "rehearsal", "env": {"REHEARSAL": str(script), "REHEARSAL_SPEED": "0"}}


@pytest.mark.timeout(180)
def test_of_a_thousand_folders_made_in_a_storm_no_file_is_missed(world: World) -> None:
    (world.project / ".gitignore").write_text("node_modules/\n")
    agents = {
        "coder": storming(world, "src", PAIRS, "index.js"),
        "installer": storming(world, "node_modules", MODULES, "package.json"),
    }
    world.up(agents)
    until(lambda: world.ask("files/who", path=str(world.project / "a"))["top"], WITHIN, "a checkout that is watched")
    robot = world.opens()
    robot.sees(*agents)
    for role in agents:
        world.done("send", role, "Go on.")
    wanted = [f"src/{number % 40}/{number}/index.js" for number in range(PAIRS)]
    with world.client() as client:
        until(lambda: client.call("files/who", path=str(world.project / wanted[-1]))["writes"], 60, "the last file")
        missed = set(wanted)
        deadline = time.monotonic() + 60
        while missed and time.monotonic() < deadline:
            missed = {path for path in missed if not client.call("files/who", path=str(world.project / path))["writes"]}
        assert missed == set()
        last = Path("node_modules", str((MODULES - 1) % 40), str(MODULES - 1), "package.json")
        until((world.project / last).exists, 60, "the last module")
        assert client.call("files/who", path=str(world.project / last))["writes"] == []
    robot.leaves()
