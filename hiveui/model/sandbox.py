"""Sandboxes that agents run in, and to whom they were refused the way from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hiveui.model.agent import WorkspaceId

MOST = 100
"""Hosts that are remembered of those to which an agent was refused the way."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A sandbox that an agent was started in."""

    use: str
    reach: str
    """What it is and lets through, a sentence."""
    refused: tuple[str, ...] = ()
    """Hosts to which its agent was refused the way, each once; hostile."""

    @property
    def notes(self) -> list[str]:
        """Say both, in sentences."""
        return [note for note in (self.reach, refusal(self.refused)) if note]


@dataclass(frozen=True, slots=True)
class AgentBoxed:
    """It became known in which sandbox an agent is started; None: in none."""

    workspace: WorkspaceId
    role: str
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class WayRefused:
    """An agent in a sandbox wanted to reach hosts that it may not; each is said once."""

    workspace: WorkspaceId
    role: str
    hosts: tuple[str, ...]


SandboxEvent = AgentBoxed | WayRefused
Boxes = Mapping[str, Standing]
"""Sandboxes by role."""


def fold(boxes: Boxes, event: SandboxEvent) -> Boxes:
    """Give the sandboxes after an event."""
    match event:
        case AgentBoxed():
            others = {role: standing for role, standing in boxes.items() if role != event.role}
            return others if event.standing is None else {**others, event.role: event.standing}
        case WayRefused():
            known = boxes.get(event.role)
            if known is None:
                return boxes
            refused = tuple(dict.fromkeys((*known.refused, *event.hosts)))[:MOST]
            return {**boxes, event.role: replace(known, refused=refused)}


def refusal(hosts: Sequence[str]) -> str:
    """Say to which hosts the way was refused, and the mend; '' for none."""
    said = ", ".join(hosts[:5]) + (f" and {len(hosts) - 5} more" if len(hosts) > 5 else "")
    return f"its sandbox has no way to {said}: `network: [HOST]` in the layout opens one." if hosts else ""
