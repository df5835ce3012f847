"""How an agent's program on another host is given our hooks: by files there, in the folder of ours."""

import asyncio
from dataclasses import replace
from pathlib import Path

from hiveui.agents.hooks.injection import Injection, Program, install
from hiveui.agents.launch import Launch
from hiveui.errors import StorageError
from hiveui.hive.remote import Remote
from hiveui.hive.there import placed
from hiveui.hosts.disk import Disk
from hiveui.model.agent import Agent
from hiveui.model.ownership import Bounds, Mode, mode_of


def bounds(agent: Agent) -> Bounds | None:
    """Say how an agent there is held to what its role owns: it is not, and the person is told after."""
    mode = mode_of(agent.spec) if agent.spec is not None else None
    if mode in {None, Mode.WARN}:
        return None if mode is None else Bounds()
    return Bounds(notes=(f"not enforced on {agent.host}: you are told after.",))


async def hook(host: Remote, agent: Agent, way: Launch, env: dict[str, str]) -> tuple[Launch, dict[str, str]]:
    """Give what is run there with our hooks, and its environment; unchanged where they cannot be given."""
    if way.hooks is None or host.found is None:
        return way, env
    disk = Disk(host.line, asyncio.get_running_loop())
    folder = Path(host.found.folder.path, "hooks")
    program = Program(agent.id, way.argv, env, placed(way.cwd, host.found.home))

    def write(path: Path, data: bytes) -> None:
        try:
            disk.write(path, data)
        except OSError as error:
            raise StorageError(f"{path} cannot be written on {host.name}: {error.strerror}.") from error

    def inject() -> tuple[Launch, dict[str, str]]:
        try:
            install(folder, write, disk)
        except StorageError:
            return way, env
        injected = Injection(folder, write, disk).inject(way.hooks, program) if way.hooks else program
        return replace(way, argv=injected.argv), {**env, **injected.env}

    return await asyncio.to_thread(inject)
