"""The hive: one user's workspaces, and the verbs that act on them. Each verb is one row of the gateway's table."""

import asyncio
import logging
import os
import re
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from hiveui.agents.launch import Launch
from hiveui.agents.scratch import make_scratch
from hiveui.errors import UsageError
from hiveui.hive.bus import Bus, Viewer, record_to_json
from hiveui.hive.delivery import buffer_name, cleaned
from hiveui.hive.identity import Tokens, inside
from hiveui.hive.opening import Opening, resolve
from hiveui.hive.panes import Panes, find, pane_of
from hiveui.hive.supervisor import Supervisor, Surroundings
from hiveui.machine import Machine
from hiveui.model.agent import Agent, AgentId, AgentState, WorkspaceId
from hiveui.model.events import Event, Noticed, Record, TmuxLost, ViewMoved, WorkspaceClosed, WorkspaceOpened
from hiveui.paths import Paths, secure_folder
from hiveui.storage.eventlog import EventLog
from hiveui.storage.trust import Trust
from hiveui.tmux import commands
from hiveui.tmux.server import Server, bind_again

log = logging.getLogger(__name__)

HOUSEKEEPING = 2.0
PAGE = 256 * 1024
"""Characters of one answer of `read`, about: more of them would hold the event loop up."""
ROWS = 500
RESET = "\x1b[0m"
_SGR = re.compile(r"\x1b\[[0-9;:]*m")


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
        self._opening = asyncio.Lock()
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
        await self._find_server()
        for pid in await self._server.control_clients():
            os.kill(pid, 9)
        live = set(await self._server.sessions())
        for id_ in list(self.bus.state.workspaces):
            supervisor = Supervisor(id_, self._around)
            if id_ in live:
                self._supervisors[id_] = supervisor
                await supervisor.adopt()
            elif any(agent.pid is not None for agent in self.bus.state.workspaces[id_].agents):
                supervisor.lost("tmux ended while no daemon ran")
        await self._note_server()

    async def _find_server(self) -> None:
        """Reach a server whose socket was deleted."""
        kept = self._paths.tmux_pid.read_text().strip() if self._paths.tmux_pid.exists() else ""
        if not kept.isdigit() or await self._server.pid() is not None:
            return
        pid = int(kept)
        marks = self._machine.environ(pid) or {}
        if marks.get("HIVE_TMUX_SERVER") == str(self._server.socket):
            secure_folder(self._paths.run)
            bind_again(pid)
            deadline = time.monotonic() + 2
            while await self._server.pid() is None and time.monotonic() < deadline:
                await asyncio.sleep(0.05)

    async def _note_server(self) -> None:
        pid = await self._server.pid()
        if pid is not None:
            self._paths.tmux_pid.write_text(str(pid))

    async def housekeeping(self) -> None:
        """Look after what no event tells of, for ever."""
        while True:
            await asyncio.sleep(HOUSEKEEPING)
            if self._supervisors and not self._server.socket.exists():
                await self._find_server()
            for id_, supervisor in list(self._supervisors.items()):
                if id_ in self.bus.state.workspaces:
                    supervisor.housekeeping()

    def _drop_lost(self, event: Event) -> None:
        """Keep no supervisor whose session went with tmux: opening its workspace makes another."""
        if isinstance(event, TmuxLost):
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
        if scratch:
            folder, name = str(self._paths.state / "scratch" / layout), name or layout
            make_scratch(Path(folder))
        async with self._opening:
            opening = self._resolve(folder, layout, name)
            if not opening.known and hash != opening.hash:
                raise UsageError(
                    f"{opening.file} has not been run by you before.", "Look at what it runs: `hive up --dry-run`."
                )
            self._trust.remember(opening.hash)
            started = await self._bring_up(opening, dict(env or {}), (size[0], size[1]), remove=remove, scratch=scratch)
        return {"workspace": opening.id, "started": started, "notes": opening.notes}

    def _resolve(self, folder: str, layout: str, name: str) -> Opening:
        place = Path(folder).resolve()
        return resolve(self._paths, place, layout, name or place.name or "root", self._trust.hashes)

    def _running(self, id_: WorkspaceId) -> Mapping[AgentId, tuple[Agent, Launch]]:
        return self._supervisors[id_].declared if id_ in self._supervisors else {}

    async def _bring_up(
        self, opening: Opening, env: dict[str, str], size: tuple[int, int], *, remove: bool, scratch: bool
    ) -> list[str]:
        self._link_ssh_agent(env)
        changes = {change["role"]: change["do"] for change in opening.changes(self._running(opening.id))}
        scratch_folder = str(opening.folder) if scratch else ""
        self.bus.publish(
            WorkspaceOpened(
                opening.id,
                opening.name,
                str(opening.folder),
                opening.layout_name,
                opening.hash,
                opening.layout.tabs,
                scratch_folder,
            )
        )
        supervisor = self._supervisors.get(opening.id)
        if supervisor is None:
            supervisor = Supervisor(opening.id, self._around)
            await supervisor.open(env, *size)
            self._supervisors[opening.id] = supervisor
            await self._note_server()
        for agent, way in opening.agents.values():
            if changes.get(agent.role) == "start":
                await supervisor.add(agent, way)
            elif changes.get(agent.role) == "restart" and remove:
                old = supervisor.workspace.agent(agent.id) or agent
                await supervisor.add(replace(agent, pane=old.pane), way)
        for agent in list(supervisor.workspace.agents):
            if remove and changes.get(agent.role) == "end":
                await supervisor.remove(agent.id)
        return [role for role, do in changes.items() if do == "start"]

    def _link_ssh_agent(self, env: Mapping[str, str]) -> None:
        """Point the stable link at the SSH agent of the shell that came last."""
        if env.get("SSH_AUTH_SOCK"):
            link = self._around.ssh_agent_link
            fresh = link.with_name(link.name + ".new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(env["SSH_AUTH_SOCK"])
            fresh.replace(link)

    async def attached(self, *, env: Mapping[str, str]) -> None:
        """Hear from a client that a person sits in a new environment."""
        self._link_ssh_agent(env)

    async def close(self, *, workspace: str) -> dict[str, Any]:
        """Take a workspace down: end its agents, and remove its scratch folder if it has one."""
        id_ = WorkspaceId(workspace)
        found = self.bus.state.workspaces.get(id_)
        if found is None:
            raise UsageError("That workspace is not open.")
        supervisor = self._supervisors.pop(id_, None)
        ended = await supervisor.close() if supervisor is not None else []
        self.bus.publish(WorkspaceClosed(id_))
        scratch = Path(found.scratch) if found.scratch else None
        if scratch is not None and scratch.is_relative_to(self._paths.state / "scratch"):
            await asyncio.to_thread(shutil.rmtree, scratch, True)
        return {"ended": ended}

    async def view(self, *, workspace: str, tab: int, role: str, zoomed: bool) -> None:
        """Keep where the person is."""
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

    async def send(self, *, workspace: str, role: str, text: str, enter: bool = True) -> dict[str, Any]:
        """Paste text into an agent's pane and press enter."""
        supervisor, agent = find(self._supervisors, workspace, role)
        pane = pane_of(agent)
        kept, receipt = cleaned(text)
        if kept:
            (await supervisor.session.client.ask(commands.paste(pane, buffer_name(), kept), 2)).checked()
        if enter:
            await asyncio.sleep(0.15)
            (await supervisor.session.client.ask(f"send-keys -t {pane} Enter")).checked()
        return {"receipt": asdict(receipt)}

    async def read(
        self,
        *,
        workspace: str,
        role: str,
        lines: int = 0,
        ansi: bool = False,
        history: bool = False,
        start: int | None = None,
    ) -> dict[str, Any]:
        """Give the text of an agent's screen, of its last lines, or of all it printed, a page at a time.

        `start` and `next` count lines from the oldest in the history.
        """
        supervisor, agent = find(self._supervisors, workspace, role)
        pane = pane_of(agent)
        session = supervisor.session
        height, total = await session.extent(pane)
        first = max(0, total - (lines or (total if history else height))) if start is None else start
        texts: list[str] = []
        size = 0
        while first < total and size < PAGE:
            rows, first, total = await session.history(pane, first, ROWS)
            texts += [row.ansi + RESET if ansi and row.ansi else plain(row.ansi) for row in rows]
            size += sum(map(len, texts[-len(rows) :]))
            first += len(rows)
        shown = [text.rstrip() for text in texts]
        return {"first": first - len(texts), "total": total, "lines": shown, "next": first if first < total else None}

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
        for supervisor in self._supervisors.values():
            agent = supervisor.workspace.agent(agent_id)
            if agent is not None:
                supervisor.report(agent, AgentState(state), evidence or conversation)

    # the hive itself

    async def events(self, *, after: int = 0, limit: int = 200) -> dict[str, Any]:
        """Page through the event log."""
        records: list[Record] = self._events.read(after, limit)
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

    def notice(self, text: str, level: str = "info") -> None:
        """Say one line to every client."""
        self.bus.publish(Noticed(text, level))

    def agent_behind(self, pid: int) -> AgentId | None:
        """Find the agent that a process belongs to."""
        workspaces = self.bus.state.workspaces.values()
        return inside(self._machine, pid, [agent for workspace in workspaces for agent in workspace.agents])

    def agent_by_token(self, token: str) -> AgentId | None:
        """Find the agent that a token belongs to."""
        return self._tokens.agent(token)


def plain(ansi: str) -> str:
    """Take the SGR out of a row."""
    return _SGR.sub("", ansi)
