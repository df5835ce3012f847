"""What commands do to the screen and ask of the daemon."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from hiveui.errors import HiveError
from hiveui.model.agent import Agent
from hiveui.model.keys import Key
from hiveui.model.state import Workspace
from hiveui.model.text import visible
from hiveui.tui import cards
from hiveui.tui.desk import Desk, number
from hiveui.tui.link import MALFORMED, NOT_UNDERSTOOD, Link
from hiveui.tui.lookback import LookBack
from hiveui.tui.screens.workspace import WorkspaceScreen
from hiveui.tui.typist import Typist
from hiveui.tui.widgets.card import Card, Composer
from hiveui.tui.widgets.pane import Pane

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds after which the person is told what is waited for."""


class Hand:
    """Carries out commands on one workspace's screen (`commands.At`)."""

    def __init__(
        self,
        screen: WorkspaceScreen,
        link: Link,
        typist: Typist,
        table: cards.Table,
        leave: Callable[[], None],
    ) -> None:
        self._leave = leave
        self._screen = screen
        self._link = link
        self._typist = typist
        self._table = table
        self._drafts: dict[str, str] = {}
        self._question = ("", "")
        self._about = ""
        """The role that the card is about; the focus may leave it when agents come and go."""

    @property
    def desk(self) -> Desk:
        """Where the person is."""
        return self._screen.desk

    @property
    def workspace(self) -> Workspace:
        """The workspace as it is now."""
        workspace = self._screen.workspace
        assert workspace is not None  # noqa: S101  commands run once there is one
        return workspace

    @property
    def agent(self) -> Agent | None:
        """The agent that has the focus."""
        return self._screen.agent()

    def move(self, desk: Desk) -> None:
        """Go to another place, and remember it for the next time."""
        before, self._screen.desk = self._screen.desk, desk
        self._screen.refresh_scene()
        if (before.tab, before.role, before.zoomed) != (desk.tab, desk.role, desk.zoomed):
            self._link.tell(
                "workspace/view",
                workspace=self.workspace.id,
                tab=desk.tab,
                role=desk.role,
                zoomed=desk.zoomed,
            )

    def type(self, key: Key) -> None:
        """Type a key into the pane that has the focus."""
        agent = self.agent
        if agent is not None and agent.pane:
            self._typist.add(agent.pane, key)

    def look_back(self, lines: int | None) -> None:
        """Scroll the pane with the focus; None returns it to the present."""
        self.look_back_in(self.desk.role, lines)

    def look_back_in(self, role: str, lines: int | None) -> None:
        """Scroll a pane over its history; down past the end returns it to the present."""
        pane, agent = self._screen.pane(role), self.workspace.role(role)
        back = self._screen.backs.get(role)
        if lines is None:
            if back is not None:
                self._screen.backs.pop(role).close()
        elif pane is None or agent is None or not agent.pane:
            return
        elif back is None and pane.live.modes.alternate:
            self._screen.notice("This program fills the screen and keeps no history; it scrolls by its own keys.")
        elif back is None and (lines > 0 or not pane.live.history):
            if lines < 0:
                self._screen.notice("Nothing has scrolled off this pane yet.")
        else:
            back = back or self._screen.backs.setdefault(role, self._back(pane, agent.pane))
            if back.move(lines):
                self.run("reading history", back.show())
            else:
                self._screen.backs.pop(role).close()
        self._screen.dress()

    def page(self) -> int:
        """Lines that the pane with the focus has."""
        pane = self._screen.pane()
        return max(1, pane.size.height - 1) if pane else 1

    def ask(self, question: str, title: str, method: str) -> None:
        """Put a question about the agent with the focus, and call `method` on it after a yes."""
        if self.agent is None:
            return
        self._about = self.desk.role
        name = f"{number(self.workspace, self._about)} {visible(self._about)}"
        self._question = (f"{title} {name}…", method)
        self._screen.overlay.ask(((f" {question} {name}?", "attention"),))

    def answer(self, yes: bool) -> None:
        """Answer the question."""
        self._screen.overlay.close()
        title, method = self._question
        if yes:
            call = self._link.call(method, workspace=self.workspace.id, role=self._about)
            self.run(title, call)

    def write(self, text: str) -> None:
        """Open the composer with a text behind the draft that was put away."""
        role = self.desk.role
        if self.agent is None:
            return
        self._about = role
        draft = self._drafts.pop(role, "") + text
        self._screen.overlay.write(((f" To {number(self.workspace, role)} {visible(role)}", "strong"),), draft)

    def send(self) -> None:
        """Send what the composer holds."""
        card, role = self._screen.overlay.card, self._about
        if isinstance(card, Composer):
            text = card.text
            self._screen.overlay.close()
            if text.strip():
                self.run(f"sending to {visible(role)}…", self._send(role, text))

    def newline(self) -> None:
        """Break the line in the composer."""
        if isinstance(self._screen.overlay.card, Composer):
            self._screen.overlay.card.insert("\n")

    def why(self) -> None:
        """Show what the state of the agent with the focus rests on."""
        self.run("asking…", self._why(self.desk.role))

    def help(self) -> None:
        """Show every key."""
        self._screen.overlay.read(cards.help_page(self._table, self._screen.size.width))

    def performance(self) -> None:
        """Show or hide the performance display."""
        self._screen.overlay.toggle_gauge(self._screen.frames.meter, lambda: self._link.call("daemon/status"))

    def scroll(self, lines: int) -> None:
        """Scroll what is being read."""
        if isinstance(self._screen.overlay.card, Card):
            self._screen.overlay.card.scroll_lines(lines)

    def close(self) -> None:
        """Close what lies over the panes; a prompt is kept."""
        card = self._screen.overlay.card
        if isinstance(card, Composer) and card.text:
            self._drafts[self._about] = card.text
        self._screen.overlay.close()

    def leave(self) -> None:
        """End the TUI; the agents go on."""
        self._leave()

    def run(self, title: str, work: Coroutine[Any, Any, Any]) -> None:
        """Do work beside the screen; what takes long is named, and what goes wrong is said."""
        self._screen.run_worker(self._watched(title, work))

    async def _watched(self, title: str, work: Coroutine[Any, Any, Any]) -> None:
        patience = asyncio.get_running_loop().call_later(PATIENCE, self._screen.notice, title)
        try:
            await work
        except HiveError as error:
            self._screen.notice(" ".join(filter(None, (str(error), error.hint))), "attention")
        except MALFORMED:
            log.exception("an answer was not understood: %s", title)
            self._screen.notice(NOT_UNDERSTOOD, "attention")
        else:
            if self._screen.noticed == title:
                self._screen.notice("")
        finally:
            patience.cancel()

    async def _send(self, role: str, text: str) -> None:
        params = {"workspace": self.workspace.id, "role": role, "text": text, "enter": True}
        answer = await self._link.call("agent/send", **params)
        removed = answer["receipt"]["removed"]
        if removed:
            self._screen.notice(f"Sent without {removed} control characters.", "warning")

    async def _why(self, role: str) -> None:
        answer = await self._link.call("agent/why", workspace=self.workspace.id, role=role)
        self._screen.overlay.read(cards.why_page(number(self.workspace, role), role, answer))

    def _back(self, pane: Pane, id_: str) -> LookBack:
        async def fetch(start: int, count: int) -> Any:
            return await self._link.call("pane/history", pane=id_, start=start, count=count)

        return LookBack(pane, fetch)
