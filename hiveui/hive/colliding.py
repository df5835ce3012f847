"""The verbs on collisions: list, look, tell, settle; and an agent's queue that the person holds."""

from collections.abc import Iterable, Sequence
from typing import Any

from hiveui.errors import UsageError
from hiveui.hive.bus import Bus
from hiveui.hive.lookout import Lookout
from hiveui.hive.radar import Radar
from hiveui.hive.reservations import Reservations, covers
from hiveui.model.agent import AgentId, WorkspaceId
from hiveui.model.authorship import Shown
from hiveui.model.codec import to_json
from hiveui.model.collisions import Collision, QueueHeld, severity
from hiveui.model.names import nearest, quoted
from hiveui.model.state import Workspace


class Colliding:
    """Its public methods are verbs (hive.hive.Hive)."""

    def __init__(self, bus: Bus, radar: Radar, lookout: Lookout, reservations: Reservations) -> None:
        self._bus = bus
        self._radar = radar
        self._lookout = lookout
        self._reservations = reservations

    def list(self, *, workspace: str = "", by: AgentId = AgentId("")) -> dict[str, Any]:
        """List collisions, what stands and is worst first."""
        found = self._reservations.whose(workspace, by)[0]
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
            "owners": _owners(found, one.path),
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
        if found.role(role) is None:
            raise UsageError(f"There is no agent {quoted(role)}.", nearest(role, [a.role for a in found.agents]))
        self._bus.publish(QueueHeld(found.id, role, "you hold its queue" if held else ""))


def _find(workspace: Workspace, id_: str) -> Collision:
    found = workspace.radar.find(id_)
    if found is None:
        raise UsageError(f"There is no collision {quoted(id_)}.", "`hive collisions --all` lists them.")
    if not found.open:
        raise UsageError("It is settled already.")
    return found


def _lines(lines: Iterable[Shown]) -> Sequence[tuple[int, str, str]]:
    return [tuple(line) for line in lines]


def _owners(workspace: Workspace, path: str) -> Sequence[str]:
    """Name the roles whose globs mean a path."""
    return [a.role for a in workspace.agents if a.spec is not None and a.spec.owns and covers(a.spec.owns, path)]
