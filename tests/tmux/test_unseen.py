"""Agents that nobody looks at: followed by their screens, and unmoved by a tmux that stands still or is met anew."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from nest import Nest, agent, workspace
from waiting import soon

from hiveui.agents.hooks.injection import SCRIPT
from hiveui.hive import hive as module
from hiveui.hive.hive import Hive
from hiveui.model.events import AgentExited, AgentRead, Event
from hiveui.model.signs import AgentState as S

EDGE = "─" * 30
SCREENS = {
    "works": (
        S.WORKING,
        ["● Reading", "", "✻ Testing… (3s · esc to interrupt)", EDGE, "❯ ", EDGE, "  esc to interrupt"],
    ),
    "asks": (S.APPROVAL, [EDGE, " Bash command", "   make", " Do you want to proceed?", " ❯ 1. Yes", "   2. No"]),
    "rests": (S.IDLE, ["● Hello", "", "⎿ Interrupted by user", EDGE, "❯ ", EDGE, "  ? for shortcuts"]),
}
"""What Claude Code shows, by role, and the state that rules read off it."""
LIVELY = """while :; do printf '\\033[H\\033[2J'; cat %s; sleep 0.3; done"""
HOOKED = """version = 1
title = "Fake"
argv = ["fake"]
quiet_when_hidden = true
hooks = { way = "settings", events = ["UserPromptSubmit"] }
"""


@pytest.fixture
async def nest(short: Path) -> AsyncIterator[Nest]:
    """A nest whose tmux is gone at the end, though it was stopped."""
    async with Nest(short) as made:
        yield made


@contextlib.asynccontextmanager
async def staffed(nest: Nest) -> AsyncIterator[Hive]:
    """Run a hive in which agents tell of themselves by their screens and, `hooked`, by a hook."""
    nest.paths.kinds.mkdir(parents=True)
    (nest.paths.kinds / "fake.toml").write_text(HOOKED)
    (nest.project / "fake").write_text("#!/bin/sh\nexec cat\n")
    (nest.project / "fake").chmod(0o755)
    nest.env["PATH"] = f"{nest.project}:{nest.env['PATH']}"
    agents = {"hooked": {"kind": "fake"}}
    for role, (_, rows) in SCREENS.items():
        (nest.project / role).write_text("\n".join(rows))
        agents[role] = {"kind": "claude", "command": ["sh", "-c", LIVELY % role]}
    async with nest.hive() as hive:
        keepers = [asyncio.create_task(work()) for work in (hive.hearing.listen, hive.housekeeping)]
        try:
            await nest.open(hive, agents)
            variables = hive._supervisors[workspace(hive).id].environment(agent(hive, "hooked"))
            env = {variable.name: variable.value for variable in variables}
            told = json.dumps({"hook_event_name": "UserPromptSubmit", "session_id": "s-1"}).encode()
            argv = ["sh", str(nest.paths.hooks / SCRIPT), "UserPromptSubmit", env["HIVE_AGENT_ID"]]
            subprocess.run(argv, input=told, env=env, check=True)
            expected = {"hooked": S.WORKING} | {role: state for role, (state, _) in SCREENS.items()}
            await soon(lambda: {role: agent(hive, role).reading.state for role in expected} == expected)
            yield hive
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.wait(keepers)


@contextlib.contextmanager
def nobody_changes(hive: Hive) -> Iterator[Callable[[], Event | None]]:
    """Fail where an agent's state changes meanwhile; gives what tells of the first change."""
    states = {one.id: one.reading.state for one in workspace(hive).agents}
    changes: list[Event] = []

    def hear(event: Event) -> None:
        if isinstance(event, AgentExited) or (isinstance(event, AgentRead) and event.reading.state != states[event.id]):
            changes.append(event)

    hive.bus.listen(hear)
    yield lambda: next(iter(changes), None)
    assert changes == []


async def passes(seconds: float, changed: Callable[[], object]) -> None:
    """Let time pass in which nothing is to change."""
    with pytest.raises(AssertionError):
        await soon(changed, seconds)


async def test_a_tmux_that_stands_still_for_two_seconds_changes_nobodys_state(nest: Nest, monkeypatch):
    monkeypatch.setattr(module, "HOUSEKEEPING", 0.2)
    async with staffed(nest) as hive:
        tmux = await nest.server.pid()
        captures = hive.figures()["captures"]
        with nobody_changes(hive) as changed:
            os.kill(tmux, signal.SIGSTOP)
            try:
                await passes(2.0, changed)
            finally:
                os.kill(tmux, signal.SIGCONT)
            await soon(lambda: hive.figures()["captures"] > captures + 4)
            await passes(1.5, changed)


async def test_a_connection_that_is_made_anew_changes_nobodys_state(nest: Nest, monkeypatch):
    monkeypatch.setattr(module, "HOUSEKEEPING", 0.2)
    async with staffed(nest) as hive:
        session = hive._supervisors[workspace(hive).id].here.session
        with nobody_changes(hive) as changed:
            for blow in (signal.SIGKILL, signal.SIGSTOP):
                tap, captures = session.tap_pid, session.captures
                os.kill(tap, blow)
                await soon(lambda tap=tap: session.tap_pid != tap and not session._client.lost)
                await soon(lambda captures=captures: session.captures > captures + 4)
            await passes(1.5, changed)


async def test_a_hidden_agent_whose_screen_alone_tells_of_it_is_followed(nest: Nest, monkeypatch):
    monkeypatch.setattr(module, "HOUSEKEEPING", 0.05)
    async with staffed(nest) as hive:
        session = hive._supervisors[workspace(hive).id].here.session
        await soon(lambda: agent(hive, "hooked").pane in session._held, what="tmux keeps back what is not read")
        for _ in range(3):
            for rows, state in ((SCREENS["asks"][1], S.APPROVAL), (SCREENS["rests"][1], S.IDLE)):
                (nest.project / "rests").write_text("\n".join(rows))
                await soon(lambda state=state: agent(hive, "rests").reading.state is state)
