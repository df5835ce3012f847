"""The hive: one user's workspaces, and the verbs that act on them. Each verb is one row of the gateway's table."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hiveui.agents.scratch import make_scratch
from hiveui.errors import TmuxError, UsageError
from hiveui.hive import rescue
from hiveui.hive.bus import Bus, Viewer, record_to_json
from hiveui.hive.identity import Tokens, inside
from hiveui.hive.opening import Opening, Running, resolve
from hiveui.hive.panes import Panes, find
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.surroundings import Surroundings
from hiveui.machine import Machine
from hiveui.model.agent import AgentId, AgentState, WorkspaceId
from hiveui.model.events import AgentRemoved, Event, SessionLost, ViewMoved, WorkspaceClosed, WorkspaceOpened
from hiveui.model.names import NAME, nearest, quoted
from hiveui.model.state import View
from hiveui.paths import Paths
from hiveui.storage.eventlog import EventLog
from hiveui.storage.trust import Trust
from hiveui.tmux.server import Server

log = logging.getLogger(__name__)

HOUSEKEEPING = 2.0
RECORDS = 1000
"""Events of one page, at most."""
EVIDENCE = 512
"""Characters that are kept of what an agent says of itself."""
REPORTED = frozenset(AgentState) - {AgentState.STARTING, AgentState.EXITED}
"""What an agent may say of itself: the rest is seen."""


class Hive:
    """Everything that lives. Verbs take JSON values that the gateway has checked for shape, and give JSON values."""

    def __init__(
        self, paths: Paths, machine: Machine, events: EventLog, server: Server, spawn: Callable[[Awaitable[None]], None]
    ) -> None:
        self._paths = paths
        self._machine = machine
        self._events = events
        self._server = server
        self._trust = Trust(paths.state)
        self._tokens = Tokens(paths.token_key)
        self._supervisors: dict[WorkspaceId, Supervisor] = {}
        self._one_at_a_time = asyncio.Lock()
        """Held while a workspace is opened or taken down."""
        self.bus = Bus(events, events.state, events.seq)
        self.bus.listen(self._drop_lost)
        self.panes = Panes(self._supervisors)
        self._around = Surroundings(
            bus=self.bus,
            server=server,
            machine=machine,
            tokens=self._tokens,
            hive_socket=paths.hive_socket,
            ssh_agent_link=paths.run / "ssh-agent",
            log_file=paths.log,
            spawn=spawn,
        )

    # life

    async def adopt(self) -> None:
        """Take over what an earlier daemon left: end its control clients, then read every session."""
        await rescue.find(self._server, self._paths, self._machine)
        for pid in await self._server.control_clients():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        live = set(await self._server.sessions())
        for id_ in list(self.bus.state.workspaces):
            supervisor = Supervisor(id_, self._around)
            if id_ in live:
                self._supervisors[id_] = supervisor
                try:
                    await supervisor.adopt()
                except TmuxError as error:
                    log.warning("%s is not taken over yet: %s", id_, error)
            elif any(agent.pid is not None for agent in self.bus.state.workspaces[id_].agents):
                supervisor.lost("tmux ended while no daemon ran")
        await rescue.note(self._server, self._paths)

    async def housekeeping(self) -> None:
        """Look after what no event tells of, for ever."""
        while True:
            await asyncio.sleep(HOUSEKEEPING)
            if self._supervisors and not self._server.socket.exists():
                await rescue.find(self._server, self._paths, self._machine)
            for id_, supervisor in list(self._supervisors.items()):
                if id_ in self.bus.state.workspaces:
                    supervisor.housekeeping()

    def _drop_lost(self, event: Event) -> None:
        """Keep no supervisor whose session went with tmux: opening its workspace makes another."""
        if isinstance(event, SessionLost):
            for id_ in [id_ for id_, supervisor in self._supervisors.items() if supervisor.over]:
                del self._supervisors[id_]

    def detach(self) -> None:
        """Let go of every session; agents go on."""
        for supervisor in self._supervisors.values():
            supervisor.detach()

    # workspaces

    async def plan(self, *, folder: str, layout: str = "pair", name: str = "") -> dict[str, Any]:
        """Say what `open` would do."""
        opening = self._resolve(folder, layout, name)
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
        async with self._one_at_a_time:
            if scratch:
                name = name or layout
                folder = await self._scratch(name)
            opening = self._resolve(folder, layout, name)
            if not opening.known and hash != opening.hash:
                raise UsageError(
                    f"{opening.file} has not been run by you before.", "Look at what it runs: `hive up --dry-run`."
                )
            self._trust.remember(opening.hash)
            changes = {change["role"]: change["do"] for change in opening.changes(self._running(opening.id))}
            supervisor = await self._bring_up(opening, dict(env or {}), (size[0], size[1]), scratch=scratch)
            wanted = {"start", "restart"} if remove else {"start"}
            failed = await self._start(supervisor, opening, {role for role, do in changes.items() if do in wanted})
            for agent in list(supervisor.workspace.agents):
                if remove and changes.get(agent.role) == "end":
                    await supervisor.remove(agent.id)
        started = [role for role, do in changes.items() if do == "start" and role not in failed]
        return {"workspace": opening.id, "started": started, "notes": [*opening.notes, *failed.values()]}

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
        return resolve(self._paths, place, layout, name or place.name or "root", self._trust.hashes)

    def _running(self, id_: WorkspaceId) -> Running:
        return self._supervisors[id_].declared if id_ in self._supervisors else {}

    async def _bring_up(
        self, opening: Opening, env: dict[str, str], size: tuple[int, int], *, scratch: bool
    ) -> Supervisor:
        """Give the supervisor of a workspace, with a session that lives; where none can be had, nothing is open."""
        await self.attached(env=env)
        id_ = opening.id
        new = id_ not in self.bus.state.workspaces
        tabs, folder = opening.layout.tabs, str(opening.folder)
        self.bus.publish(
            WorkspaceOpened(
                id_, opening.name, folder, opening.layout_name, opening.hash, tabs, folder if scratch else ""
            )
        )
        if id_ in self._supervisors:
            return self._supervisors[id_]
        supervisor = Supervisor(id_, self._around)
        try:
            if not self._server.socket.exists():
                await rescue.find(self._server, self._paths, self._machine)
            await supervisor.open(env, *size)
        except TmuxError:
            supervisor.detach()
            if new:
                self.bus.publish(WorkspaceClosed(id_))
            raise
        self._supervisors[id_] = supervisor
        await rescue.note(self._server, self._paths)
        for agent in supervisor.workspace.agents:  # they ended with another tmux, and their panes name others here
            self.bus.publish(AgentRemoved(id_, agent.id))
        return supervisor

    @staticmethod
    async def _start(supervisor: Supervisor, opening: Opening, roles: set[str]) -> dict[str, str]:
        """Start agents, all that can be started; a sentence on each of the others, by role."""
        wanted = [(agent, way) for agent, way in opening.agents.values() if agent.role in roles]
        if wanted:
            await supervisor.declare(wanted)
        failed: dict[str, str] = {}
        for agent, _ in wanted:
            try:
                await supervisor.start(agent.id)
            except TmuxError as error:
                failed[agent.role] = f"{agent.role} was not started: {error}"
        return failed

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

    async def close(self, *, workspace: str) -> dict[str, Any]:
        """Take a workspace down: end its agents, and remove its scratch folder if it has one."""
        id_ = WorkspaceId(workspace)
        async with self._one_at_a_time:
            found = self.bus.workspace(id_)
            supervisor = self._supervisors.get(id_)
            ended = await supervisor.close() if supervisor is not None else []
            self._supervisors.pop(id_, None)
            self.bus.publish(WorkspaceClosed(id_))
            scratch = Path(found.scratch) if found.scratch else None
            if scratch is not None and scratch.is_relative_to((self._paths.state / "scratch").resolve()):
                await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
        return {"ended": ended}

    async def view(self, *, workspace: str, tab: int, role: str, zoomed: bool) -> None:
        """Keep where the person is."""
        if self.bus.workspace(WorkspaceId(workspace)).view != View(tab, role, zoomed):
            self.bus.publish(ViewMoved(WorkspaceId(workspace), tab, role, zoomed))

    # agents

    async def restart(self, *, workspace: str, role: str) -> dict[str, Any]:
        """Start an agent's program anew."""
        supervisor, agent = find(self._supervisors, workspace, role)
        return {"agent": asdict(await supervisor.start(agent.id))}

    async def stop(self, *, workspace: str, role: str) -> dict[str, Any]:
        """End an agent's program."""
        supervisor, agent = find(self._supervisors, workspace, role)
        return {"agent": asdict(await supervisor.stop(agent.id))}

    async def why(self, *, workspace: str, role: str, env: bool = False) -> dict[str, Any]:
        """Say what an agent's state rests on, and where each variable of its environment comes from."""
        supervisor, agent = find(self._supervisors, workspace, role)
        variables = [
            {"name": v.name, "value": None if v.secret else v.value, "origin": v.origin, "secret": v.secret}
            for v in supervisor.environment(agent)
        ]
        return {"reading": asdict(agent.reading), "agent": asdict(agent)} | ({"env": variables} if env else {})

    async def report(self, agent_id: AgentId, *, state: str, evidence: str = "", conversation: str = "") -> None:
        """Take an agent's word on its own state."""
        if state not in REPORTED:
            raise UsageError(f"{quoted(state)} is no state that an agent reports.", nearest(state, REPORTED))
        for supervisor in self._supervisors.values():
            agent = supervisor.workspace.agent(agent_id)
            if agent is not None and agent.pid is not None:
                supervisor.report(agent, AgentState(state), evidence[:EVIDENCE], conversation[:EVIDENCE])
                return
        raise UsageError("The agent of this token does not run.", "Start it again: hive restart ROLE.")

    # the hive itself

    async def events(self, *, after: int = 0, limit: int = 200) -> dict[str, Any]:
        """Page through the event log."""
        limit = max(1, min(limit, RECORDS))
        records = self._events.read(after, limit)
        return {
            "records": [record_to_json(record) for record in records],
            "next": records[-1].seq if len(records) == limit else None,
        }

    def leave(self, viewer: Viewer) -> None:
        """Forget a client that is gone."""
        self.bus.unsubscribe(viewer)
        self.panes.leave(viewer)

    def figures(self) -> dict[str, Any]:
        """Give what `daemon/status` says of the hive."""
        sessions = [supervisor.session for supervisor in self._supervisors.values()]
        return {
            "workspaces": len(sessions),
            "forks": self._server.forks,
            "captures": sum(session.captures for session in sessions),
            "taps": [session.tap_pid for session in sessions],
        }

    def agent_behind(self, pid: int) -> AgentId | None:
        """Find the agent that a process belongs to."""
        workspaces = self.bus.state.workspaces.values()
        return inside(self._machine, pid, [agent for workspace in workspaces for agent in workspace.agents])

    def agent_by_token(self, token: str) -> AgentId | None:
        """Find the agent that a token belongs to."""
        return self._tokens.agent(token)
