"""Agents on other hosts, by a real tmux in a box like a container, and behind a real sshd."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from hiveui.errors import HostError, LayoutError, UsageError
from hiveui.hive.hive import Hive
from hiveui.model.events import Noticed
from hiveui.model.hosts import Standing
from hiveui.model.signs import AgentState
from tests.far import Box
from tests.tmux.elsewhere import ECHO, SEEN, link, opened, returns
from tests.tmux.nest import CAT, MACHINE, Nest, agent, at, ended, shows, workspace
from tests.waiting import end, promised, soon


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


@pytest.fixture
def box(short: Path) -> Iterator[Box]:
    box = Box(short / "box")
    yield box
    box.close()


def on(host: str, argv: list[str], **more):
    return {"command": argv, "host": host, **more}


def standing(hive: Hive, host: str) -> Standing:
    return link(hive, host).standing


async def test_an_agent_in_a_box_runs_there_beside_one_here(nest: Nest, box: Box):
    async with nest.hive() as hive:
        answer = await opened(
            nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO), "near": list(CAT)}
        )
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


@promised(SEEN)
async def test_a_frozen_host_is_seen_lost_refuses_keys_and_comes_back_with_its_agents(
    nest: Nest, box: Box, within: float
):
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO), "near": list(CAT)})
        await shows(hive, "far", "ready on box")
        pid, pane = agent(hive, "far").pid, str(agent(hive, "far").pane)
        box.freeze()
        await soon(lambda: standing(hive, "box") is Standing.LOST, within)
        with pytest.raises(HostError, match="box is lost"):
            hive.panes.input(None, pane=pane, input=[["text", "typed blindly"]])
        await hive.panes.send(**at(hive, "near"), text="here all is well")
        await shows(hive, "near", "here all is well")
        assert agent(hive, "far").pid == pid
        box.thaw()
        await soon(lambda: standing(hive, "box") is Standing.UP)
        found = await returns(hive, "far", "ready on box")
        assert "typed blindly" not in found
        await hive.panes.send(**at(hive, "far"), text="again")
        await shows(hive, "far", "got:again")
        assert agent(hive, "far").pid == pid


async def test_a_daemon_that_follows_another_takes_up_what_runs_elsewhere(nest: Nest, box: Box):
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO)})
        await shows(hive, "far", "ready on box")
        pid = agent(hive, "far").pid
    async with nest.hive() as hive:
        await soon(lambda: standing(hive, "box") is Standing.UP)
        await returns(hive, "far", "ready on box")
        assert agent(hive, "far").pid == pid
        await hive.panes.send(**at(hive, "far"), text="still there")
        await shows(hive, "far", "got:still there")
        await hive.workspaces.close(workspace=workspace(hive).id)
        await soon(lambda: len(box.processes()) == 0, what="the box at rest")
        assert list(hive.bus.state.hosts) == ["box"]  # it can be restored there


async def test_a_host_without_tmux_is_said_to_lack_it(nest: Nest, box: Box, short: Path):
    few = short / "bin"
    few.mkdir()
    for program in ("sh", "cat", "env", "uname", "sed", "mkdir", "chmod", "rm"):
        (few / program).symlink_to(f"/bin/{program}")
    box.path = str(few)
    (box.home / ".profile").write_text(f"PATH={few}\n")
    async with nest.hive() as hive:
        answer = await opened(
            nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO), "near": list(CAT)}
        )
        assert answer["started"] == ["near"]
        assert any("box has no tmux" in note for note in answer["notes"])
        assert standing(hive, "box") is Standing.REFUSED
        (seen,) = (await hive.inspecting.check())["hosts"]
        assert "apt-get install tmux" in seen["hint"]
        (few / "tmux").symlink_to("/usr/bin/tmux")
        hive.inspecting.retry()
        await soon(lambda: standing(hive, "box") is Standing.UP)
        assert agent(hive, "far").reading.state is AgentState.EXITED
        assert agent(hive, "far").note == "it was not started: box is refused: box has no tmux."
        await hive.restart(**at(hive, "far"))
        await shows(hive, "far", "ready on box")


async def test_history_of_a_pane_elsewhere_is_looked_back_on_and_searched(nest: Nest, box: Box):
    async with nest.hive() as hive:
        await opened(
            nest, hive, {"box": {"command": box.command}}, {"far": on("box", ["sh", "-c", "seq 3000; exec cat"])}
        )
        await shows(hive, "far", "3000")
        viewer: Any = object()
        still = await hive.stills.take(viewer, pane=str(agent(hive, "far").pane))
        assert still["total"] > 3000
        rows = await hive.stills.rows(viewer, still=still["still"], start=10, count=2)
        assert [ansi.rstrip() for ansi, _, _ in rows["rows"]] == ["11", "12"]
        found = await hive.stills.search_all(viewer, workspace=workspace(hive).id, pattern="2718")
        assert [one["role"] for one in found["found"]] == ["far"]
        assert list(box.home.rglob("still-*")) == []


async def test_tmux_that_ends_there_ends_its_agents_and_they_can_be_started_again(nest: Nest, box: Box):
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO), "near": list(CAT)})
        await shows(hive, "far", "ready on box")
        for pid in box.processes():
            end(pid)
        await ended(hive, "far")
        assert "tmux on box is gone" in agent(hive, "far").note
        assert agent(hive, "near").pid is not None
        await soon(lambda: standing(hive, "box") is Standing.UP)
        await hive.restart(**at(hive, "far"))
        await shows(hive, "far", "ready on box")


async def test_agents_elsewhere_outlive_the_tmux_here_and_are_there_once_all_is_restored(nest: Nest, box: Box):
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO), "near": list(CAT)})
        await shows(hive, "far", "ready on box")
        pid = agent(hive, "far").pid
        await nest.server.kill(await nest.server.pid(), lambda which: not MACHINE.alive(which))
        await ended(hive, "near")
        assert agent(hive, "far").pid == pid
        await soon(lambda: workspace(hive).note)
        await hive.morning.restore(workspace=workspace(hive).id, env=nest.env, size=[120, 40])
        await soon(lambda: agent(hive, "near").pid is not None)
        await shows(hive, "near", "ready")
        await returns(hive, "far", "ready on box")
        assert agent(hive, "far").pid == pid


@promised(5.0)
async def test_several_agents_of_a_host_that_is_not_there_are_not_waited_for_one_by_one(nest: Nest, within: float):
    async with nest.hive() as hive:
        hosts = {"gone": {"command": ["no-such-program"]}}
        many = {f"far{number}": on("gone", ECHO) for number in range(5)}
        async with asyncio.timeout(within):
            answer = await opened(nest, hive, hosts, dict(**many, near=list(CAT)))
        assert answer["started"] == ["near"]
        assert sum("no-such-program" in note for note in answer["notes"]) == 5
        assert all("was not started: gone is" in agent(hive, role).note for role in many)


def slow(box: Box, flag: Path) -> list[str]:
    """Give words that lead into the box once there is a file `flag`."""
    return ["sh", "-c", f'while ! [ -e {flag} ]; do sleep 0.05; done; exec "$@"', "sh", *box.command]


async def test_a_host_that_takes_long_to_reach_holds_up_nobody_and_its_agents_start_then(
    nest: Nest, box: Box, short: Path
):
    hosts = {"box": {"command": slow(box, short / "flag")}}
    agents = {"far": on("box", ECHO), "mine": on("box", ECHO), "near": list(CAT)}
    async with nest.hive() as hive:
        answer = await opened(nest, hive, hosts, agents, 0.5)
        assert answer["started"] == ["near"]
        assert answer["notes"][0] == "far is started once box is reached, which is being tried."
        assert standing(hive, "box") is Standing.OPENING
        assert agent(hive, "far").reading.state is AgentState.STARTING
        await hive.shaping.close(**at(hive, "mine"))
        (short / "flag").touch()
        await soon(lambda: agent(hive, "far").pid is not None, what="its start")
        await shows(hive, "far", "ready on box")
        assert box.running("read -r line") == 1


async def test_an_agent_whose_host_is_not_reached_in_time_is_said_not_to_be_started(
    nest: Nest, box: Box, short: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("hiveui.hosts.link.CONNECT", 2.0)
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": slow(box, short / "flag")}}, {"far": on("box", ECHO)}, 0.5)
        assert agent(hive, "far").reading.state is AgentState.STARTING
        assert "it was not started: box is lost" in (await ended(hive, "far")).note
        (short / "flag").touch()
        hive.inspecting.retry()
        await soon(lambda: standing(hive, "box") is Standing.UP)
        assert agent(hive, "far").reading.state is AgentState.EXITED


async def test_a_workspace_is_taken_down_though_its_host_is_lost_and_opened_again_later(nest: Nest, box: Box):
    hosts = {"box": {"command": box.command}}
    async with nest.hive() as hive:
        said: list[str] = []
        hive.bus.listen(lambda event: said.append(event.text) if isinstance(event, Noticed) else None)
        await opened(nest, hive, hosts, {"far": on("box", ECHO), "near": list(CAT)})
        await shows(hive, "far", "ready on box")
        box.freeze()
        await soon(lambda: standing(hive, "box") is Standing.LOST)
        await hive.workspaces.close(workspace=workspace(hive).id)
        assert [text for text in said if "on box go on" in text]
        assert list(hive.bus.state.hosts) == ["box"]  # it can be restored there
        box.thaw()
        await opened(nest, hive, hosts, {"far": on("box", ECHO), "near": list(CAT)})
        await returns(hive, "far", "ready on box")
        await soon(lambda: box.running("read -r line") == 1, what="one program")


async def test_an_agent_that_is_removed_while_its_host_is_lost_is_ended_there_once_it_is_back(nest: Nest, box: Box):
    agents = {"far": on("box", ECHO), "other": on("box", ["sh", "-c", "echo stays; exec sleep 600"])}
    async with nest.hive() as hive:
        said: list[str] = []
        hive.bus.listen(lambda event: said.append(event.text) if isinstance(event, Noticed) else None)
        await opened(nest, hive, {"box": {"command": box.command}}, agents)
        await shows(hive, "far", "ready on box")
        box.freeze()
        await soon(lambda: standing(hive, "box") is Standing.LOST)
        await hive.shaping.close(**at(hive, "far"))
        assert workspace(hive).role("far") is None
        assert "far: it is removed; its program goes on there, and is ended once HiveUI reaches box." in said
    async with nest.hive() as hive:  # another daemon knows it too
        box.thaw()
        await soon(lambda: standing(hive, "box") is Standing.UP)
        await soon(lambda: box.running("read -r line") == 0, what="its end")
        await returns(hive, "other", "stays")
        assert [one.role for one in workspace(hive).agents] == ["other"]


async def test_how_hosts_are_reached_is_shown_before_a_layout_is_run(nest: Nest):
    async with nest.hive() as hive:
        nest.layout({"far": on("box", ECHO)}, hosts={"box": {"command": ["touch", "/evil"]}, "other": {"ssh": "x"}})
        plan = await hive.workspaces.plan(folder=str(nest.project), layout="one")
        assert plan["hosts"] == [{"name": "box", "way": "command", "argv": ["touch", "/evil"]}]
        assert not plan["known"]


async def test_two_hosts_of_one_name_are_refused(nest: Nest, box: Box):
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO)})
        with pytest.raises(UsageError, match="reached in another way"):
            await opened(nest, hive, {"box": {"command": ["env"]}}, {"far": on("box", ECHO)})
        await shows(hive, "far", "ready on box")


async def test_a_role_on_a_host_that_nobody_names_is_refused_with_the_mend(nest: Nest):
    async with nest.hive() as hive:
        with pytest.raises(LayoutError, match="`host: nowhere` of far is no host"):
            await opened(nest, hive, {}, {"far": on("nowhere", ECHO)})
        assert hive.bus.state.workspaces == {}


async def test_a_shell_that_is_opened_beside_an_agent_elsewhere_is_there_too(nest: Nest, box: Box):
    (box.home / "work").mkdir()
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command}}, {"far": on("box", ECHO, dir="work")})
        await shows(hive, "far", "ready on box")
        added = await hive.shaping.add(workspace=workspace(hive).id, where="columns", beside="far")
        shell = agent(hive, added["role"])
        assert (shell.host, shell.dir, str(shell.pane).partition("%")[0]) == ("box", "box:work", "box")
        await hive.panes.send(workspace=workspace(hive).id, role=shell.role, text="echo in:$PWD")
        await shows(hive, shell.role, f"in:{box.home}/work")
        undone = await hive.shaping.close(workspace=workspace(hive).id, role=shell.role)
        assert undone["undoable"]
        assert (await hive.shaping.undo(workspace=workspace(hive).id))["role"] == shell.role
        await soon(lambda: agent(hive, shell.role).pid is not None)


async def test_a_folder_that_is_not_there_is_said_in_the_pane(nest: Nest, box: Box):
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command, "dir": "/nowhere"}}, {"far": on("box", ECHO)})
        await shows(hive, "far", "its folder /nowhere is not there on box.")
        assert "Make it there" in (await ended(hive, "far")).note


async def test_a_program_that_a_login_shell_finds_since_then_is_found_at_the_next_start(nest: Nest, box: Box):
    async with nest.hive() as hive:
        await opened(nest, hive, {"box": {"command": box.command}}, {"far": on("box", ["brand-new"])})
        await shows(hive, "far", "brand-new was not found on box")
        place = box.home / "tools"
        place.mkdir()
        (place / "brand-new").write_text("#!/bin/sh\necho it is there\nexec cat\n")
        (place / "brand-new").chmod(0o755)
        (box.home / ".profile").write_text(f"PATH=$PATH:{place}\n")
        await hive.restart(**at(hive, "far"))  # which looks once more at what is there
        await ended(hive, "far")
        await hive.restart(**at(hive, "far"))
        await shows(hive, "far", "it is there")
