"""The review desk: all that the agents changed, looked at hunk by hunk, answered by marks, comments and reverts."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from hiveui.model.codec import from_json
from hiveui.model.review import Review as Said
from hiveui.model.review import Stage
from hiveui.model.survey import Area, Changed, Group
from hiveui.model.text import visible
from hiveui.tui.code import Code
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import number
from hiveui.tui.ground import Ground
from hiveui.tui.sheet import Kind, Row, Sheet
from hiveui.tui.syntax import Syntax
from hiveui.tui.widgets.card import Composer
from hiveui.tui.widgets.diffs import WIDE, Diffs
from hiveui.tui.widgets.entry import Entry

_GROUPS = tuple(Group)


class Remarking(Composer):
    """Where a comment is written."""

    place = Place.COMMENT


class Seeking(Entry):
    """Where it is typed what to find."""

    place = Place.SEEK


class Review:
    """Shows what was changed, and tells the daemon what the person says of it (`commands.at.Review`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._card = Diffs()
        self._entry = Seeking()
        self._syntax = Syntax()
        self._sheet = Sheet((), Group.AGENT)
        self._survey = -1
        self._turn = 0
        """Counts surveys and orders: pages of an older one are not wanted any more."""
        self._split: bool | None = None
        """What the person chose; None for what there is room for."""
        self._sought = ""
        self._about: tuple[str, str, str, int, bool] | None = None
        """What is being commented on: role, checkout, path, line, whether it is an old one."""

    # what is shown

    def open(self) -> None:
        """Show what the agents changed, from where the person was."""
        self._ground.run("comparing…", self._take())

    def look_again(self) -> None:
        """Look at the checkouts anew."""
        self._ground.run("comparing…", self._take())

    def follow(self) -> None:
        """Take over what was said meanwhile, here or elsewhere."""
        if self._card.is_attached and self._card.display:
            self._dress()

    async def _take(self) -> None:
        taken = await self._call("review/take")
        self._survey = int(taken["survey"])
        await self._read([from_json(Area, area) for area in taken["areas"]], self._sheet.group)

    async def _read(self, areas: Sequence[Area], group: Group) -> None:
        """Read a survey page by page; what was shown stays until the first page is there."""
        self._turn += 1
        turn, page, sheet, spot = self._turn, 0, Sheet(areas, group), self._sheet.spot
        code = Code(sheet.files, self._syntax)
        while page is not None:
            answer = await self._call("review/page", survey=self._survey, group=group.value, page=page)
            if turn != self._turn:
                return
            sheet.reader.take(answer["pieces"])
            page = answer["next"]
            sheet.whole = page is None
            if self._sheet is not sheet:
                sheet.keep_folds(self._sheet)
                self._sheet = sheet
                self._show(sheet, code, first=spot is None)
            self._dress()
            if spot is not None:
                sheet.go_back_to(spot)
                self._card.redraw()
        if not self._syntax.ready:
            await asyncio.to_thread(self._syntax.load)
            code.forget()
            self._card.redraw()

    def _show(self, sheet: Sheet, code: Code, *, first: bool) -> None:
        if not sheet.files:
            notes = [visible(area.note) for area in sheet.areas if area.note]
            self._overlay.close() if self._overlay.card is self._card else None
            self._ground.screen.notice(" ".join(notes) or "The agents have changed nothing that is not committed.")
            return
        if self._overlay.card is not self._card:
            self._overlay.lay(self._card)
        self._card.show(sheet, code)
        self._dress()
        if first:
            sheet.at = 0
            sheet.to_unreviewed(1)
            self._card.redraw()

    def _dress(self) -> None:
        """Bring the sheet in line with what was said, and with the width of the screen."""
        sheet, said, columns = self._sheet, self._said, self._ground.screen.size.width
        sheet.seen, sheet.comments = frozenset(said.reviewed), said.comments
        sheet.split = columns >= WIDE and self._split is not False
        sheet.columns = max(20, min(100, columns - 16))
        sheet.build()
        self._card.redraw()

    # where the person goes

    def move(self, by: int) -> None:
        """Go some rows down, or up."""
        self._sheet.move(by)
        self._card.redraw()

    def page(self, by: int) -> None:
        """Go half a screen down, or up."""
        self.move(by * max(1, self._card.height // 2))

    def to_end(self, by: int) -> None:
        """Go to the last row, or to the first."""
        self.move(by * len(self._sheet.rows))

    def to_unreviewed(self, by: int) -> None:
        """Go to the next hunk that is not reviewed, or to the one before."""
        if not self._sheet.to_unreviewed(by):
            self._ground.screen.notice("Everything is reviewed." if self._sheet.whole else "Still reading…")
        self._card.bring_up()

    def to_file(self, by: int) -> None:
        """Go to the next file, or to the one before."""
        self._sheet.seek(lambda row: row.kind is Kind.FILE, by)
        self._card.bring_up()

    def slide(self, by: int) -> None:
        """Scroll the code sideways by cells."""
        self._card.shift = max(0, self._card.shift + by)
        self._card.redraw()

    # how it is shown

    def view(self) -> None:
        """Show two sides beside each other, or one column."""
        if self._ground.screen.size.width < WIDE:
            self._ground.screen.notice(f"Two sides beside each other take {WIDE} columns.")
        self._split = not self._sheet.split
        self._dress()

    def group(self) -> None:
        """Put the files together by agent, by path, or by risk."""
        following = _GROUPS[(_GROUPS.index(self._sheet.group) + 1) % len(_GROUPS)]
        self._ground.run("putting in order…", self._read(self._sheet.areas, following))

    def fold(self) -> None:
        """Show the lines of the file, or its name alone."""
        row = self._sheet.row
        if row is not None:
            self._sheet.fold(row.file)
            self._dress()

    def fold_all(self) -> None:
        """Show the names of all files alone, or their lines."""
        self._sheet.fold_all()
        self._dress()

    # what the person says

    def accept(self, *, whole: bool) -> None:
        """Mark the hunk as reviewed and go to the next, or take the mark away; or the whole file."""
        row = self._sheet.row
        if row is None:
            return
        digests = self._digests(row, whole=whole)
        reviewed = not all(digest in self._sheet.seen for digest in digests)
        if self._ground.link.tell("review/mark", workspace=self._id, digests=digests, reviewed=reviewed):
            seen = self._sheet.seen
            self._sheet.seen = seen | set(digests) if reviewed else seen - set(digests)
            self._sheet.forget_fold(row.file)
            self._sheet.build()
            if reviewed:
                self._sheet.to_unreviewed(1)
            self._card.bring_up()

    def revert(self, *, whole: bool) -> None:
        """Take the hunk back, or the whole file."""
        row = self._sheet.row
        if row is not None:
            changed = self._sheet.files[row.file]
            digest = "" if whole or row.hunk < 0 or not changed.file.hunks else changed.digests[row.hunk]
            self._ground.run("taking it back…", self._revert(changed, digest))

    async def _revert(self, changed: Changed, digest: str) -> None:
        meant = {"survey": self._survey, "area": changed.area, "path": changed.file.path, "digest": digest}
        found = (await self._call("review/revert", **meant))["reverted"]
        await self._take()
        lines = f"+{found['added']} −{found['removed']}"
        self._ground.screen.notice(f"Taken back: {lines} of {found['path']}. u brings it again.")

    def undo(self) -> None:
        """Bring again what was taken back last."""
        self._ground.run("bringing it again…", self._undo())

    async def _undo(self) -> None:
        found = (await self._call("review/undo"))["undone"]
        await self._take()
        self._ground.screen.notice(f"There again: +{found['added']} −{found['removed']} of {found['path']}.")

    def comment(self) -> None:
        """Have something written about the line, to its author."""
        row = self._sheet.row
        if row is None or row.kind is not Kind.LINE:
            self._ground.screen.notice("Go to a line: comments are about one.")
            return
        changed = self._sheet.files[row.file]
        role = self._author(changed)
        top, path = self._sheet.place_of(row.file)
        self._about = (role, top, path, row.new or row.old, not row.new)
        to = f"{number(self._ground.workspace, role)} {visible(role)}"
        guess = "" if role in changed.roles else "  (who wrote it is not known)"
        heading = ((f" To {to}, about {visible(path)}:{row.new or row.old}", "strong"), (guess, "warning"))
        self._overlay.lay_above(Remarking(heading, ""))

    def send(self) -> None:
        """Send what was written."""
        card = self._overlay.card
        if isinstance(card, Remarking):
            card.settle(self._send_written)

    def _send_written(self) -> None:
        card, about = self._overlay.card, self._about
        if isinstance(card, Remarking):
            text = card.text
            self._overlay.close()
            if about is not None and text.strip():
                self._ground.run("sending it…", self._send(about, text))

    async def _send(self, about: tuple[str, str, str, int, bool], text: str) -> None:
        role, top, path, line, old = about
        asked = {"role": role, "top": top, "path": path, "line": line, "old": old, "text": text}
        told = await self._call("comment/write", **asked)
        waits = f": it waits, {visible(told['why'])}" if told["why"] else ""
        self._ground.screen.notice(f"#{told['number']} goes to {visible(role)}{waits}.")

    def resolve(self) -> None:
        """Be content with what became of the comment."""
        row = self._sheet.row
        here = row.comment if row is not None else 0
        open_ = [one.number for one in self._sheet.comments if one.stage is not Stage.RESOLVED]
        if here not in open_:
            self._ground.screen.notice("Go to a comment that is open: x is content with it.")
        else:
            self._ground.run("resolving it…", self._call("comment/resolve", number=here))

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
        if self._sought and not self._sheet.seek(self._holds(self._sought.casefold()), 1, around=True):
            self._ground.screen.notice("That stands in none of the changes that are unfolded.")
        self._card.bring_up()

    def _holds(self, sought: str) -> Callable[[Row], bool]:
        def holds(row: Row) -> bool:
            changed = self._sheet.files[row.file]
            if row.kind is Kind.LINE:
                lines = changed.file.hunks[row.hunk].lines
                return any(at >= 0 and sought in lines[at].text.casefold() for at in {row.left, row.right})
            return sought in (changed.file.path if row.kind is Kind.FILE else row.text).casefold()

        return holds

    # who and what is meant

    def _digests(self, row: Row, *, whole: bool) -> list[str]:
        changed = self._sheet.files[row.file]
        one = row.hunk >= 0 and not whole and not self._sheet.folded(row.file)
        return [changed.digests[row.hunk]] if one else list(changed.digests)

    def _author(self, changed: Changed) -> str:
        """Give who a comment goes to: the author, else who has the focus of those that work there, else any of them."""
        there = self._sheet.areas[changed.area].roles
        focused = self._ground.desk.role
        return changed.roles[0] if changed.roles else focused if focused in there else there[0]

    @property
    def _said(self) -> Said:
        return self._ground.workspace.review

    @property
    def _id(self) -> str:
        return self._ground.workspace.id

    async def _call(self, method: str, **params: Any) -> Any:
        return await self._ground.link.call(method, workspace=self._id, **params)
