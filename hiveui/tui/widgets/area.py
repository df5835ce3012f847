"""Where text of any kind is written: what would act on a terminal, or hide, is a picture there, and is kept."""

import unicodedata

from rich.text import Text
from textual.widgets import TextArea

from hiveui.model.text import joins, visible

STAND_INS = 0xF0000
"""The first of the private characters (planes 15 and 16) that stand in a text for those that are not shown."""
_UNKNOWN = "\ufffd"


class Area(TextArea):
    """A text area whose document never holds a character that is not shown; only line feeds end its lines.

    Each such character has a stand-in of one cell, and a stand-in is drawn as a picture. Private characters have
    stand-ins too, so that every text comes out as it went in.
    """

    def __init__(self, text: str) -> None:
        self._stand_ins: dict[str, str] = {}
        self._meant: dict[int, str] = {}
        self._pictures: dict[int, str] = {}
        super().__init__(self.held(text), soft_wrap=True, highlight_cursor_line=False)
        self.cursor_blink = False

    @property
    def written(self) -> str:
        """The text as it was given and written."""
        return self.text.translate(self._meant)

    def load(self, text: str) -> None:
        """Take another text in place of this one."""
        self.load_text(self.held(text))

    def held(self, text: str) -> str:
        """Give a text as the document holds it. Lines may end in CR LF where all of them do."""
        if all(line.isprintable() for line in text.split("\n")):
            return text
        plain = "\n\t"
        if "\r" in text and text.count("\r") == text.count("\r\n") == text.count("\n"):
            plain += "\r"
        return "".join(
            one if one in plain or _shown(text, i, one) else self._stand_in(one) for i, one in enumerate(text)
        )

    def get_line(self, line_index: int) -> Text:
        """Give a line with pictures in it."""
        line = super().get_line(line_index)
        line.plain = line.plain.translate(self._pictures)
        return line

    def _stand_in(self, character: str) -> str:
        if character not in self._stand_ins:
            other = chr(STAND_INS + len(self._stand_ins))
            picture = visible(character)
            self._stand_ins[character], self._meant[ord(other)] = other, character
            self._pictures[ord(other)] = picture if len(picture) == 1 else _UNKNOWN
        return self._stand_ins[character]


def _shown(text: str, i: int, character: str) -> bool:
    if character == "\u200d":
        return i > 0 and joins(text[i - 1], text[i + 1 : i + 2])
    return character.isprintable() or unicodedata.category(character) == "Zs"
