"""The hive: one user's workspaces, and the verbs that act on them. Each verb is one row of the gateway's table."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from hiveui.agents.hooks.injection import Injection, install
from hiveui.agents.hooks.spool import Spool
from hiveui.config.files import Configuration
from hiveui.errors import TmuxError, UsageError
from hiveui.hive import rescue
from hiveui.hive.absence import Absence
from hiveui.hive.alerts import Alerts
from hiveui.hive.answers import Answers
from hiveui.hive.briefs import Briefs
from hiveui.hive.budgets import Budgets
from hiveui.hive.bus import Bus, Viewer, record_to_json
from hiveui.hive.conversations import Conversations
from hiveui.hive.courier import Courier
from hiveui.hive.guard import Guard
from hiveui.hive.hearing import Hearing
from hiveui.hive.hosts import Hosts
from hiveui.hive.identity import Tokens, inside
from hiveui.hive.inspecting import Inspecting
from hiveui.hive.layouts import Layouts
from hiveui.hive.ledger import Ledger
from hiveui.hive.mirrors import Mirrors
from hiveui.hive.morning import Morning
from hiveui.hive.panes import Panes, find
from hiveui.hive.people import People
from hiveui.hive.prompts import Prompts
from hiveui.hive.readers import Readers
from hiveui.hive.resources import Resources
from hiveui.hive.routine import Routine
from hiveui.hive.session import now
from hiveui.hive.shaping import Shaping
from hiveui.hive.stills import Stills
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.surroundings import Surroundings
from hiveui.hive.unfinished import Unfinished
from hiveui.hive.wording import Wording
from hiveui.hive.work import Work
from hiveui.hive.workspaces import Workspaces
from hiveui.machine import Machine
from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.attention import writer
from hiveui.model.budget import over_budget
from hiveui.model.collisions import Collision
from hiveui.model.events import AgentAdded, Event, Noticed, SessionLost, ViewMoved
from hiveui.model.hosts import LOCAL
from hiveui.model.names import CONVERSATION, nearest, quoted
from hiveui.model.signs import AgentState
from hiveui.model.state import View, Workspace
from hiveui.model.warning import news
from hiveui.paths import Paths, secure_folder
from hiveui.storage import atomic
from hiveui.storage.eventlog import EventLog
from hiveui.storage.texts import Texts
from hiveui.tmux.server import Server

log = logging.getLogger(__name__)

HOUSEKEEPING = 2.0
RECORDS = 1000
"""Events of one page, at most."""
EVIDENCE = 512
"""Characters that are kept of what an agent says of itself."""
REPORTED = frozenset(AgentState) - {AgentState.STARTING, AgentState.EXITED, AgentState.FAILED}
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
        self._tokens = Tokens(paths.token_key)
        self._supervisors: dict[WorkspaceId, Supervisor] = {}
        spool = Spool(paths.spool, self._tokens.agent)
        self.bus = Bus(events, events.state, events.seq)
        self.bus.listen(self._drop_lost)
        self.people = People(self.bus, self._supervisors)
        self.panes = Panes(self._supervisors, self.people)
        self.guard = Guard(paths, self.bus, self._supervisors, self.panes.press, spawn)
        self.answers = Answers(self.bus, self._supervisors, self.panes, self.guard.dismiss)
        texts = Texts(paths.prompts)
        self.courier = Courier(self.bus, self._supervisors, self.panes, texts, spawn)
        self.prompts = Prompts(self.bus, self._supervisors, self.panes, self.courier, texts, places=paths.prompt_places)
        self.stills = Stills(self._supervisors, paths.run)
        self._readers = Readers(paths.rules, self._warn)
        self.hosts = Hosts(paths, self.bus, self._tokens.token(AgentId("hosts")), spawn)
        self.inspecting = Inspecting(paths, self.bus, self.hosts)
        self._around = self._surroundings(spool, spawn)
        self.workspaces = Workspaces(paths, self._around, self._supervisors)
        self.shaping = Shaping(paths, self._around, self._supervisors)
        self.layouts = Layouts(paths, self.bus, self.workspaces.trust, self._supervisors)
        self.morning = Morning(paths, self._around, self.workspaces, events.damage)
        self.unfinished = Unfinished(self.bus)
        self.conversations = Conversations(paths, self.bus, self._supervisors)
        self.resources = Resources(self.bus, machine)
        self.absence = Absence(self.bus, events, Wording(paths))
        self.alerts = Alerts(self.bus, self.panes.shown, Configuration(paths, paths.config, {}, commands={}), spawn)
        self.ledger = Ledger(paths, self.bus, self._supervisors)
        self.budgets = Budgets(self.bus)
        self.briefs = Briefs(self.bus, self._supervisors, self.prompts, spawn)
        self.work = Work(paths, self._around, self._supervisors, self.prompts, self.panes, call=self._call)
        routine = Routine(self.answers, self.bus.publish)
        asked, took = (lambda *heard: spawn(routine.hear(*heard))), self.courier.took
        told = (self.guard.heard, self.work.hear)
        self.hearing = Hearing(spool, self._supervisors, asked, took, told=told, watch=machine.watch)
        self.follow = (
            self.housekeeping,
            self.ledger.follow,
            self.hearing.listen,
            self.alerts.follow,
            self.guard.watch,
            self._around.mirrors.follow,
            *self.work.follow,
        )
        """What is done for ever."""

    def _surroundings(self, spool: Spool, spawn: Callable[[Awaitable[None]], None]) -> Surroundings:
        install(secure_folder(self._paths.hooks), atomic.write)
        return Surroundings(
            bus=self.bus,
            server=self._server,
            hosts=self.hosts,
            machine=self._machine,
            tokens=self._tokens,
            paths=self._paths,
            hive_socket=self._paths.hive_socket,
            ssh_agent_link=self._paths.run / "ssh-agent",
            log_file=self._paths.log,
            reader=self._readers.reader,
            injection=Injection(self._paths.hooks, atomic.write),
            spool=spool,
            spawn=spawn,
            mirrors=Mirrors(self._paths.state / "mirrors", self.bus, self.hosts, spool, spawn),
            begins=lambda agent: self.work.checks.begins(agent),  # noqa: PLW0108  it is made later
        )

    # life

    async def adopt(self) -> None:
        """Take over what an earlier daemon left: end its control clients, then read every session."""
        await rescue.find(self._server, self._paths, self._machine)
        self._around.injection.sweep({a.id for w in self.bus.state.workspaces.values() for a in w.agents})
        for pid in await self._server.control_clients():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        live = set(await self._server.sessions())
        self.hosts.begin()
        for id_ in list(self.bus.state.workspaces):
            self._bring_home(id_)
            supervisor = Supervisor(id_, self._around)
            if id_ in live:
                self._supervisors[id_] = supervisor
                try:
                    await supervisor.adopt()
                    if await _is_hollow(supervisor):
                        supervisor.lost("the daemon ended before anything was started", self._events.saved)
                        await self._server.end(id_)
                except TmuxError as error:
                    log.warning("%s is not taken over yet: %s", id_, error)
            elif not self.bus.state.workspaces[id_].note:
                supervisor.lost("tmux ended while no daemon ran", self._events.saved)
        self.courier.begin()
        await self.work.begin()
        await rescue.note(self._server, self._paths)

    def _bring_home(self, id_: WorkspaceId) -> None:
        """Have agents be here that an earlier HiveUI started here, whatever host their layout named."""
        for agent in self.bus.workspace(id_).agents:
            if not agent.here and not self.hosts.known(agent.host):
                self.bus.publish(AgentAdded(id_, replace(agent, host=LOCAL)))

    async def housekeeping(self) -> None:
        """Look after what no event tells of, for ever."""
        while True:
            await asyncio.sleep(HOUSEKEEPING)
            if self._readers.time_passed():
                for supervisor in self._supervisors.values():
                    for station in supervisor.stations.values():
                        station.census.attention.look_again()
            self.courier.time_passed()
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

    def _warn(self, text: str) -> None:
        self.bus.publish(Noticed(text, "warning"))

    def _call(self, met: Sequence[tuple[Workspace, Collision]]) -> None:
        calling = [(workspace, one) for workspace, one in met if writer(workspace, one, now())]
        if calling:
            self.alerts.announce(*news(calling))

    def detach(self) -> None:
        """Let go of every session; agents go on."""
        self.work.close()
        self._around.mirrors.close()
        self.hosts.close()
        for supervisor in self._supervisors.values():
            supervisor.detach()

    # workspaces

    async def view(self, *, workspace: str, tab: int, role: str, zoomed: bool) -> None:
        """Keep where the person is."""
        if self.bus.workspace(WorkspaceId(workspace)).view != View(tab, role, zoomed):
            self.bus.publish(ViewMoved(WorkspaceId(workspace), tab, role, zoomed))

    # agents

    async def restart(self, *, workspace: str, role: str, conversation: str | None = None) -> dict[str, Any]:
        """Start an agent's program again; it goes on with its conversation, or begins one where that is ''."""
        supervisor, agent = find(self._supervisors, workspace, role)
        if conversation and conversation not in agent.conversations:
            raise UsageError(
                f"{role} has had no conversation {quoted(conversation)}.", nearest(conversation, agent.conversations)
            )
        return {"agent": asdict(await supervisor.start(agent.id, conversation=conversation))}

    async def why(self, *, workspace: str, role: str, env: bool = False, brief: bool = False) -> dict[str, Any]:
        """Say what an agent's state rests on, and where each variable of its environment comes from."""
        supervisor, agent = find(self._supervisors, workspace, role)
        variables = [
            {"name": v.name, "value": None if v.secret else v.value, "origin": v.origin, "secret": v.secret}
            for v in supervisor.environment(agent)
        ]
        used_up = over_budget(supervisor.workspace, agent)
        signs = supervisor.at(agent).census.attention.signs(agent)
        box = supervisor.workspace.boxes.get(role)
        told = {"reading": asdict(agent.reading), "agent": asdict(agent), "signs": signs, "budget": used_up}
        sandbox = {"sandbox": asdict(box) | {"notes": box.notes} if box is not None else None}
        given = {"brief": self.briefs.given(supervisor, agent)} if brief else {}
        return told | sandbox | given | ({"env": variables} if env else {})

    async def report(self, agent_id: AgentId, *, state: str, evidence: str = "", conversation: str = "") -> None:
        """Take an agent's word on its own state."""
        if state not in REPORTED:
            raise UsageError(f"{quoted(state)} is no state that an agent reports.", nearest(state, REPORTED))
        if conversation and not CONVERSATION.fullmatch(conversation):
            raise UsageError(f"{quoted(conversation)} is no conversation's id.", "It has letters, digits and hyphens.")
        for supervisor in self._supervisors.values():
            agent = supervisor.workspace.agent(agent_id)
            if agent is not None and agent.pid is not None:
                supervisor.report(agent, AgentState(state), evidence[:EVIDENCE], conversation)
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
        self.people.leave(viewer)
        self.stills.leave(viewer)
        self.alerts.leave(viewer)
        self.work.feeds.leave(viewer)
        self.work.review.leave(viewer)

    def figures(self) -> dict[str, Any]:
        """Give what `daemon/status` says of the hive."""
        sessions = [station.session for one in self._supervisors.values() for station in one.stations.values()]
        return {
            "workspaces": len(self._supervisors),
            "forks": self._server.forks,
            "hooks": self.hearing.figures(),
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


async def _is_hollow(supervisor: Supervisor) -> bool:
    """Tell whether a daemon ended after it had made a session and before it had filled it. Raises TmuxError."""
    known = supervisor.launches or not supervisor.workspace.agents
    return not known and not await supervisor.here.session.list_panes()
