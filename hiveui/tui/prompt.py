"""Prompts that are written in the composer, kept until they are sent."""

from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import number
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Composer


class Prompt:
    """The prompt that is being written, and those that were put away (`commands.at.Prompt`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._drafts: dict[str, str] = {}
        self._role = ""
        """To whom it is written; the focus may leave that agent when agents come and go."""

    def write(self, text: str) -> None:
        """Open the composer with a text behind the draft that was put away."""
        role = self._ground.desk.role
        if self._ground.agent is None:
            return
        self._role = role
        heading = f" To {number(self._ground.workspace, role)} {visible(role)}"
        self._overlay.write(((heading, "strong"),), self._drafts.pop(role, "") + text)

    def send(self) -> None:
        """Send what the composer holds."""
        card, role = self._overlay.card, self._role
        if isinstance(card, Composer):
            text = card.text
            self._overlay.close()
            if text.strip():
                self._ground.run(f"sending to {visible(role)}…", self._send(role, text))

    def newline(self) -> None:
        """Break the line in the composer."""
        if isinstance(self._overlay.card, Composer):
            self._overlay.card.insert("\n")

    def put_away(self) -> None:
        """Keep what the composer holds for the next time."""
        card = self._overlay.card
        if isinstance(card, Composer) and card.place is Place.WRITE and card.text:
            self._drafts[self._role] = card.text

    async def _send(self, role: str, text: str) -> None:
        params = {"workspace": self._ground.workspace.id, "role": role, "text": text, "enter": True}
        answer = await self._ground.link.call("agent/send", **params)
        removed = answer["receipt"]["removed"]
        if removed:
            self._ground.screen.notice(f"Sent without {removed} control characters.", "warning")
