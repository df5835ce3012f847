"""How agents' programs begin on another host: with our hooks, in a folder there, if the program is there."""

import asyncio
import posixpath
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hiveui import hosts
from hiveui.agents.hooks.injection import Injection, Program, install
from hiveui.agents.launch import Launch
from hiveui.errors import GitError, HostError, StorageError
from hiveui.hive import trees
from hiveui.hive.checkouts import Beginning, telling_only
from hiveui.hive.remote import Remote
from hiveui.hosts.disk import Disk
from hiveui.hosts.survey import said
from hiveui.model.agent import Agent
from hiveui.model.hosts import folder_on
from hiveui.model.ownership import Bounds, Mode, mode_of
from hiveui.model.worktree import Worktree

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
SETUP = Path(hosts.__file__).with_name("setup.sh")
"""Sets a worktree up there, in the agent's pane."""


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


async def begin(host: Remote, launch: Launch, say: Callable[[str], None]) -> Beginning:
    """Have the worktree of a launch be there, and give how its program begins: itself, or a sentence on why not.

    `say` hears what is done there. Raises HostError.
    """
    if host.found is None:
        raise host.unreached()
    home, folder, argv = host.found.home, placed(launch.cwd, host.found.home), launch.argv
    tree = launch.there
    if tree is not None:
        absolute = replace(tree, path=placed(tree.path, home), folder=placed(tree.folder, home))
        try:
            stand = await trees.ensure(host, host.found, absolute, say)
        except GitError as error:
            return replace(telling_only(f"{error} {error.hint}".strip()), trouble=error)
        inner = posixpath.relpath(launch.cwd, tree.path)
        folder = posixpath.normpath(posixpath.join(stand.path, stand.prefix, inner))
        if tree.needs_setup and not stand.is_ready:
            argv = tuple(await _setting_up(host, tree, stand, launch))
    words = ["sh", "-s", "--", folder, host.found.env.get("PATH", ""), argv[0]]
    done = await host.line.run(words, stdin=LOOK.encode())
    if done.code == 0:
        return Beginning(argv, folder)
    if done.code not in LACKS:
        raise HostError(f"{host.name} does not answer: {said(done)}.")
    await host.look()  # a PATH that names it since then holds at the next start
    return telling_only(LACKS[done.code].format(folder=folder, host=host.name, program=argv[0]))


async def _setting_up(host: Remote, tree: Worktree, stand: trees.Stand, launch: Launch) -> list[str]:
    """Give the words that set a worktree up and become the agent's. Raises HostError where they cannot be had there."""
    disk, script = Disk(host.line, asyncio.get_running_loop()), host.scratch / SETUP.name
    try:
        await asyncio.to_thread(disk.write, script, await asyncio.to_thread(SETUP.read_bytes))
    except OSError as error:
        raise HostError(f"{script} cannot be written on {host.name}: {error.strerror}.") from error
    steps = [word for name in tree.copy for word in ("copied", name)]
    steps += [word for name in tree.link for word in ("linked", name)]
    steps += [word for command in tree.setup for word in ("run", str(len(command)), *command)]
    return ["sh", str(script), stand.top, stand.path, stand.ready, *steps, "become", *launch.argv]


def moved(agent: Agent, beginning: Beginning) -> Agent:
    """Give an agent there with the folder in which its program begins."""
    return agent if beginning.hopeless else replace(agent, dir=folder_on(agent.host, beginning.cwd))


def placed(folder: str, home: str) -> str:
    """Give a folder of a host as an absolute path: what is relative is below the home there."""
    return folder if folder.startswith("/") else f"{home}/{folder}".removesuffix("/.")
