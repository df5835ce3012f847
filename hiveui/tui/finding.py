"""Choosing one of many by a few letters: what is listed, what of it is found, which is chosen. Pure; no Textual."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from hiveui.model.text import fitted, visible, width
from hiveui.tui.fuzzy import cells, ranked

Words = tuple[tuple[str, str], ...]
MOST_QUERY = 200
"""Characters of a query that are kept."""


class Entry(NamedTuple):
    """One thing that can be chosen; every text in it is safe."""

    title: str
    about: str
    """A second name: a command's id, what kind of thing it is."""
    keys: str
    run: Callable[[], object]

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.title}  {self.about}  {self.keys}"


class Finding:
    """A list of entries, and what has been typed to find one."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self.query = ""
        self.at = 0
        """The place of the entry that is chosen among those found."""
        self._texts = {number: entry.text.lower() for number, entry in enumerate(self.entries)}
        self.found = list(self._texts)
        """Numbers of the entries that match, best first."""

    def add(self, entries: Iterable[Entry]) -> None:
        """List more behind what there is; what is chosen stays chosen."""
        chosen = self.found[self.at] if self.found and self.at else None
        known = len(self.entries)
        self.entries = (*self.entries, *entries)
        self._texts |= {number: entry.text.lower() for number, entry in enumerate(self.entries[known:], known)}
        self.found = ranked(self.query, self._texts)
        self.at = self.found.index(chosen) if chosen is not None else 0

    @property
    def chosen(self) -> Entry | None:
        """The entry that is chosen."""
        return self.entries[self.found[self.at]] if self.found else None

    def type(self, text: str) -> None:
        """Look for what was typed so far and this behind it."""
        self._look((self.query + visible(" ".join(text.split("\n"))))[:MOST_QUERY])

    def rub(self) -> None:
        """Take the last letter away."""
        self._look(self.query[:-1])

    def rub_word(self) -> None:
        """Take the last word away."""
        self._look(self.query.rstrip().rpartition(" ")[0])

    def clear(self) -> None:
        """Begin anew."""
        self._look("")

    def move(self, by: int) -> None:
        """Choose another, as far as there are any."""
        self.at = max(0, min(self.at + by, len(self.found) - 1))

    def choose(self, line: int, lines: int) -> bool:
        """Choose what stands on a line of so many; tell whether anything does."""
        place = self._top(lines) + line
        if not 0 <= line < lines or place >= len(self.found):
            return False
        self.at = place
        return True

    def _top(self, lines: int) -> int:
        """The first entry of those shown."""
        return max(0, min(self.at - lines // 2, len(self.found) - lines))

    def _look(self, query: str) -> None:
        if query != self.query:
            narrower = query.startswith(self.query)
            among = {number: self._texts[number] for number in sorted(self.found)} if narrower else self._texts
            self.query, self.at = query, 0
            self.found = ranked(query, among)

    def heading(self) -> tuple[Words, Words]:
        """Show what was typed, and how much is found."""
        count = f"{len(self.found)} of {len(self.entries)} "
        return ((" › ", "key"), (self.query, "strong"), ("▏", "working")), ((count, "quiet"),)

    def rows(self, lines: int, columns: int) -> list[tuple[Words, Words]]:
        """Show the entries around the one that is chosen, on so many lines."""
        if not self.found:
            return [(((" Nothing has that name.", "quiet"),), ())]
        top = self._top(lines)
        shown = enumerate(self.found[top : top + lines], top)
        return [self._row(self.entries[number], columns, chosen=place == self.at) for place, number in shown]

    def _row(self, entry: Entry, columns: int, *, chosen: bool) -> tuple[Words, Words]:
        keys = f"  {entry.keys} "
        if chosen:
            room = max(1, columns - width(keys))
            about = f"   {entry.about}" if width(entry.title + entry.about) + 7 < room else ""
            return ((fitted(f" ▸ {entry.title}{about}", room), "chosen"),), ((keys, "chosen"),)
        lit = cells(self.query, entry.text)
        title = _lit(entry.title, lit, 0, "plain")
        about_lit = _lit(entry.about, lit, len(entry.title) + 2, "quiet")
        return (("   ", "plain"), *title, ("   ", "plain"), *about_lit), ((keys, "key"),)


def _lit(text: str, cells: frozenset[int], start: int, tone: str) -> Words:
    """Give a text in runs, those that match in a tone of their own."""
    runs: list[tuple[str, str]] = []
    for place, character in enumerate(text, start):
        now = "working" if place in cells else tone
        if runs and runs[-1][1] == now:
            runs[-1] = (runs[-1][0] + character, now)
        else:
            runs.append((character, now))
    return tuple(runs)
