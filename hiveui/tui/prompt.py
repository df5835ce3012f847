"""Prompts that are written in the composer, kept until they are sent."""

from collections.abc import Callable

from textual.timer import Timer

from hiveui.errors import HiveError
from hiveui.model.text import visible
from hiveui.tui.commands.table import Place
from hiveui.tui.desk import titled
from hiveui.tui.ground import Ground
from hiveui.tui.widgets.card import Composer

KEPT_WITHIN = 1.0
"""Seconds after which what was written would outlive this screen, and the daemon."""


class Prompt:
    """The prompt that is being written, and those that were put away (`commands.sending.Prompt`)."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._overlay = ground.screen.overlay
        self._drafts: dict[tuple[str, str], str] = {}
        """By workspace and role, as this screen has them: the daemon keeps them without secrets."""
        self._to = ("", "")
        """To whom it is written; the focus may leave that agent when agents come and go."""
        self._kept = ""
        self._keeping: Timer | None = None
        self._then: Callable[[str], None] | None = None
        """What is done with what is written, where that is no prompt of its own."""

    def write(self, text: str) -> None:
        """Open the composer with a text behind the draft that was put away."""
        role = self._ground.desk.role
        if self._ground.agent is None:
            return
        self._to, self._then = (self._ground.workspace.id, role), None
        self._kept = self._ground.workspace.drafts.get(role, "")
        heading = f" To {titled(self._ground.workspace, role)}"
        self._overlay.write(((heading, "strong"),), self._drafts.get(self._to, self._kept) + text)
        self._keeping = self._ground.screen.set_interval(KEPT_WITHIN, self._keep)

    def ask(self, heading: str, text: str, then: Callable[[str], None]) -> None:
        """Have something written and `then` done with it; nothing of it is kept where it is put away.

        What lay over the panes stays in sight, and comes back.
        """
        self._then = then
        self._overlay.lay_above(Composer(((heading, "strong"),), text))

    def save(self, workspace: str, role: str, text: str) -> None:
        """Keep a text that could not be given to an agent, for the next time that one is written to."""
        to = (workspace, role)
        self._drafts[to] = text + self._drafts.get(to, "")

    def send(self) -> None:
        """Send what the composer holds."""
        if isinstance(self._overlay.card, Composer):
            self._overlay.card.settle(self._send_written)

    def close(self) -> None:
        """Put away what the composer holds, and close it."""
        if isinstance(self._overlay.card, Composer):
            self._overlay.card.settle(self._close_written)

    def _close_written(self) -> None:
        if isinstance(self._overlay.card, Composer):
            self.put_away()
            self._overlay.close()

    def _send_written(self) -> None:
        card, to = self._overlay.card, self._to
        if isinstance(card, Composer):
            text = card.text
            self.put_away()
            self._overlay.close()
            if text.strip() and self._then is not None:
                self._then(text)
            elif text.strip():
                self._drafts[to] = ""
                self._ground.run(f"sending to {visible(to[1])}…", self._send(to, text))

    def newline(self) -> None:
        """Break the line in the composer."""
        if isinstance(self._overlay.card, Composer):
            self._overlay.card.insert("\n")

    def put_away(self) -> None:
        """Keep what the composer holds for the next time: it is about to go."""
        self._keep()
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None

    def _keep(self) -> None:
        card = self._overlay.card
        if isinstance(card, Composer) and card.place is Place.WRITE and self._then is None:
            self._drafts[self._to] = card.text
            if card.text != self._kept and self._tell(self._to, card.text):
                self._kept = card.text

    def _tell(self, to: tuple[str, str], text: str) -> bool:
        workspace, role = to
        return self._ground.link.tell("workspace/draft", workspace=workspace, role=role, text=text)

    async def _send(self, to: tuple[str, str], text: str) -> None:
        """Give a prompt to the daemon, which delivers it when the agent is at rest."""
        workspace, role = to
        params = {"workspace": workspace, "role": role, "text": text}
        try:
            answer = await self._ground.link.call("prompt/queue", **params)
        except HiveError as error:
            self.save(*to, text)
            error.hint = " ".join(filter(None, (error.hint, "The prompt is kept: s opens it again.")))
            raise
        self._tell(to, self._drafts[to])
        removed = answer["receipt"]["removed"]
        if removed:
            self._ground.screen.notice(f"Sent without {removed} control characters.", "warning")
        elif answer["why"] or answer["ahead"]:
            why = answer["why"] or f"{answer['ahead']} more are before it"
            self._ground.screen.notice(f"It waits for {visible(role)}: {visible(why)}. Q shows it.")
