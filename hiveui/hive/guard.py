"""Watches over agents that work: those that run on for nothing are said to be stuck, and may be interrupted."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hiveui.agents.catalog import catalog
from hiveui.agents.hooks.payloads import about
from hiveui.config.files import Configuration
from hiveui.errors import HiveError, TmuxError, UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.supervisor import Supervisor
from hiveui.model import runaway
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.delivering import QUIET
from hiveui.model.events import AgentExited, AgentRead, AgentSpent, AgentStarted, Event, Noticed
from hiveui.model.rows import plain
from hiveui.model.runaway import (
    Bounds,
    Called,
    Held,
    Observation,
    Prompted,
    Ran,
    Rested,
    Returned,
    Runaway,
    Showed,
    Stirred,
    Stuck,
    Wrote,
)
from hiveui.model.signs import AgentState, Sign, Source
from hiveui.model.turns import EVIDENCE, Happening, Hooked
from hiveui.model.weighing import STILL
from hiveui.paths import Paths

LOOK = 20.0
"""Seconds between two looks at the screens of agents that work."""
READY = 5.0
"""Seconds in which it has to be possible to interrupt an agent: nobody types into its pane, and it asks nothing."""
PROVEN = 10.0
"""Seconds in which a turn that was interrupted has to end."""
BETWEEN = 0.1
"""Seconds between two looks at an agent that is interrupted, and between keys."""
RUNNING = frozenset({AgentState.WORKING, AgentState.STUCK})

Press = Callable[[Supervisor, Agent, Sequence[str]], None]


@dataclass(slots=True)
class Watch:
    """One program that is watched over."""

    pid: int | None
    runaway: Runaway = field(default_factory=Runaway)
    reason: Stuck | None = None
    """Why it is said to be stuck."""
    interrupted: bool = False
    """Since it was last not stuck."""
    note: str = ""
    """What came of interrupting it."""


class Guard:
    """What is observed of every agent, and what that comes to."""

    def __init__(
        self,
        paths: Paths,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        press: Press,
        spawn: Callable[[Awaitable[None]], None],
    ) -> None:
        """`press` presses keys in an agent's pane. What the person chose is read when `look` is first called."""
        self._bus = bus
        self._supervisors = supervisors
        self._press = press
        self._spawn = spawn
        self._kinds_folder = paths.kinds
        self._choices = Configuration(paths, paths.config, {}, commands={})
        self._watches: dict[AgentId, Watch] = {}
        bus.listen(self._happened)

    # what is observed

    def heard(self, _: Supervisor, agent: Agent, event: Hooked) -> None:
        """Take what an agent's hook told."""
        seen = _observed(event)
        if seen is not None:
            self._see(agent, seen)

    def _happened(self, event: Event) -> None:
        match event:
            case AgentRead():
                seen: Observation = _OF_STATE.get(event.reading.state, Held())
            case AgentSpent():
                seen = Wrote(event.spend.tokens.output)
            case AgentStarted() | AgentExited():
                seen = Rested()
            case _:
                return
        workspace = self._bus.state.workspaces.get(event.workspace)
        agent = workspace.agent(event.id) if workspace is not None else None
        if agent is not None:
            self._see(agent, seen)

    def _see(self, agent: Agent, seen: Observation) -> None:
        watch = self._watch(agent)
        watch.runaway = watch.runaway.see(seen, _now())
        asyncio.get_running_loop().call_soon(self._judge, agent.id)  # who listens is not told of more meanwhile

    def _watch(self, agent: Agent) -> Watch:
        watch = self._watches.get(agent.id)
        if watch is None or watch.pid != agent.pid:
            watch = self._watches[agent.id] = Watch(agent.pid)
        return watch

    async def watch(self) -> None:
        """Look at screens, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """Read what the person chose, and look at the screens of agents that work."""
        await asyncio.to_thread(self._choices.look)
        living = {agent.id for supervisor in self._supervisors.values() for agent in _agents(supervisor)}
        for id_ in self._watches.keys() - living:
            del self._watches[id_]
        found = [(one, agent) for one in self._supervisors.values() for agent in _agents(one) if _runs(agent)]
        hosts = {agent.host for _, agent in found}
        await asyncio.gather(*(self._look_on(host, found) for host in hosts))

    async def _look_on(self, host: str, found: Sequence[tuple[Supervisor, Agent]]) -> None:
        """Look at the agents of one host, one after the other: a slow host holds up nobody else."""
        for supervisor, agent in found:
            if agent.host == host:
                await self._look_at(supervisor, agent)

    async def _look_at(self, supervisor: Supervisor, agent: Agent) -> None:
        with contextlib.suppress(TmuxError, UsageError):  # its host is lost, or it is gone
            station = supervisor.at(agent)
            if not station.host.up:
                return  # it stands still for a reason that is not its own
            self._see(agent, Ran())  # it may have worked before this daemon began
            await station.session.capture(agent.pane or "")
            frame = station.session.frames.get(agent.pane or "")
            if frame is not None:
                self._see(agent, Showed(runaway.look(map(plain, frame.rows))))

    # what it comes to

    def dismiss(self, agent: Agent) -> None:
        """Take note that the person knows why an agent is stuck, and lets it go on."""
        watch = self._watch(agent)
        if watch.reason is not None:
            watch.runaway = watch.runaway.dismiss(watch.reason)
            self._judge(agent.id)

    def _judge(self, id_: AgentId) -> None:
        supervisor, agent = self._find(id_)
        watch = self._watches.get(id_)
        if supervisor is None or agent is None or agent.pid is None or watch is None or watch.pid != agent.pid:
            return
        reason = watch.runaway.stuck(_now(), self._bounds(supervisor, agent))
        before, watch.reason = watch.reason, reason
        if reason is None:
            watch.interrupted, watch.note = False, ""
            if before is not None:
                supervisor.at(agent).census.attention.withdraw(agent, Source.GUARD)
        elif reason != before:
            self._say(supervisor, agent, watch)
            if self._interrupts(agent) and not watch.interrupted:
                watch.interrupted = True
                self._spawn(self._interrupt(supervisor, id_, watch))

    def _say(self, supervisor: Supervisor, agent: Agent, watch: Watch) -> None:
        why = watch.reason.why if watch.reason is not None else ""
        supervisor.at(agent).census.attention.hear(
            agent, Sign(Source.GUARD, AgentState.STUCK, f"{watch.note}{why}"[:EVIDENCE])
        )

    def _bounds(self, supervisor: Supervisor, agent: Agent) -> Bounds:
        """Give what is too much for an agent. What goes on in the background, a server say, may be silent."""
        chosen = self._choices.config.settings
        own = agent.spec.stuck_minutes if agent.spec is not None else None
        hook = supervisor.at(agent).census.attention.known(agent).heard.get(Source.HOOK)
        beside = hook is not None and hook.sign.holds
        minutes = 0 if beside else chosen.stuck_minutes if own is None else own
        return Bounds(chosen.stuck_calls, chosen.stuck_errors, minutes, chosen.stuck_tokens)

    def _find(self, id_: AgentId) -> tuple[Supervisor | None, Agent | None]:
        for supervisor in self._supervisors.values():
            agent = next((agent for agent in _agents(supervisor) if agent.id == id_), None)
            if agent is not None:
                return supervisor, agent
        return None, None

    # interrupting

    def _interrupts(self, agent: Agent) -> bool:
        asked = agent.spec.on_stuck if agent.spec is not None else ""
        return (asked or self._choices.config.settings.on_stuck) == "interrupt"

    async def _interrupt(self, supervisor: Supervisor, id_: AgentId, watch: Watch) -> None:
        """End an agent's turn as its own key does, once, and see it end; where it does not, that is said."""
        kinds = await asyncio.to_thread(self._kinds)
        agent = await self._ready(supervisor, id_, watch)
        if agent is None:
            return
        why = watch.reason.why if watch.reason is not None else ""
        for chord in kinds.get(agent.kind, ("escape",)):
            self._press(supervisor, agent, [chord])
            await asyncio.sleep(BETWEEN)
        deadline = _now() + PROVEN
        while _now() < deadline:
            if not self._runs(supervisor, id_, watch):
                self._bus.publish(Noticed(f"{agent.role} was interrupted: {why}"[:EVIDENCE], "warning"))
                return
            await asyncio.sleep(BETWEEN)
        watch.note = "it was interrupted, and goes on: "
        if watch.reason is not None:
            self._say(supervisor, agent, watch)

    async def _ready(self, supervisor: Supervisor, id_: AgentId, watch: Watch) -> Agent | None:
        """Give an agent that may be interrupted; None where it asks something, or is not stuck any more."""
        deadline = _now() + READY
        while _now() < deadline and watch.reason is not None:
            agent = self._find(id_)[1]
            if agent is None or agent.pid != watch.pid:
                return None
            attention = supervisor.at(agent).census.attention
            quiet = _now() - attention.known(agent).typed >= QUIET
            stuck = agent.reading.state is AgentState.STUCK
            if stuck and quiet and await attention.dialog(agent) is None and watch.reason is not None:
                return agent
            await asyncio.sleep(BETWEEN)
        return None

    def _runs(self, supervisor: Supervisor, id_: AgentId, watch: Watch) -> bool:
        agent = next((agent for agent in _agents(supervisor) if agent.id == id_), None)
        return agent is not None and agent.pid == watch.pid and agent.reading.state in RUNNING

    def _kinds(self) -> Mapping[str, tuple[str, ...]]:
        """Give the keys that end a turn, by kind."""
        try:
            kinds = catalog(self._kinds_folder)
        except HiveError:
            kinds = catalog()
        return {name: kind.interrupt for name, kind in kinds.items()}


_OF_STATE: Mapping[AgentState, Observation] = {
    **dict.fromkeys(RUNNING, Ran()),
    **dict.fromkeys(STILL, Rested()),
}
"""What a reading tells; of any other state, that the turn is held up, or that nobody knows."""


def _observed(event: Hooked) -> Observation | None:
    """Give what an event of a program's tells of its turn; None for a sub-agent's prompt, which begins none."""
    match event.happening:
        case Happening.PROMPT:
            return None if event.task else Prompted()
        case Happening.TOOL:
            return Called(_digest(event), about(event.tool, event.tool_input), event.task)
        case Happening.TOOL_OVER:
            return Returned(_digest(event), about(event.tool, event.tool_input), event.failure)
        case _:
            return Stirred()


def _digest(event: Hooked) -> str:
    """Tell a call from any other; of one that was cut not all is known, so it is like no other."""
    return event.digest if event.cut else runaway.digest(event.tool, event.tool_input)


def _agents(supervisor: Supervisor) -> Sequence[Agent]:
    try:
        return supervisor.workspace.agents
    except UsageError:  # of a workspace that is being closed
        return ()


def _runs(agent: Agent) -> bool:
    return agent.reading.state in RUNNING and agent.pid is not None and agent.pane is not None


def _now() -> float:
    return asyncio.get_running_loop().time()
