"""The colours of the borders between panes. Pure; no Textual."""

from collections.abc import Mapping

from hiveui.model.attention import needs_person
from hiveui.model.layout import Rect
from hiveui.model.state import Workspace
from hiveui.tui.chrome import Moment
from hiveui.tui.desk import Desk, Scene


def bar_tones(scene: Scene, bar: Rect, tones: Mapping[str, str]) -> list[str]:
    """Colour each cell of a bar by the panes that it touches; the first of `tones` that matches wins."""
    cells = ["plain"] * bar.height
    for role, tone in reversed(list(tones.items())):
        place = scene.panes.get(role)
        if place is None or bar.x not in (place.x - 1, place.x + place.width):
            continue
        for y in range(max(bar.y, place.y), min(bar.y + bar.height, place.y + place.height)):
            cells[y - bar.y] = tone
    return cells


def edges(workspace: Workspace, desk: Desk, moment: Moment) -> dict[str, str]:
    """Tell whose edges have a colour: the pane with the focus, then those that need a person."""
    tones = {desk.role: "typing" if desk.typing else "focus"}
    for agent in workspace.agents:
        if needs_person(agent, moment.stamp):
            tones.setdefault(agent.role, "attention")
    return tones
