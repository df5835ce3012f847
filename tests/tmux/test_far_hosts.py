"""Agents behind a real sshd, in a network namespace of its own: what a broken line does to them, and to prompts."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hiveui.errors import HostError, TmuxError
from hiveui.hive.hive import Hive
from hiveui.model.hosts import Standing
from tests.far import Far
from tests.tmux.elsewhere import ECHO, SEEN, link, opened, returns
from tests.tmux.nest import CAT, Nest, agent, at, ended, shows, workspace
from tests.waiting import promised, soon

RECEIVER = [sys.executable, "-P", str(Path(__file__).with_name("receiver.py"))]


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    async with Nest(short) as made:
        yield made


@pytest.fixture
def far(short: Path) -> Iterator[Far]:
    far = Far(short / "far")
    yield far
    far.close()


@pytest.fixture
def full(short: Path) -> Iterator[Far]:
    """A host whose home is a file system of 64 KiB."""
    home = short / "far" / "home"
    home.mkdir(parents=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(home)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        far = Far(short / "far")
        yield far
        far.close()
    finally:
        subprocess.run(["umount", "-l", str(home)], check=True)


def got(kept: Path) -> list[str]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


async def stands(hive: Hive, standing: Standing, within: float = 30.0) -> None:
    """Wait until the host stands so."""
    await soon(lambda: link(hive, "far").standing is standing, within, f"{standing} ({link(hive, 'far')})")


FAR = {"command": ECHO, "host": "far"}


@promised(SEEN)
async def test_an_agent_behind_ssh_outlives_the_line_and_nothing_is_typed_blindly(nest: Nest, far: Far, within: float):
    async with nest.hive() as hive:
        answer = await opened(nest, hive, {"far": {"ssh": far.ssh}}, {"far": FAR, "near": list(CAT)})
        assert sorted(answer["started"]) == ["far", "near"], answer["notes"]
        await shows(hive, "far", "ready on far")
        pid, pane = agent(hive, "far").pid, str(agent(hive, "far").pane)
        far.cut()
        await stands(hive, Standing.LOST, within)
        assert "far" in link(hive, "far").note
        with pytest.raises(HostError, match="far is lost"):
            hive.panes.input(None, pane=pane, input=[["text", "typed blindly"]])
        await hive.panes.send(**at(hive, "near"), text="here all is well")
        await shows(hive, "near", "here all is well")
        assert agent(hive, "far").pid == pid
        far.mend()
        hive.inspecting.retry()
        await stands(hive, Standing.UP)
        found = await returns(hive, "far", "ready on far", within)
        assert "typed blindly" not in found
        assert agent(hive, "far").pid == pid
        await hive.panes.send(**at(hive, "far"), text="again")
        await shows(hive, "far", "got:again")


@promised(SEEN)
async def test_a_frozen_sshd_is_seen_within_five_seconds(nest: Nest, far: Far, within: float):
    async with nest.hive() as hive:
        await opened(nest, hive, {"far": {"ssh": far.ssh}}, {"far": FAR})
        await shows(hive, "far", "ready on far")
        far.signal(signal.SIGSTOP, "sshd")
        await stands(hive, Standing.LOST, within)
        far.signal(signal.SIGCONT, "sshd")
        hive.inspecting.retry()
        await stands(hive, Standing.UP)
        await returns(hive, "far", "ready on far")


async def test_an_unknown_and_a_changed_host_key_stop_and_are_not_tried_again(nest: Nest, far: Far):
    (far.folder / "known_hosts").write_text("")
    async with nest.hive() as hive:
        answer = await opened(nest, hive, {"far": {"ssh": far.ssh}}, {"far": FAR, "near": list(CAT)})
        assert answer["started"] == ["near"]
        assert link(hive, "far").standing is Standing.REFUSED
        assert link(hive, "far").note == "The host key of far is not known here."
        assert "hive hosts retry far" in link(hive, "far").hint
        hive.hosts.find("far").retry()  # as a key would
        other = far.folder / "other"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
        far.know(other)
        since = link(hive, "far").since
        hive.inspecting.retry()
        await soon(lambda: "another host key" in link(hive, "far").note)
        assert "ssh-keygen -R" in link(hive, "far").hint
        assert link(hive, "far").since == since
        far.know()
        hive.inspecting.retry(names=["far"])
        await stands(hive, Standing.UP)
        await hive.restart(**at(hive, "far"))
        await shows(hive, "far", "ready on far")


async def test_a_key_that_is_not_taken_stops_with_a_sentence(nest: Nest, far: Far):
    (far.folder / "authorized_keys").write_text("")
    async with nest.hive() as hive:
        await opened(nest, hive, {"far": {"ssh": far.ssh}}, {"far": FAR})
        assert link(hive, "far").standing is Standing.REFUSED
        assert "does not take any key" in link(hive, "far").note


async def test_a_full_disk_there_is_a_sentence_and_ends_nothing(nest: Nest, full: Far):
    async with nest.hive() as hive:
        filling = full.home / "filling"
        with contextlib.suppress(OSError), filling.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        answer = await opened(nest, hive, {"far": {"ssh": full.ssh}}, {"far": FAR, "near": list(CAT)})
        assert answer["started"] == ["near"]
        assert any("No space left on device" in note for note in answer["notes"]), answer
        (seen,) = (await hive.inspecting.check())["hosts"]
        assert [check["name"] for check in seen["checks"] if not check["ok"]] == ["folder"]
        filling.unlink()
        await hive.restart(**at(hive, "far"))
        await shows(hive, "far", "ready on far")
        await hive.workspaces.close(workspace=next(iter(hive.bus.state.workspaces)))


async def test_prompts_for_an_agent_whose_line_breaks_arrive_once(nest: Nest, far: Far):
    kept = nest.project / "kept"
    async with nest.hive() as hive:
        await opened(
            nest,
            hive,
            {"far": {"ssh": far.ssh}},
            {"far": {"kind": "rehearsal", "command": [*RECEIVER, str(kept)], "host": "far"}},
        )
        await soon(lambda: agent(hive, "far").reading.state == "idle")
        for number in range(6):
            await hive.prompts.queue(**at(hive, "far"), text=f"prompt {number}")
            if number % 2:
                far.cut()
                await stands(hive, Standing.LOST)
                await hive.prompts.queue(**at(hive, "far"), text=f"meanwhile {number}")
                far.mend()
                hive.inspecting.retry()
                await stands(hive, Standing.UP)
        wanted = ["prompt 0", "prompt 1", "meanwhile 1", "prompt 2", "prompt 3", "meanwhile 3"]
        wanted += ["prompt 4", "prompt 5", "meanwhile 5"]
        await soon(lambda: len(got(kept)) >= len(wanted), 30, "prompts")
        await soon(lambda: not hive.bus.state.workspaces[workspace(hive).id].queues)
        assert got(kept) == wanted


async def test_a_line_that_loses_a_third_of_its_packets_still_carries_an_agent(nest: Nest, far: Far):
    async with nest.hive() as hive:
        await opened(nest, hive, {"far": {"ssh": far.ssh}}, {"far": FAR, "near": list(CAT)})
        await shows(hive, "far", "ready on far")
        pid = agent(hive, "far").pid
        far.wire.lost = 0.3

        async def echoes(line: str) -> str:
            with contextlib.suppress(TmuxError, AssertionError):
                await hive.panes.send(**at(hive, "far"), text=line)
                return await shows(hive, "far", f"got:{line}", 5)
            return ""

        for number in range(3):
            await soon(lambda number=number: echoes(f"line {number}"), 60, f"line {number}")
        await hive.panes.send(**at(hive, "near"), text="here all is well")
        await shows(hive, "near", "here all is well")
        assert agent(hive, "far").pid == pid


async def test_an_agent_there_that_ends_is_seen_to_end(nest: Nest, far: Far):
    async with nest.hive() as hive:
        await opened(
            nest, hive, {"far": {"ssh": far.ssh}}, {"far": {"command": ["sh", "-c", "read x; exit 3"], "host": "far"}}
        )
        await hive.panes.send(**at(hive, "far"), text="go")
        assert (await ended(hive, "far")).exit_status == 3
