"""The answer that the person is giving to what an agent asks, bound to the dialog that is shown."""

import time
from collections.abc import Callable

from hiveui.model.attention import Need
from hiveui.model.seat import Role
from hiveui.model.signs import Choice, Dialog
from hiveui.model.text import visible
from hiveui.tui.desk import titled
from hiveui.tui.ground import Ground

UNASKED = 0.25
"""Seconds in which a key is no answer to a dialog that came up by itself."""


class Reply:
    """Takes an answer in steps: its number, then yes to it; once more where it holds for times to come."""

    def __init__(self, ground: Ground, clock: Callable[[], float] = time.monotonic) -> None:
        self._ground = ground
        self._clock = clock
        self._answers_from = 0.0
        self.need: Need | None = None
        """Who is answered."""
        self.picked = 0
        """Number of the answer that was picked, 0 for none."""
        self.sure = False
        """It holds for times to come, and the person was told."""

    @property
    def dialog(self) -> Dialog | None:
        """What is asked, where it is known and can be answered from here."""
        dialog = self.need.dialog if self.need else None
        return dialog if dialog is not None and any(choice.keys for choice in dialog.choices) else None

    @property
    def may(self) -> bool:
        """The person may answer."""
        return self._ground.link.role.may(Role.APPROVER)

    @property
    def choice(self) -> Choice | None:
        """The answer that was picked."""
        return self.dialog.choices[self.picked - 1] if self.dialog is not None and self.picked else None

    def turn_to(self, need: Need | None, *, asked: bool) -> None:
        """Take what is shown from now on; `asked` where the person had it shown, and the next key is meant for it."""
        before, self.need = self.need, need
        if _bound(before) != _bound(need):
            self.drop()
            self._answers_from = 0.0 if asked else self._clock() + UNASKED

    def hears(self) -> bool:
        """Tell whether a key pressed now is meant for what is shown; say so where it is not."""
        if self._clock() < self._answers_from:
            self._ground.screen.notice("This came up just now: look at it, then answer.", "warning")
            return False
        return True

    def drop(self) -> None:
        """Take back what was picked."""
        self.picked, self.sure = 0, False

    def pick(self, digit: int) -> None:
        """Pick an answer by its number, from 1."""
        if self.dialog is None or not self.hears():
            return
        if digit > len(self.dialog.choices):
            self._ground.screen.notice(f"There is no answer {digit}.", "warning")
        elif not self.dialog.choices[digit - 1].keys:
            self._ground.screen.notice("That answer can be given in its pane only: esc, then enter there.", "warning")
        else:
            self.picked, self.sure = digit, False

    def give(self, text: str = "") -> bool:
        """Give the answer that was picked, and a text after it; tell whether that was the last step."""
        need, dialog, choice = self.need, self.dialog, self.choice
        if need is None or dialog is None or choice is None:
            return False
        if choice.lasting and not self.sure:
            self.sure = True
            return False
        name = titled(need.workspace, need.agent.role)
        more = {"text": text} if text else {}
        work = self._give(name, need, dialog=dialog.fingerprint, choice=self.picked, lasting=choice.lasting, **more)
        self.drop()
        self._answers_from = self._clock() + UNASKED
        self._ground.run(f"answering {name}…", work)
        return True

    async def _give(self, name: str, need: Need, **params: object) -> None:
        who = {"workspace": need.workspace.id, "role": need.agent.role}
        answer = await self._ground.link.call("agent/answer", **who, **params)
        said = f"Answered {name}: {visible(str(answer['answered']))}"
        if answer["gone"]:
            self._ground.screen.notice(f"{said}.")
        else:
            self._ground.screen.notice(f"{said}; but it still stands there: look at its pane.", "warning")


def _bound(need: Need | None) -> tuple[str, str]:
    """Tell what a key would answer: whom, and which dialog."""
    if need is None:
        return "", ""
    dialog = need.dialog
    return need.id, dialog.fingerprint if dialog is not None else need.agent.reading.state
