"""Runs the agents of one workspace: starts, stops, adopts, and notices what became of them."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hiveui.agents.environment import Variable, compose
from hiveui.agents.launch import Launch
from hiveui.errors import TmuxError, UsageError
from hiveui.git.head import branch_of
from hiveui.hive import store
from hiveui.hive.bus import Bus
from hiveui.hive.identity import AGENT_VARIABLE, Tokens
from hiveui.hive.processes import ending, orphans, runnable, see_them_end
from hiveui.hive.session import PaneFacts, Session, now
from hiveui.machine import Machine
from hiveui.model.agent import Agent, AgentId, AgentState, Confidence, PaneId, Reading, WorkspaceId
from hiveui.model.events import (
    AgentAdded,
    AgentExited,
    AgentLearned,
    AgentRead,
    AgentRemoved,
    AgentStarted,
    TmuxLost,
)
from hiveui.model.layout import Rect, arrange, roles
from hiveui.model.state import Workspace
from hiveui.screen.signals import read_status
from hiveui.tmux import commands
from hiveui.tmux.server import Server

log = logging.getLogger(__name__)

RECONNECT = (0.0, 0.1, 0.3, 0.6)
"""Seconds before each attempt to reach tmux again; after the last one it is taken for gone."""
SETTLE = 0.05
CHROME = 2
"""Lines of the screen that are no pane's: the first and the last."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every supervisor of one hive shares."""

    bus: Bus
    server: Server
    machine: Machine
    tokens: Tokens
    hive_socket: Path
    ssh_agent_link: Path
    log_file: Path
    spawn: Callable[[Awaitable[None]], None]


class Supervisor:
    """The agents of one workspace."""

    def __init__(self, id_: WorkspaceId, around: Surroundings) -> None:
        self.id = id_
        self._around = around
        self._caller: Mapping[str, str] = {}
        self._missing: dict[AgentId, str] = {}
        self._launches: dict[AgentId, Launch] = {}
        self._refreshing = False
        self._refresh_again = False
        self._screen = (120, 40)
        self.over = False
        """The session is gone or let go of."""
        self.session = Session(id_, around.server, around.log_file, self, around.spawn)

    @property
    def workspace(self) -> Workspace:
        """The workspace's part of the state. Raises UsageError once it is closed."""
        found = self._around.bus.state.workspaces.get(self.id)
        if found is None:
            raise UsageError("This workspace is closed.")
        return found

    @property
    def declared(self) -> Mapping[AgentId, tuple[Agent, Launch]]:
        """The agents that a layout declared, with how they were started."""
        agents = {agent.id: agent for agent in self.workspace.agents}
        return {id_: (agents[id_], way) for id_, way in self._launches.items() if id_ in agents}

    # life of the workspace

    async def open(self, caller: Mapping[str, str], columns: int, rows: int) -> None:
        """Make the session, with the environment and the terminal's size of the shell that asked."""
        self._caller = dict(caller)
        self._screen = (columns, rows)
        if self.id not in await self._around.server.sessions():
            await self._around.server.start(self.id, columns, rows)
        self.session.connect()
        await self._keep()

    async def adopt(self) -> None:
        """Take over a session that an earlier daemon left."""
        self.session.connect()
        answer = await self.session.client.ask(store.ask(self.id))
        if answer.ok and answer.lines:
            self._caller, self._launches = store.read(answer.lines[0])
        await self._refresh()
        await self.session.learn_shapes([agent.pane for agent in self.workspace.agents if agent.pane and agent.pid])

    async def close(self) -> list[str]:
        """End every program and the session; give the roles that were ended."""
        self.over = True
        ended = [agent.role for agent in self.workspace.agents if agent.pid is not None]
        pids = [fact.pid for fact in await self.session.list_panes() if not fact.dead]
        with contextlib.suppress(TmuxError):
            # The session ends its own control client, and the answer may be lost with it.
            await self.session.client.ask(f"kill-session -t ={self.id}")
        self.session.close()
        await see_them_end(self._around.machine, pids)
        return ended

    def detach(self) -> None:
        """Let go of the session; agents go on."""
        self.over = True
        self.session.close()

    async def _keep(self) -> None:
        (await self.session.client.ask(store.keep(self.id, self._caller, self._launches))).checked()

    # life of an agent

    async def add(self, agent: Agent, launch: Launch) -> None:
        """Take an agent in and start it; one that is there already is started anew as the layout now says."""
        self._launches[agent.id] = launch
        self._around.bus.publish(AgentAdded(self.id, agent))
        await self._keep()
        await self.start(agent.id)

    async def start(self, id_: AgentId) -> Agent:
        """Start an agent's program, in its own pane if that is still there; a running one is replaced."""
        agent = self._agent(id_)
        launch = self._launches.get(id_)
        if launch is None:
            raise UsageError(f"How {agent.role} was started is not known any more.", "Run `hive up` again.")
        env = {variable.name: variable.value for variable in self.environment(agent)}
        argv = runnable(launch, env)
        there = {fact.pane for fact in await self.session.list_panes()}
        pane, pid = await self._launch(agent, launch, agent.pane if agent.pane in there else None, env, argv)
        self.session.client.tell(commands.set_role(pane, agent.role))
        self._missing[id_] = "" if argv == list(launch.argv) else launch.install
        reading = Reading(AgentState.STARTING, "process", Confidence.CERTAIN, "its program was started", now())
        self._around.bus.publish(AgentStarted(self.id, id_, PaneId(pane), pid, reading))
        self.learn_branch(self._agent(id_))
        return self._agent(id_)

    async def _launch(
        self, agent: Agent, launch: Launch, pane: str | None, env: Mapping[str, str], argv: Sequence[str]
    ) -> tuple[str, int]:
        client = self.session.client
        if pane is None:
            line = commands.new_window(self.id, agent.id, env, launch.cwd, argv, size=self._size(agent.role))
            limit = commands.history_limit(self.id, launch.history)
            said = (await client.ask(f"{limit} ; {line}", 3)).checked().lines[0].split()
            return said[0].decode(), int(said[1])
        line = commands.respawn(pane, env, launch.cwd, argv)
        (await client.ask(f"{line} ; clear-history -t {pane}", 2)).checked()
        answer = (await client.ask(f"display-message -p -t {pane} '#{{pane_pid}}'")).checked()
        return pane, int(answer.lines[0])

    def _size(self, role: str) -> tuple[int, int]:
        """Guess the cells that a pane will be given, so that its program need not draw twice."""
        columns, rows = self._screen
        tab = next((tab for tab in self.workspace.tabs if role in roles(tab.root)), None)
        if tab is None:
            return self._screen
        place = arrange(tab.root, Rect(0, 0, columns, rows - CHROME)).panes[role]
        return place.width, place.height - 1

    async def stop(self, id_: AgentId) -> Agent:
        """End an agent's program; its pane stays with its last screen."""
        agent = self._agent(id_)
        if agent.pid is None:
            raise UsageError(f"{agent.role} is not running.")
        await see_them_end(self._around.machine, [agent.pid])
        await self._refresh()
        return self._agent(id_)

    async def remove(self, id_: AgentId) -> None:
        """End an agent and take its pane away."""
        agent = self._agent(id_)
        if agent.pane is not None:
            await self.session.client.ask(f"kill-pane -t {commands.checked_pane(agent.pane)}")
            self.session.forget(agent.pane)
        if agent.pid is not None:
            await see_them_end(self._around.machine, [agent.pid])
        self._launches.pop(id_, None)
        self._around.bus.publish(AgentRemoved(self.id, id_))
        await self._keep()

    # facts

    def environment(self, agent: Agent) -> tuple[Variable, ...]:
        """Give an agent's environment with the origin of each variable."""
        launch = self._launches.get(agent.id)
        ours = {
            AGENT_VARIABLE: agent.id,
            "HIVE_ROLE": agent.role,
            "HIVE_SOCKET": str(self._around.hive_socket),
        }
        if not agent.person:
            ours["HIVE_TOKEN"] = self._around.tokens.token(agent.id)
        if "SSH_AUTH_SOCK" in self._caller:
            ours["SSH_AUTH_SOCK"] = str(self._around.ssh_agent_link)
        role_env = launch.role_env if launch else {}
        return compose(self._caller, role_env, launch.env if launch else {}, ours)

    def learn_branch(self, agent: Agent) -> None:
        """Publish the branch that an agent's folder is on, if it changed."""
        branch = branch_of(Path(agent.dir))
        if branch is not None and branch != agent.branch:
            self._around.bus.publish(AgentLearned(self.id, agent.id, branch=branch))

    def housekeeping(self) -> None:
        """Look after what no event tells of; called every few seconds."""
        self.session.check()
        for agent in self.workspace.agents:
            self.learn_branch(agent)
            if agent.reading.state is AgentState.STARTING and agent.pid is not None:
                self._no_longer_starting(agent, "its program runs and has printed nothing; nothing reads its state yet")
        quiet = {agent.pane: self._quiet(agent) for agent in self.workspace.agents if agent.pane and agent.pid}
        self.session.hold_hidden(lambda pane: quiet.get(PaneId(pane), False), [str(pane) for pane in quiet])

    def _quiet(self, agent: Agent) -> bool:
        launch = self._launches.get(agent.id)
        return launch is not None and launch.quiet_when_hidden

    def agent_at(self, pane: str) -> Agent | None:
        """Find the agent in a pane."""
        return next((agent for agent in self.workspace.agents if agent.pane == pane), None)

    def _agent(self, id_: AgentId) -> Agent:
        found = self.workspace.agent(id_)
        if found is None:
            raise UsageError("That agent is gone.")
        return found

    # what tmux tells (session.Watcher)

    def pane_printed(self, pane: str) -> None:
        """The first output ends `starting`."""
        agent = self.agent_at(pane)
        if agent is not None and agent.pid is not None and agent.reading.state is AgentState.STARTING:
            self._no_longer_starting(agent, "its program runs and prints; nothing reads its state yet")

    def _no_longer_starting(self, agent: Agent, evidence: str) -> None:
        self._read(agent, Reading(AgentState.UNSURE, "process", Confidence.CERTAIN, evidence, now()))

    def pane_signalled(self, pane: str, kind: str, body: bytes) -> None:
        """Read an agent's own report, from the kinds that are known to tell the truth in it."""
        agent = self.agent_at(pane)
        launch = self._launches.get(agent.id) if agent is not None else None
        if agent is None or launch is None or kind != "7501" or not launch.reports or agent.pid is None:
            return
        status = read_status(body)
        if status is not None:
            evidence = status.message or f"the agent reported {status.state.value}"
            self._read(agent, Reading(status.state, "osc 7501", Confidence.CERTAIN, evidence, now()))

    def report(self, agent: Agent, state: AgentState, evidence: str) -> None:
        """Take an agent's report over the gateway."""
        self._read(agent, Reading(state, "report", Confidence.CERTAIN, evidence, now()))

    def _read(self, agent: Agent, reading: Reading) -> None:
        old = agent.reading
        if (old.state, old.source, old.evidence) != (reading.state, reading.source, reading.evidence):
            since = old.since if old.state is reading.state else reading.since
            self._around.bus.publish(AgentRead(self.id, agent.id, replace(reading, since=since)))

    def panes_changed(self) -> None:
        """List the panes soon, once for any number of reasons."""
        if self._refreshing:
            self._refresh_again = True
            return
        self._refreshing = True
        self._around.spawn(self._refresh_soon())

    async def _refresh_soon(self) -> None:
        try:
            while True:
                self._refresh_again = False
                await asyncio.sleep(SETTLE)
                await self._refresh()
                if not self._refresh_again:
                    return
        except TmuxError as error:
            log.info("panes of %s: %s", self.id, error)
        finally:
            self._refreshing = False

    async def _refresh(self) -> None:
        facts = {fact.pane: fact for fact in await self.session.list_panes()}
        agents = self.workspace.agents
        for agent in agents:
            self._compare(agent, facts)
        known = {agent.pane for agent in agents}
        for fact in facts.values():
            if fact.pane not in known:
                self._adopt_pane(fact)

    def _compare(self, agent: Agent, facts: Mapping[str, PaneFacts]) -> None:
        fact = facts.get(agent.pane or "")
        if fact is None:
            if agent.child_of is not None and agent.pane is not None:
                self.session.forget(agent.pane)
                self._around.bus.publish(AgentRemoved(self.id, agent.id))
            elif agent.pid is not None:
                self._exited(agent, None, "its pane is gone")
        elif fact.dead and agent.pid is not None:
            self._exited(agent, fact.status, "")
            self.session.pump.dirty(fact.pane)
        elif not fact.dead and agent.pid != fact.pid and agent.pid is None:
            evidence = "its program runs; it was started outside HiveUI"
            reading = Reading(AgentState.UNSURE, "process", Confidence.CERTAIN, evidence, now())
            self._around.bus.publish(AgentStarted(self.id, agent.id, PaneId(fact.pane), fact.pid, reading))

    def _exited(self, agent: Agent, status: int | None, note: str) -> None:
        note = note or self._missing.get(agent.id, "")
        reading = Reading(AgentState.EXITED, "process", Confidence.CERTAIN, note or ending(status), now())
        self._around.bus.publish(AgentExited(self.id, agent.id, status, reading, note))

    def _adopt_pane(self, fact: PaneFacts) -> None:
        """Show a pane that an agent, or a person with plain tmux, made."""
        parent = self.workspace.agent(AgentId(fact.window))
        number = sum(agent.child_of is not None for agent in self.workspace.agents) + 1
        role = f"{parent.role} pane {number}" if parent else f"extra pane {number}"
        folder = parent.dir if parent else self.workspace.path
        child = Agent(
            id=AgentId(f"child-{fact.pane[1:]}"),
            role=role,
            kind="shell",
            dir=folder,
            pane=PaneId(fact.pane),
            pid=None if fact.dead else fact.pid,
            reading=Reading(AgentState.UNSURE, "process", Confidence.CERTAIN, "a pane HiveUI did not make", now()),
            child_of=parent.id if parent else AgentId(""),
            person=parent is None or parent.person,
            note=f"made by {parent.role}, not by HiveUI" if parent else "made by plain tmux, not by HiveUI",
        )
        self._around.bus.publish(AgentAdded(self.id, child))

    def connection_lost(self, reason: str) -> None:
        """Reach tmux again, or find that it is gone."""
        if not self.over:
            self._around.spawn(self._reach_again(reason))

    async def _reach_again(self, reason: str) -> None:
        for wait in RECONNECT:
            await asyncio.sleep(wait)
            if self.over:
                return
            if self.id in await self._around.server.sessions():
                log.info("the tap of %s was replaced: %s", self.id, reason)
                self.session.connect()
                await self._refresh()
                return
        self.lost("tmux is gone")

    def lost(self, why: str) -> None:
        """Say of every agent that it ended with tmux, and name the processes that outlived it."""
        self.over = True
        self.session.close()
        left = orphans(self._around.machine, AGENT_VARIABLE)
        for agent in self.workspace.agents:
            if agent.pid is not None:
                pids = ", ".join(map(str, left.get(agent.id, ())))
                self._exited(agent, None, f"{why}; process {pids} goes on without a screen" if pids else why)
        self._around.bus.publish(TmuxLost(f"{why}: nothing is started again unasked; `hive up` starts the agents anew"))
