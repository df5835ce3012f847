"""The prompt line: text being typed, over one or more lines."""

from collections.abc import Callable

from hiveui.agents.rehearsal.cells import cells, chop, clean
from hiveui.agents.rehearsal.keys import Press


class Composer:
    """A text with a cursor. `feed` gives the text when it is submitted."""

    def __init__(self) -> None:
        self.text = ""
        self._at = 0

    def feed(self, press: Press) -> str | None:
        """Take one press; give the submitted text, or None."""
        if press.name == "enter":
            submitted, self.text, self._at = self.text.strip(), "", 0
            return submitted or None
        if press.name in {"text", "paste", "ctrl+j"}:
            typed = "\n" if press.name == "ctrl+j" else clean(press.text)
            self.text = self.text[: self._at] + typed + self.text[self._at :]
            self._at += len(typed)
        elif press.name in _EDITS:
            self.text, self._at = _EDITS[press.name](self.text[: self._at], self.text[self._at :])
        return None

    def lines(self, width: int) -> tuple[list[str], tuple[int, int]]:
        """Wrap to `width` cells; give the lines and the cursor's (row, column) among them."""
        shown = [part for line in self.text.split("\n") for part in chop(line, width)]
        before = [part for line in self.text[: self._at].split("\n") for part in chop(line, width)]
        return shown, (len(before) - 1, cells(before[-1]))


_EDITS: dict[str, Callable[[str, str], tuple[str, int]]] = {
    "backspace": lambda left, right: (left[:-1] + right, len(left[:-1])),
    "ctrl+u": lambda _left, right: (right, 0),
    "ctrl+w": lambda left, right: (_less_a_word(left) + right, len(_less_a_word(left))),
    "left": lambda left, right: (left + right, max(0, len(left) - 1)),
    "right": lambda left, right: (left + right, min(len(left + right), len(left) + 1)),
    "home": lambda left, right: (left + right, 0),
    "end": lambda left, right: (left + right, len(left + right)),
}
"""Text left and right of the cursor to the new text and the cursor's new place."""


def _less_a_word(text: str) -> str:
    kept = text.rstrip()
    return kept[: max(kept.rfind(" "), kept.rfind("\n")) + 1]
