"""One workspace's live connection to the tmux of one host: captures for those who look, facts for the supervisor."""

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from hiveui.errors import TmuxError
from hiveui.hive.bus import Viewer
from hiveui.hive.excerpts import Excerpt
from hiveui.hive.host import Host
from hiveui.hive.views import View, Wanted
from hiveui.model.cells import cell_bytes
from hiveui.model.hosts import pane_on
from hiveui.model.rows import Frame, Row
from hiveui.screen.capture import read_frame
from hiveui.screen.pump import FOCUSED, OTHERS, Pump
from hiveui.screen.sgr import RowReader
from hiveui.tmux import commands
from hiveui.tmux.client import Client
from hiveui.tmux.commands import KEEPER

log = logging.getLogger(__name__)

PANES = 1024
"""Panes whose cursor's shape is known, at most: a tmux elsewhere may invent them."""
MARGINS = (0, 200, 2_000, 20_000)
"""Lines that are asked for above those that are wanted: a busy pane scrolls between question and answer."""
OLDEST = -(1 << 30)
"""The first line of a capture that is to begin with the oldest."""


@dataclass(frozen=True, slots=True)
class PaneFacts:
    """What tmux says of a pane, in numbers and generated ids."""

    pane: str
    pid: int
    dead: bool
    """The program that tmux started in it has ended."""
    status: int | None
    """Exit status, minus the signal's number, or None while it runs."""
    window: str


class Watcher(Protocol):
    """Who hears of panes: the supervisor."""

    def pane_printed(self, pane: str) -> None:
        """A pane printed something."""

    def pane_signalled(self, pane: str, kind: str, body: bytes) -> None:
        """A pane rang, set a title, or reported a status."""

    def pane_shown(self, pane: str) -> None:
        """A pane was captured for somebody who looks at it."""

    def panes_changed(self) -> None:
        """Panes appeared, ended or went: list them."""

    def connection_lost(self, reason: str) -> None:
        """The control connection is gone; the session tries again by itself."""


class Session:
    """The panes of one workspace on one host. They are known by the host's name too; tmux never hears that."""

    def __init__(
        self, name: str, host: Host, log_file: Path, watcher: Watcher, spawn: Callable[[Awaitable[None]], None]
    ) -> None:
        self.name = name
        self._host = host
        self._log_file = log_file
        self._watcher = watcher
        self._spawn = spawn
        self._client: Client | None = None
        self._reader = RowReader()
        self._shapes: dict[str, int] = {}
        self._held: set[str] = set()
        self._views: dict[int, View] = {}
        self.owner: int | None = None
        """The `id` of the client whose sizes the panes have."""
        self._sizes: dict[str, tuple[int, int]] = {}
        self._focus = ""
        self.pump = Pump(self.capture, spawn)
        self.frames: dict[str, Frame] = {}
        self.captures = 0

    # the connection

    def connect(self) -> None:
        """Start a tap for this session. Raises TmuxError where the host is not reached."""
        server = self._host.server
        self._client = Client(
            on_dirty=self._printed, on_signal=self._signalled, on_note=self._noted, on_lost=self._connection_lost
        )
        self._client.start(server.attach(self.name), server.line.env, self._log_file)
        self._held.clear()
        self._sizes.clear()
        self._focus = ""
        self._client.tell(commands.leave_the_dead())
        self._fit()
        self._client.tell(commands.watch_panes())
        self._spawn(self._learn_cells())
        for pane in self.pump.watched:
            self.pump.dirty(pane)

    def close(self) -> None:
        """End the connection; the panes go on."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def check(self) -> None:
        """Replace a tap that does not answer: a stopped one would stop agents."""
        if self._client is not None and not self._client.lost and not self._client.ping():
            log.warning("the tap of %s does not answer and is replaced", self.name)
            self._client.close()

    @property
    def client(self) -> Client:
        """The live connection. Raises TmuxError while there is none."""
        if self._client is None or self._client.lost:
            raise self._host.unreached()
        return self._client

    @property
    def tap_pid(self) -> int | None:
        """The tap's process; None while there is no connection."""
        return self._client.pid if self._client is not None and not self._client.lost else None

    def _connection_lost(self, reason: str) -> None:
        if self._client is not None:
            self._watcher.connection_lost(reason)

    def _printed(self, panes: list[str]) -> None:
        for pane in (pane_on(self._host.name, pane) for pane in panes):
            self.pump.dirty(pane)
            self._watcher.pane_printed(pane)

    def _signalled(self, pane: str, kind: str, body: bytes) -> None:
        pane = pane_on(self._host.name, pane)
        if kind == "shape":
            if self._shapes.get(pane) == int(body) or (pane not in self._shapes and len(self._shapes) >= PANES):
                return
            self._shapes[pane] = int(body)
            self.client.tell(f"set-option -p -t {commands.checked_pane(pane)} @hive_shape {int(body)}")
            self.pump.dirty(pane)
        else:
            self._watcher.pane_signalled(pane, kind, body)

    def _noted(self, line: str) -> None:
        word = line.split(" ", 1)[0]
        if word in _PANES_CHANGED:
            self._watcher.panes_changed()

    # panes

    async def list_panes(self) -> list[PaneFacts]:
        """List all panes but the keeper's."""
        answer = (await self.client.ask(commands.list_panes(self.name))).checked()
        facts = [read_facts(line.decode(errors="replace")) for line in answer.lines]
        return [replace(fact, pane=pane_on(self._host.name, fact.pane)) for fact in facts if fact.window != KEEPER]

    async def learn_shapes(self, panes: list[str]) -> None:
        """Read back the cursor shapes that an earlier daemon noted."""
        for pane in panes:
            answer = await self.client.ask(f"display-message -p -t {commands.checked_pane(pane)} '#{{@hive_shape}}.'")
            said = answer.lines[0].rstrip(b".") if answer.ok and answer.lines else b""
            if said.isdigit():
                self._shapes[pane] = min(int(said), 6)

    async def _learn_cells(self) -> None:
        """Read rows as the server counts them; one that was adopted may be older than the tmux on PATH."""
        try:
            answer = await self.client.ask("display-message -p '#{version}'")
        except TmuxError as error:
            log.info("the version of tmux: %s", error)
            return
        self._reader = RowReader(cell_bytes(b"".join(answer.lines).decode(errors="replace")))

    async def capture(self, pane: str) -> None:
        """Capture a pane's screen into `frames`, and offer it to those who look."""
        if self._client is None or self._client.lost:
            return
        try:
            answer = await self._client.capture(pane)
        except TmuxError as error:
            log.info("capture of %s: %s", pane, error)
            return
        self.captures += 1
        frame = read_frame(self._reader, answer.lines, self._shapes.get(pane, 0)) if answer.ok else None
        if frame is None:
            return
        self.frames[pane] = frame
        urgent = self.pump.hot(pane)
        for number, view in self._views.items():
            view.offer(pane, frame, urgent=urgent and (not view.interval or number == self.owner))
        if pane in self.pump.watched:
            self._watcher.pane_shown(pane)

    async def history(self, pane: str, start: int, count: int) -> tuple[tuple[Row, ...], int, int]:
        """Give rows `start` to `start + count` of history and screen together, counted from the oldest line.

        Also the first line given and the number of lines there are.
        """
        for margin in MARGINS:
            height, total = await self.extent(pane)
            above = total - height
            first = max(0, min(start, total - 1))
            last = max(first, min(first + count - 1, total - 1))
            answer = (await self.client.capture(pane, first - margin - above, last - above)).checked()
            height, now_above = map(int, answer.lines[0].split()[:2])
            top = max(0, first - margin - above + now_above)
            if top <= first:
                break
        rows = self._reader.read(answer.lines[1:])[max(0, first - top) : max(0, last + 1 - top)]
        return rows, max(first, top), height + now_above

    async def capture_last(self, pane: str, lines: int | None) -> Excerpt:
        """Capture the last lines of screen and history together, or all of them (None), at one moment."""
        height, _ = await self.extent(pane)
        top = OLDEST if lines is None else height - lines
        answer = (await self.client.capture(pane, top, height - 1)).checked()
        height, above = map(int, answer.lines[0].split()[:2])
        captured = answer.lines[1:]
        return Excerpt(captured, max(0, above + top), height + above)

    @property
    def cell_bytes(self) -> int:
        """Bytes that a cell of this server holds."""
        return self._reader.cell_bytes

    async def extent(self, pane: str) -> tuple[int, int]:
        """Give the lines of a pane's screen, and those of screen and history together."""
        height, above = map(int, (await self.client.capture(pane, 0, 0)).checked().lines[0].split()[:2])
        return height, height + above

    def forget(self, pane: str) -> None:
        """Drop what is known of a pane that is gone."""
        self.pump.unwatch(pane)
        for known in (self.frames, self._shapes, self._sizes):
            known.pop(pane, None)

    # those who look

    def look(self, viewer: Viewer, panes: Mapping[str, Wanted], *, owner: bool, frames: int) -> None:
        """Show `panes` to a client, and no others. Those of one that only looks on have no say in sizes."""
        if not panes:
            self.leave(viewer)
            return
        view = self._views.setdefault(id(viewer), View(viewer))
        view.look(panes, frames=frames)
        if viewer.drives and (owner or self.owner not in self._views):
            self.owner = id(viewer)
        self._watch()
        self._fit()
        for pane in panes:
            if pane in self.frames and pane not in view.sent:
                view.offer(pane, self.frames[pane], urgent=True)

    def leave(self, viewer: Viewer) -> None:
        """Forget a client."""
        view = self._views.pop(id(viewer), None)
        if view is None:
            return
        view.close()
        if self.owner == id(viewer):
            drivers = [key for key, view in self._views.items() if view.viewer.drives]
            self.owner = max(drivers, key=lambda key: len(self._views[key].panes), default=None)
            self._fit()
        self._watch()

    def typed(self, viewer: Viewer, pane: str) -> None:
        """Note that a client typed into a pane: it sets the sizes from now on."""
        self.pump.typed(pane)
        if self.owner != id(viewer) and id(viewer) in self._views:
            self.owner = id(viewer)
            self._fit()

    def hold_hidden(self, quiet: Callable[[str], bool], panes: list[str]) -> None:
        """Hold the output of panes that nobody looks at and whose state does not come from it, and of no others."""
        if self._client is None or self._client.lost:
            return
        for pane in panes:
            hidden = pane not in self.pump.watched and quiet(pane)
            if hidden and pane not in self._held:
                self._held.add(pane)
                self._client.hold(pane)
            elif not hidden and pane in self._held:
                self._held.discard(pane)
                self._client.release(pane)
                self._watcher.pane_printed(pane)  # what it printed meanwhile was dropped

    def _watch(self) -> None:
        rates: dict[str, float] = {}
        for view in self._views.values():
            for pane, wanted in view.panes.items():
                interval = max(FOCUSED if wanted.focused else OTHERS, view.interval)
                rates[pane] = min(interval, rates.get(pane, interval))
        for pane in self.pump.watched - rates.keys():
            self.pump.unwatch(pane)
        for pane, interval in rates.items():
            if pane in self._held:
                self._held.discard(pane)
                if self._client is not None:
                    self._client.release(pane)
            if pane not in self.pump.watched:
                self.pump.watch(pane, interval)
                self.pump.dirty(pane)
            self.pump.watch(pane, interval)

    def _fit(self) -> None:
        """Give panes the sizes, and one of them the focus, that the client which typed last shows."""
        if self._client is None or self._client.lost:
            return
        view = self._views.get(self.owner) if self.owner is not None else None
        panes = view.panes if view is not None else {}
        for pane, wanted in panes.items():
            size = (wanted.columns, wanted.rows)
            if self._sizes.get(pane) != size and min(size) > 0:
                self._sizes[pane] = size
                self._client.tell(commands.resize(pane, *size))
                self.pump.dirty(pane)
        focus = next((pane for pane, wanted in panes.items() if wanted.focused), "")
        if focus != self._focus:
            self._focus = focus
            self._client.tell(commands.focus(self.name, focus), commands.FOCUS_BLOCKS)


_PANES_CHANGED = frozenset(
    (
        "%subscription-changed",
        "%window-add",
        "%window-close",
        "%unlinked-window-add",
        "%unlinked-window-close",
        "%layout-change",
        "%overflow",
    )
)


_FACTS = re.compile(r"(%[0-9]{1,9}) ([0-9]{1,9}) ([01]) ([0-9]{0,9})\. ([0-9A-Z+]{0,16})\. (.*)", re.DOTALL)


def read_facts(line: str) -> PaneFacts:
    """Read one line of `commands.list_panes`. Raises TmuxError for any other: a host may say what it likes."""
    found = _FACTS.fullmatch(line)
    if found is None:
        raise TmuxError("tmux lists its panes in another way than it should.")
    pane, pid, dead, by_exit, by_signal, window = found.groups()
    ended = -int(by_signal) if by_signal.isdecimal() else int(by_exit) if by_exit else None
    # What a program leaves behind may hold its pane open: tmux knows its status, and calls the pane alive.
    return PaneFacts(pane, int(pid), dead == "1" or ended is not None, ended, window)


def now() -> str:
    """Give the time as events carry it: RFC 3339, UTC, milliseconds."""
    whole, _, part = f"{time.time():.3f}".partition(".")
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(whole))) + f".{part}Z"
