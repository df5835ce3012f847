"""The review desk on the screen: of a sheet of any length, the rows that are seen are drawn, and no others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath

from rich.cells import cell_len, get_character_cell_size, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hiveui.model.comparison import Group, author, heading
from hiveui.model.diff import Status
from hiveui.model.pairs import Span
from hiveui.model.review import Comment, Stage
from hiveui.model.risk import HIGH
from hiveui.model.text import counted, visible
from hiveui.tui.code import Code
from hiveui.tui.commands.table import Place
from hiveui.tui.sheet import Kind, Row, Sheet
from hiveui.tui.widgets.card import Card, Ends
from hiveui.tui.widgets.line import Words

Piece = tuple[str, str]
"""Safe text, and its tone."""

TONES = (
    *("plain", "quiet", "strong", "accent", "done", "warning", "attention", "rule", "map", "view"),
    *("added", "removed", "added-line", "removed-line", "added-word", "removed-word", "file", "comment"),
    *("keyword", "string", "number", "function", "type", "cursor"),
)
WIDE = 120
"""Columns from which two sides fit beside each other."""
HEAD = 2
"""Lines above the rows: what is left to do, and the file that the first row is of."""
MARGIN = 3
"""Rows that stay in sight above and below the one that the person is on."""
_LETTERS = {
    Status.ADDED: ("A", "added"),
    Status.DELETED: ("D", "removed"),
    Status.RENAMED: ("R", "accent"),
    Status.COPIED: ("C", "accent"),
    Status.UNMERGED: ("U", "attention"),
    Status.MODIFIED: ("M", "warning"),
}
STAGES = {
    Stage.QUEUED: ("…", "quiet"),
    Stage.DELIVERED: ("→", "accent"),
    Stage.ANSWERED: ("●", "done"),
    Stage.CHANGED: ("●", "done"),
    Stage.RESOLVED: ("✓", "quiet"),
}
"""Glyph and tone of each stage of a comment."""
_MARKS = {"+": "added", "-": "removed"}
LEAST = 2
"""Cells in which code is drawn at all: those of one wide character."""
METER = 12
"""Cells of the meter of what is reviewed."""


class Diffs(Card):
    """Draws a sheet."""

    place = Place.REVIEW

    def __init__(self) -> None:
        super().__init__()
        self.add_class("diffs")
        self.sheet: Sheet | None = None
        self.shift = 0
        """Cells that the code is scrolled to the right."""
        self.resized: Callable[[], None] = self.redraw
        """Hears of another size."""
        self._code: Code | None = None
        self._top = 0
        self._map: tuple[object, list[str]] = (None, [])

    def show(self, sheet: Sheet, code: Code) -> None:
        """Show a sheet."""
        self.sheet, self._code = sheet, code
        self.redraw()

    def on_resize(self) -> None:
        """Tell who lays out the rows."""
        self.resized()

    def redraw(self) -> None:
        """Show what has changed, and have the row in sight that the person is on."""
        if self.sheet is not None:
            at, height, last = self.sheet.at, self.height, len(self.sheet.rows)
            margin = min(MARGIN, max(0, (height - 1) // 2))
            self._top = max(at - height + 1 + margin, min(self._top, at - margin))
            self._top = max(0, min(self._top, last - height))
        self.refresh()

    def bring_up(self) -> None:
        """Show what has changed, and have the row that the person is on stand high: what follows it is seen."""
        if self.sheet is not None:
            self._top = self.sheet.at - MARGIN
        self.redraw()

    @property
    def height(self) -> int:
        """Rows that are seen."""
        return max(1, self.size.height - HEAD)

    def scroll_lines(self, by: int) -> None:
        """Go some rows down or up."""
        if self.sheet is not None:
            self.sheet.move(by)
            self.redraw()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width, sheet = self.size.width, self.sheet
        if sheet is None or width < 4:
            return Strip.blank(width, self._style("plain"))
        if y < HEAD:
            left, right, paper = (*self._headline(sheet), "plain") if y == 0 else self._standing(sheet)
            return Strip(self._ends(left, right, width, paper), width)
        at = self._top + y - HEAD
        body = self._row(sheet, sheet.rows[at], width - 2, here=at == sheet.at) if at < len(sheet.rows) else ()
        segments = list(body) or [Segment(" " * (width - 2), self._style("plain"))]
        return Strip([*segments, *self._of_map(sheet, y - HEAD)], width)

    # what stands above the rows

    def _headline(self, sheet: Sheet) -> Ends:
        if not sheet.files:
            return ((" Review ", "strong"), ("  comparing…", "quiet")), ()
        left = sheet.tally
        done = left.hunks - left.unreviewed
        filled = METER * done // left.hunks if left.hunks else METER
        meter = (("━" * filled, "done"), ("━" * (METER - filled), "rule"))
        said = f"  {left.unreviewed} of {left.hunks} hunks left" if left.unreviewed else "  all reviewed"
        more = "" if sheet.whole else "  reading…"
        first = (*((" Review ", "strong"), ("  ", "plain")), *meter, (said, "plain"), (more, "quiet"))
        comments = f"{counted(left.comments, 'comment')} · " if left.comments else ""
        view = "side by side" if sheet.split else "unified"
        again = (("files have changed: ctrl+r  ", "warning"),) if sheet.stale else ()
        return first, (*again, (f"{comments}by {sheet.group.value} · {view} ", "quiet"))

    def _standing(self, sheet: Sheet) -> tuple[Words, Words, str]:
        """Name the file that the first row is of, where its own row is out of sight."""
        row = sheet.rows[self._top] if self._top < len(sheet.rows) else None
        if row is None or row.kind in (Kind.GROUP, Kind.FILE):
            return (*self._areas(sheet), "plain")
        return tuple(self._file(sheet, row)), tuple(self._progress(sheet, row)), "file"

    def _areas(self, sheet: Sheet) -> Ends:
        against = dict.fromkeys(area.against for area in sheet.areas if area.against)
        notes = [area.note for area in sheet.areas if area.note]
        said = f" {visible('; '.join(notes))}" if notes else f" against {visible(', '.join(against))}"
        return ((said, "warning" if notes else "quiet"),), ()

    # rows

    def _row(self, sheet: Sheet, row: Row, width: int, *, here: bool) -> Iterable[Segment]:
        cursor = Segment("▌" if here else " ", self._style("cursor"))
        match row.kind:
            case Kind.LINE:
                return [cursor, *self._code_row(sheet, row, width - 1, here=here)]
            case Kind.FILE:
                named, progress = list(self._file(sheet, row)), list(self._progress(sheet, row))
                return [cursor, *self._ends(named, progress, width - 1, "file")]
            case Kind.HUNK:
                return [cursor, *self._ends(*self._hunk(sheet, row), width - 1, "plain")]
            case Kind.COMMENT:
                return [cursor, *self._ends(list(self._comment(sheet, row)), (), width - 1, "comment")]
            case Kind.GROUP:
                return [cursor, *self._ends(*self._group(sheet, row, width - 1), width - 1, "plain")]
            case Kind.NOTE:
                high = sheet.files[row.file].risk.score >= HIGH
                note = ((f"   {'▲' if high else '·'} {visible(row.text)}", "attention" if high else "quiet"),)
                return [cursor, *self._ends(note, (), width - 1, "plain")]
            case Kind.GAP:
                return [cursor, *self._ends((), (), width - 1, "plain")]

    def _group(self, sheet: Sheet, row: Row, width: int) -> tuple[Sequence[Piece], Sequence[Piece]]:
        own = [at for at, one in enumerate(sheet.files) if heading(one, sheet.group) == row.text]
        added, removed = (sum(sheet.reader.counts[at][side] for at in own) for side in (0, 1))
        right = (
            (f" {counted(len(own), 'file')}", "quiet"),
            (f" +{added}", "added"),
            (f" −{removed} ", "removed"),
        )
        name = visible(row.text)
        rule = "─" * max(0, width - cell_len(name) - 5 - sum(cell_len(text) for text, _ in right))
        return (("── ", "rule"), (name, "accent"), (f" {rule}", "rule")), right

    def _file(self, sheet: Sheet, row: Row) -> Iterator[Piece]:
        changed = sheet.files[row.file]
        letter, tone = _LETTERS[changed.file.status]
        yield f"{'▸' if sheet.folded(row.file) else '▾'} ", "quiet"
        yield f"{letter} ", tone
        path = PurePath(changed.file.path)
        folder = "" if str(path.parent) == "." else f"{path.parent}/"
        yield visible(folder), "quiet"
        yield visible(path.name), "strong"
        if sheet.group is not Group.AGENT:
            yield f"  {visible(author(changed))}", "accent"
        added, removed = sheet.reader.counts[row.file]
        yield f"  +{added}", "added"
        yield f" −{removed}", "removed"

    def _progress(self, sheet: Sheet, row: Row) -> Iterator[Piece]:
        digests = sheet.files[row.file].digests
        seen = sum(digest in sheet.seen for digest in digests)
        if seen == len(digests):
            yield "✓ reviewed ", "done"
        else:
            yield f"{seen}/{len(digests)} ", "quiet"

    def _hunk(self, sheet: Sheet, row: Row) -> tuple[Sequence[Piece], Sequence[Piece]]:
        hunk = sheet.files[row.file].file.hunks[row.hunk]
        seen = sheet.marked(row)
        where = f"line {hunk.new_start}" if hunk.new_count else f"line {hunk.old_start}, before"
        left = (("   ⋯ ", "rule"), (f"{where}  ", "quiet"), (visible(hunk.heading.strip().expandtabs(1)), "function"))
        return left, ((("✓ ", "done") if seen else ("○ ", "accent")),)

    def _comment(self, sheet: Sheet, row: Row) -> Iterator[Piece]:
        comment: Comment | None = next((one for one in sheet.comments if one.number == row.comment), None)
        head = comment is not None and row.text.startswith(f"#{row.comment} ")
        glyph, tone = STAGES[comment.stage] if comment is not None else ("·", "quiet")
        yield "      ┃ ", tone
        if head:
            yield f"{glyph} {visible(row.text)}", tone if tone != "quiet" else "plain"
        else:
            yield visible(row.text), "plain"

    # code

    def _code_row(self, sheet: Sheet, row: Row, width: int, *, here: bool) -> Iterable[Segment]:
        digits = sheet.digits
        if not sheet.split:
            numbers = f"{row.old or '':>{digits}} {row.new or '':>{digits}} "
            return self._code_line(sheet, row, row.left, numbers, width, here=here)
        half = (width - 1) // 2
        return [
            *self._code_line(sheet, row, row.left, f"{row.old or '':>{digits}} ", half, here=here),
            Segment("│", self._style("rule")),
            *self._code_line(sheet, row, row.right, f"{row.new or '':>{digits}} ", width - half - 1, here=here),
        ]

    def _code_line(self, sheet: Sheet, row: Row, at: int, numbers: str, width: int, *, here: bool) -> Iterator[Segment]:
        if at < 0 or self._code is None:
            yield Segment(" " * width, self._style("plain"))
            return
        line = sheet.files[row.file].file.hunks[row.hunk].lines[at]
        side = _MARKS.get(line.mark, "")
        seen = sheet.marked(row)
        paper = f"{side}-line" if side and not seen else "plain"
        back = self._style(paper)
        quiet = self._ink("strong" if here else "quiet")
        yield Segment(numbers, back + quiet)
        yield Segment(f"{line.mark} ", back + self._ink(side or "quiet"))
        room = width - cell_len(numbers) - 2
        text = self._code.text(row.file, row.hunk, at) + ("  (no newline at end)" if line.bare and side else "")
        inks = [back + self._ink("quiet" if seen else "plain")] * len(text)
        for first, last, tone in () if seen else self._code.tones(row.file, row.hunk, at):
            inks[first:last] = [back + self._ink("quiet" if tone == "comment" else tone)] * len(inks[first:last])
        if side and not seen:
            word = self._style(f"{side}-word")
            for first, last in self._code.words(row.file, row.hunk, at):
                inks[first:last] = [ink + word for ink in inks[first:last]]
        yield from _fitted(text, inks, (self.shift, self.shift + room), back, self._ink("rule"))

    # the map

    def _of_map(self, sheet: Sheet, y: int) -> Iterator[Segment]:
        height = self.height
        tones = self._tones_of_map(sheet, height)
        size = max(1, len(sheet.rows))
        here = self._top <= y * size // height < self._top + height or size <= height
        paper = self._style("view" if here and size > height else "map")
        tone = tones[y] if y < len(tones) else ""
        yield Segment(" ", self._style("plain"))
        yield Segment("▐" if tone else " ", paper + self._ink(tone or "quiet"))

    def _tones_of_map(self, sheet: Sheet, height: int) -> list[str]:
        """Give for each line of the map what the rows behind it hold: comments, what is unreviewed, what is not."""
        key = (id(sheet.rows), len(sheet.rows), height, sheet.seen, tuple(sheet.comments))
        if self._map[0] == key:
            return self._map[1]
        ranks = {"attention": 3, "accent": 2, "quiet": 1, "": 0}
        waiting = {one.number for one in sheet.comments if one.stage is not Stage.RESOLVED}
        size, tones = len(sheet.rows), [""] * height
        step = max(1, size // (height * 64))
        for at in range(0, size, step):
            row = sheet.rows[at]
            place = at * height // max(size, height)
            tone = "attention" if row.comment in waiting else self._tone_of_row(sheet, row)
            if ranks[tone] > ranks[tones[place]]:
                tones[place] = tone
        self._map = (key, tones)
        return tones

    def _tone_of_row(self, sheet: Sheet, row: Row) -> str:
        counts = row.kind in (Kind.HUNK, Kind.LINE, Kind.FILE)
        return ("quiet" if sheet.marked(row) else "accent") if counts else ""

    # how it is drawn

    def _ends(self, left: Sequence[Piece], right: Sequence[Piece], width: int, paper: str) -> list[Segment]:
        """Draw words at the left and at the right; what there is no room for is cut at the left's end."""
        back = self._style(paper)
        room = max(0, width - sum(cell_len(text) for text, _ in right))
        segments = []
        for text, tone in left:
            shown = text if cell_len(text) <= room else set_cell_size(text, room - 1) + "…" if room else ""
            segments.append(Segment(shown, back + self._ink(tone)))
            room -= cell_len(shown)
        segments.append(Segment(" " * room, back))
        segments += [Segment(text, back + self._ink(tone)) for text, tone in right]
        return segments

    def _style(self, tone: str) -> Style:
        return self.tone(f"diffs--{tone}")

    def _ink(self, tone: str) -> Style:
        return self.tone(f"diffs--{tone}", partial=True)


def _fitted(text: str, inks: Sequence[Style], cells: Span, back: Style, more: Style) -> Iterator[Segment]:
    """Draw as much of a line as there is room for, between two cells of it; `›` says that it goes on."""
    shift, room = cells[0], cells[1] - cells[0]
    if room < LEAST:
        yield Segment(" " * max(0, room), back)
        return
    start, over = _at_cell(text, shift)
    end = _before_cell(text, shift + room)
    cut = end < len(text)
    if cut:
        end = max(start, _before_cell(text, shift + room - 1))
    used = over
    yield Segment(" " * over, back)
    first = start
    for at in range(start, end + 1):
        if at == end or inks[at] is not inks[first]:
            if at > first:
                part = text[first:at]
                used += cell_len(part)
                yield Segment(part, inks[first])
            first = at
    if cut:
        yield Segment(" " * (room - used - 1) + "›", back + more)
    else:
        yield Segment(" " * max(0, room - used), back)


def _before_cell(text: str, cell: int) -> int:
    """Count the characters that end at a cell or before it."""
    at, behind = _at_cell(text, cell)
    return at - 1 if behind else at


def _at_cell(text: str, cell: int) -> tuple[int, int]:
    """Give the first character that stands at a cell or behind it, and how many cells behind."""
    if text.isascii():
        return min(cell, len(text)), 0
    cells = 0
    for at, character in enumerate(text):
        if cells >= cell:
            return at, cells - cell
        cells += get_character_cell_size(character)
    return len(text), max(0, cells - cell)
