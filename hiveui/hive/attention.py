"""Reads what the agents of one workspace do: gathers the signs of each, weighs them, publishes what they come to."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from hiveui.model.agent import Agent, AgentId
from hiveui.model.signs import AgentState, Dialog, Reading, Sign, Source
from hiveui.model.weighing import ASKING, BUSY, PROTOCOLS, RESTING, Known, weigh
from hiveui.screen.pump import Pump

LOOK = 0.3
"""Seconds between two looks at a screen that changes."""
TITLES = frozenset({"0", "2"})
"""Titles, by the number of their OSC."""
WATCHED = BUSY | ASKING | {AgentState.STUCK}
"""States in which a screen is looked at again and again."""
GLANCE = 1.2
"""Seconds between two looks at the screen of a program that speaks for itself."""


class Reader(Protocol):
    """Reads what one kind of program shows."""

    def screen(self, rows: Sequence[str]) -> Sign | None:
        """Read a screen, top row first; None for one that no rule knows."""

    def notice(self, kind: str, body: bytes) -> Sign | None:
        """Read a title or a notification, by the number of its OSC; None for one that tells nothing."""


class Text(Protocol):
    """Gives the rows of a pane's screen without their looks, None where there are none."""

    async def __call__(self, pane: str, *, fresh: bool = False) -> Sequence[str] | None:
        """Give them as they stand on somebody's screen, or `fresh`."""


class Attention:
    """The signs of each agent of one workspace."""

    def __init__(
        self,
        agents: Callable[[], Sequence[Agent]],
        reader: Callable[[Agent], Reader | None],
        text: Text,
        publish: Callable[[Agent, Reading], None],
        spawn: Callable[[Awaitable[None]], None],
    ) -> None:
        """Read `agents`, each by the `reader` of its kind, and `publish` what is new."""
        self._agents = agents
        self._reader = reader
        self._text = text
        self._publish = publish
        self._known: dict[AgentId, Known] = {}
        self._pids: dict[AgentId, int | None] = {}
        self._timers: dict[AgentId, asyncio.TimerHandle] = {}
        self._loop = asyncio.get_running_loop()
        self._pump = Pump(self._look, spawn)

    # what is heard

    def hear(self, agent: Agent, sign: Sign) -> None:
        """Take a sign of an agent that runs; what it asks a person stands on its screen."""
        self._learn(agent, self._of(agent).hear(sign, self._loop.time()))
        if sign.state in ASKING:
            self.look(agent)

    def withdraw(self, agent: Agent, source: Source) -> None:
        """Forget what a source said of an agent."""
        self._learn(agent, self._of(agent).withdraw(source))

    def notice(self, agent: Agent, kind: str, body: bytes) -> None:
        """Take a title or a notification that an agent's program printed."""
        reader = self._reader(agent)
        sign = reader.notice(kind, body) if reader is not None else None
        if kind not in TITLES:
            self.look(agent)  # it says that something happened, and never that it is over
        elif sign is not None:
            self.hear(agent, sign)
        else:
            self.withdraw(agent, Source.NOTICE)

    def typed(self, agent: Agent) -> None:
        """Note that somebody typed into an agent's pane."""
        self._known[agent.id] = replace(self._of(agent), typed=self._loop.time())
        self.look(agent)

    def seen(self, agent: Agent) -> None:
        """Note that the person looked at an agent: a turn that ended is read."""
        if agent.reading.state in RESTING:
            self._learn(agent, replace(self._of(agent), turned=False))

    def look(self, agent: Agent) -> None:
        """Look at an agent's screen soon: it changed, or time passed."""
        if agent.pid is None or agent.pane is None or self._reader(agent) is None:
            return
        known = self._of(agent)
        calm = PROTOCOLS & known.heard.keys() and known.shown not in ASKING
        self._pump.watch(agent.pane, GLANCE if calm else LOOK)
        self._pump.dirty(agent.pane)

    def signs(self, agent: Agent) -> list[dict[str, Any]]:
        """Give what each source says of an agent, those first that are believed, and for how many seconds already."""
        heard, now = self._of(agent).heard if agent.pid is not None else {}, self._loop.time()
        ordered = [heard[source] for source in Source if source in heard]
        return [
            {
                "source": one.sign.source,
                "state": one.sign.state,
                "evidence": one.sign.evidence,
                "since": round(now - one.since, 1),
                "last": round(now - one.last, 1),
            }
            for one in ordered
        ]

    def known(self, agent: Agent) -> Known:
        """Give what is known of an agent that runs."""
        return self._of(agent)

    def speaks(self, agent: Agent) -> bool:
        """Tell whether an agent's program was heard to speak for itself: then its screen need not be followed."""
        return agent.pid is not None and bool(PROTOCOLS & self._of(agent).heard.keys())

    async def dialog(self, agent: Agent) -> Dialog | None:
        """Give what an agent asks on its screen at this moment; None where that is nothing, or is not known."""
        reader = self._reader(agent)
        rows = await self._text(agent.pane, fresh=True) if reader is not None and agent.pane is not None else None
        sign = reader.screen(rows) if reader is not None and rows is not None else None
        return sign.dialog if sign is not None else None

    def asks(self, agent: Agent, rows: Sequence[str]) -> bool:
        """Tell whether a screen of an agent's shows a dialog, whatever its program says of itself."""
        reader = self._reader(agent)
        sign = reader.screen(rows) if reader is not None else None
        return sign is not None and sign.state in ASKING

    def stands(self, agent: Agent) -> float:
        """Tell for how many seconds an agent's screen has said what it says; 0 where that is not known."""
        screen = self._of(agent).heard.get(Source.SCREEN)
        return self._loop.time() - screen.since if screen is not None else 0.0

    def look_again(self) -> None:
        """Look at everybody's screen soon: it is read by other rules now."""
        for agent in self._agents():
            self.look(agent)

    def time_passed(self) -> None:
        """Look at those that work or ask, and at those that speak and are not understood; forget those that are gone.

        What those print is kept back by tmux while they are hidden.
        """
        living = {agent.id: agent for agent in self._agents() if agent.pid is not None}
        for id_ in self._known.keys() - living.keys():
            del self._known[id_]
            self._pids.pop(id_, None)
            self._again(id_, None)
        for agent in living.values():
            if agent.reading.state in WATCHED or (agent.reading.state is AgentState.UNSURE and self.speaks(agent)):
                self.look(agent)

    def stop(self) -> None:
        """Look at nothing any more."""
        self._pump.stop()
        for id_ in list(self._timers):
            self._again(id_, None)

    # what it comes to

    def _of(self, agent: Agent) -> Known:
        """Give what is known of an agent's program; little of one that was just started, or met."""
        now = self._loop.time()
        if self._pids.get(agent.id, agent.pid) != agent.pid:
            self._known[agent.id] = Known(now)
        elif agent.id not in self._known:
            self._known[agent.id] = Known.left(agent.reading, now)
        self._pids[agent.id] = agent.pid
        return self._known[agent.id]

    async def _look(self, pane: str) -> None:
        rows = await self._text(pane)
        agent = next((agent for agent in self._agents() if agent.pane == pane and agent.pid is not None), None)
        reader = self._reader(agent) if agent is not None else None
        if agent is None or reader is None or rows is None:
            self._pump.unwatch(pane)
            return
        known, sign, now = self._of(agent), reader.screen(rows), self._loop.time()
        told = sign is not None and sign.state is not AgentState.EXITED  # that is for its process to say
        self._learn(agent, known.hear(sign, now) if sign is not None and told else known.unknown(now))

    def _learn(self, agent: Agent, known: Known) -> None:
        """Keep what is known of an agent, and publish what that comes to."""
        if agent.pid is None:
            return
        weighed = weigh(known, self._loop.time())
        if weighed.reading is not None:
            known = known.show(weighed.reading.state)
            self._publish(agent, weighed.reading)
        self._known[agent.id] = known
        self._again(agent.id, weighed.again)

    def _again(self, id_: AgentId, at: float | None) -> None:
        """Look once more at a time; None for no time."""
        timer = self._timers.pop(id_, None)
        if timer is not None:
            timer.cancel()
        if at is not None:
            self._timers[id_] = self._loop.call_at(at, self._look_at, id_)

    def _look_at(self, id_: AgentId) -> None:
        agent = next((agent for agent in self._agents() if agent.id == id_), None)
        if agent is not None and agent.pid is not None:
            self._learn(agent, self._of(agent))
            self.look(agent)
