"""What is asked of the person, and what they read over the panes."""

from hiveui.model.text import visible
from hiveui.tui import cards
from hiveui.tui.commands.table import Keymap
from hiveui.tui.desk import number
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Card


class Dialog:
    """Questions, help, why (`commands.at.Dialog`)."""

    def __init__(self, ground: Ground, keymap: Keymap) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._keymap = keymap
        self._question = ("", "")
        self._role = ""
        """Whom the question is about; the focus may leave that agent when agents come and go."""

    def ask(self, question: str, title: str, method: str) -> None:
        """Put a question about the agent with the focus, and call `method` on it after a yes."""
        if self._ground.agent is None:
            return
        self._role = self._ground.desk.role
        name = f"{number(self._ground.workspace, self._role)} {visible(self._role)}"
        self._question = (f"{title} {name}…", method)
        self._overlay.ask(((f" {question} {name}?", "attention"),))

    def answer(self, yes: bool) -> None:
        """Answer the question."""
        self._overlay.close()
        title, method = self._question
        if yes:
            call = self._ground.link.call(method, workspace=self._ground.workspace.id, role=self._role)
            self._ground.run(title, call)

    def why(self) -> None:
        """Show what the state of the agent with the focus rests on."""
        self._ground.run("asking…", self._why(self._ground.desk.role))

    def help(self) -> None:
        """Show every key."""
        self._overlay.read(cards.help_page(self._keymap.table, self._ground.screen.size.width))

    def performance(self) -> None:
        """Show or hide the performance display."""
        self._overlay.toggle_gauge(self._ground.screen.frames.meter, lambda: self._ground.link.call("daemon/status"))

    def scroll(self, lines: int) -> None:
        """Scroll what is being read."""
        if isinstance(self._overlay.card, Card):
            self._overlay.card.scroll_lines(lines)

    async def _why(self, role: str) -> None:
        answer = await self._ground.link.call("agent/why", workspace=self._ground.workspace.id, role=role)
        self._overlay.read(cards.why_page(number(self._ground.workspace, role), role, answer))
