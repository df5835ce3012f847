"""Finding by a few letters: which texts match, how well, and where. Pure.

Every word of the query is to be found. Best is a word's beginning, then any part, then its letters in order.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

WORD, PART, LETTERS = 0, 1000, 2000
"""What a match costs before its place and length are counted: the less, the better."""
LONGEST = 64
"""Letters of a query's word that count."""


class Word(NamedTuple):
    """How one word of a query is looked for, in a text of small letters."""

    text: str
    beginning: Callable[[str], re.Match[str] | None]
    letters: Callable[[str], re.Match[str] | None]

    def cost(self, text: str) -> int:
        """Tell how badly a text matches; -1 where it does not."""
        place = text.find(self.text)
        if place < 0:
            spread = self.letters(text)
            return LETTERS + spread.end() - spread.start() if spread else -1
        first = self.beginning(text)
        return WORD + first.start() if first else PART + place

    def cells(self, text: str) -> Iterable[int]:
        """Tell where the letters stand in a text that matches."""
        if self.text not in text:
            spread = self.letters(text)
            return map(spread.start, range(1, len(self.text) + 1)) if spread else ()
        first = self.beginning(text)
        place = first.start() if first else text.index(self.text)
        return range(place, place + len(self.text))


@lru_cache(maxsize=64)
def words(query: str) -> tuple[Word, ...]:
    """Take a query apart."""
    return tuple(
        Word(
            word,
            re.compile(r"(?<![^\W_])" + re.escape(word)).search,
            re.compile(_in_order(word)).search,
        )
        for word in (part[:LONGEST] for part in query.lower().split())
    )


def cost(query: str, text: str) -> int:
    """Tell how badly a text of small letters matches; -1 where it does not."""
    whole = 0
    for word in words(query):
        one = word.cost(text)
        if one < 0:
            return -1
        whole += one
    return whole


def ranked(query: str, texts: Mapping[int, str]) -> list[int]:
    """Give the numbers of the texts, of small letters, that match: best first, those that match alike as they came."""
    found = {number: one for number, text in texts.items() if (one := cost(query, text)) >= 0}
    return sorted(found, key=found.__getitem__)


def cells(query: str, text: str) -> frozenset[int]:
    """Tell where the letters of a query stand in a text, to be lit."""
    lower = text.lower()
    return frozenset(cell for word in words(query) for cell in word.cells(lower))


def _in_order(word: str) -> str:
    """Write the letters in order with others between; each gap ends at the next letter, so that nothing is retried."""
    first, *rest = (re.escape(letter) for letter in word)
    return f"({first})" + "".join(f"[^{letter}]*({letter})" for letter in rest)
