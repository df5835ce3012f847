"""What the mouse points at, and what a program that asked for it is told. Pure; no Textual."""

from dataclasses import dataclass

from hiveui.model.keys import Mouse
from hiveui.model.rows import Modes
from hiveui.tui.decoder import MouseInput
from hiveui.tui.desk import Scene

WHEEL_UP = 64
WHEEL_DOWN = 65
WHEEL_LINES = 3


@dataclass(frozen=True, slots=True)
class Aim:
    """A cell of a pane; `y` is -1 on its title."""

    role: str
    x: int
    y: int


def aim(scene: Scene, x: int, y: int) -> Aim | None:
    """Find the pane under a cell of the whole screen, whose first line is above the panes."""
    for role, place in scene.panes.items():
        if place.x <= x < place.x + place.width and place.y <= y - 1 < place.y + place.height:
            return Aim(role, x - place.x, y - 2 - place.y)
    return None


def inside(scene: Scene, role: str, x: int, y: int) -> Aim:
    """Give the cell of one pane that is nearest, for a drag that left it."""
    place = scene.panes[role]
    return Aim(
        role,
        max(0, min(place.width - 1, x - place.x)),
        max(0, min(place.height - 2, y - 2 - place.y)),
    )


def wanted(modes: Modes, item: MouseInput) -> bool:
    """Tell whether the program asked for this kind of event (xterm, "Mouse Tracking")."""
    match item.kind:
        case "move":
            return modes.mouse_move
        case "drag":
            return modes.mouse_move or modes.mouse_drag
        case _:
            return modes.mouse


def at(item: MouseInput, spot: Aim, top: int = 0) -> Mouse:
    """Tell of an event at a cell of a pane, whose first line is row `top` of the program's screen."""
    return Mouse(item.kind, item.button, spot.x, top + max(0, spot.y), item.mods)
