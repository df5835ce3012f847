"""Workspaces: what opening one will do, opening it, taking it down."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hiveui.agents.scratch import make_scratch, remove_scratch
from hiveui.errors import GitError, HiveError, HostError, StorageError, TmuxError, UsageError
from hiveui.hive import rescue
from hiveui.hive.holding import still_held
from hiveui.hive.host import Host
from hiveui.hive.opening import Opening, Running, resolve
from hiveui.hive.station import REACHED
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.surroundings import Surroundings
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.contracts import ContractsAgreed, agreed
from hiveui.model.events import AgentAdded, AgentRemoved, Noticed, TabsArranged, WorkspaceClosed, WorkspaceOpened
from hiveui.model.names import NAME, quoted
from hiveui.model.ownership import AgentBounded
from hiveui.model.shape import Tabs, only
from hiveui.paths import Paths
from hiveui.storage.trust import Trust

log = logging.getLogger(__name__)

WAITED = 3.0
"""Seconds that opening a workspace waits for a host. Agents there are started later, once it is reached."""


class Workspaces:
    """Opens and closes workspaces. Its public methods are verbs (hive.hive.Hive)."""

    def __init__(self, paths: Paths, around: Surroundings, supervisors: dict[WorkspaceId, Supervisor]) -> None:
        """`supervisors` holds those of the workspaces that run; it is kept up to date."""
        self._paths = paths
        self._around = around
        self._bus = around.bus
        self._supervisors = supervisors
        self._trust = Trust(paths.state)
        self.one_at_a_time = asyncio.Lock()
        """Held while a workspace is opened, restored or taken down."""

    @property
    def trust(self) -> Trust:
        """Which layouts this user has run before."""
        return self._trust

    async def plan(self, *, folder: str, layout: str = "pair", name: str = "") -> dict[str, Any]:
        """Say what `open` would do."""
        opening = await asyncio.to_thread(self._resolve, folder, layout, name)
        return opening.to_json(self._running(opening.id))

    async def open(
        self,
        *,
        folder: str = "",
        layout: str = "pair",
        name: str = "",
        env: Mapping[str, str] | None = None,
        hash: str = "",  # noqa: A002  the wire's word
        size: tuple[int, int] | list[int] = (120, 40),
        remove: bool = False,
        scratch: bool = False,
    ) -> dict[str, Any]:
        """Open a layout in a folder, or bring a running workspace in step with it."""
        async with self.one_at_a_time:
            if scratch:
                name = name or layout
                folder = await self._scratch(name)
            opening = await asyncio.to_thread(self._resolve, folder, layout, name)
            if not opening.known and hash != opening.hash:
                raise UsageError(
                    f"{opening.file} has not been run by you before.", "Look at what it runs: `hive up --dry-run`."
                )
            self._trust.remember(opening.hash)
            changes = {change["role"]: change["do"] for change in opening.changes(self._running(opening.id))}
            supervisor = await self._bring_up(opening, dict(env or {}), (size[0], size[1]), scratch=scratch)
            wanted = {"start", "restart"} if remove else {"start"}
            failed = await self._start(supervisor, opening, {role for role, do in changes.items() if do in wanted})
            self._take_in(supervisor, [a for a, _ in opening.agents.values() if a.role not in changes])
            for agent in list(supervisor.workspace.agents):
                if remove and changes.get(agent.role) == "end":
                    await supervisor.remove(agent.id)
        started = [role for role, do in changes.items() if do == "start" and role not in failed]
        notes = [*opening.made(started), *opening.notes, *failed.values()]
        return {"workspace": opening.id, "started": started, "notes": notes}

    async def _scratch(self, name: str) -> str:
        """Make the repository of a scratch workspace."""
        if not NAME.fullmatch(name):
            raise UsageError(f"{quoted(name)} cannot be the name of a scratch workspace.", "Take letters and digits.")
        folder = self._paths.state / "scratch" / name
        await asyncio.to_thread(make_scratch, folder)
        return str(folder)

    def _resolve(self, folder: str, layout: str, name: str) -> Opening:
        if not folder.startswith("/") or "\0" in folder:
            raise UsageError(f"{quoted(folder)} is no absolute path of a folder.", "Name the project's folder.")
        place = Path(folder).resolve()
        there = self._around.hosts.folder
        return resolve(self._paths, place, layout, name or place.name or "root", self._trust.hashes, there=there)

    def runs(self, id_: WorkspaceId) -> bool:
        """Tell whether a workspace has a session."""
        return id_ in self._supervisors

    def _running(self, id_: WorkspaceId) -> Running:
        return self._supervisors[id_].declared if id_ in self._supervisors else {}

    async def _bring_up(
        self, opening: Opening, env: dict[str, str], size: tuple[int, int], *, scratch: bool
    ) -> Supervisor:
        """Give the supervisor of a workspace, with a session that lives; where none can be had, nothing is open."""
        await self.attached(env=env)
        for host in opening.hosts.values():
            self._around.hosts.declare(host)
        id_ = opening.id
        new = id_ not in self._bus.state.workspaces
        tabs, folder = self._tabs(opening), str(opening.folder)
        self._bus.publish(
            WorkspaceOpened(
                id_,
                opening.name,
                folder,
                opening.layout_name,
                opening.hash,
                tabs,
                folder if scratch else "",
                opening.layout.budget,
                opening.layout.collisions,
            )
        )
        self._agree(opening)
        if id_ in self._supervisors:
            return self._supervisors[id_]
        try:
            supervisor = await self.session(id_, env, size)
        except TmuxError:
            if new:
                self._bus.publish(WorkspaceClosed(id_))
            raise
        self._forget_panes(supervisor, tuple(opening.agents))
        if supervisor.workspace.tabs != tabs:  # agents that went took their places along
            self._bus.publish(TabsArranged(id_, tabs))
        return supervisor

    def _agree(self, opening: Opening) -> None:
        """Publish which contracts the layout has, where they are others now."""
        specs = opening.layout.agents
        contracts = agreed(opening.layout.contracts, {spec.role: spec.depends for spec in specs})
        if contracts != self._bus.workspace(opening.id).contracts.agreed:
            self._bus.publish(ContractsAgreed(opening.id, contracts))

    def _forget_panes(self, supervisor: Supervisor, order: Sequence[AgentId]) -> None:
        """Keep those of `order` in that order, without the panes that went with another tmux, and no others."""
        had = {agent.id: agent for agent in supervisor.workspace.agents}
        for id_ in sorted(had, key=lambda id_: order.index(id_) if id_ in order else -1):
            self._bus.publish(AgentRemoved(supervisor.id, id_))
            if id_ in order:
                gone = replace(had[id_], pane=None, pid=None) if had[id_].here else had[id_]
                self._bus.publish(AgentAdded(supervisor.id, gone))

    async def session(self, id_: WorkspaceId, env: Mapping[str, str], size: tuple[int, int]) -> Supervisor:
        """Give a workspace that does not run a session in tmux, for agents with that environment. Raises TmuxError."""
        supervisor = Supervisor(id_, self._around)
        try:
            if not self._around.server.socket.exists():
                await rescue.find(self._around.server, self._paths, self._around.machine)
            await supervisor.open(env, *size)
        except TmuxError:
            supervisor.detach()
            raise
        self._supervisors[id_] = supervisor
        await rescue.note(self._around.server, self._paths)
        return supervisor

    def _tabs(self, opening: Opening) -> Tabs:
        """Give the tabs as the person left them, or the file's where that has changed since."""
        old = self._bus.state.workspaces.get(opening.id)
        if old is None or old.layout_hash != opening.hash:
            return opening.layout.tabs
        roles = {agent.role for agent, _ in opening.agents.values()}
        if opening.id in self._supervisors:
            roles |= {agent.role for agent in old.agents}
        return only(old.tabs, roles) or opening.layout.tabs

    def _take_in(self, supervisor: Supervisor, agents: Sequence[Agent]) -> None:
        """Have what a layout says of agents hold that need not be started anew for it: budgets, notifications."""
        for agent in agents:
            old = supervisor.workspace.agent(agent.id)
            if old is not None and old.spec != agent.spec:
                self._bus.publish(AgentAdded(supervisor.id, replace(old, spec=agent.spec)))
                before = supervisor.workspace.ownership.bounds.get(agent.role)
                bounds = still_held(old.spec, agent.spec, before)
                if bounds != before:
                    self._bus.publish(AgentBounded(supervisor.id, agent.role, bounds))

    async def _start(self, supervisor: Supervisor, opening: Opening, roles: set[str]) -> dict[str, str]:
        """Start agents, all that can be started; a sentence on each of the others, by role."""
        wanted = [(agent, way) for agent, way in opening.agents.values() if agent.role in roles]
        if wanted:
            await supervisor.declare(wanted)
        by_host: dict[str, list[Agent]] = {}
        for agent, _ in sorted(wanted, key=lambda pair: pair[1].worktree is not None):  # what takes long comes last
            by_host.setdefault(agent.host, []).append(agent)
        failed = await asyncio.gather(*(self._start_on(supervisor, agents) for agents in by_host.values()))
        return {role: sentence for part in failed for role, sentence in part.items()}

    async def _start_on(self, supervisor: Supervisor, agents: Sequence[Agent]) -> dict[str, str]:
        """Start the agents of one host; those that do not run are started later where it is still being reached."""
        host = supervisor.at(agents[0]).host
        try:
            await host.reached(WAITED)
        except HostError as error:
            if host.tried:
                known = [supervisor.workspace.agent(agent.id) or agent for agent in agents]
                late = [agent for agent in known if agent.pid is None]
                self._around.spawn(_start_late(supervisor, host, late))
                sentences = {agent.role: _unstarted(agent, error) for agent in known}
                waits = f"is started once {host.name} is reached, which is being tried."
                return sentences | {agent.role: f"{agent.role} {waits}" for agent in late}
        return await _start_each(supervisor, agents)

    async def attached(self, *, env: Mapping[str, str]) -> None:
        """Hear from which environment a person looks on: the stable link points at its SSH agent from now on."""
        link = self._around.ssh_agent_link
        target = env.get("SSH_AUTH_SOCK", "")
        if not target or target == str(link):
            return
        fresh = link.with_name(link.name + ".new")
        try:
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(target)
            fresh.replace(link)
        except (OSError, ValueError) as error:
            log.warning("the SSH agent of this shell is not passed on: %s", error)

    async def close(self, *, workspace: str, forget: bool = False) -> dict[str, Any]:
        """Take a workspace down: end its agents; it can be restored unless it is to be forgotten.

        One with a scratch folder is always forgotten: the folder is removed.
        """
        id_ = WorkspaceId(workspace)
        async with self.one_at_a_time:
            found = self._bus.workspace(id_)
            kept = not (forget or found.scratch)
            supervisor = self._supervisors.get(id_)
            ended = await supervisor.close() if supervisor is not None else []
            if kept and supervisor is not None:
                supervisor.lost("taken down")
            self._supervisors.pop(id_, None)
            if not kept:
                self._bus.publish(WorkspaceClosed(id_))
                self._around.hosts.sweep()
            scratch = Path(found.scratch) if found.scratch else None
            if scratch is not None and scratch.is_relative_to((self._paths.state / "scratch").resolve()):
                try:
                    await asyncio.to_thread(remove_scratch, scratch)
                except StorageError as error:
                    self._bus.publish(Noticed(f"{error} {error.hint}", "warning"))
        return {"ended": ended, "kept": kept}


async def _start_each(
    supervisor: Supervisor, agents: Sequence[Agent], unreached: HostError | None = None
) -> dict[str, str]:
    """Start the agents of one host, one after the other; where that is `unreached`, it is not waited for again."""
    failed: dict[str, str] = {}
    running = {agent.id for agent in supervisor.workspace.agents if agent.pid is not None}
    for agent in agents:
        try:
            if unreached is not None:
                supervisor.at(agent).unstarted(agent.id, str(unreached))
                raise unreached
            await supervisor.start(agent.id, conversation=None if agent.id in running else "")
        except (GitError, TmuxError) as error:
            unreached = error if isinstance(error, HostError) and not supervisor.at(agent).host.up else None
            failed[agent.role] = _unstarted(agent, error)
    return failed


async def _start_late(supervisor: Supervisor, host: Host, agents: Sequence[Agent]) -> None:
    """Start agents once their host is reached, but for those that the person started or removed meanwhile."""
    unreached: HostError | None = None
    try:
        await host.reached(REACHED)
    except HostError as error:
        unreached = error
    with contextlib.suppress(UsageError):  # the workspace is taken down
        known = {agent.id: agent.reading for agent in supervisor.workspace.agents if agent.pid is None}
        waiting = [agent for agent in agents if known.get(agent.id) == agent.reading]
        await _start_each(supervisor, waiting, unreached)


def _unstarted(agent: Agent, error: HiveError) -> str:
    return f"{agent.role} was not started: {error} {error.hint}".rstrip()
