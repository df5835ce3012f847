"""A hive without a daemon, a gateway or a screen, on a tmux of its own."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest
from waiting import soon

from hiveui.hive.hive import Hive
from hiveui.hosts.line import Local
from hiveui.machine import this_machine
from hiveui.model.agent import Agent
from hiveui.model.state import Workspace
from hiveui.paths import Paths, secure_folder
from hiveui.storage.eventlog import EventLog
from hiveui.tmux.server import Server, environment
from tests.repositories import repository

MACHINE = this_machine()
Program = Sequence[str] | Mapping[str, Any]
CAT = ("sh", "-c", "echo ready; exec cat")
"""A program that shows what it is given."""


class Nest:
    """Folders of a hive, and a project `shop`; its tmux has ended when it is left."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(folder / "config", folder / "state", folder / "state" / "run")
        for place in (self.paths.state, self.paths.run):
            secure_folder(place)
        self.project = folder / "shop"
        self.project.mkdir()
        self.server = Server(
            self.paths.tmux_socket, self.paths.run / "tmux.conf", Local(environment(self.paths.tmux_socket)), list
        )
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "SHELL": "/bin/sh", "LANG": "C.UTF-8"}
        self.failures: list[BaseException] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pid = await self.server.pid()
        await self.server.kill(pid, lambda which: not MACHINE.alive(which))

    @contextlib.asynccontextmanager
    async def hive(self) -> AsyncIterator[Hive]:
        """Run a hive as a daemon would; its agents outlive it."""
        events = EventLog(self.paths.events)
        async with asyncio.TaskGroup() as tasks:
            over = False

            def spawn(work: Awaitable[None]) -> None:
                if not over:
                    tasks.create_task(self._guard(work))
                elif isinstance(work, Coroutine):  # of a timer that outlived the hive
                    work.close()

            hive = Hive(self.paths, MACHINE, events, self.server, spawn)
            try:
                await hive.adopt()
                yield hive
            finally:
                over = True
                hive.detach()
        events.close()
        assert self.failures == []

    async def _guard(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  the task boundary
            self.failures.append(error)

    def layout(self, agents: Mapping[str, Program], name: str = "one", **more: Any) -> None:
        """Write a layout; a role runs an argv, or is what its fields say."""
        specs = {role: dict(p) if isinstance(p, Mapping) else {"command": list(p)} for role, p in agents.items()}
        file = self.project / ".hive" / "layouts" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")  # somebody may be reading the old one
        fresh.write_text(json.dumps({"version": 1, "name": name, "agents": specs, **more}))
        fresh.replace(file)

    async def open(self, hive: Hive, agents: Mapping[str, Program], **more: Any) -> dict[str, Any]:
        """Open a layout of `agents` as the person who looked at it."""
        self.layout(agents)
        plan = await hive.workspaces.plan(folder=str(self.project), layout="one")
        asked = {"folder": str(self.project), "layout": "one", "env": self.env, "hash": plan["hash"]}
        return await hive.workspaces.open(**(asked | more))


def workspace(hive: Hive) -> Workspace:
    """Give the only workspace."""
    (only,) = hive.bus.state.workspaces.values()
    return only


def agent(hive: Hive, role: str) -> Agent:
    """Give an agent of the only workspace."""
    found = workspace(hive).role(role)
    assert found is not None, f"no {role} among {[a.role for a in workspace(hive).agents]}"
    return found


def at(hive: Hive, role: str) -> dict[str, str]:
    """Give the parameters of the verbs on one agent."""
    return {"workspace": workspace(hive).id, "role": role}


async def text(hive: Hive, role: str, **more: Any) -> str:
    """Give what stands in an agent's pane."""
    return "\n".join((await hive.panes.read(**at(hive, role), **more))["lines"]).rstrip()


async def shows(hive: Hive, role: str, wanted: str, within: float = 20.0) -> str:
    """Wait until an agent's pane shows something."""
    deadline = asyncio.get_running_loop().time() + within
    while wanted not in (found := await text(hive, role)):
        assert asyncio.get_running_loop().time() < deadline, f"{wanted!r} is not in {found!r}"
        await asyncio.sleep(0.02)
    return found


async def ended(hive: Hive, role: str) -> Agent:
    """Wait until an agent is known to have ended."""
    await soon(lambda: agent(hive, role).pid is None and agent(hive, role).reading.state == "exited", what=role)
    return agent(hive, role)


@pytest.fixture(name="nest")
async def nest_in_a_repository(short: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Nest]:
    """Have a nest whose project is a repository, with a git that is blind to this machine's configuration."""
    monkeypatch.setenv("HOME", str(short))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(short))
    made = Nest(short)
    repository(made.project, "file", "web/page")
    async with made:
        yield made
