"""What a person sees who starts `hive` where nothing runs: two questions once, then what can be opened. Pure."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hiveui.config.palette import AUTO
from hiveui.model.keys import Key, Mods
from hiveui.model.text import fitted, visible, width
from hiveui.tui.commands.table import label

Words = tuple[tuple[str, str], ...]
Ends = tuple[Words, Words]
NAME = 16
"""Cells of a name in a list."""
ALIKE: Mapping[str, str] = {
    AUTO: "as the terminal says it is",
    "dark": "for a dark background",
    "light": "for a light background",
    "high-contrast": "the strongest",
    "terminal": "the sixteen that you chose for your terminal",
}
SAMPLE: Sequence[Words] = (
    ((" 1 planner", "strong"), ("  claude", "quiet"), ("  ● done", "done")),
    ((" 2 backend", "lit"), ("  claude", "quiet"), ("  ◐ working", "working"), ("  typing ", "typing")),
    ((" 3 frontend", "strong"), ("  codex", "quiet"), ("  ▲ approval", "attention")),
    (("   Wiring the token check…", "plain"), ("   rate-limited", "warning"), ("   4m", "quiet")),
)
"""A workspace in small, to judge colours by."""


HERE: Sequence[tuple[str, str]] = (
    ("enter", "open, or restore"),
    ("up down", "choose"),
    ("e", "edit the layout"),
    ("?", "keys"),
    ("q", "leave"),
)
"""Keys of the list, and what they do."""


class Program(NamedTuple):
    """A program of a kind."""

    name: str
    found: bool
    version: str = ""


class Offer(NamedTuple):
    """Something that can be opened; texts are safe."""

    section: str
    """`Layouts` or `Last here`."""
    name: str
    about: str
    origin: str
    answer: str
    """What choosing it means to whoever asked."""
    missing: str = ""
    """Why its agents could not run, and the mend; '' if they could."""
    edit: str = ""
    """What editing it means to whoever asked; '' where that cannot be."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where the person is. Every change is a new value."""

    place: str
    """The folder, safe."""
    offers: tuple[Offer, ...]
    programs: tuple[Program, ...] = ()
    questions: tuple[str, ...] = ()
    """What is still to be asked, of `theme` and `back`."""
    at: int = 0
    """The line that is chosen."""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pressed: str = ""
    """The key that shall lead back."""
    remark: str = ""
    opened: str = ""
    """What was chosen in the end."""
    keys: Sequence[tuple[str, str]] = ()
    """Keys of a workspace that is open, and what they do in a word."""
    helps: bool = False
    """The keys are shown."""

    @property
    def question(self) -> str:
        """What is asked now; '' where it is what to open."""
        return self.questions[0] if self.questions else ""

    @property
    def theme(self) -> str:
        """The theme to show."""
        return list(ALIKE)[self.at] if self.question == "theme" else self.answers.get("theme", ("",))[0]

    @property
    def lines(self) -> int:
        """How many lines there are to choose from."""
        return {"theme": len(ALIKE), "back": 1}.get(self.question, len(self.offers))

    def move(self, by: int) -> "Start":
        """Choose another line."""
        return replace(self, at=max(0, min(self.at + by, self.lines - 1)), helps=False, remark="")

    def named(self, program: str, version: str) -> "Start":
        """Take a program's version."""
        programs = tuple(p._replace(version=version) if p.name == program else p for p in self.programs)
        return replace(self, programs=programs)

    def press(self, key: Key, default: tuple[str, ...]) -> "Start":
        """Take any key but those that move and leave."""
        if self.helps:
            return replace(self, helps=False)
        if key.chord == "enter":
            return self._enter(default)
        if self.question == "back":
            return self._try(key, default)
        if self.question:
            return self._enter(default) if key.chord == "escape" else self
        return self._edit() if key.text == "e" else replace(self, helps=key.text == "?")

    def _edit(self) -> "Start":
        edit = self.offers[self.at].edit if self.offers else ""
        return replace(self, opened=edit, remark="" if edit else "e edits a layout: choose one.")

    def _try(self, key: Key, default: tuple[str, ...]) -> "Start":
        """Take a key that may lead back from Interact."""
        if key.chord == "escape":
            return self._answered("back", default)
        if key.text and not key.mods & ~Mods.SHIFT:
            return replace(
                self, pressed="", remark=f"That key types {visible(key.text)}: take one with ctrl, or f1 to f12."
            )
        if key.mods & Mods.ALT and len(key.name) == 1 and (key.name.isdecimal() or key.name in "na"):
            return replace(self, pressed="", remark=f"{label(key.chord)} goes to an agent: take another.")
        if key.chord in ("ctrl+c", "tab", "backspace", "up", "down", "left", "right"):
            return replace(self, pressed="", remark=f"Agents need {label(key.chord)} themselves: take another.")
        return replace(self, pressed=key.chord, remark="")

    def _enter(self, default: tuple[str, ...]) -> "Start":
        if self.question == "theme":
            return self._answered("theme", (self.theme,))
        if self.question == "back":
            return self._answered("back", (self.pressed,) if self.pressed else default)
        return replace(self, opened=self.offers[self.at].answer) if self.offers else self

    def _answered(self, question: str, answer: tuple[str, ...]) -> "Start":
        answers = {**self.answers, question: answer}
        rest = self.questions[1:]
        return replace(self, answers=answers, questions=rest, at=0 if rest else self._first(), remark="")

    def _first(self) -> int:
        """Begin at the first offer whose programs are there."""
        return next((i for i, offer in enumerate(self.offers) if not offer.missing), 0)

    # what is shown

    def body(self, default: tuple[str, ...]) -> list[Ends]:
        """Give the lines between the first and the last of the screen."""
        match self.question:
            case "theme":
                return self._colours()
            case "back":
                return self._back(default)
            case _:
                return self._keys() if self.helps else self._list()

    def _colours(self) -> list[Ends]:
        lines: list[Ends] = [(((" Which colours can you read best?", "strong"),), ()), ((), ())]
        lines += [self._choice(i, name, about) for i, (name, about) in enumerate(ALIKE.items())]
        return [*lines, ((), ()), *(((("     ", "plain"), *words), ()) for words in SAMPLE)]

    def _back(self, default: tuple[str, ...]) -> list[Ends]:
        usual = " or ".join(map(label, default))
        now = f"You pressed {visible(label(self.pressed))}." if self.pressed else f"Now it is {usual}."
        texts = (
            ("Which key shall lead back from an agent to HiveUI?", "strong"),
            ("", "plain"),
            ("While you type into an agent, every key goes to it, but for this one.", "plain"),
            ("Press the one that you would like, or enter to go on with what there is.", "plain"),
            ("", "plain"),
            (now, "working"),
            (self.remark, "warning"),
        )
        return [(((f" {text}", tone),), ()) for text, tone in texts]

    def _keys(self) -> list[Ends]:
        sections = (("Here", HERE), ("In a workspace", self.keys))
        lines: list[Ends] = []
        for title, keys in sections:
            half = -(-len(keys) // 2)
            rows = itertools.zip_longest(keys[:half], keys[half:], fillvalue=("", ""))
            lines += [(((f" {title}", "strong"),), ())]
            lines += [
                (tuple(word for key, what in row for word in ((f"   {key:<9}", "key"), (f"{what:<24}", "plain"))), ())
                for row in rows
            ]
            lines.append(((), ()))
        return lines

    def _list(self) -> list[Ends]:
        lines: list[Ends] = [*self._programs(), ((), ())]
        section = ""
        for i, offer in enumerate(self.offers):
            if offer.section != section:
                section = offer.section
                lines += [(((f" {section}", "strong"),), ())]
            lines.append(self._choice(i, offer.name, offer.about, offer.origin, missing=bool(offer.missing)))
        chosen = self.offers[self.at] if self.offers else None
        remark = self.remark or (chosen.missing if chosen else "No layout is there.")
        return [*lines, ((), ()), (((f" {remark}", "warning"),), ())]

    def _choice(self, line: int, name: str, about: str, origin: str = "", *, missing: bool = False) -> Ends:
        mark, tone = (" ▸ ", "lit") if line == self.at else ("   ", "quiet" if missing else "plain")
        named = fitted(name, max(NAME, width(name)))
        return ((mark, "attention"), (f"{named} ", tone), (about, "quiet" if line != self.at else "plain")), (
            (f"  {origin} ", "quiet"),
        )

    def _programs(self) -> list[Ends]:
        found: list[tuple[str, str]] = []
        for program in self.programs:
            if program.found:
                found += [(f"{program.name} ", "plain"), (f"{program.version}   ", "done")]
        missing = "  ".join(program.name for program in self.programs if not program.found)
        lines: list[Ends] = [(((" Programs found   ", "strong"), *(found or (("none", "warning"),))), ())]
        if missing:
            lines.append((((" not found        ", "quiet"), (missing, "quiet")), ()))
        return lines
