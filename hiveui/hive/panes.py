"""The verbs on panes: who looks at which, typing, pasting, reading."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Viewer, named
from hiveui.hive.delivery import PASTE_LIMIT, buffer_name, cleaned
from hiveui.hive.excerpts import CONTINUED, Excerpts
from hiveui.hive.people import People
from hiveui.hive.station import Station
from hiveui.hive.supervisor import Supervisor
from hiveui.hive.views import Wanted
from hiveui.model.agent import Agent, AgentId, PaneId, WorkspaceId
from hiveui.model.names import quoted
from hiveui.model.rows import Modes, plain
from hiveui.model.text import width
from hiveui.tmux import commands, encoder

BEFORE_ENTER = 0.15
"""Seconds between a text and enter: programs take what follows at once for a part of the paste."""


class Panes:
    """Every pane of every running workspace."""

    def __init__(self, supervisors: Mapping[WorkspaceId, Supervisor], people: People) -> None:
        self._supervisors = supervisors
        self._people = people
        self._excerpts = Excerpts()
        self._shown: dict[int, frozenset[PaneId]] = {}
        self._parts: dict[tuple[int, str], list[str]] = {}
        self._sending: defaultdict[AgentId, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By agent: two texts that come at once are sent one after the other, each with its enter."""

    def look(self, viewer: Viewer, *, panes: list[dict[str, Any]], size_owner: bool = False, frames: int = 0) -> None:
        """Show a client these panes and no others; one that may not type gives none its size."""
        wanted = {p["pane"]: Wanted(p["columns"], p["rows"], p.get("focused", False)) for p in panes}
        self._shown[id(viewer)] = frozenset(map(PaneId, wanted))
        for supervisor in self._supervisors.values():
            for station in supervisor.stations.values():
                mine = {str(agent.pane) for agent in station.census.agents}
                part = {pane: want for pane, want in wanted.items() if pane in mine}
                station.session.look(viewer, part, owner=size_owner, frames=frames)
        self._people.changed()

    def shown(self, viewer: Viewer) -> frozenset[PaneId]:
        """Give the panes that a client shows."""
        return self._shown.get(id(viewer), frozenset())

    def leave(self, viewer: Viewer) -> None:
        """Forget a client that is gone."""
        self._shown.pop(id(viewer), None)
        self._excerpts.leave(id(viewer))
        for supervisor in self._supervisors.values():
            for station in supervisor.stations.values():
                station.session.leave(viewer)
        for key in [key for key in self._parts if key[0] == id(viewer)]:
            del self._parts[key]

    def input(self, viewer: Viewer, *, pane: str, input: list[list[Any]]) -> None:  # noqa: A002  the wire's word
        """Type into a pane."""
        supervisor, agent = find_pane(self._supervisors, pane)
        station = supervisor.at(agent)
        self._typed(viewer, station, agent, pane)
        _type(station, agent, pane, input)

    def _typed(self, viewer: Viewer, station: Station, agent: Agent, pane: str) -> None:
        station.session.typed(viewer, pane)
        self._people.typed(viewer, agent.role)

    def keys(self, viewer: Viewer, *, workspace: str, role: str, keys: list[str]) -> None:
        """Press keys, named as chords. Raises UsageError, and presses none, where one of them cannot be pressed."""
        supervisor, agent = find(self._supervisors, workspace, role)
        pane = pane_of(agent)
        for chord in keys:
            if not _spelled(pane, [["key", chord]], Modes(), agent.newline):
                raise UsageError(
                    f"{chord!r} is no key that a pane can be sent.", "Name keys as `ctrl+c`, `enter`, `f5`, `a`."
                )
        self._typed(viewer, supervisor.at(agent), agent, pane)
        self.press(supervisor, agent, keys)

    def press(self, supervisor: Supervisor, agent: Agent, keys: Sequence[str]) -> None:
        """Press keys, named as chords, in an agent's pane. Raises UsageError for one that has none."""
        _type(supervisor.at(agent), agent, pane_of(agent), [["key", chord] for chord in keys])

    def click(self, supervisor: Supervisor, agent: Agent, label: str) -> None:
        """Click on a label where it stands lowest on the screen that was captured last. Raises UsageError."""
        station, pane = supervisor.at(agent), pane_of(agent)
        frame = station.session.frames.get(pane)
        lines = [plain(row) for row in frame.rows] if frame is not None else []
        y = next((y for y in range(len(lines) - 1, -1, -1) if label in lines[y]), None)
        if frame is None or y is None or not frame.modes.mouse:
            raise UsageError(f"{quoted(label)} cannot be clicked on.", "Answer in its pane.")
        x = width(lines[y].partition(label)[0])
        _type(station, agent, pane, [["mouse", kind, 0, x, y, 0] for kind in ("press", "release")])

    async def paste(self, viewer: Viewer, *, pane: str, text: str, more: bool = False) -> dict[str, Any] | None:
        """Paste into a pane, bracketed where its program asked; parts are kept until the last one comes."""
        supervisor, agent = find_pane(self._supervisors, pane)
        station = supervisor.at(agent)
        parts = self._parts.setdefault((id(viewer), pane), [])
        if sum(map(len, parts)) <= PASTE_LIMIT:  # one part more than there may be is refused at the end, as a whole
            parts.append(text)
        if more:
            return None
        del self._parts[id(viewer), pane]
        self._typed(viewer, station, agent, pane)
        station.census.attention.typed(agent)
        return {"receipt": await _paste(station, pane, "".join(parts))}

    async def send(self, *, workspace: str, role: str, text: str, enter: bool = True) -> dict[str, Any]:
        """Paste text into an agent's pane and press enter."""
        supervisor, agent = find(self._supervisors, workspace, role)
        station, pane = supervisor.at(agent), pane_of(agent)
        async with self.turn(agent.id):
            station.census.attention.typed(agent)
            receipt = await _paste(station, pane, text)
            if enter:
                await asyncio.sleep(BEFORE_ENTER)
                (await station.session.client.ask(commands.enter(pane))).checked()
        return {"receipt": receipt}

    def turn(self, id_: AgentId) -> asyncio.Lock:
        """Give what is held while a text and its enter are typed for an agent: no two mingle."""
        return self._sending[id_]

    async def read(
        self,
        viewer: Viewer | None = None,
        *,
        workspace: str,
        role: str,
        lines: int = 0,
        ansi: bool = False,
        history: bool = False,
        start: int | None = None,
    ) -> dict[str, Any]:
        """Give the text of an agent's screen, of its last lines, or of all it printed, a page at a time.

        `start` is `next` of the page before, or counts lines from the oldest in the history.
        """
        if start is not None and start >= CONTINUED:
            return self._excerpts.go_on(id(viewer), start, ansi=ansi)
        supervisor, agent = find(self._supervisors, workspace, role)
        session, pane = supervisor.at(agent).session, pane_of(agent)
        height, total = await session.extent(pane)
        wanted = total - start if start is not None else lines or (total if history else height)
        reading = await session.capture_last(pane, None if wanted >= total else wanted)
        return self._excerpts.begin(id(viewer), reading, ansi=ansi)


def _type(station: Station, agent: Agent, pane: str, items: list[list[Any]]) -> None:
    station.census.attention.typed(agent)
    frame = station.session.frames.get(pane)
    for line in _spelled(pane, items, frame.modes if frame else Modes(), agent.newline):
        station.session.client.tell(line)


async def _paste(station: Station, pane: str, text: str) -> dict[str, int]:
    """Put cleaned text into a pane; the receipt. Raises UsageError for one that is too long."""
    kept, receipt = cleaned(text)
    if kept:
        for line in commands.paste(pane, buffer_name(), kept):
            (await station.session.client.ask(line)).checked()
    return asdict(receipt)


def _spelled(pane: str, items: list[list[Any]], modes: Modes, newline: str) -> list[str]:
    """Spell input for tmux. Raises UsageError for what is no input."""
    try:
        return encoder.commands(PaneId(pane), items, modes, newline)
    except ValueError as error:
        raise UsageError(f"This is no input for a pane: {error}.") from error


def running(supervisors: Mapping[WorkspaceId, Supervisor], workspace: str) -> Supervisor:
    """Find what looks after a workspace that runs. Raises UsageError."""
    supervisor = supervisors.get(WorkspaceId(workspace))
    if supervisor is None:
        raise UsageError("That workspace does not run.", "See `hive ls`; `hive restore` brings it back.")
    return supervisor


def find(supervisors: Mapping[WorkspaceId, Supervisor], workspace: str, role: str) -> tuple[Supervisor, Agent]:
    """Find an agent by the names on the wire. Raises UsageError."""
    supervisor = running(supervisors, workspace)
    return supervisor, named(supervisor.workspace, role)


def find_pane(supervisors: Mapping[WorkspaceId, Supervisor], pane: str) -> tuple[Supervisor, Agent]:
    """Find an agent by its pane. Raises UsageError."""
    for supervisor in supervisors.values():
        for agent in supervisor.workspace.agents:
            if agent.pane == pane:
                return supervisor, agent
    raise UsageError("That pane is gone.")


def station_of(supervisors: Mapping[WorkspaceId, Supervisor], pane: str) -> Station:
    """Find the station of the agent in a pane. Raises UsageError."""
    supervisor, agent = find_pane(supervisors, pane)
    return supervisor.at(agent)


def pane_of(agent: Agent) -> str:
    """Give an agent's pane. Raises UsageError where it has none."""
    if agent.pane is None:
        raise UsageError(f"{agent.role} has no pane.", f"Start it: hive restart {agent.role!r}.")
    return agent.pane
