"""What is asked of the person, and what they read over the panes."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from hiveui.tui import cards, chrome
from hiveui.tui.commands.table import Keymap
from hiveui.tui.desk import number, titled
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Card


class Dialog:
    """Questions, help, why (`commands.at.Dialog`)."""

    def __init__(self, ground: Ground, keymap: Keymap) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._keymap = keymap
        self._question: tuple[str, Callable[[], Coroutine[Any, Any, Any]]] | None = None
        """What is being asked: its title while it is done, and what a yes does."""
        self._sheet = Card()

    def ask(self, question: str, title: str, method: str, **more: str) -> None:
        """Put a question about the agent with the focus, and call `method` on it after a yes."""
        if self._ground.agent is None:
            return
        role, workspace = self._ground.desk.role, self._ground.workspace  # the focus may leave that agent meanwhile
        name = titled(workspace, role)
        call = partial(self._ground.link.call, method, workspace=workspace.id, role=role, **more)
        self.put(f"{question} {name}?", f"{title} {name}…", call)

    def put(self, question: str, title: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Put a question, and do `work` after a yes; both texts are safe."""
        self._question = (title, work)
        self._overlay.ask(((f" {question}", "attention"),))

    def answer(self, yes: bool) -> None:
        """Answer the question."""
        self._overlay.close()
        question, self._question = self._question, None
        if yes and question is not None:
            title, work = question
            self._ground.run(title, work())

    def why(self) -> None:
        """Show what the state of the agent with the focus rests on."""
        self._ground.run("asking…", self._why(self._ground.desk.role))

    def help(self) -> None:
        """Show every key."""
        self._overlay.read(cards.help_page(self._keymap.table, self._ground.screen.size.width))

    def keys(self) -> None:
        """Show the keys of what lies over the panes, above it."""
        if self._overlay.card is None:
            return
        place = self._overlay.card.place
        self._overlay.lay_above(self._sheet)
        self._sheet.turn_to(cards.keys_page(self._keymap.table, place, self._ground.screen.size.width))

    def performance(self) -> None:
        """Show or hide the performance display."""
        self._overlay.toggle_gauge(self._ground.screen.frames.meter, lambda: self._ground.link.call("daemon/status"))

    def scroll(self, lines: int) -> None:
        """Scroll what is being read."""
        if isinstance(self._overlay.card, Card):
            self._overlay.card.scroll_lines(lines)

    async def _why(self, role: str) -> None:
        answer = await self._ground.link.call("agent/why", workspace=self._ground.workspace.id, role=role)
        columns = self._ground.screen.size.width
        self._overlay.read(cards.why_page(number(self._ground.workspace, role), role, answer, chrome.now(), columns))
