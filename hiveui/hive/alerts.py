"""Calls the person: what `model.alerts` decides goes to the terminals that show the hive, and to programs."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

from hiveui.config.files import Configuration
from hiveui.config.settings import Settings
from hiveui.hive.bus import Bus, Viewer
from hiveui.hive.carriers import DESKTOPS, Carrier, Letter, for_command, for_desktop, has_desktop
from hiveui.model.agent import Agent, AgentId, PaneId
from hiveui.model.alerts import SAYS, Alert, Level, Rules, Terminal, alert, decide, fresh, met, standing
from hiveui.model.attention import Need, stamp
from hiveui.model.events import AgentRead, Event
from hiveui.storage.secrets import redact

GATHER = 1.0
"""Seconds for which needs are gathered: what goes by itself meanwhile calls nobody, and a storm is one alert."""
TICK = 5.0
"""Seconds after which it is looked what time has brought: quiet hours that end, an agent that was put off."""
AWAY = timedelta(minutes=5)
"""Who did nothing at a terminal for so long is not in front of it."""
TEST = Alert("A test of HiveUI", "This is what a notification looks like.")


@dataclass(slots=True)
class Watched:
    """A terminal that shows the hive."""

    viewer: Viewer
    acted: datetime
    focused: bool = True
    pops: bool = False
    """It pops alerts up, so that the desktop need not."""
    saw: frozenset[tuple[AgentId, str]] = frozenset()
    """What began in front of its person, and was not decided on yet."""


class Alerts:
    """Follows the state. Its public methods are verbs (hive.hive.Hive), or called by the dispatch."""

    def __init__(
        self,
        bus: Bus,
        shown: Callable[[Viewer], frozenset[PaneId]],
        choices: Configuration,
        spawn: Callable[[Awaitable[None]], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
    ) -> None:
        """`shown` gives the panes that a client shows, `clock` the person's own time."""
        self._bus = bus
        self._shown = shown
        self._choices = choices
        self._clock = clock
        self._watched: dict[int, Watched] = {}
        self._spawn = spawn
        self._desktop = Carrier("desktop", spawn)
        self._command = Carrier("command", spawn)
        self._woken = asyncio.Event()
        self._looking = asyncio.Lock()
        self._called = met(bus.state)
        bus.listen(self._hear)

    # the task

    async def follow(self) -> None:
        """Call the person whenever there is something to call for, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._woken.wait()
            self._woken.clear()
            await self._look()
            if fresh(self._bus.state, self._called, self._rules(), stamp(self._clock())):
                await asyncio.sleep(GATHER)
                self.call()
            for watched in self._watched.values():
                watched.saw = frozenset()

    def call(self) -> None:
        """Call for everything that stands now and was not called for."""
        decision = decide(self._bus.state, self._called, self._rules(), self._terminals(), self._clock())
        self._called = decision.called
        for key, needs in decision.terminals.items():
            self._watched[key].viewer.notify("alert", self._alert(needs)._asdict())
        if decision.outside:
            if not self._no_desktop():
                self._desktop.take(decision.outside, self._for_desktop)
            if self._settings.notify_command:
                self._command.take(decision.outside, self._for_command)

    def announce(self, news: Alert, roles: Collection[str]) -> None:
        """Call for what is of no agent's state: it stands on the screen, so that it is not told in quiet hours later.

        `roles` are those it is about: where the person wants to hear of none of them, they do not.
        """
        rules = self._rules()
        wanted = any(rules.roles.get(role, rules.level) is not Level.OFF for role in roles)
        if not wanted or (rules.quiet is not None and rules.quiet.hold(self._clock())):
            return
        for watched in self._watched.values():
            watched.viewer.notify("alert", news._asdict())
        if not self._no_desktop():
            self._spawn(self._send(self._desktop, for_desktop(news, sys.platform)))
        if argv := self._settings.notify_command:
            self._spawn(self._send(self._command, for_command(news, argv, 1)))

    @staticmethod
    async def _send(carrier: Carrier, letter: Letter) -> None:
        await carrier.send(letter)

    def _hear(self, event: Event) -> None:
        if isinstance(event, AgentRead) and event.reading.state in SAYS:
            workspace = self._bus.state.workspaces.get(event.workspace)
            agent = workspace.agent(event.id) if workspace is not None else None
            for key, terminal in self._terminals().items():
                if agent is not None and terminal.faces(agent):
                    self._watched[key].saw |= {(agent.id, agent.reading.since)}
            self._woken.set()

    # what holds

    async def _look(self) -> None:
        """Take what has changed in the person's file."""
        async with self._looking:
            await asyncio.to_thread(self._choices.look)

    @property
    def _settings(self) -> Settings:
        return self._choices.config.settings

    def _rules(self) -> Rules:
        settings = self._settings
        return Rules(settings.notify, settings.notify_roles, settings.quiet_hours)

    def _terminals(self) -> dict[int, Terminal]:
        now = self._clock()
        return {
            key: Terminal(watched.focused and now - watched.acted < AWAY, self._shown(watched.viewer), watched.saw)
            for key, watched in self._watched.items()
        }

    def _no_desktop(self) -> str:
        """Say why the desktop tells nothing; '' where it does."""
        chosen = self._settings.notify_desktop
        if chosen == "off":
            return "you chose so"
        if chosen == "on":
            return ""
        if any(watched.pops for watched in self._watched.values()):
            return "a terminal pops it up"
        return "" if has_desktop(os.environ, sys.platform) else "the daemon was not started on a desktop that has it"

    # what is said

    def _alert(self, needs: Sequence[Need]) -> Alert:
        return alert(needs, _detail) if self._settings.notify_detail else alert(needs)

    def _for_desktop(self, needs: Sequence[Need]) -> Letter | None:
        still = standing(self._bus.state, needs)
        return for_desktop(self._alert(still), sys.platform) if still else None

    def _for_command(self, needs: Sequence[Need]) -> Letter | None:
        still, argv = standing(self._bus.state, needs), self._settings.notify_command
        return for_command(self._alert(still), argv, len(still)) if still and argv else None

    # clients

    def terminal(self, viewer: Viewer, *, focused: bool = True, pops: bool = False) -> None:
        """Take note of a terminal that shows the hive, and of its focus: it is told of alerts from now on.

        Nobody counts as in front of one that only looks on, and what it pops up spares nobody else an alert.
        """
        focused, pops = focused and viewer.drives, pops and viewer.drives
        watched = self._watched.setdefault(id(viewer), Watched(viewer, self._clock()))
        if focused and not watched.focused:
            watched.acted = self._clock()
        watched.focused, watched.pops = focused, pops

    def acted(self, viewer: Viewer) -> None:
        """Take note that the person did something at a terminal."""
        if id(viewer) in self._watched:
            self._watched[id(viewer)].acted = self._clock()

    def leave(self, viewer: Viewer) -> None:
        """Forget a client that is gone."""
        self._watched.pop(id(viewer), None)

    # verbs

    async def ways(self) -> dict[str, Any]:
        """Tell how the person is called, and what went wrong with that last."""
        await self._look()
        settings, rules = self._settings, self._rules()
        argv = settings.notify_command
        waiting = fresh(self._bus.state, self._called, rules, stamp(self._clock()))
        return {
            "level": settings.notify.value,
            "quiet": rules.quiet is not None and rules.quiet.hold(self._clock()),
            "waiting": len(waiting),
            "terminals": len(self._watched),
            "focused": sum(terminal.focused for terminal in self._terminals().values()),
            "ways": [
                _way(self._desktop, DESKTOPS.get(sys.platform, DESKTOPS["linux"])[0], self._no_desktop()),
                _way(self._command, PurePath(argv[0]).name if argv else "", "" if argv else "none is chosen"),
            ],
        }

    async def test(self) -> dict[str, Any]:
        """Try each program that is used, whatever the hour; `ways` after that."""
        await self._look()
        argv = self._settings.notify_command
        tried = [self._desktop.send(for_desktop(TEST, sys.platform))] if not self._no_desktop() else []
        tried += [self._command.send(for_command(TEST, argv, 1))] if argv else []
        await asyncio.gather(*tried)
        return await self.ways()


def _detail(agent: Agent) -> str:
    """Give what an agent asks, or what it is, in its own words."""
    return redact(agent.reading.dialog.question if agent.reading.dialog else agent.reading.evidence)


def _way(carrier: Carrier, program: str, idle: str) -> dict[str, Any]:
    """Say what carries alerts; of a person's program only its name, since a secret may stand behind it."""
    return {"name": carrier.name, "program": program, "idle": idle, "trouble": carrier.trouble}
