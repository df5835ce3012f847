"""What the left mouse button does to text: a drag selects, a second click takes the word, a third the line.

The program in a pane comes first where the person types into it and it asked for the mouse; with shift it does not.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from hiveui.model.keys import Mods
from hiveui.tui import pointer
from hiveui.tui.decoder import MouseInput
from hiveui.tui.hand import Hand
from hiveui.tui.lookback import LookBack
from hiveui.tui.pointer import Aim
from hiveui.tui.screens.workspace import WorkspaceScreen
from hiveui.tui.selection import Shape

AGAIN = 0.4
"""Seconds within which another click on the same cell is the second or the third."""
TURN = 0.05
"""Seconds between two steps of scrolling while a drag is held beyond an edge."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A button that is held."""

    role: str
    x: int
    y: int
    at: float
    clicks: int
    typing: bool
    """Whether the person typed into a pane before the first click."""
    fresh: bool
    """The person did not look back before: the end of the drag leads back to the present."""
    focused: bool
    """The pane had the focus: a click alone leads into it."""
    block: bool = False
    """With alt or ctrl a drag selects a block."""
    selects: bool = False
    edge: int = 0
    """-1 above the pane, 1 below it."""

    def again(self, other: "Hold") -> bool:
        """Tell whether another press is a further click on the same cell."""
        return (self.role, self.x, self.y) == (other.role, other.x, other.y) and other.at - self.at < AGAIN


class Grip:
    """Takes the mouse events that are about text."""

    def __init__(self, screen: WorkspaceScreen, hand: Hand, clock: Callable[[], float] = time.monotonic) -> None:
        self._screen = screen
        self._hand = hand
        self._clock = clock
        self._hold: Hold | None = None
        self._last: Hold | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._copying: asyncio.TimerHandle | None = None

    def take(self, item: MouseInput, spot: Aim | None) -> bool:
        """Do what an event means for text; False where it is for others, too."""
        if item.kind == "press":
            self._hold = None
            return item.button == 0 and spot is not None and spot.y >= 0 and self._press(item, spot)
        if self._hold is None or item.kind == "move":
            return False
        if item.kind == "drag":
            self._drag(item, self._hold)
        else:
            self._release(self._hold)
        return True

    def _press(self, item: MouseInput, spot: Aim) -> bool:
        """Begin to hold; gives whether the press means nothing else."""
        desk = self._screen.desk
        pane = self._screen.pane(spot.role)
        focused = spot.role == desk.role
        if pane is None or pane.blank:
            return False
        if desk.typing and focused and not item.mods & Mods.SHIFT and pointer.wanted(pane.live.modes, item):
            self._last = None
            return False
        now, last = self._clock(), self._last
        hold = Hold(
            spot.role,
            spot.x,
            spot.y,
            now,
            clicks=1,
            typing=desk.typing,
            fresh=spot.role not in self._screen.backs,
            focused=focused,
            block=bool(item.mods & (Mods.ALT | Mods.CTRL)),
        )
        if last is not None and last.again(hold):
            hold = replace(hold, clicks=last.clicks % 3 + 1, typing=last.typing, fresh=last.fresh)
        self._hold = self._last = hold
        if hold.clicks == 3 and self._copying is not None:
            self._copying.cancel()
        if hold.clicks > 1:
            self._screen.acted()
            self._begin(hold)
        return hold.clicks > 1 or focused

    def _begin(self, hold: Hold) -> None:
        """Select from where the button went down, what as many clicks mean."""
        desk = self._screen.desk
        if desk.typing != hold.typing and desk.role == hold.role:
            self._hand.move(replace(desk, typing=hold.typing))
        shapes = {1: Shape.BLOCK if hold.block else Shape.CHARACTERS, 3: Shape.LINES}

        async def begin(back: LookBack) -> None:
            if hold.clicks in shapes:
                await back.point(hold.y, hold.x, shapes[hold.clicks])
            else:
                await back.word(hold.y, hold.x)

        self._hand.past.then(hold.role, begin)
        self._hold = replace(hold, selects=True)

    def _drag(self, item: MouseInput, hold: Hold) -> None:
        scene = self._screen.scene()
        if hold.role not in scene.panes:
            self._hold = None
            return
        spot = pointer.inside(scene, hold.role, item.x, item.y)
        if not hold.selects:
            if (spot.x, spot.y) == (hold.x, hold.y):
                return
            self._screen.acted()
            self._begin(hold)
        place = scene.panes[hold.role]
        above, below = item.y - 2 < place.y, item.y - 2 >= place.y + place.height - 1
        self._hand.past.then(hold.role, lambda back: back.point(spot.y, spot.x))
        self._hold = replace(self._hold or hold, edge=below - above)
        if (above or below) and self._timer is None:
            self._scroll(spot.x)

    def _scroll(self, x: int) -> None:
        """Go on scrolling for as long as the drag is held beyond an edge."""
        self._timer = None
        hold = self._hold
        if hold is not None and hold.edge:
            self._hand.past.drag_on(hold.role, hold.edge, x)
            self._timer = asyncio.get_running_loop().call_later(TURN, self._scroll, x)

    def _release(self, hold: Hold) -> None:
        self._hold = None
        if hold.selects:
            wait = AGAIN if hold.clicks == 2 else 0.0  # for a third click
            self._copying = asyncio.get_running_loop().call_later(wait, self._copy, hold)
        elif hold.focused and not self._screen.desk.typing:
            self._hand.past.leave()
            self._hand.move(replace(self._screen.desk, typing=True))

    def _copy(self, hold: Hold) -> None:
        self._hand.past.copy_from(hold.role, stay=not hold.fresh)
