"""Mending the rules by which screens are read: a file to begin from, and how they read every screen that was kept."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hiveui.agents.patterns import EDGE, MAX_PATTERN
from hiveui.agents.reading import read_screen
from hiveui.agents.rulebook import RULED, Rules, rules_for
from hiveui.agents.screens import screen_of
from hiveui.config.misreadings import Kept, Misread, kept_in, make_folder, misread
from hiveui.model.signs import AgentState
from hiveui.model.text import visible
from hiveui.paths import Paths
from hiveui.storage import atomic

HEAD = """\
version = 1
# Your rules for {kind}. They stand before those that came with HiveUI, and the
# first that fits counts; the daemon takes a change within seconds. What they
# may say: docs/agents.md, "How a screen is read". `hive wrong --check` tells
# how they read every screen that you kept.
#
# This screen was read as {read}, and was {really}:
# {fixture}
"""
RULE = """\
# A rule that knows it again, to begin from: leave in it what the program always
# says there, and take the # away.
#
# [[rule]]
# state = "{state}"
# says = "what is seen"
# {place} = {pattern}
"""
NONE = """\
# No rule can say {state}. Where one of those that came with HiveUI is wrong
# here, a rule of the state "unsure" stands in its way.
"""


class Verdict(NamedTuple):
    """How a screen that was kept is read now."""

    kept: Kept
    screen: Misread
    state: AgentState

    @property
    def word(self) -> str:
        """`right`, `unsure` or `wrong`."""
        if self.state is self.screen.really or (self.state is AgentState.UNSURE and self.screen.really not in RULED):
            return "right"
        return "unsure" if self.state is AgentState.UNSURE else "wrong"


def begin_rules(kept: Kept) -> int:
    """Write a file of rules to begin from where the person has none; gives the line to go to. Raises StorageError."""
    if kept.rules.exists():
        return 1
    screen = misread(kept.fixture)
    rules = rules_for(kept.rules.stem)
    read = visible(str(screen.read.get("state") or AgentState.UNSURE))
    head = HEAD.format(kind=kept.rules.stem, read=read, really=screen.really, fixture=visible(str(kept.fixture)))
    if screen.really in RULED:
        place, pattern = example(rules, screen.rows)
        head += RULE.format(state=screen.really, place=place, pattern=json.dumps(pattern, ensure_ascii=False))
    else:
        head += NONE.format(state=screen.really)
    make_folder(kept.rules.parent)
    atomic.write(kept.rules, head.encode())
    return head.count("\n")


def example(rules: Rules, rows: Sequence[str]) -> tuple[str, str]:
    """Make the pattern of a rule that knows a screen again, by its last row that says something, and name the part."""
    screen = screen_of(rows, rules.marks)
    for place in ("tail", "last", "footer", "screen"):
        if place not in screen.texts:
            continue
        for row in reversed(screen.texts[place].rows.split("\n")):
            text = row.removeprefix(EDGE)
            if re.search(r"\w", text) and text.isprintable():
                return place, _pattern(text)
    return "screen", "what stands there"


def _pattern(text: str) -> str:
    """Write a row as a pattern: itself, any number for a number in it."""
    escaped = re.sub(r"[\\*#{}<>^$]", r"\\\g<0>", text)
    numbered = re.sub(r"\d+(?:[.,]\d+)*", "#", escaped)
    cut = numbered[: MAX_PATTERN - 2]
    return "^" + cut.removesuffix("\\") if len(cut) < len(numbered) else "^" + numbered


def verdicts(paths: Paths) -> Iterator[Verdict]:
    """Read every screen that was kept by the rules as they are now. Raises ConfigError, StorageError."""
    for kept in kept_in(paths):
        yield verdict(paths.rules, kept)


def verdict(folder: Path, kept: Kept) -> Verdict:
    """Read one of them, with the person's rules of `folder`. Raises ConfigError, StorageError."""
    screen = misread(kept.fixture)
    sign = read_screen(rules_for(kept.rules.stem, folder), screen.rows)
    return Verdict(kept, screen, sign.state if sign else AgentState.UNSURE)
