"""What agents use: their transcripts read as they grow, sums published and kept, budgets watched."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from hiveui.agents.catalog import Kind, catalog
from hiveui.agents.usage.prices import prices
from hiveui.agents.usage.reader import Reader
from hiveui.errors import HiveError, StorageError
from hiveui.hive.bus import Bus
from hiveui.hive.supervisor import Supervisor
from hiveui.model import budget
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.events import AgentRead, AgentSpent, Event, Noticed
from hiveui.model.signs import AgentState
from hiveui.model.state import Workspace
from hiveui.model.usage import Account, Row, Spend, by, total
from hiveui.paths import Paths
from hiveui.storage import accounts

log = logging.getLogger(__name__)

TICK = 2.0
"""Seconds between two looks at an agent that works."""
SLOWEST = 60.0
"""Seconds between two looks at one whose transcripts do not change."""
SOON = 0.5
"""Seconds after a change of an agent's state: its program writes that down too."""
REST = 15.0
"""Seconds between two events on one agent that goes on working."""
SEARCH = 20.0
"""Seconds between two searches for files of an agent that goes on writing: a subagent has one of its own."""
SAVE = 20.0
"""Seconds between two writings of one account."""
PART = 4 << 20
"""Bytes of one file that are read at once; a larger one is read in parts."""
LOOK = 0.3
"""Seconds that one look may take; those who are left have the next one."""
RUNNING = frozenset({AgentState.WORKING, AgentState.UNSURE, AgentState.STARTING})
"""States in which more is used soon, so that not every request is told of."""


@dataclass(slots=True)
class Watch:
    """How one agent is followed."""

    pid: int | None
    reader: Reader
    conversations: tuple[str, ...] = ()
    due: float = 0.0
    wait: float = TICK
    look: bool = True
    """Look for files anew."""
    looked: float = 0.0
    said: float = -REST
    saved: float = -SAVE
    unsaved: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One agent that is looked at now."""

    workspace: Workspace
    agent: Agent
    watch: Watch
    account: Account


@dataclass(slots=True)
class Outcome:
    """What came of looking."""

    changed: set[AgentId] = field(default_factory=set)
    more: set[AgentId] = field(default_factory=set)


class Ledger:
    """Every agent's account. `usage` is a verb (hive.hive.Hive)."""

    def __init__(self, paths: Paths, bus: Bus, supervisors: Mapping[WorkspaceId, Supervisor]) -> None:
        self._folder = paths.state / "usage"
        self._kinds_folder = paths.kinds
        self._bus = bus
        self._supervisors = supervisors
        self._accounts: dict[str, Account] | None = None
        self._kinds: Mapping[str, Kind] = {}
        self._watches: dict[AgentId, Watch] = {}
        self._looking = asyncio.Lock()
        self._reading = threading.Lock()
        """Held by the thread that changes accounts, which outlives a task that is cancelled, or writes them."""
        bus.listen(self._hear)

    # the task

    async def follow(self) -> None:
        """Look at what agents write, for ever; what was counted is kept when this ends."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(TICK)
        finally:
            self._save(list(self._watches))

    async def look(self, *, at_all: bool = False) -> None:
        """Read what is due, or what every agent wrote, and publish what is new."""
        async with self._looking:
            await self._look(at_all=at_all)

    async def _look(self, *, at_all: bool) -> None:
        if self._accounts is None:
            self._accounts = await asyncio.to_thread(self._load)
        for watch in self._watches.values() if at_all else ():
            watch.due = 0.0
        now = asyncio.get_running_loop().time()
        jobs = list(self._due(self._accounts, now))
        outcome = await asyncio.to_thread(self._read, jobs) if jobs else Outcome()
        for job in jobs:
            watch = job.watch
            watch.looked = now if watch.look else watch.looked
            grown = job.agent.id in outcome.changed
            watch.wait = TICK if grown else min(SLOWEST, watch.wait * 2)
            watch.due = now if job.agent.id in outcome.more else now + watch.wait
            watch.unsaved |= grown
            watch.look = not watch.reader.found or (grown and now - watch.looked >= SEARCH)
            self._publish(job, now)
        saved = [id_ for id_, watch in self._watches.items() if watch.unsaved and now - watch.saved >= SAVE]
        for id_ in saved:
            self._watches[id_].saved = now
        if saved:
            await asyncio.to_thread(self._save, saved)

    def _load(self) -> dict[str, Account]:
        try:
            return accounts.read_all(self._folder)
        except StorageError as error:
            log.warning("%s %s", error, error.hint)
            return {}

    def _due(self, known: dict[str, Account], now: float) -> Iterator[Job]:
        for id_, supervisor in self._supervisors.items():
            workspace = self._bus.state.workspaces.get(id_)
            for agent in workspace.agents if workspace is not None else ():
                if agent.child_of is not None or not (agent.here and agent.conversations) or workspace is None:
                    continue
                watch = self._watch(agent, supervisor)
                if watch is not None and now >= watch.due:
                    fresh = Account(agent.id, workspace.id, workspace.name, agent.role, agent.kind)
                    account = known.setdefault(agent.id, fresh)
                    account.workspace, account.name, account.role = workspace.id, workspace.name, agent.role
                    yield Job(workspace, agent, watch, account)

    def _watch(self, agent: Agent, supervisor: Supervisor) -> Watch | None:
        watch = self._watches.get(agent.id)
        if watch is None or watch.pid != agent.pid:
            kind = self._kind(agent.kind)
            if kind is None or kind.usage is None:
                return None
            env = {variable.name: variable.value for variable in supervisor.environment(agent)}
            unsaved = watch is not None and watch.unsaved
            watch = self._watches[agent.id] = Watch(agent.pid, Reader(kind, env), unsaved=unsaved)
        if watch.conversations != agent.conversations:
            watch.conversations, watch.look, watch.due = agent.conversations, True, 0.0
        return watch

    def _kind(self, name: str) -> Kind | None:
        """Find a kind; those of the person's are read again where one is not known."""
        if name not in self._kinds:
            try:
                self._kinds = catalog(self._kinds_folder)
            except HiveError as error:
                log.warning("%s", error)
                self._kinds = {**catalog(), name: self._kinds.get(name, catalog()["shell"])}
        return self._kinds.get(name)

    def _hear(self, event: Event) -> None:
        if isinstance(event, AgentRead) and event.id in self._watches:
            watch = self._watches[event.id]
            watch.wait = TICK
            watch.due = min(watch.due, asyncio.get_running_loop().time() + SOON)

    def _read(self, jobs: Iterable[Job]) -> Outcome:
        """Read what agents wrote."""
        outcome = Outcome()
        table, end = prices(), time.monotonic() + LOOK
        with self._reading:
            for job in jobs:
                if time.monotonic() > end:
                    outcome.more.add(job.agent.id)
                    continue
                if job.watch.look:
                    job.watch.reader.find(job.agent.conversations)
                more = True
                while more and time.monotonic() <= end:
                    changed, more = job.watch.reader.read(job.account, table, PART)
                    if changed:
                        outcome.changed.add(job.agent.id)
                if more:
                    outcome.more.add(job.agent.id)
        return outcome

    def _save(self, agents: Iterable[AgentId]) -> None:
        """Write the accounts of agents that have news."""
        with self._reading:
            for id_ in agents:
                watch, account = self._watches[id_], (self._accounts or {}).get(id_)
                if account is None or not watch.unsaved:
                    continue
                try:
                    accounts.write(self._folder, account)
                except StorageError as error:
                    log.warning("%s %s", error, error.hint)
                    return
                watch.unsaved = False

    # what everybody sees

    def _publish(self, job: Job, now: float) -> None:
        workspace = self._bus.state.workspaces.get(job.workspace.id)
        agent = workspace.agent(job.agent.id) if workspace is not None else None
        if workspace is None or agent is None:
            return
        spend = replace(total(job.account.rows, today()), context=job.account.full, model=job.account.model)
        if spend == agent.spend or not spend.used:
            return
        warnings = budget.warnings(workspace, agent, spend)
        if agent.reading.state in RUNNING and not warnings and now - job.watch.said < REST:
            return
        job.watch.said = now
        self._bus.publish(AgentSpent(workspace.id, agent.id, spend, max(0.0, spend.usd - agent.spend.usd)))
        for sentence in warnings:
            self._bus.publish(Noticed(sentence, "warning"))

    # verbs

    async def usage(self, *, workspace: str | None = None) -> dict[str, Any]:
        """Give what agents used, those that are gone too: by agent, by day and by model."""
        if workspace is not None:
            self._bus.workspace(WorkspaceId(workspace))
        await self.look(at_all=True)
        known = [a for a in (self._accounts or {}).values() if workspace in (None, a.workspace) and a.rows]
        return {
            "prices": prices().date,
            "day": today(),
            "agents": [_facts(account, *self._agent(account)) for account in sorted(known, key=_place)],
            "days": [{"day": day, **_sums(rows)} for day, rows in sorted(by("day", known).items())],
            "models": [{"model": model, **_sums(rows)} for model, rows in sorted(by("model", known).items())],
            "total": _sums([row for account in known for row in account.rows]),
        }

    def _agent(self, account: Account) -> tuple[Workspace | None, Agent | None]:
        workspace = self._bus.state.workspaces.get(WorkspaceId(account.workspace))
        return workspace, workspace.agent(AgentId(account.agent)) if workspace is not None else None


def _place(account: Account) -> tuple[str, str]:
    return account.name, account.role


def _facts(account: Account, workspace: Workspace | None, agent: Agent | None) -> dict[str, Any]:
    return {
        "workspace": account.workspace,
        "name": account.name,
        "role": account.role,
        "kind": account.kind,
        "model": account.model,
        "here": agent is not None,
        "context": account.full,
        "said": account.said,
        "budget": budget.own(workspace, agent) if workspace is not None and agent is not None else None,
        **_sums(account.rows),
    }


def _sums(rows: Sequence[Row]) -> dict[str, Any]:
    """Give sums as clients see them; `usd` and `today` are null where there is a use, and no price of any is known."""
    spend, now = total(rows), total(row for row in rows if row.day == today())
    return {**asdict(spend.tokens), "usd": _known(spend), "today": _known(now), "unpriced": spend.unpriced}


def _known(spend: Spend) -> float | None:
    return round(spend.usd, 6) if spend.usd > 0 or not spend.unpriced else None


def today() -> str:
    """Give the day on this machine's calendar."""
    return datetime.now(UTC).astimezone().date().isoformat()
