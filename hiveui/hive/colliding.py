"""The verbs on collisions: list, look, tell, settle; and an agent's queue that the person holds."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus, named
from hiveui.hive.foresight import Foresight
from hiveui.hive.lookout import Call, Lookout, Queue
from hiveui.hive.parties import Parties
from hiveui.hive.radar import Radar, Tops
from hiveui.hive.reads import Reads
from hiveui.hive.reservations import NOBODY, Reservations
from hiveui.hive.supervisor import Supervisor
from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.authorship import Shown
from hiveui.model.codec import to_json
from hiveui.model.collisions import Collision, QueueHeld, severity
from hiveui.model.names import quoted
from hiveui.model.ownership import owners, specs_of
from hiveui.model.state import Workspace


class Colliding:
    """Where agents meet, all of it together. Its public methods are verbs, or named in the hive's tasks."""

    def __init__(
        self,
        bus: Bus,
        supervisors: Mapping[WorkspaceId, Supervisor],
        tops: Tops,
        folder: Path,
        *,
        queue: Queue,
        call: Call,
    ) -> None:
        """`folder` is where merges are tried; `queue` has a text delivered to an agent, `call` calls the person."""
        self._bus = bus
        parties = Parties(bus, lambda id_: supervisors[id_].launches if id_ in supervisors else {})
        foresight = Foresight(folder)
        self.reservations = Reservations(bus, parties, tops)
        self._radar = Radar(bus, tops, parties, foresight, holder=self.reservations.holder)
        self._lookout = Lookout(bus, self._radar, tops, foresight, parties, queue=queue, call=call)
        self.heard = Reads(tops, self._radar.read).heard
        """Hears what agents' hooks tell (Hearing)."""
        self.wrote = self._radar.wrote
        """Hears what was written (files.Files.listen)."""

    async def follow(self) -> None:
        """Look at what meets, and end what is over, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lookout.follow())
            tasks.create_task(self.reservations.expire())

    def list(self, *, workspace: str = "", by: AgentId = NOBODY) -> dict[str, Any]:
        """List collisions, what stands and is worst first."""
        found = self.reservations.whose(workspace, by)[0]
        newest = sorted(found.radar.collisions, key=lambda one: one.newest, reverse=True)
        return {"collisions": to_json(sorted(newest, key=severity))}

    async def look(self, *, workspace: str, collision: str) -> dict[str, Any]:
        """Give what each side of a collision changed, the conflict that git foresees, and whose the path is."""
        found = self._bus.workspace(WorkspaceId(workspace))
        one = _find(found, collision)
        sides, conflict = await self._lookout.shown(found.id, one)
        return {
            "sides": [{"role": side.role, "top": side.top, "lines": _lines(lines)} for side, lines in sides],
            "conflict": _lines(conflict),
            "owners": owners(one.path, specs_of(found.agents), but=""),
        }

    async def tell(self, *, workspace: str, collision: str) -> dict[str, Any]:
        """Have each agent of a collision told of it, once it is at rest."""
        found = self._bus.workspace(WorkspaceId(workspace))
        one = _find(found, collision)
        if not one.named:
            raise UsageError("No agent is in it.")
        return {"told": await self._lookout.tell(found.id, one)}

    def settle(self, *, workspace: str, collision: str, why: str = "") -> None:
        """Take a collision as settled, until somebody writes there again."""
        found = self._bus.workspace(WorkspaceId(workspace))
        self._radar.settle(found.id, _find(found, collision), why or "you said so")

    def hold(self, *, workspace: str, role: str, held: bool = True) -> None:
        """Hold the prompts that wait for an agent, or let them go on."""
        found = self._bus.workspace(WorkspaceId(workspace))
        self._bus.publish(QueueHeld(found.id, named(found, role).role, "you hold its queue" if held else ""))


def _find(workspace: Workspace, id_: str) -> Collision:
    found = workspace.radar.find(id_)
    if found is None:
        raise UsageError(f"There is no collision {quoted(id_)}.", "`hive collisions --all` lists them.")
    if not found.open:
        raise UsageError("It is settled already.")
    return found


def _lines(lines: Iterable[Shown]) -> Sequence[tuple[int, str, str]]:
    return [(line.number, line.sign, line.text) for line in lines]
