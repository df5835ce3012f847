"""What the person says of changes: marks, comments, and what they take back."""

from typing import NamedTuple

from hiveui.errors import HiveError
from hiveui.model.comparison import Changed
from hiveui.model.review import Stage
from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import titled
from hiveui.tui.ground import Ground
from hiveui.tui.review import Review
from hiveui.tui.sheet import Kind, Row
from hiveui.tui.widgets.card import Composer

NOWHERE = "Go to a file or a hunk."
"""Said where a key acts on no change."""


class Remarking(Composer):
    """Where a comment is written."""

    place = Place.COMMENT


class About(NamedTuple):
    """What a comment is about, and whom it goes to."""

    workspace: str
    role: str
    top: str
    path: str
    line: int
    old: bool

    @property
    def line_alone(self) -> "About":
        """The same line, whoever is taken for its author."""
        return self._replace(role="")


class Verdicts:
    """Tells the daemon what the person says on the desk (`commands.reviewing.Verdicts`)."""

    def __init__(self, ground: Ground, review: Review) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._review = review
        self._about: About | None = None
        """What is being commented on."""
        self._drafts: dict[About, str] = {}
        """What was written about a line and not sent: it is there the next time."""

    def accept(self, *, whole: bool) -> None:
        """Mark the hunk as reviewed and go to the next, or take the mark away; or the whole file."""
        sheet = self._review.sheet
        row = sheet.row
        if row is None or row.kind in (Kind.GROUP, Kind.GAP):
            self._ground.screen.notice(NOWHERE)
            return
        digests = self._digests(row, whole=whole)
        reviewed = not all(digest in sheet.seen for digest in digests)
        marks = {"digests": digests, "reviewed": reviewed}
        if self._ground.link.tell("review/mark", workspace=self._ground.workspace.id, **marks):
            sheet.seen = sheet.seen | set(digests) if reviewed else sheet.seen - set(digests)
            sheet.forget_fold(row.file)
            sheet.build()
            if reviewed:
                sheet.to_unreviewed(1)
            self._review.card.bring_up()

    def revert(self, *, whole: bool) -> None:
        """Take the hunk back, or the whole file."""
        row = self._review.sheet.row
        if row is None or row.kind not in (Kind.FILE, Kind.HUNK, Kind.LINE):
            self._ground.screen.notice(NOWHERE)
            return
        changed = self._review.sheet.files[row.file]
        if not whole and row.hunk < 0 and len(changed.file.hunks) > 1:
            self._ground.screen.notice("Go to a hunk; R takes the whole file back.")
        else:
            digest = changed.digests[row.hunk] if not whole and row.hunk >= 0 else ""
            self._ground.run("taking it back…", self._revert(changed, digest))

    async def _revert(self, changed: Changed, digest: str) -> None:
        meant = {
            "comparison": self._review.comparison,
            "area": changed.area,
            "path": changed.file.path,
            "digest": digest,
        }
        found = (await self._review.call("review/revert", **meant))["reverted"]
        await self._review.take()
        lines = f"+{found['added']} −{found['removed']}"
        self._ground.screen.notice(f"Taken back: {lines} of {found['path']}. u brings it again.")

    def undo(self) -> None:
        """Bring again what was taken back last."""
        self._ground.run("bringing it again…", self._undo())

    async def _undo(self) -> None:
        found = (await self._review.call("review/undo"))["undone"]
        await self._review.take()
        self._ground.screen.notice(f"There again: +{found['added']} −{found['removed']} of {found['path']}.")

    def comment(self) -> None:
        """Have something written about the line, to its author."""
        row = self._review.sheet.row
        if row is None or row.kind is not Kind.LINE:
            self._ground.screen.notice("Go to a line: comments are about one.")
            return
        changed = self._review.sheet.files[row.file]
        role = self._author(changed)
        top, path = self._review.sheet.place_of(row.file)
        about = About(self._ground.workspace.id, role, top, path, row.new or row.old, old=not row.new)
        self._about = about
        to = titled(self._ground.workspace, role)
        guess = "" if role in changed.roles else "  (who wrote it is not known)"
        heading = ((f" To {to}, about {visible(path)}:{row.new or row.old}", "strong"), (guess, "warning"))
        self._overlay.lay_above(Remarking(heading, self._drafts.get(about.line_alone, "")))

    def send(self) -> None:
        """Send what was written."""
        card = self._overlay.card
        if isinstance(card, Remarking):
            card.settle(self._send_written)

    def _send_written(self) -> None:
        card, about = self._overlay.card, self._about
        if isinstance(card, Remarking) and about is not None:
            self._drafts.pop(about.line_alone, None)
            self._overlay.close()
            if card.text.strip():
                self._ground.run("sending it…", self._send(about, card.text))

    def put_away(self) -> None:
        """Keep what was written, and send nothing."""
        card = self._overlay.card
        if isinstance(card, Remarking):
            card.settle(self._put_away_written)

    def _put_away_written(self) -> None:
        card = self._overlay.card
        if isinstance(card, Remarking) and self._about is not None:
            self._drafts[self._about.line_alone] = card.text
            self._overlay.close()

    async def _send(self, about: About, text: str) -> None:
        try:
            told = await self._ground.link.call("comment/write", **about._asdict(), text=text)
        except HiveError as error:
            self._drafts[about.line_alone] = text
            error.hint = " ".join(filter(None, (error.hint, "What you wrote is kept: c opens it again.")))
            raise
        waits = f": it waits, {visible(told['why'])}" if told["why"] else ""
        self._ground.screen.notice(f"#{told['number']} goes to {visible(about.role)}{waits}.")

    def resolve(self) -> None:
        """Be content with what became of the comment."""
        row = self._review.sheet.row
        here = row.comment if row is not None else 0
        open_ = [one.number for one in self._review.sheet.comments if one.stage is not Stage.RESOLVED]
        if here not in open_:
            self._ground.screen.notice("Go to a comment that is open: x is content with it.")
        else:
            self._ground.run("resolving it…", self._review.call("comment/resolve", number=here))

    def _digests(self, row: Row, *, whole: bool) -> list[str]:
        changed = self._review.sheet.files[row.file]
        one = row.hunk >= 0 and not whole and not self._review.sheet.folded(row.file)
        return [changed.digests[row.hunk]] if one else list(changed.digests)

    def _author(self, changed: Changed) -> str:
        """Give who a comment goes to: the author, else who has the focus of those that work there, else any of them."""
        there = self._review.sheet.areas[changed.area].roles
        focused = self._ground.desk.role
        return changed.roles[0] if changed.roles else focused if focused in there else there[0]
