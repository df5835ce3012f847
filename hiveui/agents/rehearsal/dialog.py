"""A box that asks a person to choose."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hiveui.agents.rehearsal.cells import cells, cut, wrap
from hiveui.agents.rehearsal.inline import styled
from hiveui.agents.rehearsal.keys import Press

WIDEST = 76


@dataclass(slots=True)
class Dialog:
    """One open question. `answer` is the chosen index once there is one; Escape takes the last choice."""

    title: str
    body: str
    choices: Sequence[str]
    shortcuts: dict[str, int] = field(default_factory=dict)
    """Words, typed as one letter or pasted, that mean a choice."""
    answer: int | None = None
    _at: int = 0

    def feed(self, press: Press) -> None:
        """Take one press."""
        last = len(self.choices) - 1
        match press.name:
            case "enter":
                self.answer = self._at
            case "escape":
                self.answer = last
            case "up":
                self._at = max(0, self._at - 1)
            case "down" | "tab":
                self._at = min(last, self._at + 1)
            case "text":
                self.answer = self._meant(press.text)
            case "paste":
                meant = self._meant(press.text.strip().lower())
                self._at = self._at if meant is None else meant
            case _:
                pass

    def _meant(self, word: str) -> int | None:
        if word.isdecimal() and 1 <= int(word) <= len(self.choices):
            return int(word) - 1
        return self.shortcuts.get(word)

    def lines(self, columns: int) -> list[str]:
        """Draw the box at most `columns` wide."""
        inner = max(4, min(WIDEST, columns) - 4)
        rows = [("1", part) for part in wrap(self.title, inner)]
        rows += [("", ""), *(("", part) for part in wrap(self.body, inner)), ("", "")] if self.body else []
        for i, choice in enumerate(self.choices):
            mark, style = ("❯", "36") if i == self._at else (" ", "")
            first, *more = wrap(choice, max(2, inner - 5))
            rows += [(style, f"{mark} {i + 1}. {first}"), *((style, f"     {part}") for part in more)]
        edge = "─" * (inner + 2)
        inside = [(style, cut(text, inner)) for style, text in rows]
        return [
            styled("33", f"╭{edge}╮"),
            *(
                f"{styled('33', '│')} {styled(style, text)}{' ' * (inner - cells(text))} {styled('33', '│')}"
                for style, text in inside
            ),
            styled("33", f"╰{edge}╯"),
        ]
