"""What agents do to files, newest first, over the panes; and how much each did of late, beside its name."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from rich.cells import cell_len

from hiveui.model.agent import AgentId
from hiveui.model.changes import How, Write
from hiveui.model.codec import from_json
from hiveui.model.feed import MARKS, ago, lines, name
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.commands.table import Place
from hiveui.tui.editor import Spot
from hiveui.tui.ground import Ground
from hiveui.tui.premises import Premises
from hiveui.tui.preview import WIDEST
from hiveui.tui.widgets.card import Ends, Page

KEPT = 500
"""Changes that are kept here."""
PAINT = 0.04
"""Seconds between two paintings of the list."""
WIDE = 100
"""Columns from which there is room for what is known rests on."""
ROLE = 14
"""Cells of a role, at most."""


class Feed:
    """Shows the feed of one workspace (`commands.filing.Feed`)."""

    def __init__(self, ground: Ground, premises: Premises, run: Callable[[str], None]) -> None:
        """`run` types a command line into a new shell beside the pane with the focus."""
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._premises = premises
        self._run = run
        self._writes: dict[int, Write] = {}
        self._notices: Sequence[str] = ()
        self._role = ""
        """Whose changes are shown; '' for everybody's."""
        self._chosen = 0
        """The number of the change that is chosen; 0 for the newest, whichever that is."""
        self._painted = 0.0
        self._waiting = False

    def begin(self) -> None:
        """Have the daemon tell how much changes, from the first look at a workspace on, and after it was gone."""
        self._writes.clear()
        self._ground.run("asking what changed…", self._open() if self._is_open else self._look(rows=False))

    def open(self) -> None:
        """Show what all agents changed."""
        self._role, self._chosen = "", 0
        self._ground.run("asking what changed…", self._open())

    def toggle(self) -> None:
        """Show what the agent with the focus changed, or again what all did."""
        self._role, self._chosen = "" if self._role else self._ground.desk.role, 0
        self._show()

    def choose(self, by: int) -> None:
        """Go to another change."""
        shown = self._shown
        if shown:
            at = max(0, min(self._at(shown) + by, len(shown) - 1))
            self._chosen = 0 if at == 0 and by < 0 else shown[at].number
            self._show()

    def edit(self) -> None:
        """Open the chosen file in the person's editor."""
        shown = self._shown
        agent = self._ground.agent
        if not shown or agent is None:
            return
        write = shown[self._at(shown)]
        self._overlay.close()
        self._ground.run("looking for the file…", self._edit(Path(write.top) / write.path, Path(agent.dir)))

    def take(self, params: Mapping[str, Any]) -> None:
        """Take a `files/feed` notification."""
        workspace = self._ground.screen.workspace
        if workspace is None or params["workspace"] != workspace.id:
            return
        self._bars(params["bars"])
        for said in params["writes"]:
            write = from_json(Write, said)
            self._writes[write.number] = write
        for number in sorted(self._writes)[: max(0, len(self._writes) - KEPT)]:
            del self._writes[number]
        if not params["writes"] or self._waiting:
            return
        if self._is_open:
            wait = self._painted + PAINT - time.monotonic()
            if wait > 0:
                self._waiting = True
                self._ground.screen.set_timer(wait, self._paint)
            else:
                self._show()
        else:
            self._ground.link.tell("files/look", workspace=workspace.id)

    def _paint(self) -> None:
        self._waiting = False
        if self._is_open:
            self._show()

    @property
    def _is_open(self) -> bool:
        return self._overlay.chooses(Place.FEED)

    @property
    def _shown(self) -> list[Write]:
        newest = sorted(self._writes.values(), key=lambda write: write.number, reverse=True)
        return [write for write in newest if self._role in {"", write.role}]

    def _at(self, shown: Sequence[Write]) -> int:
        return next((i for i, write in enumerate(shown) if write.number <= self._chosen), 0) if self._chosen else 0

    async def _look(self, *, rows: bool) -> None:
        found = await self._ground.link.call("files/look", workspace=self._ground.workspace.id, rows=rows)
        self._notices = [one["notice"] for one in found.get("checkouts", ()) if one["notice"]]
        self._bars(found.get("bars", {}))
        self._writes.update((said["number"], from_json(Write, said)) for said in found.get("writes", ()))

    async def _open(self) -> None:
        await self._look(rows=True)
        self._show()

    async def _edit(self, file: Path, folder: Path) -> None:
        if not await asyncio.to_thread(self._premises.has, file):
            self._ground.screen.notice(f"{visible(str(file))} is not there any more.", "warning")
            return
        self._run(self._premises.opening(Spot(file, 0), folder))

    def _bars(self, bars: Mapping[str, Sequence[int]]) -> None:
        self._ground.screen.bars = {AgentId(agent): list(counts) for agent, counts in bars.items()}
        self._ground.screen.dress()

    def _show(self) -> None:
        self._painted = time.monotonic()
        shown = self._shown
        at, screen = self._at(shown), self._ground.screen
        several = len({write.top for write in self._writes.values()}) > 1
        frame = Frame(chrome.now(), min(screen.size.width, WIDEST), self._role, several, self._notices)
        self._overlay.choose(feed_page(shown, at, frame), at + len(self._notices), Place.FEED)


class Frame(NamedTuple):
    """What a page of changes depends on besides them."""

    now: datetime
    columns: int
    role: str = ""
    """Whose they are; '' for everybody's."""
    several: bool = False
    """They are of several checkouts."""
    notices: Sequence[str] = ()


def feed_page(writes: Sequence[Write], chosen: int, frame: Frame) -> Page:
    """List changes: how old, whose, what was done to which file, and what that it is theirs rests on."""
    heading = ((f" What {visible(frame.role) or 'agents'} changed", "lit"),)
    body: list[Ends] = [(((f" {visible(notice)}", "warning"),), ()) for notice in frame.notices]
    names = [visible(name(write)) for write in writes]
    room = min(ROLE, max(map(cell_len, names), default=1))
    widest = Widths(
        max((cell_len(_place(write, frame)) for write in writes), default=0),
        max((cell_len(_how(write, frame)) for write in writes), default=0),
    )
    for i, (write, said) in enumerate(zip(writes, names, strict=True)):
        cells = chrome.fitted(said, room)
        body.append(_row(write, f" {'▸' if i == chosen else ' '}", cells, frame, widest))
    if not writes:
        body.append((((" Nothing has changed since watching began.", "quiet"),), ()))
    return Page(heading, body, wide=True)


class Widths(NamedTuple):
    """The cells that the widest of a page's lines take."""

    place: int
    how: int


def _place(write: Write, frame: Frame) -> str:
    return (f"{visible(Path(write.top).name)}: " if frame.several else "") + visible(write.path)


def _how(write: Write, frame: Frame) -> str:
    """Tell what it rests on that a change is an agent's: in a word where the screen is narrow."""
    if frame.columns >= WIDE:
        return visible(write.evidence)
    return "" if write.how is How.UNKNOWN else write.how.value


def _row(write: Write, mark: str, role: str, frame: Frame, widest: Widths) -> Ends:
    """Write one line; what changes rest on begins in one column."""
    tone = "lit" if mark.strip() else "plain" if write.by else "quiet"
    head = f"{mark} {ago(write.time, frame.now):>3}  {role}  {MARKS[write.deed]} "
    counted = f"{lines(write)}  " if write.lines else ""
    room = frame.columns - cell_len(head) - cell_len(counted) - 3
    column = min(widest.how, max(room // 2, room - widest.place))
    path = chrome.tail(_place(write, frame), max(8, room - column))
    how = chrome.fitted(_how(write, frame), max(1, column))
    return ((head, tone), (path, tone)), ((f" {counted}", "quiet"), (f"{how} ", "quiet"))
