"""What each client looks at, and what of it the client has been sent: changed rows, latest wins."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hiveui.hive.bus import Viewer
from hiveui.model.rows import Frame, Row, changed

BACKLOG = 128 * 1024
"""Bytes that a client may leave unread before frames wait for it."""
MESSAGE = 256 * 1024
"""Characters of rows in one notification, at most: the rest follows in another."""
RETRY = 0.03
GATHER = 0.008
"""Seconds for which frames nobody waits for are gathered, so that a client paints them together."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One pane as one client shows it."""

    columns: int
    rows: int
    focused: bool


@dataclass(slots=True)
class View:
    """One client's panes."""

    viewer: Viewer
    panes: Mapping[str, Wanted] = field(default_factory=dict)
    interval: float = 0.0
    """Seconds between frames that nobody waits for, at least."""
    due: float = 0.0
    """When the next of them may be sent."""
    sent: dict[str, Frame] = field(default_factory=dict)
    waiting: dict[str, Frame] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None

    def look(self, panes: Mapping[str, Wanted], *, frames: int = 0) -> None:
        """Replace the set of panes; one that is new to the client gets all its rows. `frames` a second at most."""
        self.interval = 1 / frames if frames else 0.0
        self.panes = dict(panes)
        for gone in self.sent.keys() - panes.keys():
            del self.sent[gone]
            self.waiting.pop(gone, None)

    def offer(self, pane: str, frame: Frame, *, urgent: bool = False) -> None:
        """Send what changed: at once if it is urgent, soon with others if not, later while the client is behind."""
        if pane not in self.panes:
            return
        late = self.viewer.backlog > BACKLOG
        if late or not urgent:
            self.waiting[pane] = frame
            if self.timer is None:
                loop = asyncio.get_running_loop()
                wait = RETRY if late else max(GATHER, self.due - loop.time())
                self.timer = loop.call_later(wait, self._send_waiting)
        else:
            self._send(pane, frame)

    def _send(self, pane: str, frame: Frame) -> None:
        self.waiting.pop(pane, None)
        old = self.sent.get(pane)
        self.sent[pane] = frame
        for params in messages(pane, old, frame):
            self.viewer.notify("pane/rows", params)

    def close(self) -> None:
        """Forget the client."""
        self.panes = {}
        self.waiting.clear()
        if self.timer is not None:
            self.timer.cancel()

    def _send_waiting(self) -> None:
        self.timer = None
        self.due = asyncio.get_running_loop().time() + self.interval
        for pane, frame in list(self.waiting.items()):
            self.offer(pane, frame, urgent=True)


def messages(pane: str, old: Frame | None, new: Frame) -> Iterator[dict[str, Any]]:
    """Give the parameters of `pane/rows` that lead from `old` to `new`; none where nothing changed."""
    rows = changed(old, new)
    if old is not None and not rows and (old.cursor, old.modes, old.history) == (new.cursor, new.modes, new.history):
        return
    part: dict[int, Row] = {}
    size = 0
    for y, row in rows.items():
        part[y] = row
        size += len(row.ansi)
        if size > MESSAGE:
            yield _message(pane, new, part)
            part, size = {}, 0
    if part or not rows:
        yield _message(pane, new, part)


def _message(pane: str, frame: Frame, rows: Mapping[int, Row]) -> dict[str, Any]:
    cursor, modes = frame.cursor, frame.modes
    return {
        "pane": pane,
        "size": [frame.columns, len(frame.rows)],
        "rows": {str(y): [row.ansi, row.width] for y, row in rows.items()},
        "cursor": [cursor.x, cursor.y, cursor.visible, cursor.shape],
        "modes": {
            "alternate": modes.alternate,
            "mouse_click": modes.mouse_click,
            "mouse_drag": modes.mouse_drag,
            "mouse_move": modes.mouse_move,
            "mouse_sgr": modes.mouse_sgr,
            "dead": modes.dead,
        },
        "history": frame.history,
    }
