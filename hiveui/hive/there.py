"""How agents' programs begin on another host: with our hooks, in a folder there, if the program is there."""

import asyncio
from dataclasses import replace
from pathlib import Path

from hiveui.agents.hooks.injection import Injection, Program, install
from hiveui.agents.launch import Launch
from hiveui.errors import HostError, StorageError
from hiveui.hive.checkouts import Beginning
from hiveui.hive.processes import telling
from hiveui.hive.remote import Remote
from hiveui.hosts.disk import Disk
from hiveui.hosts.survey import said
from hiveui.model.agent import Agent
from hiveui.model.ownership import Bounds, Mode, mode_of

LOOK = """
cd -- "$1" 2>/dev/null || exit 3
PATH=$2
command -v -- "$3" >/dev/null || exit 4
"""
LACKS = {
    3: "its folder {folder} is not there on {host}. Make it there, then start the agent.",
    4: "{program} was not found on {host}, in the PATH of a login shell there. Install it there.",
}
"""What the exit statuses of LOOK mean."""


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


async def begin(host: Remote, launch: Launch) -> Beginning:
    """Give how a program begins there: itself, or a sentence on why not. Raises HostError."""
    if host.found is None:
        raise host.unreached()
    folder = placed(launch.cwd, host.found.home)
    words = ["sh", "-s", "--", folder, host.found.env.get("PATH", ""), launch.argv[0]]
    done = await host.line.run(words, stdin=LOOK.encode())
    if done.code == 0:
        return Beginning(launch.argv, folder)
    if done.code not in LACKS:
        raise HostError(f"{host.name} does not answer: {said(done)}.")
    await host.look()  # a PATH that names it since then holds at the next start
    sentence = LACKS[done.code].format(folder=folder, host=host.name, program=launch.argv[0])
    return Beginning(tuple(telling(sentence)), "/", lambda: sentence, hopeless=True)


def placed(folder: str, home: str) -> str:
    """Give a folder of a host as an absolute path: what is relative is below the home there."""
    return folder if folder.startswith("/") else f"{home}/{folder}".removesuffix("/.")
