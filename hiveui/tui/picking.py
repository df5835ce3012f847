"""Picking up what stands on the screen by a label: to copy it, to open a link, to edit a file, to show a commit."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hiveui.model.text import visible
from hiveui.tui.ground import Ground
from hiveui.tui.hints import Hint, labels, on_screen
from hiveui.tui.lookback import LookBack
from hiveui.tui.past import Past
from hiveui.tui.premises import Premises
from hiveui.tui.widgets.card import Page
from hiveui.tui.widgets.entry import Opening


class Picking:
    """Labels what can be picked up in the pane with the focus (`commands.history.Picking`)."""

    def __init__(self, ground: Ground, past: Past, premises: Premises, run: Callable[[str], None]) -> None:
        """`run` types a command line into a new shell beside the pane with the focus, in its folder."""
        self._ground = ground
        self._run = run
        self._past = past
        self._premises = premises
        self._clipboard = premises.clipboard
        self._card = Opening()
        self._link = ""

    def begin(self) -> None:
        """Label what stands in the pane with the focus."""
        role = self._ground.desk.role
        fresh = role not in self._ground.screen.backs
        self._past.then(role, partial(self._label, role, fresh=fresh))

    def press(self, letter: str) -> None:
        """Take a letter of a label: a small last one copies, a capital opens a link, edits a file, shows a commit."""
        role = self._ground.desk.role
        back = self._ground.screen.backs.get(role)
        if back is None:
            return
        back.typed += letter.lower()
        chosen = back.labels.get(back.typed)
        if chosen is None:
            if not any(label.startswith(back.typed) for label in back.labels):
                back.typed = ""
            return
        self.end()
        if not letter.isupper():
            self._ground.run("copying…", self._copy(chosen[0]))
        elif chosen[0].kind == "link":
            self._ask(chosen[0].text)
        elif chosen[0].kind == "path":
            self._ground.run("looking for the file…", self._edit(chosen[0]))
        else:
            self._run(f"git show {chosen[0].text}")

    def end(self) -> None:
        """Take the labels away."""
        role = self._ground.desk.role
        back = self._ground.screen.backs.get(role)
        if back is not None:
            fresh, back.labels, back.typed = not back.stays, {}, ""
            if fresh:
                self._past.leave_in(role)
            else:
                self._past.then(role, _nothing)

    def open(self) -> None:
        """Open the link that was asked about."""
        self._ground.screen.overlay.close()
        self._ground.run("opening…", self._open(self._link))

    async def _label(self, role: str, back: LookBack, *, fresh: bool) -> None:
        back.labels = labels(on_screen(back.lines, back.top, back.height))
        if not back.labels:
            self._ground.screen.notice("There is no link, path or hash in this pane.")
            if fresh:
                self._past.leave_in(role)

    def _ask(self, link: str) -> None:
        self._link = link
        self._ground.screen.overlay.lay(self._card)
        self._card.turn_to(Page(((" Open ", "strong"), (visible(link), "attention"), (" ?", "strong"))))

    async def _copy(self, hint: Hint) -> None:
        said = await self._clipboard.copy(hint.text)
        self._ground.screen.notice(f"{visible(hint.text)}: {said}")

    async def _edit(self, hint: Hint) -> None:
        agent = self._ground.agent
        if agent is None:
            return
        folder = Path(agent.dir)
        where = await asyncio.to_thread(self._premises.find, hint.text, folder)
        if where is None:
            said = f"{visible(hint.text)} is no file in {visible(agent.dir)}."
            self._ground.screen.notice(f"{said} {await self._clipboard.copy(hint.text)}", "warning")
        else:
            self._run(self._premises.opening(where, folder))

    async def _open(self, link: str) -> None:
        if not await asyncio.to_thread(self._clipboard.open_link, link):
            self._ground.screen.notice(f"Nothing here opens links. {await self._clipboard.copy(link)}")


async def _nothing(_: LookBack) -> None:
    """Only show what is there."""
