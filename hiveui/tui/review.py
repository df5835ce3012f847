"""The review desk: all that the agents changed, looked at hunk by hunk."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from hiveui.errors import HiveError
from hiveui.model.attention import stamp
from hiveui.model.codec import from_json
from hiveui.model.comparison import Area, Group
from hiveui.model.review import Review as Said
from hiveui.model.text import visible
from hiveui.tui import chrome
from hiveui.tui.code import Code
from hiveui.tui.commands.table import Place
from hiveui.tui.ground import Ground
from hiveui.tui.link import MALFORMED
from hiveui.tui.sheet import Kind, Row, Sheet, Spot
from hiveui.tui.syntax import Syntax
from hiveui.tui.widgets.diffs import WIDE, Diffs
from hiveui.tui.widgets.entry import Entry

_GROUPS = tuple(Group)
LOOK = 1.0
"""Seconds between two questions whether files have changed since."""


class Seeking(Entry):
    """Where it is typed what to find."""

    place = Place.SEEK


class Review:
    """Shows what was changed (`commands.reviewing.Review`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self.card = Diffs()
        """Draws it."""
        self.card.resized = self._dress
        self._entry = Seeking()
        self._syntax = Syntax()
        self.sheet = Sheet((), Group.AGENT)
        """What is shown, and where the person is on it."""
        self.comparison = -1
        """The number of what is shown."""
        self._turn = 0
        """Counts comparisons and orders: pages of an older one are not wanted any more."""
        self._order = Group.AGENT
        """By what the person wants the files put together."""
        self._whose = ""
        """The id of the workspace that the sheet is of."""
        self._left: Spot | None = None
        """Where the person was when the desk was left."""
        self._split: bool | None = None
        """What the person chose; None for what there is room for."""
        self._sought = ""
        self._taken = ""
        """When the comparison of the checkouts began, RFC 3339, UTC."""
        self._dressed = Said()
        """What was said as of what is shown."""

    # what is shown

    def open(self) -> None:
        """Show what the agents changed, from where the person was; keys that follow at once are for the desk."""
        if self._overlay.card is not self.card:
            if not self.card.is_attached:
                self.card.set_interval(LOOK, self._look_for_changes)
            before, self.sheet = self.sheet, Sheet((), self._order)
            if self._whose == self._id:
                self._left = before.spot or self._left
                self.sheet.keep_folds(before)
            else:
                self._whose, self._left = self._id, None
            self.card.show(self.sheet, Code((), self._syntax))
            self._overlay.lay(self.card)
        self._ground.run("comparing…", self.take())

    def follow(self) -> None:
        """Take over what was said meanwhile, here or elsewhere."""
        if self.card.display and self._said is not self._dressed:
            self._dress()

    async def _look_for_changes(self) -> None:
        """Say where the files have changed since they were compared."""
        if self.card.display and not self.sheet.stale:
            with contextlib.suppress(HiveError, *MALFORMED):
                found = await self.call("files/list", after=self._taken, limit=1)
                if found["writes"]:
                    self.sheet.stale = True
                    self.card.redraw()

    async def take(self) -> None:
        """Look at the checkouts, and show what is found from where the person is."""
        try:
            began = stamp(chrome.now())
            taken = await self.call("review/take")
            self._taken = began
            self.comparison = int(taken["comparison"])
            areas = [from_json(Area, area) for area in taken["areas"]]
            await self._read(areas, self.sheet.spot or self._left)
        except HiveError:
            if not self.sheet.files:
                self._close()
            raise

    async def _read(self, areas: Sequence[Area], spot: Spot | None) -> None:
        """Read a comparison page by page; what was shown stays until the first page is there."""
        self._turn += 1
        turn, page, sheet = self._turn, 0, Sheet(areas, self._order)
        code = Code(sheet.files, self._syntax)
        while page is not None:
            asked = {"comparison": self.comparison, "group": sheet.group.value, "page": page}
            answer = await self.call("review/page", **asked)
            if turn != self._turn:
                return
            sheet.reader.take(answer["pieces"])
            page = answer["next"]
            sheet.whole = page is None
            if self.sheet is not sheet:
                sheet.keep_folds(self.sheet)
                sheet.at = self.sheet.at
                self._show(sheet, code, spot)
            self._dress()
        if not self._syntax.ready:
            await asyncio.to_thread(self._syntax.load)
            code.forget()
            self.card.redraw()

    def _show(self, sheet: Sheet, code: Code, spot: Spot | None) -> None:
        self.sheet = sheet
        if not sheet.files:
            notes = [visible(area.note) for area in sheet.areas if area.note]
            self._close()
            self._ground.screen.notice(" ".join(notes) or "The agents have changed nothing that is not committed.")
            return
        self.card.show(sheet, code)
        self._dress()
        if spot is None:
            sheet.at = 0
            sheet.to_unreviewed(1)
        else:
            sheet.go_back_to(spot)
        self.card.redraw()

    def _close(self) -> None:
        if self._overlay.card is self.card:
            self._overlay.close()

    def _dress(self) -> None:
        """Bring the sheet in line with what was said, and with the width of the screen."""
        if self._ground.screen.workspace is None:
            return
        self._dressed = self._said
        sheet, said, columns = self.sheet, self._said, self._ground.screen.size.width
        sheet.seen, sheet.comments = frozenset(said.reviewed), said.comments
        sheet.split = columns >= WIDE and self._split is not False
        sheet.columns = max(20, min(100, columns - 16))
        sheet.build()
        self.card.redraw()

    # where the person goes

    def move(self, by: int) -> None:
        """Go some rows down, or up."""
        self.sheet.move(by)
        self.card.redraw()

    def page(self, by: int) -> None:
        """Go half a screen down, or up."""
        self.move(by * max(1, self.card.height // 2))

    def to_end(self, by: int) -> None:
        """Go to the last row, or to the first."""
        self.move(by * len(self.sheet.rows))

    def to_unreviewed(self, by: int) -> None:
        """Go to the next hunk that is not reviewed, or to the one before."""
        if not self.sheet.to_unreviewed(by):
            self._ground.screen.notice("Everything is reviewed." if self.sheet.whole else "Still reading…")
        self.card.bring_up()

    def to_file(self, by: int) -> None:
        """Go to the next file, or to the one before."""
        self.sheet.seek(lambda row: row.kind is Kind.FILE, by)
        self.card.bring_up()

    def slide(self, by: int) -> None:
        """Scroll the code sideways by cells."""
        self.card.shift = max(0, self.card.shift + by)
        self.card.redraw()

    # how it is shown

    def view(self) -> None:
        """Show two sides beside each other, or one column."""
        if self._ground.screen.size.width < WIDE:
            self._ground.screen.notice(f"Two sides beside each other take {WIDE} columns.")
        self._split = not self.sheet.split
        self._dress()

    def group(self) -> None:
        """Put the files together by agent, by path, or by risk."""
        self._order = _GROUPS[(_GROUPS.index(self._order) + 1) % len(_GROUPS)]
        if self.sheet.files:
            self._ground.run("putting in order…", self._read(self.sheet.areas, None))

    def fold(self) -> None:
        """Show the lines of the file, or its name alone."""
        row = self.sheet.row
        if row is not None:
            self.sheet.fold(row.file)
            self._dress()

    def fold_all(self) -> None:
        """Show the names of all files alone, or their lines."""
        self.sheet.fold_all()
        self._dress()

    # what is sought

    def search(self) -> None:
        """Ask what to find."""
        self._overlay.lay_above(self._entry)
        self._entry.ask(
            ((" Search the changes ", "strong"), (f"({visible(self._sought)})  " if self._sought else " ", "quiet")), ""
        )

    def find(self) -> None:
        """Find it; nothing typed means what was sought last."""
        self._sought = self._entry.text or self._sought
        self._overlay.close()
        if self._sought and not self.sheet.seek(self._holds(self._sought.casefold()), 1, around=True):
            self._ground.screen.notice("That stands in none of the changes that are unfolded.")
        self.card.bring_up()

    def _holds(self, sought: str) -> Callable[[Row], bool]:
        def holds(row: Row) -> bool:
            changed = self.sheet.files[row.file]
            if row.kind is Kind.LINE:
                lines = changed.file.hunks[row.hunk].lines
                return any(at >= 0 and sought in lines[at].text.casefold() for at in {row.left, row.right})
            return sought in (changed.file.path if row.kind is Kind.FILE else row.text).casefold()

        return holds

    @property
    def _said(self) -> Said:
        return self._ground.workspace.review

    @property
    def _id(self) -> str:
        return self._ground.workspace.id

    async def call(self, method: str, **params: Any) -> Any:
        """Ask the daemon about the workspace. Raises GatewayError."""
        return await self._ground.link.call(method, workspace=self._id, **params)
