"""How an agent that is about to start is put into its sandbox, and what is heard from there."""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hiveui.agents.environment import Variable
from hiveui.agents.launch import Launch
from hiveui.agents.sandboxes import box
from hiveui.agents.sandboxes.box import Folders, Site
from hiveui.agents.sandboxes.templates import Template, sandboxes, trouble
from hiveui.errors import ConfigError, GitError, MachineError, StorageError
from hiveui.git.repository import find, real
from hiveui.hive.checkouts import Beginning, telling_only
from hiveui.hive.holding import Starting
from hiveui.hive.surroundings import Surroundings
from hiveui.model.agent import Agent, AgentId
from hiveui.model.box import Boxed
from hiveui.model.events import Noticed
from hiveui.model.names import nearest, quoted
from hiveui.model.sandbox import MOST, AgentBoxed, Standing, WayRefused, refusal
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.paths import Paths, secure_folder
from hiveui.storage import atomic

DROPPED = ("SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")
"""Variables that name what is not there in a sandbox; so do those that begin with XDG_, and a program's own home."""
HOMES = ("CLAUDE_CONFIG_DIR", "CODEX_HOME")
OURS = ("TERM", "COLORTERM", "HIVE_AGENT_ID", "HIVE_ROLE", "HIVE_TOKEN", "HIVE_SPOOL", "HIVE_HOOK")
FOLDER = "sandboxes"
"""Below the state: what belongs to agents' sandboxes, by agent. Below the configuration: the person's own templates."""
READS = 1 << 17
"""Bytes that are read of what a proxy wrote down."""


def environment(
    around: Surroundings, agent: AgentId, launch: Launch | None, found: Sequence[Variable]
) -> tuple[Variable, ...]:
    """Give the environment of an agent as it is in its sandbox: without what is secret, but for what its kind needs."""
    boxed = launch.sandbox if launch is not None else None
    if boxed is None:
        return tuple(found)
    ours = box.variables(boxed, _folders(around.paths, agent))
    if any(variable.name == "HIVE_SPOOL" for variable in found):
        ours["HIVE_SPOOL"] = str(around.spool.box(agent))
    kept = {variable.name: variable for variable in found if _kept(variable, boxed)}
    kept |= {name: Variable(name, value, "hive") for name, value in ours.items()}
    return tuple(kept[name] for name in sorted(kept))


def _kept(variable: Variable, boxed: Boxed) -> bool:
    name = variable.name
    if variable.origin == "hive":
        return name in OURS or name.startswith("LC_")
    if variable.origin != "shell":
        return True
    if any(box.kept(name, pattern) for pattern in boxed.needs.env):
        return name not in HOMES
    return not (variable.secret or name in DROPPED or name in HOMES or name.startswith("XDG_"))


def at_home(paths: Paths, agent: Agent, env: Mapping[str, str]) -> Mapping[str, str]:
    """Give variables by which what an agent's program keeps is found, whether or not it runs in a sandbox."""
    if agent.spec is None or not agent.spec.sandbox or not agent.here:
        return env
    elsewhere = {name for name in env if name in HOMES or name.startswith("XDG_")}
    return {**{k: v for k, v in env.items() if k not in elsewhere}, "HOME": str(_folders(paths, agent.id).home)}


@dataclass(frozen=True, slots=True)
class Boxing:
    """What is to be run in an agent's sandbox."""

    around: Surroundings
    starting: Starting
    aside: str = ""
    """What it is beside the agent's own program; '' for that."""

    def words(self, argv: Sequence[str], place: Path, folder: str) -> list[str]:
        """Give the words that run `argv` in the sandbox, where `place` may be written.

        It makes files and asks programs, so it is not for the event loop. Raises MachineError with why it cannot be so,
        and StorageError.
        """
        agent, launch = self.starting.agent, self.starting.launch
        boxed = launch.sandbox
        if boxed is None:
            return list(argv)
        template = self._template(boxed)
        why = trouble(template, self.starting.env)
        if why:
            raise MachineError(f"its sandbox is not there: {why}")
        paths, folders = self.around.paths, _folders(self.around.paths, agent.id, self.aside)
        self._furnish(boxed, folders)
        tree = launch.worktree
        links = (os.path.realpath(f"{tree.root}/{name}") for name in tree.link) if tree is not None else ()
        try:
            git = find(place)
        except GitError:
            git = None
        site = Site(
            base=place,
            git=git.common if git is not None else None,
            folder=str(real(Path(folder))),
            hidden=tuple(real(path) for path in (Path.home(), paths.state, paths.config)),
            read=(*links, *map(str, _own(self.around.injection.folder, agent.id))),
            write=(str(self.around.spool.box(agent.id).parent),),
            env=self.starting.env,
            socket=str(self.around.hive_socket),
        )
        plan = box.plan_of(template, boxed, folders, site, argv)
        atomic.write(folders.plan, plan.to_json())
        return box.opens(folders)

    def _template(self, boxed: Boxed) -> Template:
        try:
            known = sandboxes(self.around.paths.config / FOLDER)
        except ConfigError as error:
            raise MachineError(f"{error} {error.hint}".strip()) from error
        if boxed.use not in known:
            raise MachineError(f"there is no sandbox {quoted(boxed.use)}. {nearest(boxed.use, known)}")
        return known[boxed.use]

    def _furnish(self, boxed: Boxed, folders: Folders) -> None:
        """Make its folders, and copy what its kind needs of the person's home: what is older there gives way."""
        for folder in (folders.top.parent, folders.top, folders.home, folders.gate):
            secure_folder(folder)
        secure_folder(self.around.spool.box(self.starting.agent.id).parent)
        folders.refused.unlink(missing_ok=True)
        for name in boxed.needs.home:
            with contextlib.suppress(OSError):
                _copy(Path.home() / name, folders.home, name)


def _copy(source: Path, home: Path, name: str) -> None:
    """Copy a file to a home that an agent could write: no link there is followed. Raises OSError."""
    goal = home / name
    goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if real(goal.parent) != real(home) / Path(name).parent or not source.is_file():
        return
    if goal.is_symlink() or not goal.exists() or goal.stat().st_mtime < source.stat().st_mtime:
        fresh = goal.with_name(f".{goal.name}.hiveui-new")
        fresh.unlink(missing_ok=True)
        shutil.copy2(source, fresh)
        fresh.chmod(0o600)
        fresh.replace(goal)


def _own(folder: Path, agent: AgentId) -> list[Path]:
    """List the files of the hook's folder that an agent's program reads."""
    return [path for path in folder.iterdir() if path.name.startswith(agent) or path.suffix in {".sh", ".js"}]


def _folders(paths: Paths, agent: AgentId, aside: str = "") -> Folders:
    return Folders(paths.state / FOLDER / agent, aside)


async def boxed(boxing: Boxing, workspace: Workspace, beginning: Beginning) -> Beginning:
    """Put a program that begins into its agent's sandbox; where that cannot be, a sentence begins in its place."""
    bus, agent, launch = boxing.around.bus, boxing.starting.agent, boxing.starting.launch
    if launch.sandbox is None:
        if agent.role in workspace.boxes:
            bus.publish(AgentBoxed(workspace.id, agent.role, None))
        return beginning
    standing = Standing(launch.sandbox.use, launch.sandbox.sentence)
    if workspace.boxes.get(agent.role) != standing:
        bus.publish(AgentBoxed(workspace.id, agent.role, standing))
    if beginning.hopeless:
        return beginning
    place = boxing.starting.place.base if launch.worktree is None else real(Path(launch.worktree.path))
    try:
        argv = await asyncio.to_thread(boxing.words, beginning.argv, place, beginning.cwd)
    except (MachineError, StorageError) as error:
        return telling_only(f"It was not started: {error}")
    return replace(beginning, argv=tuple(argv))


async def aside(around: Surroundings, starting: Starting, place: Path, folder: str) -> tuple[str, ...]:
    """Give the words that run something else for an agent, a check, in `folder`: in its sandbox where it has one.

    `place` may be written there. Raises MachineError where that cannot be, and StorageError.
    """
    words = Boxing(around, starting, "-aside").words
    return tuple(await asyncio.to_thread(words, starting.launch.argv, real(place), folder))


def look(around: Surroundings, workspace: Workspace) -> None:
    """Say to whom agents were refused the way since the last look."""
    for agent in workspace.agents:
        standing = workspace.boxes.get(agent.role)
        if standing is None or agent.pid is None:
            continue
        fresh = tuple(host for host in _refused(around.paths, agent) if host not in standing.refused)
        if fresh:
            around.bus.publish(WayRefused(workspace.id, agent.role, fresh))
            around.bus.publish(Noticed(f"{agent.role}: {refusal([visible(host) for host in fresh])}", "warning"))


def _refused(paths: Paths, agent: Agent) -> list[str]:
    try:
        with _folders(paths, agent.id).refused.open(encoding="utf-8") as file:
            return [json.loads(line) for line in file.read(READS).splitlines()[:MOST]]
    except (OSError, ValueError):
        return []
