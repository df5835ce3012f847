import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from nest import Nest, agent, at
from waiting import soon

from hiveui.agents.hooks.injection import SCRIPT
from hiveui.hive import hearing
from hiveui.model.events import FileWritten
from hiveui.model.signs import AgentState as S
from tests.waiting import promised

KIND = """version = 1
title = "Fake"
argv = ["fake"]
session = ["--session-id", "{conversation}"]
hooks = { way = "settings", events = ["Stop"], prompts_wait = true }
"""
FAKE = '#!/bin/sh\necho "$@"\nexec cat\n'


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    """A nest with a kind of agents whose program has hooks."""
    made = Nest(short)
    made.paths.kinds.mkdir(parents=True)
    (made.paths.kinds / "fake.toml").write_text(KIND)
    program = made.project / "fake"
    program.write_text(FAKE)
    program.chmod(0o755)
    made.env["PATH"] = f"{made.project}:{made.env['PATH']}"
    async with made:
        yield made


FAKES = {"coder": {"kind": "fake"}, "writer": {"kind": "fake"}}


@contextlib.asynccontextmanager
async def heard(nest):
    async with nest.hive() as hive:
        listening = asyncio.create_task(hive.hearing.listen())
        try:
            yield hive
        finally:
            listening.cancel()
            await asyncio.wait([listening])


def environment(hive, role):
    supervisor = next(iter(hive._supervisors.values()))
    return {variable.name: variable.value for variable in supervisor.environment(agent(hive, role))}


def tell(hive, env, event, session="s-1", **fields):
    """Run the hook as the agent's program would, in `env`."""
    payload = (
        fields.pop("raw", None) or json.dumps({"hook_event_name": event, "session_id": session, **fields}).encode()
    )
    command = ["sh", str(hive._paths.hooks / SCRIPT), event, env["HIVE_AGENT_ID"]]
    subprocess.run(command, input=payload, env=env, check=True)


@promised(0.15)
async def test_a_hook_is_heard_soon_and_tells_state_and_conversation(nest: Nest, within: float):
    async with heard(nest) as hive:
        await nest.open(hive, FAKES)
        env = environment(hive, "coder")
        first = agent(hive, "coder").conversation
        times = []
        for turn in range(20):
            before = time.perf_counter()
            tell(hive, env, "UserPromptSubmit", prompt_id=str(turn), prompt="go")
            await soon(lambda: agent(hive, "coder").reading.state is S.WORKING)
            times.append(time.perf_counter() - before)
            tell(hive, env, "Stop", prompt_id=str(turn), last_assistant_message=f"answer {turn}")
            await soon(lambda: agent(hive, "coder").reading.state is S.DONE)
        assert sorted(times)[10] < within
        coder = agent(hive, "coder")
        assert (coder.reading.source, coder.reading.evidence) == ("hook", "its turn ended: answer 19")
        assert (coder.conversation, coder.conversations) == ("s-1", ("s-1", first))
        assert (await hive.why(**at(hive, "coder"), env=True))["reading"]["source"] == "hook"


async def test_what_its_tools_wrote_is_noted_once_a_turn_and_told_to_who_was_away(nest: Nest):
    async with heard(nest) as hive:
        await nest.open(hive, FAKES)
        env, folder = environment(hive, "coder"), agent(hive, "coder").dir
        for turn in ("p1", "p2"):
            tell(hive, env, "UserPromptSubmit", prompt="go on", prompt_id=turn)
            for use, path in enumerate((f"{folder}/a.py", f"{folder}/a.py", "/elsewhere/b.py")):
                fields = {"tool_name": "Write", "tool_input": {"file_path": path}, "tool_use_id": f"{turn}-{use}"}
                tell(hive, env, "PostToolUse", prompt_id=turn, **fields)
        paths = ["a.py", "/elsewhere/b.py"] * 2

        def noted():
            return [r.event.path for r in hive._events.read(0, 1000) if isinstance(r.event, FileWritten)]

        await soon(lambda: noted() == paths)
        (coder, _) = (await hive.absence.since(minutes=5))["agents"]
        assert coder["files"] == paths[:2]
        assert "wrote a.py, b.py" in coder["sentence"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the spool is looked at all the time")
async def test_while_agents_rest_nothing_looks_at_the_spool_and_a_hook_is_heard_all_the_same(nest: Nest, monkeypatch):
    monkeypatch.setattr(hearing, "AT_LEAST", 3600.0)
    async with heard(nest) as hive:
        await nest.open(hive, FAKES)
        env = environment(hive, "coder")
        with open(env["HIVE_SPOOL"], "ab", buffering=0) as late:  # as a hook that runs for long
            for turn in range(3):
                tell(hive, env, "UserPromptSubmit", prompt_id=str(turn), prompt="go")
                await soon(lambda: agent(hive, "coder").reading.state is S.WORKING)
                tell(hive, env, "Stop", prompt_id=str(turn))
                await soon(lambda: agent(hive, "coder").reading.state is S.DONE)
            payload = json.dumps({"hook_event_name": "Stop", "last_assistant_message": "late"})
            late.write(f"\x1e{env['HIVE_TOKEN']} Stop {payload}\n".encode())
        await soon(lambda: agent(hive, "coder").reading.evidence == "its turn ended: late")


async def test_what_happened_while_no_daemon_lived_is_heard_by_the_next_one(nest: Nest):
    async with heard(nest) as hive:
        await nest.open(hive, FAKES)
        env, pid = environment(hive, "coder"), agent(hive, "coder").pid
    tell(hive, env, "UserPromptSubmit", prompt_id="p", prompt="go")
    tell(hive, env, "PermissionRequest", tool_name="Bash", tool_input={"command": "make"})
    stopped = os.stat(env["HIVE_SPOOL"]).st_mtime
    async with heard(nest) as hive:
        await soon(lambda: agent(hive, "coder").reading.state is S.APPROVAL)
        reading = agent(hive, "coder").reading
        assert (agent(hive, "coder").pid, reading.evidence) == (pid, "it asks: Bash: make")
        assert reading.since[:19] >= time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(stopped))


async def test_bad_input_changes_no_agents_state_and_ends_nothing(nest: Nest):
    async with heard(nest) as hive:
        await nest.open(hive, FAKES)
        env = environment(hive, "coder")
        theirs = environment(hive, "writer")
        before = agent(hive, "coder").reading
        for raw in (b"no json", b"\x1e" * 9, b'{"half": ', b"\x00\xff\x1b]0;x\x07", b"[" * 200_000, b"x" * 10_000_000):
            tell(hive, env, "Stop", raw=raw)
        tell(hive, env, "FromTheFuture", session="s-1")
        tell(hive, {**env, "HIVE_TOKEN": theirs["HIVE_TOKEN"]}, "Stop", session="forged")
        tell(hive, {**env, "HIVE_TOKEN": "coder.guess"}, "Stop", session="forged")
        await soon(lambda: hive.hearing.figures().get("forged") == 2 and not os.listdir(nest.paths.spool))
        assert agent(hive, "coder").reading.source == before.source
        tell(hive, env, "Stop", last_assistant_message="still heard")
        await soon(lambda: agent(hive, "coder").reading.evidence == "its turn ended: still heard")
        assert agent(hive, "writer").reading.source != "hook"


async def test_settings_with_hooks_are_passed_to_the_program_that_is_run(nest: Nest):
    async with heard(nest) as hive:
        await nest.open(hive, FAKES)
        settings = nest.paths.hooks / f"{agent(hive, 'coder').id}.json"
        assert settings.stat().st_mode & 0o777 == 0o600
        (entry,) = json.loads(settings.read_text())["hooks"]["Stop"]
        assert entry["hooks"][0]["command"].startswith("sh ")
        assert "--settings" not in agent(hive, "coder").argv
        gone = settings.with_name("gone-1.json")
        gone.write_text("{}")
    async with heard(nest):
        assert (settings.exists(), gone.exists()) == (True, False)
