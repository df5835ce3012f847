"""What agents on another host tell is heard as if they were here."""

import asyncio
import contextlib
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hiveui.hive.hive import Hive
from hiveui.model.hosts import Standing
from hiveui.model.signs import AgentState as S
from tests.far import Box
from tests.tmux.elsewhere import opened
from tests.tmux.nest import Nest, agent, shows
from tests.waiting import soon

KIND = """version = 1
title = "Fake"
argv = ["fake"]
session = ["--session-id", "{conversation}"]
hooks = { way = "settings", events = ["Stop"], since = { Stop = "1.0" } }
"""
FAKE = """#!/bin/sh
[ "$1" = --version ] && echo 2.0 && exit
echo "$@"
echo "spool=$HIVE_SPOOL"
exec cat
"""


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    made = Nest(short)
    made.paths.kinds.mkdir(parents=True)
    (made.paths.kinds / "fake.toml").write_text(KIND)
    async with made:
        yield made


@contextlib.contextmanager
def speaking_box(folder: Path) -> Iterator[Box]:
    """Begin a box with a program that has hooks."""
    box = Box(folder)
    programs = box.home / "bin"
    programs.mkdir()
    (programs / "fake").write_text(FAKE)
    (programs / "fake").chmod(0o755)
    (box.home / ".profile").write_text(f"PATH={programs}:$PATH\n")
    with contextlib.closing(box):
        yield box


@pytest.fixture
def box(short: Path) -> Iterator[Box]:
    with speaking_box(short / "box") as box:
        yield box


@contextlib.asynccontextmanager
async def heard(nest: Nest, box: Box) -> AsyncIterator[Hive]:
    """Run a hive with an agent in the box whose program has hooks."""
    async with nest.hive() as hive:
        listening = asyncio.create_task(hive.hearing.listen())
        try:
            answer = await opened(
                nest, hive, {"box": {"command": box.command}}, {"far": {"kind": "fake", "host": "box"}}
            )
            await soon(lambda: hive.bus.state.hosts["box"].link.standing is Standing.UP)
            await shows(hive, "far", "spool=")
            assert answer["notes"] == []
            yield hive
        finally:
            listening.cancel()
            await asyncio.wait([listening])


def environment(hive: Hive) -> dict[str, str]:
    (supervisor,) = hive._supervisors.values()
    return {variable.name: variable.value for variable in supervisor.environment(agent(hive, "far"))}


def ours(box: Box) -> Path:
    (folder,) = (box.home / ".local/state/hive-hosts").iterdir()
    return folder


def tell(hive: Hive, box: Box, event: str, **fields: object) -> None:
    """Run the hook there as the agent's program would."""
    env = environment(hive)
    words = ["env", *(f"{name}={env[name]}" for name in ("HIVE_TOKEN", "HIVE_SPOOL", "HIVE_AGENT_ID"))]
    hook = ["sh", str(ours(box) / "hooks" / "hook.sh"), event, env["HIVE_AGENT_ID"]]
    payload = json.dumps({"hook_event_name": event, "session_id": "s-1", **fields}).encode()
    subprocess.run([*box.command, *words, *hook], input=payload, check=True)


def state(hive: Hive) -> S:
    return agent(hive, "far").reading.state


async def test_what_a_hook_tells_on_another_host_is_heard_here_once_and_kept_nowhere(nest: Nest, box: Box):
    async with heard(nest, box) as hive:
        for turn in range(3):
            tell(hive, box, "UserPromptSubmit", prompt=f"turn {turn}", prompt_id=str(turn))
            await soon(lambda: state(hive) is S.WORKING)
            tell(hive, box, "Stop", prompt_id=str(turn))
            await soon(lambda: state(hive) is S.DONE)
        assert agent(hive, "far").conversation == "s-1"
        assert hive.hearing.events == 6
        folder = ours(box)
        assert folder.stat().st_mode & 0o777 == 0o700
        await soon(lambda: list((folder / "spool").iterdir()) == [], what="the spool there to be empty")
        assert hive.hearing.events == 6
        (settings,) = (folder / "hooks").glob("*.json")
        assert settings.stat().st_mode & 0o777 == 0o600
        assert "Stop" in settings.read_text()


async def test_what_is_told_while_the_line_is_cut_is_heard_once_it_is_back(nest: Nest, box: Box):
    async with heard(nest, box) as hive:
        tell(hive, box, "UserPromptSubmit", prompt="go")
        await soon(lambda: state(hive) is S.WORKING)
        box.freeze()
        await soon(lambda: hive.bus.state.hosts["box"].link.standing is Standing.LOST)
        with contextlib.suppress(subprocess.CalledProcessError):
            tell(hive, box, "Stop")
        assert state(hive) is S.WORKING
        box.thaw()
        await soon(lambda: state(hive) is S.DONE)
        await soon(lambda: list((ours(box) / "spool").iterdir()) == [], what="the spool there")
        assert hive.hearing.events == 2
        assert hive.hearing.figures()["unread"] == 0


async def test_a_host_cannot_speak_for_an_agent_that_is_not_there(nest: Nest, box: Box):
    async with heard(nest, box) as hive:
        spool = ours(box) / "spool"
        record = b"\x1eforged Stop {}\n"
        for name in ("other-1.seq", f"{agent(hive, 'far').id}.seq", "..seq", "x y.seq"):
            (spool / name).write_bytes(record)
        await soon(lambda: hive.hearing.figures().get("forged") == 1, what="the forgery")
        tell(hive, box, "UserPromptSubmit", prompt="go")
        await soon(lambda: state(hive) is S.WORKING)
        assert hive.hearing.events == 1
        assert [path.name for path in nest.paths.spool.iterdir() if path.name.startswith("other")] == []
