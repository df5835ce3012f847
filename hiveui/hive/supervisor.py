"""Runs the agents of one workspace: starts, stops and adopts them, on whichever host each of them is."""

import asyncio
import logging
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from hiveui.agents.environment import Variable, compose
from hiveui.agents.hooks.injection import Program
from hiveui.agents.launch import Launch, begin
from hiveui.errors import StorageError, TmuxError, UsageError
from hiveui.git.head import branch_of
from hiveui.hive import boxing, checkouts, store, there
from hiveui.hive.checkouts import Beginning
from hiveui.hive.given import given
from hiveui.hive.holding import Starting, place_of
from hiveui.hive.host import Here
from hiveui.hive.processes import LocalPrograms, orphans
from hiveui.hive.remote import Remote
from hiveui.hive.resuming import last_conversation, story
from hiveui.hive.session import now
from hiveui.hive.station import Station
from hiveui.hive.surroundings import Surroundings
from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.events import AgentAdded, AgentLearned, AgentRemoved, AgentStarted, Noticed, SessionLost
from hiveui.model.hosts import LOCAL, pane_on
from hiveui.model.layout import Rect, arrange, roles
from hiveui.model.ownership import AgentBounded, Bounds
from hiveui.model.signs import AgentState, Confidence, Reading, Sign, Source
from hiveui.model.state import Workspace
from hiveui.tmux import commands

log = logging.getLogger(__name__)

SEEN = 1.0
"""Seconds in which tmux notices that a program ended."""
CHROME = 2
"""Lines of the screen that are no pane's: the first and the last."""


class Supervisor:
    """The agents of one workspace."""

    def __init__(self, id_: WorkspaceId, around: Surroundings) -> None:
        self.id = id_
        self._around = around
        self._caller: Mapping[str, str] = {}
        self._launches: dict[AgentId, Launch] = {}
        self.launches: Mapping[AgentId, Launch] = self._launches
        """How agents are started, as far as that is known."""
        self._screen = (120, 40)
        self._beginning: defaultdict[AgentId, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By agent: its worktree is made once."""
        gone = lambda _: self.lost("tmux is gone")  # noqa: E731
        self.aside = partial(boxing.aside, around)
        """Gives the words of what is run for an agent beside its program, as that is: in its sandbox."""
        self.here = Station(id_, Here(around.server, LocalPrograms(around.machine)), around, self._launches, gone)
        """What it has here, where it is kept how its agents are started."""
        self.stations: dict[str, Station] = {LOCAL: self.here}
        """What it has on each host, by the host's name."""

    def at(self, agent: Agent) -> Station:
        """Give what the workspace has on an agent's host. Raises UsageError for a host that was never declared."""
        station = self.stations.get(agent.host)
        if station is None:
            host = self._around.hosts.find(agent.host)
            gone = partial(Station.ended, why=f"tmux on {agent.host} is gone; nothing is started again unasked")
            station = Station(self.id, host, self._around, self._launches, gone)
            self.stations[agent.host] = station
            host.join(station)
        return station

    @property
    def over(self) -> bool:
        """The session here is gone or let go of."""
        return self.here.over

    @property
    def workspace(self) -> Workspace:
        """The workspace's part of the state. Raises UsageError once it is closed."""
        return self._around.bus.workspace(self.id)

    @property
    def declared(self) -> Mapping[AgentId, tuple[Agent, Launch | None]]:
        """The agents that a layout declared, with how they were started; None where that is not known any more."""
        return {
            agent.id: (agent, self._launches.get(agent.id))
            for agent in self.workspace.agents
            if not agent.added and (agent.id in self._launches or (agent.pid is not None and agent.child_of is None))
        }

    # life of the workspace

    async def open(self, caller: Mapping[str, str], columns: int, rows: int) -> None:
        """Make the session, with the environment and the terminal's size of the shell that asked. Raises TmuxError."""
        self._caller = dict(caller)
        self._screen = (columns, rows)
        await self.here.open(columns, rows)
        await self._keep()

    async def adopt(self) -> None:
        """Take over a session that an earlier daemon left. Raises TmuxError."""
        self.here.connect()
        if not self._launches:
            await self._remember()
        await self.here.adopt()
        for agent in self.workspace.agents:
            station = self.at(agent)
            if agent.pane is None and agent.reading.state is AgentState.STARTING:
                station.unstarted(agent.id, "tmux or the daemon ended first")

    async def _remember(self) -> None:
        """Read how the agents were started; where that cannot be read, opening the workspace again mends it."""
        answer = await self.here.session.client.ask(store.ask(self.id))
        if answer.ok and answer.lines:
            try:
                self._caller, launches = store.read(answer.lines[0])
            except StorageError as error:
                log.warning("%s: %s", self.id, error)
            else:
                self._launches.update(launches)

    async def close(self) -> list[str]:
        """End every program and the session; give the roles that were ended. Raises TmuxError."""
        ended = [agent.role for agent in self.workspace.agents if agent.pid is not None]
        await self.here.close()
        there = [station for station in self.stations.values() if station is not self.here]
        await asyncio.gather(*(_close(self._around, station) for station in there))
        return ended

    def detach(self) -> None:
        """Let go of every session; agents go on."""
        for station in self.stations.values():
            station.detach()

    async def _keep(self) -> None:
        (await self.here.session.client.ask(store.keep(self.id, self._caller, self._launches))).checked()

    # life of an agent

    async def declare(self, wanted: Sequence[tuple[Agent, Launch]], place: int | None = None) -> None:
        """Take agents in, to be started; those that are there go on in their panes until then.

        New ones stand at `place` among the agents, or at the end. Raises TmuxError.
        """
        for agent, launch in wanted:
            self._launches[agent.id] = launch
            old = self.workspace.agent(agent.id)
            if old is not None:
                agent = replace(  # noqa: PLW2901
                    agent,
                    pane=old.pane,
                    pid=old.pid,
                    reading=old.reading,
                    conversation=old.conversation,
                    conversations=old.conversations,
                    spend=old.spend,
                    proof=old.proof,
                )
            self._around.bus.publish(AgentAdded(self.id, agent, place))
        await self._keep()

    async def know(self, launches: Mapping[AgentId, Launch]) -> None:
        """Keep how agents are started whose records are there. Raises TmuxError."""
        self._launches.update(launches)
        await self._keep()

    async def start(self, id_: AgentId, *, conversation: str | None = None) -> Agent:
        """Start an agent's program, in a fresh pane in place of the one it had; a running one is ended first.

        It goes on with `conversation`, begins one where that is '', and goes on with its last where that is None
        and still there.

        Raises TmuxError; then one that does not run has ended, with a note that says so. Raises GitError where it can
        have no worktree; then its pane says why.
        """
        agent = self._agent(id_)
        launch = self._launches.get(id_)
        if agent.child_of is not None:
            raise UsageError(f"{agent.role} was not started by HiveUI, so it cannot be started again.")
        if launch is None:
            raise UsageError(f"How {agent.role} was started is not known any more.", "Run `hive up` again.")
        station = self.at(agent)
        try:
            await station.open(*self._screen)
            if agent.pid is not None:
                await station.host.programs.end([agent.pid])
            env = {variable.name: variable.value for variable in self.environment(agent)}
            if conversation is None:
                conversation = await last_conversation(agent, launch, env)
            start = begin(launch, conversation, str(uuid.uuid4()))
            async with self._beginning[id_]:
                beginning, env = await self._begin(agent, replace(launch, argv=start.argv), env)
                await self._around.begins(agent)
        except TmuxError as error:
            station.unstarted(id_, str(error))
            raise
        async with station.census.changing:
            agent = self._agent(id_)
            try:
                way = replace(launch, argv=beginning.argv, cwd=beginning.cwd)
                pane, pid = await self._launch(agent, way, env)
            except TmuxError as error:
                station.census.ended(agent, None, f"it was not started: {error}")
                raise
            station.session.client.tell(commands.set_role(pane, agent.role))
            station.census.unbegun[id_] = beginning.unbegun
            station.census.resumed.pop(id_, None)
            if start.resumes and not beginning.hopeless:
                station.census.resumed[id_] = (start.conversation, asyncio.get_running_loop().time())
            evidence = f"its program was started, {story(agent, start)}"
            reading = Reading(AgentState.STARTING, Source.PROCESS, Confidence.CERTAIN, evidence, now())
            known = None if beginning.hopeless else start.conversation
            self._around.bus.publish(AgentStarted(self.id, id_, PaneId(pane), pid, reading, known))
        self.learn_branches([self._agent(id_)])
        if beginning.trouble is not None:
            raise beginning.trouble
        return self._agent(id_)

    async def _begin(self, agent: Agent, way: Launch, env: dict[str, str]) -> tuple[Beginning, dict[str, str]]:
        """Have there be where an agent works, and give how its program begins, in which environment."""
        host = self.at(agent).host
        if isinstance(host, Remote):
            way, env = await there.hook(host, agent, way, env)
            _bound(self._around, self.workspace, agent, there.bounds(agent))
            beginning = await there.begin(host, way, partial(_say, self._around, agent.role))
            if way.there is not None:
                self._around.bus.publish(AgentAdded(self.id, there.moved(agent, beginning)))
            return beginning, env
        starting = Starting(agent, way, place_of(self.workspace.path, agent, self.launches), env)
        if way.hooks is not None:
            program = Program(agent.id, way.argv, env, way.cwd, starting.asking)
            injected = await asyncio.to_thread(self._around.injection.inject, way.hooks, program)
            way, env = replace(way, argv=injected.argv), {**env, **injected.env}
        beginning = await checkouts.begin(way, env, partial(_say, self._around, agent.role))
        starting = replace(starting, launch=way)
        if not beginning.hopeless:
            file = self._around.injection.folder / f"{agent.id}.walls"
            held = await asyncio.to_thread(starting.hold, beginning.argv, file)
            _bound(self._around, self.workspace, agent, held.bounds)
            beginning = replace(beginning, argv=held.argv)
        return await boxing.boxed(boxing.Boxing(self._around, starting), self.workspace, beginning), env

    async def _launch(self, agent: Agent, launch: Launch, env: Mapping[str, str]) -> tuple[str, int]:
        """Give the program a window of its own, in place of the one it had: panes are never respawned (commands)."""
        session = self.at(agent).session
        there = {fact.pane for fact in await session.list_panes()} if agent.pane else set()
        lines = [commands.history_limit(self.id, launch.history)]
        if agent.pane in there:
            lines.insert(0, commands.kill_pane(agent.pane))
            session.forget(agent.pane)
        lines.append(
            commands.new_window(
                self.id, agent.id, env, launch.cwd, launch.argv, size=_size(self.workspace, self._screen, agent.role)
            )
        )
        answer = (await session.client.ask(" ; ".join(lines), len(lines) + 1)).checked()
        pane, pid = answer.lines[0].decode().split()
        return pane_on(agent.host, pane), int(pid)

    async def stop(self, id_: AgentId) -> Agent:
        """End an agent's program; its pane stays with its last screen."""
        agent = self._agent(id_)
        if agent.pid is None:
            raise UsageError(f"{agent.role} is not running.")
        station = self.at(agent)
        await station.host.programs.end([agent.pid])
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SEEN
        while True:
            await station.census.refresh()
            left = self.workspace.agent(id_) or replace(agent, pid=None)
            if left.pid != agent.pid or loop.time() > deadline:
                return left
            await asyncio.sleep(0.02)

    async def remove(self, id_: AgentId) -> None:
        """End an agent and take its pane away; on a host that is not reached it is ended once that is."""
        agent = self._agent(id_)
        station = self.at(agent)
        reached = station.host.up
        async with station.census.changing:
            if agent.pane is not None:
                if reached:
                    await station.session.client.ask(commands.kill_pane(agent.pane))
                station.session.forget(agent.pane)
            if reached or agent.pid is None:
                self._launches.pop(id_, None)  # else it says that a program is to be ended which runs there (Census)
            self._around.bus.publish(AgentRemoved(self.id, id_))
        if agent.pid is not None and reached:
            await station.host.programs.end([agent.pid])
        elif agent.pid is not None:
            until = f"its program goes on there, and is ended once HiveUI reaches {agent.host}"
            _say(self._around, agent.role, f"it is removed; {until}.")
        await self._keep()

    # facts

    def environment(self, agent: Agent) -> tuple[Variable, ...]:
        """Give an agent's environment with the origin of each variable."""
        launch = self._launches.get(agent.id)
        caller = self.at(agent).host.caller(self._caller)
        ours = given(self._around, agent, launch, agent_forwarded="SSH_AUTH_SOCK" in self._caller)
        found = compose(caller, launch.role_env if launch else {}, launch.env if launch else {}, ours)
        return boxing.environment(self._around, agent.id, launch, found)

    def learn_branches(self, agents: Sequence[Agent]) -> None:
        """Publish the branches that agents' folders are on, '' for none, where they changed."""
        folders = {folder: branch_of(Path(folder)) or "" for folder in {one.dir for one in agents if one.here}}
        for agent in agents:
            branch = folders[agent.dir] if agent.here else self._around.mirrors.branch(agent)
            if branch != (agent.branch or ""):
                self._around.bus.publish(AgentLearned(self.id, agent.id, branch=branch))

    def housekeeping(self) -> None:
        """Look after what no event tells of; called every few seconds."""
        for station in self.stations.values():
            station.housekeeping(self._quiet)
        self.learn_branches(self.workspace.agents)
        boxing.look(self._around, self.workspace)

    def _quiet(self, agent: Agent) -> bool:
        """Tell whether nothing is read from what an agent prints while nobody looks."""
        launch = self._launches.get(agent.id)
        unread = self._around.reader(agent) is None or self.at(agent).census.attention.speaks(agent)
        return launch is not None and launch.quiet_when_hidden and unread

    def report(self, agent: Agent, state: AgentState, evidence: str, conversation: str) -> None:
        """Take an agent's report over the gateway."""
        if conversation and conversation != agent.conversation:
            self._around.bus.publish(AgentLearned(self.id, agent.id, conversation=conversation))
        self.at(agent).census.attention.hear(agent, Sign(Source.REPORT, state, evidence))

    def _agent(self, id_: AgentId) -> Agent:
        found = self.workspace.agent(id_)
        if found is None:
            raise UsageError("That agent is gone.")
        return found

    # tmux lost

    def lost(self, why: str, saved: str = "") -> None:
        """Say of every agent that it ended with tmux, and name the processes that outlived it.

        `saved` is when what is known of them was kept last, where that is not now.
        """
        self.detach()
        for name, station in self.stations.items():
            self._around.hosts.leave(name, station)
        generation = self._around.bus.seq
        left = orphans(self._around.machine)
        for agent in self.here.census.agents:
            if agent.pid is not None:
                pids = ", ".join(map(str, left.get(agent.id, ())))
                self.here.census.ended(agent, None, f"{why}; process {pids} goes on without a screen" if pids else why)
        advice = "nothing is started again unasked; r restores all"
        self._around.bus.publish(SessionLost(self.id, f"{why}: {advice}", saved or now(), generation))


async def _close(around: Surroundings, station: Station) -> None:
    """End the agents on another host, where it is reached."""
    try:
        await station.close()
        station.ended("taken down")
    except TmuxError as error:
        around.bus.publish(Noticed(f"Its agents on {station.host.name} go on: {error}", "warning"))
    around.hosts.leave(station.host.name, station)


def _size(workspace: Workspace, screen: tuple[int, int], role: str) -> tuple[int, int]:
    """Guess the cells that a pane will be given, so that its program need not draw twice."""
    tab = next((tab for tab in workspace.tabs if role in roles(tab.root)), None)
    if tab is None:
        return screen
    columns, rows = screen
    place = arrange(tab.root, Rect(0, 0, columns, rows - CHROME)).panes[role]
    return place.width, place.height - 1


def _say(around: Surroundings, role: str, text: str) -> None:
    """Tell the person something about an agent."""
    around.bus.publish(Noticed(f"{role}: {text}"))


def _bound(around: Surroundings, workspace: Workspace, agent: Agent, bounds: Bounds | None) -> None:
    """Say how a program that begins is held to what its agent's role owns."""
    if bounds != workspace.ownership.bounds.get(agent.role):
        around.bus.publish(AgentBounded(workspace.id, agent.role, bounds))
    if bounds is not None and bounds.notes and not bounds.wall:
        _say(around, agent.role, bounds.notes[0])
