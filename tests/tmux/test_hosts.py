"""Agents on other hosts, by a real tmux in a box like a container, and behind a real sshd."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hiveui.hive.hive import Hive
from hiveui.model.hosts import Standing
from tests.far import Box
from tests.tmux.nest import CAT, MACHINE, Nest, agent, at, ended, shows

ECHO = ["sh", "-c", "echo ready on $HIVE_HOST; while read -r line; do echo got:$line; done"]


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    made = Nest(short)
    yield made
    pid = await made.server.pid()
    await made.server.kill(pid, lambda which: not MACHINE.alive(which))


@pytest.fixture
def box(short: Path) -> Iterator[Box]:
    box = Box(short / "box")
    yield box
    box.close()


def on(host: str, argv: list[str], **more):
    return {"command": argv, "host": host, **more}


async def opened(nest: Nest, hive: Hive, hosts: dict, **agents):
    nest.layout(agents, hosts=hosts)
    plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
    return await hive.workspaces.open(folder=str(nest.project), layout="one", env=nest.env, hash=plan["hash"])


def standing(hive: Hive, host: str) -> Standing:
    return hive.bus.state.hosts[host].link.standing


async def test_an_agent_in_a_box_runs_there_beside_one_here(nest: Nest, box: Box):
    async with nest.hive() as hive:
        answer = await opened(nest, hive, {"box": {"command": box.command}}, far=on("box", ECHO), near=list(CAT))
        assert sorted(answer["started"]) == ["far", "near"], answer["notes"]
        await shows(hive, "far", "ready on box")
        await shows(hive, "near", "ready")
        far = agent(hive, "far")
        assert far.pane is not None
        assert far.pane.startswith("box%")
        assert (far.host, far.dir) == ("box", "box:.")
        await hive.panes.send(**at(hive, "far"), text="hello")
        await shows(hive, "far", "got:hello")
        assert len(box.processes()) >= 2
        await hive.shaping.stop(**at(hive, "far"))
        assert (await ended(hive, "far")).pid is None
        await hive.restart(**at(hive, "far"))
        await shows(hive, "far", "ready on box")
