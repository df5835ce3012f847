"""Rules by which an agent's state is read off its screen: versioned data, one TOML file per kind."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from hiveui.agents.dialogs import Manner
from hiveui.agents.patterns import Pattern, PatternError, compile_pattern
from hiveui.agents.screens import Marks
from hiveui.errors import ConfigError
from hiveui.model.keys import parse_chord
from hiveui.model.names import nearest
from hiveui.model.signs import AgentState, Choice

SHIPPED = Path(__file__).parent / "rules"
PLACES = ("screen", "turn", "tail", "composer", "footer", "end", "last", "question", "choices", "hint", "title")
"""The parts of a screen that a rule may speak of; docs/agents.md says what each is."""
GENERIC = "generic"
SIGNALS = ("title", "9", "99", "777")
MAX_BYTES = 100_000
"""A file of rules that is longer is refused."""
RULED = frozenset(AgentState) - {AgentState.STUCK, AgentState.FAILED, AgentState.STARTING}
"""What a rule may say. `unsure` keeps the rules after it from saying more than a screen tells."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where all of `when` stands, and nothing of `unless`, the agent is in `state`."""

    state: AgentState
    says: str
    """What is seen, as the beginning of the evidence."""
    when: Mapping[str, tuple[Pattern, ...]]
    unless: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    resets: tuple[Pattern, ...] = ()
    """What the last `*` of the first of these that fits stands for is when a limit ends."""
    answers: tuple[Choice, ...] = ()
    """For a dialog whose choices cannot be read as a list."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a title or a notification says."""

    state: AgentState
    says: str
    signals: tuple[str, ...]
    text: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one kind. The first that fits counts."""

    kind: str
    tested: tuple[str, ...] = ()
    """Versions of the program whose screens they were tried on."""
    marks: Marks = field(default_factory=Marks)
    manner: Manner = field(default_factory=Manner)
    rules: tuple[Rule, ...] = ()
    notices: tuple[Notice, ...] = ()


def rules_for(kind: str, folder: Path | None = None) -> Rules:
    """Give the rules for a kind, the person's own from `folder` before the shipped. Raises ConfigError.

    A kind for which nobody wrote any gets those of `generic`, which know next to nothing. Where the person's file says
    nothing of the composer or of dialogs, what is shipped of them stands.
    """
    for name in (kind, GENERIC):
        own = folder / f"{name}.toml" if folder is not None else None
        shipped = _shipped().get(name, Rules(name))
        if own is not None and own.is_file():
            return _before(read_rules(own), shipped)
        if name in _shipped():
            return shipped
    return Rules(kind)


def _before(own: Rules, shipped: Rules) -> Rules:
    return replace(
        shipped,
        marks=shipped.marks if own.marks == Marks() else own.marks,
        manner=shipped.manner if own.manner == Manner() else own.manner,
        rules=(*own.rules, *shipped.rules),
        notices=(*own.notices, *shipped.notices),
    )


@cache
def _shipped() -> Mapping[str, Rules]:
    return {path.stem: read_rules(path) for path in sorted(SHIPPED.glob("*.toml"))}


def read_rules(path: Path) -> Rules:
    """Read one file strictly. Raises ConfigError: one sentence with the file, the line where it is known."""
    try:
        data = path.read_bytes()
        text = data[: MAX_BYTES + 1].decode("utf-8")
        if len(data) > MAX_BYTES:
            raise ConfigError(f"{path}: a file of rules has at most {MAX_BYTES:,} bytes.")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: this file cannot be read as TOML: {error}.") from error
    if tables.pop("version", None) != 1:
        raise ConfigError(f"{path}: the first key is to be `version = 1`.")
    return _File(path, text).rules(tables)


class _File:
    """One file while it is read: it knows where an error stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._line = 1
        self._glyphs: Mapping[str, str] = {}

    def rules(self, data: dict[str, Any]) -> Rules:
        """Read the whole file."""
        self._known(data, ("tested", "glyphs", "composer", "dialog", "rule", "notice"))
        self._glyphs = {name: self._text_of(value, name) for name, value in self._table(data, "glyphs").items()}
        return Rules(
            self._path.stem,
            self._words(data, "tested"),
            self._marks(self._table(data, "composer")),
            self._manner(self._table(data, "dialog")),
            tuple(self._rule(table) for table in self._tables(data, "rule")),
            tuple(self._notice(table) for table in self._tables(data, "notice")),
        )

    def _marks(self, table: dict[str, Any]) -> Marks:
        self._known(table, ("prompt", "unless", "above", "below", "echo", "footer"))
        footer = table.get("footer", Marks().footer)
        if type(footer) is not int or not 0 <= footer <= 20:
            raise self._error("`footer` is a number of rows from 0 to 20.", "footer")
        above, below = self._patterns(table, "above"), self._patterns(table, "below")
        prompt, unless, echo = (self._patterns(table, key) for key in ("prompt", "unless", "echo"))
        return Marks(prompt, unless, above[0] if above else None, below[0] if below else None, echo, footer)

    def _manner(self, table: dict[str, Any]) -> Manner:
        self._known(table, ("marker", "digits", "begin", "drop", "lasting", "free"))
        if type(table.get("digits", True)) is not bool:
            raise self._error("`digits` is true or false.", "digits")
        marker = table.get("marker", Manner().marker)
        if not isinstance(marker, str):
            raise self._error("`marker` is a text of glyphs.", "marker")
        patterns = (self._patterns(table, key) for key in ("begin", "drop", "lasting", "free"))
        return Manner(marker, table.get("digits", True), *patterns)

    def _rule(self, table: dict[str, Any]) -> Rule:
        self._known(table, ("state", "says", "unless", "resets", "answers", *PLACES))
        unless = self._table(table, "unless")
        self._known(unless, PLACES)
        when = {place: self._patterns(table, place) for place in table if place in PLACES}
        if not any(when.values()):
            raise self._error("this rule says nothing that is to be seen.", "", "Add a part: " + ", ".join(PLACES))
        state, says = self._head(table)
        never = {place: self._patterns(unless, place) for place in unless}
        return Rule(state, says, when, never, self._patterns(table, "resets"), self._answers(table))

    def _notice(self, table: dict[str, Any]) -> Notice:
        self._known(table, ("state", "says", "signal", "text"))
        signals = self._words(table, "signal")
        for signal in signals:
            if signal not in SIGNALS:
                raise self._error(f"there is no signal {signal!r}.", "signal", nearest(signal, SIGNALS))
        text = self._patterns(table, "text")
        if not signals or not text:
            raise self._error("a notice has `signal` and `text`.", "")
        return Notice(*self._head(table), signals, text)

    def _head(self, table: dict[str, Any]) -> tuple[AgentState, str]:
        state = self._text_of(table.get("state"), "state")
        if state not in RULED:
            raise self._error(f"there is no state {state!r} to be read.", "state", nearest(state, RULED))
        return AgentState(state), self._text_of(table.get("says"), "says")

    def _answers(self, table: dict[str, Any]) -> tuple[Choice, ...]:
        choices = []
        for choice in self._tables(table, "answers"):
            self._known(choice, ("label", "keys", "lasting"))
            keys = self._words(choice, "keys")
            for key in keys:
                if not parse_chord(key).name:
                    raise self._error(f"{key!r} is no key.", "keys", 'Write it as "ctrl+j".')
            lasting = choice.get("lasting", False) is True
            choices.append(Choice(self._text_of(choice.get("label"), "label"), keys, lasting))
        return tuple(choices)

    def _patterns(self, table: dict[str, Any], key: str) -> tuple[Pattern, ...]:
        patterns = []
        for source in self._words(table, key):
            try:
                patterns.append(compile_pattern(source, self._glyphs))
            except PatternError as error:
                raise self._error(f"{error}.", source, error.hint) from error
        return tuple(patterns)

    def _words(self, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
            raise self._error(f"`{key}` is a text or a list of texts.", key)
        return tuple(words)

    def _text_of(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not value:
            raise self._error(f"`{key}` is to be a text.", key)
        return value

    def _table(self, data: dict[str, Any], key: str) -> dict[str, Any]:
        value = data.get(key, {})
        if not isinstance(value, dict):
            raise self._error(f"`{key}` is to be a table.", key)
        return value

    def _tables(self, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise self._error(f"`{key}` is to be a list of tables: `[[{key}]]`.", key)
        return value

    def _known(self, table: Mapping[str, Any], keys: Iterable[str]) -> None:
        for key in table:
            if key not in (known := set(keys)):
                raise self._error(f"there is no key {key!r}.", key, nearest(key, known))

    def _error(self, sentence: str, about: str, hint: str = "") -> ConfigError:
        """Say where: at the line that holds what the sentence is about, as far as it can be found."""
        at = re.search(rf"(?m)^[^#\n]*{re.escape(about)}", self._text) if about else None
        where = f":{self._text.count(chr(10), 0, at.start()) + 1}" if at else ""
        return ConfigError(f"{self._path}{where}: {sentence}", hint)
