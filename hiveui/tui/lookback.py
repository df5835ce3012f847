"""Looking back: one pane as it was at one moment, moved through, searched, selected in and copied from."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from hiveui.model.rows import Row
from hiveui.tui.hints import Hint
from hiveui.tui.lines import Line, Lines
from hiveui.tui.marks import Mark, marked
from hiveui.tui.motions import MOTIONS, VERTICAL, View
from hiveui.tui.screenful import Screenful
from hiveui.tui.selection import Selection, Shape, Spot
from hiveui.tui.strips import SGR
from hiveui.tui.widgets.pane import LOOKS, Pane

CHUNK = 100
"""Rows that are fetched at once."""
DRIFT = 400
"""Rows that a pane may have gone on between the picture that stands and the still that is taken of it."""
FAR_RIGHT = 1 << 20

Ask = Callable[..., Awaitable[Any]]
"""`ask(method, **params)`: the daemon's answer. Raises HiveError."""
Copied = Callable[[str], Awaitable[None]]
Step = Callable[..., Awaitable[None]]


class Match(NamedTuple):
    """What was found, from its first cell to its last."""

    first: Spot
    last: Spot


class LookBack:
    """Where a person is in what a pane printed.

    From the first moment the pane shows what it showed then. What is to be done is done in its order, a fetch that it
    needs included: keys may come faster than answers.
    """

    def __init__(self, pane: Pane, ask: Ask, id_: str, changed: Callable[[], None]) -> None:
        """`id_` is the pane's, `changed` hears when the words around it are to be written anew."""
        self.lines = Lines()
        self.still = -1
        self.top = 0
        self.spot = Spot(0, 0)
        self.anchor: Spot | None = None
        self.shape = Shape.CHARACTERS
        self.stays = False
        """Scrolling down past the end does not lead back to the present: the person works here."""
        self.closed = False
        self.matches: list[Match] = []
        self.count = 0
        """Matches in all; the last of them are in `matches`."""
        self.current = -1
        self.up = False
        """The search went up."""
        self.labels: dict[str, list[Hint]] = {}
        """What can be picked up, while its labels are shown."""
        self.typed = ""
        """What was typed of a label."""
        self._pane = pane
        self._ask = ask
        self._id = id_
        self._changed = changed
        self._wish = 0
        self._todo: deque[Callable[[], Awaitable[None]]] = deque([self._take])
        self._busy = False
        self._began = pane.top
        """The first row of the screen that was shown then."""
        self._frozen = pane.live.rows[self._began : self._began + self.height]
        pane.past = Screenful()
        pane.past.replace(pane.live.columns, self._frozen)

    @property
    def place(self) -> str:
        """Say where: rows from the end, of all; which of the matches; what is selected."""
        if self.still < 0:
            return "looking back"
        said = [f"{self.bottom - self.top} of {self.bottom} back"]
        if self.count:
            number = f"{self.count - len(self.matches) + self.current + 1}" if self.current >= 0 else "–"
            said.insert(0, f"{number} of {self.count}")
        if self.anchor is not None:
            said.insert(0, f"selecting {self.shape}")
        return " · ".join(said)

    @property
    def bottom(self) -> int:
        """The first row shown where the last one is shown too."""
        return max(0, self.lines.total - self.height)

    @property
    def height(self) -> int:
        """Rows that the pane has on this screen."""
        return max(1, self._pane.size.height)

    @property
    def idle(self) -> bool:
        """Nothing is to be done any more."""
        return not self._busy and not self._todo

    @property
    def selection(self) -> Selection | None:
        """What is selected."""
        return None if self.anchor is None else Selection(self.anchor, self.spot, self.shape)

    def later(self, step: Step, *args: Any, **more: Any) -> None:
        """Have one of the steps below done by `run`, after those before it."""
        self._todo.append(partial(step, *args, **more))

    async def run(self) -> None:
        """Do what is to be done, and show it."""
        if self._busy:
            return
        self._busy = True
        try:
            while not self.closed:
                if self._todo:
                    await self._todo.popleft()()
                await self._show()
                if not self._todo:
                    break
        finally:
            self._busy = False
            self._todo.clear()

    def close(self) -> int:
        """Return to the present; gives the number of the still, which nobody looks at any more, -1 for none."""
        self.closed = True
        self._pane.past = None
        self._pane.refresh()
        return self.still

    # the steps

    async def _take(self) -> None:
        answer = await self._ask("still/take", pane=self._id)
        self.still = answer["still"]
        self.lines.total, (self.lines.columns, height) = answer["total"], answer["size"]
        screen = max(0, self.lines.total - height)
        began = screen + self._began
        stood = None
        for back in (0, DRIFT):
            await self._need(began - back, self.lines.total)
            stood = as_it_stood(self.lines, range(began, max(-1, began - back - 1), -1), self._frozen)
            if stood is not None:
                break
        if self.closed:
            await self._ask("still/drop", still=self.still)
            return
        x, y = answer["cursor"]
        self.top = min(self.bottom, began if stood is None else stood)
        self.spot = self._held(Spot(max(self.top, min(screen + y, self.top + self.height - 1)), x), x)

    async def _need(self, first: int, last: int) -> None:
        """Fetch rows from `first` to before `last` that are not here yet."""
        for start in range(max(0, first) // CHUNK * CHUNK, min(last, self.lines.total), CHUNK):
            if start not in self.lines:
                answer = await self._ask("still/rows", still=self.still, start=start, count=CHUNK)
                rows = [Line(Row(str(ansi), int(width)), bool(wrapped)) for ansi, width, wrapped in answer["rows"]]
                self.lines.put(start, rows)

    async def move(self, motion: str, count: int) -> None:
        """Move the cursor."""
        await self._need(self.spot.line - CHUNK, self.spot.line + CHUNK)
        there = MOTIONS[motion](self.lines, View(self.top, self.height), self.spot, count)
        if motion == "end":
            self._wish = FAR_RIGHT
        elif motion not in VERTICAL:
            self._wish = there.cell
        self.stays = True
        await self._go(there)

    async def _go(self, there: Spot) -> None:
        """Put the cursor there; what was far away comes into the middle."""
        await self._need(there.line - self.height, there.line + self.height)
        if abs(there.line - self.spot.line) > self.height and not 0 <= there.line - self.top < self.height:
            self.top = max(0, min(self.bottom, there.line - self.height // 2))
        self.spot = self._held(there, self._wish)

    def _held(self, spot: Spot, wish: int) -> Spot:
        """Keep a spot in the still: in its column where it can be, on the first half of a wide character."""
        line = max(0, min(self.lines.total - 1, spot.line))
        row = self.lines[line]
        block = self.anchor is not None and self.shape is Shape.BLOCK
        cell = max(0, min(wish, self.lines.columns - 1 if block else row.last))
        while 0 < cell < len(row.cells) and not row.cells[cell]:
            cell -= 1
        return Spot(line, cell)

    async def scroll(self, rows: int, leave: Callable[[], None] = lambda: None) -> None:
        """Show what is so many rows further down, up if negative; the cursor goes along. Past the end, `leave`."""
        if rows > 0 and not self.stays and self.top + rows >= self.bottom:
            leave()
            return
        self.top = max(0, min(self.bottom, self.top + rows))
        await self._need(self.top, self.top + self.height)
        line = max(self.top, min(self.top + self.height - 1, self.spot.line + rows))
        self.spot = self._held(Spot(line, self._wish), self._wish)

    async def point(self, row: int, cell: int, begin: Shape | None = None) -> None:
        """Move the cursor to a cell of the pane, with a shape to select from there on."""
        line = max(0, min(self.lines.total - 1, self.top + row))
        await self._need(line - CHUNK, line + CHUNK)
        shape = begin or self.shape
        self._wish = cell
        self.spot = Spot(line, cell if shape is Shape.BLOCK else min(cell, len(self.lines[line].cells)))
        self.stays = True
        if begin is not None:
            self.anchor, self.shape = self.spot, begin

    async def word(self, row: int, cell: int) -> None:
        """Select the word in a cell of the pane."""
        await self.point(row, cell, Shape.CHARACTERS)
        view = View(self.top, self.height)
        after = Spot(self.spot.line, self.spot.cell + 1)
        first = MOTIONS["word back"](self.lines, view, after, 1)
        last = MOTIONS["word end"](self.lines, view, first, 1)
        if first <= self.spot <= last:
            self.anchor, self.spot = first, last

    async def select(self, shape: Shape) -> None:
        """Select from the cursor on; change the shape of what is selected; end it where it has that shape."""
        if self.anchor is not None and self.shape is shape:
            self.anchor = None
        else:
            self.anchor = self.spot if self.anchor is None else self.anchor
            self.shape = shape
        self.stays = True

    async def escape(self, leave: Callable[[], None]) -> None:
        """End the selection; where nothing is selected, `leave`."""
        if self.anchor is None:
            leave()
        self.anchor = None

    async def other_end(self) -> None:
        """Move the cursor to the other end of what is selected."""
        if self.anchor is not None:
            anchor, self._wish = self.spot, self.anchor.cell
            there, self.anchor = self.anchor, anchor
            await self._go(there)

    async def copy(self, copied: Copied) -> None:
        """Hand over what is selected, or the cursor's line."""
        selection = self.selection or Selection(self.spot, self.spot, Shape.LINES)
        rows = range(0)
        while rows != selection.rows(self.lines):  # a line may go on in rows that are not here yet
            rows = selection.rows(self.lines)
            await self._need(rows.start - 1, rows.stop + 1)
        await copied(selection.text(self.lines))

    async def find(self, pattern: str, *, regex: bool, up: bool, near: int | None, nowhere: Callable[[], None]) -> None:
        """Find a pattern, and go to the next match, or to the one nearest to a row; `nowhere` where there is none."""
        answer = await self._ask("still/search", still=self.still, pattern=pattern, regex=regex)
        self.matches = [Match(Spot(a, b), Spot(c, d)) for a, b, c, d in answer["matches"]]
        self.count, self.current, self.stays, self.up = answer["count"], -1, True, up
        if not self.matches:
            nowhere()
        elif near is not None:
            self.current = min(range(len(self.matches)), key=lambda at: abs(self.matches[at].first.line - near))
            await self._to_match()
        else:
            await self.step(1)

    async def step(self, by: int) -> None:
        """Go to the next match in the direction of the search (1), or the other way (-1), around the end."""
        if not self.matches:
            return
        by = -by if self.up else by
        firsts = [match.first for match in self.matches]
        at = bisect_right(firsts, self.spot) if by > 0 else bisect_left(firsts, self.spot) - 1
        self.current = at % len(firsts)
        await self._to_match()

    async def _to_match(self) -> None:
        there = self.matches[self.current].first
        self._wish = there.cell
        await self._go(there)

    # showing it

    async def _show(self) -> None:
        if self.closed or self._pane.past is None:
            return
        self.top = max(0, min(self.top, self.bottom, self.spot.line), self.spot.line - self.height + 1)
        await self._need(self.top, self.top + self.height)
        looks = {name: self._pane.look(name) for name in LOOKS}
        rows = [
            marked(self.lines[number].row, marks_of(self, number, looks))
            for number in range(self.top, min(self.top + self.height, self.lines.total))
        ]
        self._pane.past.replace(self.lines.columns, rows)
        self._pane.refresh()
        self._changed()


def as_it_stood(lines: Lines, rows: Iterable[int], picture: Sequence[Row]) -> int | None:
    """Find the row of a still, among some, with which a picture begins: the pane may have printed since."""
    texts = [SGR.sub("", row.ansi).rstrip() for row in picture]
    while texts and not texts[-1]:
        texts.pop()
    for first in rows:
        if all(SGR.sub("", lines[first + at].row.ansi).rstrip() == text for at, text in enumerate(texts)):
            return first
    return None


def marks_of(back: LookBack, number: int, looks: Mapping[str, str]) -> list[Mark]:
    """Mark what was found in a row, what is selected of it, and the cursor."""
    marks: list[Mark] = []
    line = back.lines[number]
    low = bisect_left(back.matches, number, key=lambda match: match.last.line)
    high = bisect_right(back.matches, number, key=lambda match: match.first.line)
    for at in range(low, high):
        first, last = back.matches[at]
        start = first.cell if first.line == number else 0
        end = last.cell + 1 if last.line == number else line.row.width
        marks.append(Mark(start, end, looks["current" if at == back.current else "found"]))
    selection = back.selection
    if selection is not None and number in selection.rows(back.lines):
        marks.append(Mark(*selection.span(back.lines, number), looks["selected"]))
    if number == back.spot.line and not back.labels:
        end = back.spot.cell + 1
        while end < len(line.cells) and not line.cells[end]:
            end += 1
        marks.append(Mark(back.spot.cell, end, looks["cursor"]))
    marks += [
        Mark(hint.spot.cell, hint.spot.cell + len(label), looks["label"], label)
        for label, hints in back.labels.items()
        for hint in hints
        if hint.spot.line == number
    ]
    return marks
