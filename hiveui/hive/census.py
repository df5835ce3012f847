"""What became of the agents of one workspace on one host: what tmux lists and panes say, held against the state."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from hiveui.agents.launch import Launch
from hiveui.errors import HiveError
from hiveui.hive.attention import Attention
from hiveui.hive.host import Host
from hiveui.hive.processes import ending
from hiveui.hive.session import PaneFacts, Session, now
from hiveui.hive.surroundings import Surroundings
from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.events import AgentAdded, AgentExited, AgentLearned, AgentRead, AgentRemoved, AgentStarted
from hiveui.model.hosts import LOCAL, folder_on
from hiveui.model.morning import short
from hiveui.model.rows import plain
from hiveui.model.signs import AgentState, Confidence, Reading, Sign, Source
from hiveui.model.state import Workspace
from hiveui.model.turns import Turns
from hiveui.screen.signals import read_status
from hiveui.tmux import commands

log = logging.getLogger(__name__)

SETTLE = 0.05
"""Seconds in which reasons to list the panes are gathered."""
STATUS_LOOKS = 5
"""Times that tmux is asked how a program ended before that is taken for unknown."""
AT_ONCE = 10.0
"""Seconds within which a program that fails could not go on with its conversation."""
REST = 0.1
"""Seconds between two readings of one agent: a program can report as fast as it prints."""


class Census:
    """Hears of the panes of one workspace on one host (session.Watcher) and publishes what is new."""

    def __init__(
        self,
        id_: WorkspaceId,
        host: Host,
        around: Surroundings,
        launches: Mapping[AgentId, Launch],
        lost: Callable[[str], None],
    ) -> None:
        """Watch a workspace; `launches` says how its agents are started, `lost` hears of a lost connection."""
        self._id = id_
        self._bus = around.bus
        self._host = host
        self._spawn = around.spawn
        self._around = around
        self._launches = launches
        self._refreshing = False
        self._refresh_again = False
        self._latest: dict[AgentId, tuple[int, Reading]] = {}
        self._resting: set[AgentId] = set()
        self.connection_lost = lost
        self.session = Session(id_, host, around.log_file, self, around.spawn)
        self.attention = Attention(lambda: self.agents, around.reader, self._text, self._read, around.spawn)
        self.unbegun: dict[AgentId, Callable[[], str]] = {}
        """What tells why an agent that ended never began, or ''."""
        self.resumed: dict[AgentId, tuple[str, float]] = {}
        """The conversations that programs were started to go on with, and the loop's time then."""
        self.changing = asyncio.Lock()
        """Held while panes are made, taken away or listed: nobody compares what is half done."""

    @property
    def _workspace(self) -> Workspace:
        return self._bus.workspace(self._id)

    @property
    def agents(self) -> list[Agent]:
        """The workspace's agents on this host."""
        return [agent for agent in self._workspace.agents if agent.host == self._host.name]

    def agent_at(self, pane: str) -> Agent | None:
        """Find the agent in a pane."""
        return next((agent for agent in self.agents if agent.pane == pane), None)

    # readings

    def pane_printed(self, pane: str) -> None:
        """Look at the screen; the first output ends `starting` where nothing reads it."""
        agent = self.agent_at(pane)
        if agent is None:
            return
        self.attention.look(agent)
        if self._unread(agent):
            self._runs(agent, "its program runs and prints; nothing tells what it does")

    def pane_shown(self, pane: str) -> None:
        """Look at a screen that was captured for somebody."""
        agent = self.agent_at(pane)
        if agent is not None:
            self.attention.look(agent)

    def time_passed(self) -> None:
        """Believe that programs run which have printed nothing for a while; look again at those that tmux lost."""
        for agent in self.agents:
            if agent.pid is not None and not self._host.programs.alive(agent.pid):
                self.panes_changed()
            if self._unread(agent):
                self._runs(agent, "its program runs and has printed nothing; nothing tells what it does")
        self.attention.time_passed()

    def _unread(self, agent: Agent) -> bool:
        """Tell whether an agent starts and nothing will tell of its state."""
        launch = self._launches.get(agent.id)
        speaks = launch is not None and launch.reports
        return agent.reading.state is AgentState.STARTING and not speaks and self._around.reader(agent) is None

    def told(self, agent: Agent) -> bool:
        """Tell whether anything tells of an agent's state: its reports, its hooks, rules for its screen."""
        launch = self._launches.get(agent.id)
        speaks = launch is not None and launch.reports
        return speaks or self.attention.speaks(agent) or self._around.reader(agent) is not None

    def _runs(self, agent: Agent, evidence: str) -> None:
        self._read(agent, Reading(AgentState.UNSURE, Source.PROCESS, Confidence.CERTAIN, evidence, now()))

    def pane_signalled(self, pane: str, kind: str, body: bytes) -> None:
        """Read an agent's own report, from the kinds that are known to tell the truth in it, and its notices."""
        agent = self.agent_at(pane)
        launch = self._launches.get(agent.id) if agent is not None else None
        if agent is None or launch is None:
            return
        if kind != "7501":
            self.attention.notice(agent, kind, body)
            return
        status = read_status(body) if launch.reports else None
        if status is not None and status.state is None:
            self.attention.withdraw(agent, Source.PROGRAM)
        elif status is not None and status.state is not None:
            evidence = status.message or f"it reported {status.state.value}"
            self.attention.hear(agent, Sign(Source.PROGRAM, status.state, evidence))

    def heard(self, agent: Agent, turns: Turns) -> None:
        """Take what an agent's own events say of it: the conversation that it has, and what it does."""
        if turns.conversation and turns.conversation != agent.conversation:
            self._bus.publish(AgentLearned(self._id, agent.id, conversation=turns.conversation))
        if turns.sign is not None:
            self.attention.hear(agent, turns.sign)
        else:
            self.attention.withdraw(agent, Source.HOOK)

    async def _text(self, pane: str, *, fresh: bool = False) -> list[str] | None:
        """Give the rows of a pane; those that stand on somebody's screen will do, unless they are to be `fresh`."""
        if fresh or pane not in self.session.pump.watched:
            await self.session.capture(pane)
        frame = self.session.frames.get(pane)
        return [plain(row) for row in frame.rows] if frame is not None else None

    def _read(self, agent: Agent, reading: Reading) -> None:
        """Take a reading of a running agent. Of those that follow at once, only the last is published."""
        if agent.pid is None:
            return
        self._latest[agent.id] = (agent.pid, reading)
        if agent.id not in self._resting:
            self._publish_latest(agent.id)

    def _publish_latest(self, id_: AgentId) -> None:
        self._resting.discard(id_)
        workspace = self._bus.state.workspaces.get(self._id)
        agent = workspace.agent(id_) if workspace is not None else None
        pid, reading = self._latest.pop(id_, (None, Reading()))
        if agent is None or pid is None or agent.pid != pid:
            return
        old = agent.reading
        reading = replace(reading, since=old.since if old.state is reading.state else now())
        if old != reading:
            self._bus.publish(AgentRead(self._id, id_, reading))
            self._resting.add(id_)
            asyncio.get_running_loop().call_later(REST, self._publish_latest, id_)

    # panes

    def panes_changed(self) -> None:
        """List the panes soon, once for any number of reasons."""
        if self._refreshing:
            self._refresh_again = True
            return
        self._refreshing = True
        self._spawn(self._refresh_soon())

    async def _refresh_soon(self) -> None:
        try:
            while True:
                self._refresh_again = False
                await asyncio.sleep(SETTLE)
                await self.refresh()
                if not self._refresh_again:
                    return
        except HiveError as error:
            log.info("panes of %s: %s", self._id, error)
        finally:
            self._refreshing = False

    async def refresh(self) -> None:
        """List the panes, and publish how they differ from the state. Raises TmuxError."""
        async with self.changing:
            facts = {fact.pane: fact for fact in await self._list_panes()}
            known = {agent.pane for agent in self.agents}
            unheard = {fact.window: fact for fact in facts.values() if fact.pane not in known}
            for agent in self.agents:
                self._compare(agent, facts.get(agent.pane or "") or unheard.get(agent.id))
            known = {agent.pane for agent in self.agents}
            for fact in facts.values():
                if fact.pane not in known:
                    self._meet(fact)

    async def _list_panes(self) -> list[PaneFacts]:
        """List the panes, with how the programs in them ended: tmux may know that before it knows how, and is asked."""
        over = {agent.pane for agent in self.agents if agent.pid is None}
        for _ in range(STATUS_LOOKS):
            facts = await self.session.list_panes()
            unknown = [fact for fact in facts if fact.pane not in over and fact.status is None]
            late = [fact.pid for fact in unknown if fact.dead or not self._host.programs.alive(fact.pid)]
            if not late:
                break
            for pid in late:
                self._host.programs.reap(pid)
            await asyncio.sleep(SETTLE)
        return facts

    def _compare(self, agent: Agent, fact: PaneFacts | None) -> None:
        if fact is not None and fact.pane != agent.pane:  # started by a daemon that did not live to write it down
            self._started(agent, fact)
            agent = self._workspace.agent(agent.id) or agent
        ended = fact is None or fact.dead
        if ended and agent.child_of is not None and agent.pane is not None:
            self._part_from(agent.pane, fact)
            self._bus.publish(AgentRemoved(self._id, agent.id))
        elif ended and agent.pid is not None:
            self.ended(agent, fact.status if fact else None, "" if fact else "its pane is gone")
            self.session.pump.dirty(agent.pane or "")
        elif ended and fact is not None and fact.status is not None and agent.exit_status is None:
            self.ended(agent, fact.status)
        elif fact is not None and not ended and fact.pid != agent.pid:
            self._started(agent, fact)

    def _part_from(self, pane: str, fact: PaneFacts | None) -> None:
        """Take away the pane of a program that ended and was none of ours; no option of its maker's kept it."""
        if fact is not None:
            self.session.client.tell(commands.kill_pane(fact.pane))
        self.session.forget(pane)

    def ended(self, agent: Agent, status: int | None, note: str = "") -> None:
        """Publish that an agent's program ended, or never began."""
        note = note or self.unbegun.get(agent.id, str)() or self._not_resumed(agent, status)
        reading = Reading(AgentState.EXITED, Source.PROCESS, Confidence.CERTAIN, note or ending(status), now())
        self._bus.publish(AgentExited(self._id, agent.id, status, reading, note))

    def _not_resumed(self, agent: Agent, status: int | None) -> str:
        """Say so of a program that was to go on with a conversation and failed at once; '' of any other."""
        conversation, since = self.resumed.pop(agent.id, ("", 0.0))
        if not conversation or not status or status < 0 or asyncio.get_running_loop().time() - since > AT_ONCE:
            return ""
        others = sum(other != conversation for other in agent.conversations)
        more = f", hive conversations lists {others} more" if others else ""
        return f"conversation {short(conversation)} could not be resumed; ctrl+r begins another{more}"

    def _started(self, agent: Agent, fact: PaneFacts) -> None:
        evidence = "its program runs; it was not seen to start"
        reading = Reading(AgentState.UNSURE, Source.PROCESS, Confidence.CERTAIN, evidence, now())
        self._bus.publish(AgentStarted(self._id, agent.id, PaneId(fact.pane), fact.pid, reading))

    def _meet(self, fact: PaneFacts) -> None:
        """Show a pane that an agent, or a person with plain tmux, made."""
        owner = next((agent for agent in self.agents if agent.id == fact.window), None)
        removed = owner is None and fact.window in self._launches  # while its host was not reached
        if fact.dead or removed:
            self._part_from(fact.pane, fact)
            if removed:
                self._spawn(_end(self._host, fact.pid))
            return
        stem = f"{owner.role} pane" if owner else "extra pane"
        top = self._workspace.path if self._host.name == LOCAL else "."
        number = next(n for n in itertools.count(1) if self._workspace.role(f"{stem} {n}") is None)
        child = Agent(
            id=AgentId(f"child-{fact.pane.replace('%', '-').lstrip('-')}"),
            role=f"{stem} {number}",
            kind="shell",
            dir=owner.dir if owner else folder_on(self._host.name, top),
            host=self._host.name,
            pane=PaneId(fact.pane),
            pid=fact.pid,
            reading=Reading(AgentState.UNSURE, Source.PROCESS, Confidence.CERTAIN, "a pane HiveUI did not make", now()),
            child_of=owner.id if owner else AgentId(""),
            person=owner is None or owner.person,
            note=f"made by {owner.role}, not by HiveUI" if owner else "made by plain tmux, not by HiveUI",
        )
        self._bus.publish(AgentAdded(self._id, child))


async def _end(host: Host, pid: int) -> None:
    """End a program whose pane was taken away."""
    with contextlib.suppress(HiveError):  # tmux has told it to end
        await host.programs.end([pid])
