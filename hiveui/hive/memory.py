"""The project's memory: read, changed by the person and by agents, and told to those who did not change it."""

import asyncio
import getpass
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Protocol

from hiveui.errors import HiveError, UsageError
from hiveui.git.texts import difference, merge
from hiveui.hive.bus import Bus
from hiveui.hive.callers import caller, where
from hiveui.hive.session import now
from hiveui.hive.writes import Writes
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import Noticed
from hiveui.model.memory import DECISIONS, FILES, change, entry
from hiveui.model.state import Workspace
from hiveui.storage import memory as files

LOOK = 1.0
"""Seconds between two looks at whether a file changed. One that still changes is told of once it rests."""


class Prompts(Protocol):
    """Tells agents something, once they are at rest."""

    async def queue(self, *, workspace: str, role: str, text: str) -> Any:
        """Have a text typed and submitted."""


class Memory:
    """The memory of every open workspace; its files stand in the workspace's folder. Public methods are verbs."""

    def __init__(self, bus: Bus, prompts: Prompts, files: Writes) -> None:
        self._bus = bus
        self._prompts = prompts
        self._files = files
        self._stamps: dict[str, Mapping[str, tuple[int, int]]] = {}
        """By folder: how its files were at the last look."""
        self._known: dict[str, Mapping[str, tuple[int, int]]] = {}
        """The same as they were when they were read last."""
        self._texts: dict[str, dict[str, str]] = {}
        """By folder: what agents know of."""
        self._authors: defaultdict[tuple[str, str], set[AgentId]] = defaultdict(set)
        """By folder and file: who changed it through here since it was told of; '' for the person."""
        self._locks: dict[str, asyncio.Lock] = {}

    # verbs

    async def read(self, *, by: AgentId, workspace: str = "") -> dict[str, Any]:
        """Give every file of the memory that is there."""
        folder = Path(where(self._bus, by, workspace).path)
        texts = await asyncio.to_thread(_read, folder)
        return {"folder": str(folder), "files": [{"name": name, "text": text} for name, text in texts.items()]}

    async def save(self, *, workspace: str, name: str, text: str, base: str) -> dict[str, Any]:
        """Put the person's text in place of what they began with; what somebody else changed meanwhile stays.

        Where both changed the same lines nothing is saved, and the answer has both.
        """
        folder = Path(self._bus.workspace(WorkspaceId(workspace)).path)
        async with self._lock(folder):
            current = await asyncio.to_thread(files.read, folder, name) or ""
            merged, conflicts = text, 0
            if current not in {base, text}:
                names = ("yours", "before", "theirs")
                merged, conflicts = await asyncio.to_thread(merge, base, text, current, names)
            if not conflicts and merged != current:
                await asyncio.to_thread(files.write, folder, name, merged)
                self._authors[str(folder), name].add(AgentId(""))
        return {"saved": not conflicts, "merged": merged != text, "text": merged, "current": current}

    async def decide(self, *, by: AgentId, text: str, workspace: str = "") -> dict[str, Any]:
        """Write a decision down, with who took it and when."""
        if not text.strip():
            raise UsageError("A decision says something.", 'hive decide "sessions end after 30 days"')
        found = where(self._bus, by, workspace)
        author = _called(caller(self._bus, by)[1]) if by else getpass.getuser()
        written, folder = entry(text, author, now()), Path(found.path)
        async with self._lock(folder):
            await asyncio.to_thread(files.append, folder, DECISIONS, written)
            self._authors[str(folder), DECISIONS].add(by)
        return {"file": str(folder / DECISIONS), "entry": written}

    def _lock(self, folder: Path) -> asyncio.Lock:
        return self._locks.setdefault(str(folder), asyncio.Lock())

    # what changes

    async def watch(self) -> None:
        """Tell agents what changed, for ever."""
        while True:
            every = self._bus.state.workspaces.values()
            workspaces = [workspace for workspace in every if any(map(_hears, workspace.agents))]
            for folder in {workspace.path for workspace in workspaces}:
                await self._look(folder, [workspace for workspace in workspaces if workspace.path == folder])
            await asyncio.sleep(LOOK)

    async def _look(self, folder: str, workspaces: Sequence[Workspace]) -> None:
        """Look at one folder; what is new there is told once it has stayed the same for one look."""
        stamps = await asyncio.to_thread(files.stamps, Path(folder))
        rests = stamps == self._stamps.get(folder)
        self._stamps[folder] = stamps
        known = self._texts.get(folder)
        if known is not None and (not rests or stamps == self._known[folder]):
            return
        texts = await asyncio.to_thread(_read, Path(folder))
        self._known[folder], self._texts[folder] = stamps, texts
        if known is None:
            return
        for name in FILES:
            if texts.get(name, "") != known.get(name, ""):
                await self._tell(folder, name, (known.get(name, ""), texts.get(name, "")), workspaces)

    async def _tell(self, folder: str, name: str, texts: tuple[str, str], workspaces: Sequence[Workspace]) -> None:
        """Tell a change to every agent that runs, but for who made it alone."""
        authors = self._made_by(folder, name, workspaces)
        changed = await asyncio.to_thread(_difference, *texts)
        for workspace in workspaces:
            named = " and ".join(_called(agent) for agent in workspace.agents if agent.id in authors)
            told = change(name, changed, named)
            for agent in workspace.agents:
                if authors != {agent.id} and _hears(agent):
                    await self._queue(workspace, agent, told)

    def _made_by(self, folder: str, name: str, workspaces: Sequence[Workspace]) -> AbstractSet[AgentId]:
        """Say who changed a file; '' for the person, none where nobody knows."""
        known = self._authors.pop((folder, name), set())
        if known:
            return known
        for workspace in workspaces:
            for write in self._files.writes(workspace.id, path=f"{folder}/{name}")[:1]:
                return {write.by} if write.by is not None else set()
        return set()

    async def _queue(self, workspace: Workspace, agent: Agent, text: str) -> None:
        try:
            await self._prompts.queue(workspace=workspace.id, role=agent.role, text=text)
        except HiveError as error:
            self._bus.publish(Noticed(f"{agent.role} was not told of a change of the memory: {error}", "warning"))


def _read(folder: Path) -> dict[str, str]:
    """Read what is there; a file that cannot be read is not, nor is a link to another of them."""
    texts: dict[str, str] = {}
    places = set()
    for name in FILES:
        try:
            place, text = files.place(folder, name), files.read(folder, name)
        except HiveError:
            continue
        if text is not None and place not in places:
            texts[name] = text
            places.add(place)
    return texts


def _difference(before: str, after: str) -> list[str]:
    try:
        return difference(before.encode("utf-8", "replace"), after.encode("utf-8", "replace"), around=1)
    except HiveError as error:
        return [f"(not compared: {error})"]


def _hears(agent: Agent) -> bool:
    quiet = agent.spec is not None and agent.spec.memory == "quiet"
    return agent.pid is not None and agent.child_of is None and not agent.person and not quiet


def _called(agent: Agent) -> str:
    return f"{agent.role} ({agent.kind})"
