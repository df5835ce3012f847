"""What reads the screens of agents: rules for each kind, the person's own before those that came with HiveUI."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hiveui.agents.reading import read_notice, read_screen
from hiveui.agents.rulebook import Rules, rules_for
from hiveui.errors import ConfigError
from hiveui.hive.attention import TITLES
from hiveui.model.agent import Agent
from hiveui.model.signs import Sign


class ScreenReader:
    """Reads what one kind of program shows (`attention.Reader`)."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def screen(self, rows: Sequence[str]) -> Sign | None:
        """Read a screen, top row first; None for one that no rule knows."""
        return read_screen(self._rules, rows)

    def notice(self, kind: str, body: bytes) -> Sign | None:
        """Read a title or a notification, by the number of its OSC; None for one that tells nothing."""
        return read_notice(self._rules, "title" if kind in TITLES else kind, body.decode("utf-8", "replace"))


class Readers:
    """The reader of each kind, made when it is first wanted."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        """`folder` holds the person's own rules; `say` tells them what is wrong with one."""
        self._folder = folder
        self._say = say
        self._known: dict[str, ScreenReader | None] = {}
        self._good: dict[str, Rules] = {}
        """What each kind's rules were when they could last be read."""
        self._seen: Mapping[str, int] = {}

    def reader(self, agent: Agent) -> ScreenReader | None:
        """Give what reads an agent's program; None where nothing does."""
        if agent.person:
            return None
        if agent.kind not in self._known:
            self._known[agent.kind] = self._read(agent.kind)
        return self._known[agent.kind]

    def time_passed(self) -> bool:
        """Read all rules anew where the person changed theirs; tell whether that was so."""
        there = {entry.name: entry.stat().st_mtime_ns for entry in _files(self._folder)}
        if there == self._seen:
            return False
        self._seen = there
        self._known.clear()
        return True

    def _read(self, kind: str) -> ScreenReader | None:
        """Read a kind's rules; where the person's own are wrong, that is said, and what they said before holds."""
        try:
            rules = self._good[kind] = rules_for(kind, self._folder)
        except ConfigError as error:
            self._say(f"{error} {error.hint}".strip())
            rules = self._good.get(kind) or rules_for(kind)
        return ScreenReader(rules) if rules.rules or rules.notices else None


def _files(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return [entry for entry in found if entry.name.endswith(".toml") and entry.is_file()]
    except OSError:
        return []
