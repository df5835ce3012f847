"""What is heard of contracts, without agents: floods, and the same text that comes again."""

import asyncio
import shutil
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from hiveui.hive import contracts as watched
from hiveui.hive.bus import Bus
from hiveui.hive.contracts import MANY, ContractWatch
from hiveui.model.agent import Agent, AgentId, WorkspaceId
from hiveui.model.changes import Deed, Write
from hiveui.model.contracts import Contract, ContractChanged, ContractsAgreed, Note
from hiveui.model.events import AgentAdded, Event, Noticed, Record, WorkspaceClosed, WorkspaceOpened
from hiveui.model.layout import AgentSpec
from hiveui.model.state import State, Workspace
from tests.waiting import soon

HERE = WorkspaceId("w")


class Kept:
    """A log in memory."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, event: Event, *, trace_id: str = "", span_id: str = "") -> Record:
        self.events.append(event)
        return Record(len(self.events), "", event, trace_id, span_id)


class Hears:
    """Who is told, and of what."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def tell(self, _workspace: WorkspaceId, role: str, text: str) -> tuple[str, str]:
        self.told.append((role, text))
        return f"p{len(self.told)}", ""


class Standing:
    """What of a supervisor is asked for."""

    id = HERE
    launches: ClassVar[dict[AgentId, Any]] = {}

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    @property
    def workspace(self) -> Workspace:
        return self._bus.workspace(HERE)


def opened(folder: Path) -> tuple[Kept, Hears, ContractWatch]:
    log, hears = Kept(), Hears()
    bus = Bus(log, State(), 0)
    bus.publish(WorkspaceOpened(HERE, "w", str(folder), "l", "h", ()))
    for role in ("backend", "frontend"):
        bus.publish(AgentAdded(HERE, Agent(AgentId(role), role, "claude", str(folder), spec=AgentSpec(role))))
    bus.publish(ContractsAgreed(HERE, (Contract("api/**"),)))
    supervisor: Any = Standing(bus)
    tasks: set[asyncio.Future[None]] = set()

    def spawn(work: Awaitable[None]) -> None:
        tasks.add(asyncio.ensure_future(work))

    telling: Any = hears
    return log, hears, ContractWatch(bus, {HERE: supervisor}, telling, spawn)


def written(folder: Path, name: str, text: str) -> Write:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return Write(str(folder.resolve()), name, Deed.MODIFIED, "t", AgentId("backend"), "backend")


def changes(log: Kept) -> list[ContractChanged]:
    return [event for event in log.events if isinstance(event, ContractChanged)]


async def test_the_same_text_is_told_once_and_another_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "REST", 0.01)
    log, hears, watch = opened(tmp_path)
    watch.wrote(HERE, [written(tmp_path, "api/a.yaml", "one\n"), written(tmp_path, "web/b", "no contract")])
    await soon(lambda: len(changes(log)) == 1)
    assert changes(log)[0].change.notes == {"frontend": Note.QUEUED}
    assert [role for role, _ in hears.told] == ["frontend"]
    again = written(tmp_path, "api/a.yaml", "one\n"), written(tmp_path, "api/c.yaml", "three\n")
    watch.wrote(HERE, again)
    await soon(lambda: len(changes(log)) == 2)
    assert [event.change.path for event in changes(log)] == ["api/a.yaml", "api/c.yaml"]
    watch.wrote(HERE, [written(tmp_path, "api/a.yaml", "two\n")])
    await soon(lambda: len(changes(log)) == 3)
    assert "-one\n+two" in hears.told[-1][1]


async def test_a_flood_of_contracts_is_said_once_and_told_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "REST", 0.2)
    log, _, watch = opened(tmp_path)
    watch.wrote(HERE, [written(tmp_path, f"api/{n}.yaml", f"{n}\n") for n in range(MANY * 2)])
    await soon(lambda: len(changes(log)) == MANY)
    assert len([event for event in log.events if isinstance(event, Noticed) and "at once" in event.text]) == 1


async def test_a_checkout_that_is_gone_changed_no_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "REST", 0.01)
    base = tmp_path / "shop"
    log, _, watch = opened(base)
    write = written(base, "api/a.yaml", "one\n")
    watch.wrote(HERE, [write])
    await soon(lambda: len(changes(log)) == 1)
    shutil.rmtree(base)
    watch.wrote(HERE, [write])
    (pending,) = watch._pending.values()
    await watch._change(pending)
    assert len(changes(log)) == 1


async def test_what_new_contracts_held_is_known_and_forgotten_with_who_worked_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "REST", 0.01)
    log, hears, watch = opened(tmp_path)
    written(tmp_path, "web.yaml", "old\n")
    watch._bus.publish(ContractsAgreed(HERE, (Contract("api/**"),)))
    await soon(lambda: watch._texts)
    watch._bus.publish(ContractsAgreed(HERE, (Contract("*.yaml"),)))
    await soon(lambda: watch._texts[tmp_path])
    watch.wrote(HERE, [written(tmp_path, "web.yaml", "new\n")])
    await soon(lambda: changes(log))
    assert "-old\n+new" in hears.told[-1][1]
    watch._bus.publish(WorkspaceClosed(HERE))
    assert (watch._texts, watch._told) == ({}, {})
