"""Looking back over what panes printed, and copying from it."""

from collections.abc import Awaitable, Callable
from functools import partial

from hiveui.errors import HiveError
from hiveui.tui.bookmarks import Bookmarks
from hiveui.tui.clipboard import Clipboard
from hiveui.tui.ground import Ground
from hiveui.tui.lookback import LookBack
from hiveui.tui.selection import Shape

MOST = 1_000_000
"""The largest count before a key."""


class Past:
    """Moves through the history of one pane or another (`commands.history.Past`)."""

    def __init__(self, ground: Ground, clipboard: Clipboard) -> None:
        self._ground = ground
        self._screen = ground.screen
        self._clipboard = clipboard
        self._count = 0
        self.bookmarks = Bookmarks(ground, self._look_from)

    def begin(self) -> None:
        """Look back without leaving the place: to select and copy from what is there."""
        back = self.of(self._ground.desk.role)
        if back is not None:
            back.stays = True
            self._run()

    def move(self, lines: int) -> None:
        """Scroll the pane with the focus by lines, up if negative; down past the end returns to the present."""
        self.move_in(self._ground.desk.role, lines * self._counted())

    def motion(self, name: str) -> None:
        """Move the cursor."""
        if back := self._here():
            back.later(back.move, "oldest" if self._count and name == "newest" else name, self._counted())
            self._run()

    def digit(self, digit: str) -> None:
        """Take a digit of the count before a key; a zero that begins none leads to the start of the line."""
        if digit == "0" and not self._count:
            self.motion("start")
        else:
            self._count = min(MOST, self._count * 10 + int(digit))

    def select(self, shape: Shape) -> None:
        """Begin or end selecting."""
        if back := self._here():
            back.later(back.select, shape)
            self._run()

    def other_end(self) -> None:
        """Go to the other end of what is selected."""
        if back := self._here():
            back.later(back.other_end)
            self._run()

    def copy(self) -> None:
        """Copy what is selected, or the line, and return to the present."""
        self.copy_from(self._ground.desk.role)

    def copy_from(self, role: str, *, stay: bool = False) -> None:
        """Copy what is selected in a pane."""
        back = self._screen.backs.get(role)
        if back is None:
            return

        async def copied(text: str) -> None:
            if not stay:
                self.leave_in(role)
            self._screen.notice(await self._clipboard.copy(text))

        back.later(back.copy, copied)
        self._run(role)

    def then(self, role: str, step: Callable[[LookBack], Awaitable[None]]) -> None:
        """Have something done to where the person is in a pane, after what is to be done there before."""
        back = self.of(role)
        if back is not None:
            back.later(step, back)
            self._run(role)

    def drag_on(self, role: str, rows: int, x: int) -> None:
        """Scroll a pane by rows, with the cursor at the edge that is scrolled over."""
        back = self._screen.backs.get(role)
        if back is not None:
            back.later(back.scroll, rows)
            back.later(back.point, back.height - 1 if rows > 0 else 0, x)
            self._run(role)

    def find(self, pattern: str, *, regex: bool, up: bool) -> None:
        """Find a pattern in the pane with the focus, from the cursor on."""
        self.find_in(self._ground.desk.role, pattern, regex=regex, up=up)

    def find_in(self, role: str, pattern: str, *, regex: bool, up: bool, near: int | None = None) -> None:
        """Find a pattern in a pane."""
        back = self.of(role)
        if back is None:
            return

        nowhere = partial(self._screen.notice, "That stands nowhere in this pane.")
        back.later(back.find, pattern, regex=regex, up=up, near=near, nowhere=nowhere)
        self._run(role)

    def step(self, by: int) -> None:
        """Go to the next match, or to the one before."""
        if back := self._here():
            back.later(back.step, by)
            self._run()

    def escape(self) -> None:
        """End the selection; where nothing is selected, return to the present, at once if that is sure."""
        back = self._here()
        if back is not None and back.idle and back.anchor is None:
            self.leave()
        elif back is not None:
            back.later(back.escape, self.leave)
            self._run()

    def leave(self) -> None:
        """Return the pane with the focus to the present."""
        self.leave_in(self._ground.desk.role)

    def leave_in(self, role: str) -> None:
        """Return a pane to the present."""
        self._count = 0
        back = self._screen.backs.pop(role, None)
        if back is not None:
            self.bookmarks.moved(role)
            if (still := back.close()) >= 0:
                self._ground.link.tell("still/drop", still=still)
        self._screen.dress()

    def page(self) -> int:
        """Lines that the pane with the focus has."""
        pane = self._screen.pane()
        return max(1, pane.size.height - 1) if pane else 1

    def move_in(self, role: str, lines: int) -> None:
        """Scroll a pane over its history."""
        pane = self._screen.pane(role)
        back = self._screen.backs.get(role)
        if pane is None or (back is None and lines > 0):
            return
        if back is None and pane.live.modes.alternate:
            self._screen.notice("This program fills the screen and keeps no history; it scrolls by its own keys.")
        elif back is None and not pane.live.history:
            self._screen.notice("Nothing has scrolled off this pane yet.")
        elif (back := self.of(role)) is not None:
            back.later(back.scroll, lines, partial(self.leave_in, role))
            self._run(role)

    def of(self, role: str) -> LookBack | None:
        """Look back in a pane: give where the person is in it, which begins with what is shown now."""
        pane, agent = self._screen.pane(role), self._ground.workspace.role(role)
        if pane is None or agent is None or not agent.pane:
            return None
        if role not in self._screen.backs:
            self._screen.backs[role] = LookBack(pane, self._ground.link.call, agent.pane, self._screen.dress)
            pane.resized = lambda: self._run(role)
        return self._screen.backs[role]

    def _look_from(self, role: str, line: int) -> None:
        async def go(back: LookBack) -> None:
            await back.scroll(line - back.top)

        self.then(role, go)

    def _here(self) -> LookBack | None:
        return self._screen.backs.get(self._ground.desk.role)

    def _run(self, role: str = "") -> None:
        """Have done what is to be done in a pane, or in the one with the focus."""
        self._count = 0
        role = role or self._ground.desk.role
        back = self._screen.backs.get(role)
        if back is not None:
            self.bookmarks.moved(role)
            self._ground.run("reading history…", self._work(role, back))
        self._screen.dress()

    async def _work(self, role: str, back: LookBack) -> None:
        try:
            await back.run()
        except HiveError:
            if back.still < 0:
                self.leave_in(role)
            raise

    def _counted(self) -> int:
        count, self._count = self._count, 0
        return count or 1
