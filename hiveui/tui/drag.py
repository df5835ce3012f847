"""Dragging a border with the mouse: the panes follow at once, the daemon hears of it in the end."""

from dataclasses import dataclass, replace

from hiveui.model import borders
from hiveui.model.borders import Border
from hiveui.model.layout import Rect
from hiveui.model.shape import Tabs
from hiveui.tui import desk as places
from hiveui.tui.decoder import MouseInput
from hiveui.tui.ground import Ground
from hiveui.tui.shaping import Shaping


@dataclass(frozen=True, slots=True)
class Grip:
    """A border that the person holds."""

    press: MouseInput
    border: Border
    area: Rect
    before: Tabs
    """As the daemon had them."""
    shown: Tabs
    """With the tab of those that have no place."""
    tab: int


class Drag:
    """Takes what the mouse does to borders."""

    def __init__(self, ground: Ground, shaping: Shaping) -> None:
        self._ground = ground
        self._shaping = shaping
        self._grip: Grip | None = None
        self._now: Tabs | None = None
        """Where the drag has brought the tabs; None while it is a mere click."""

    def take(self, item: MouseInput) -> MouseInput | None:
        """Give back what is not about a border: a press on one that was released in place, too, then."""
        grip = self._grip
        if grip is None:
            self._grip = self._grasp(item)
            return None if self._grip else item
        if item.kind == "drag":
            self._pull(grip, item)
            return None
        self._grip, now, self._now = None, self._now, None
        if now is not None:
            self._ground.screen.rested()
            self._shaping.dragged(grip.before, now)
        if item.kind == "release":
            return grip.press if now is None else None
        return self.take(item)  # the release was lost

    def _grasp(self, item: MouseInput) -> Grip | None:
        area, tab = self._ground.screen.scene().area, self._ground.desk.tab
        shown = places.tabs(self._ground.workspace)
        if item.kind != "press" or item.button != 0 or area is None or tab >= len(shown):
            return None
        border = borders.at(shown[tab].root, area, item.x, item.y - 1)
        return Grip(item, border, area, self._ground.workspace.tabs, shown, tab) if border is not None else None

    def _pull(self, grip: Grip, item: MouseInput) -> None:
        if self._now is None and (item.x, item.y) == (grip.press.x, grip.press.y):
            return
        held = grip.shown[grip.tab]
        root = borders.moved(held.root, grip.area, grip.border, item.x, item.y - 1)
        self._now = (*grip.shown[: grip.tab], replace(held, root=root), *grip.shown[grip.tab + 1 :])
        self._ground.screen.preview(self._now)
