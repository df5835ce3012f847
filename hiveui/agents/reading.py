"""Reads an agent's state off its screen, its title and its notices, by rules. Pure: same screen, same sign."""

from collections.abc import Mapping, Sequence

from hiveui.agents.dialogs import find_dialog
from hiveui.agents.patterns import Text
from hiveui.agents.rulebook import Rule, Rules
from hiveui.agents.screens import plain, screen_of
from hiveui.model.names import one_line
from hiveui.model.signs import AgentState, Dialog, Sign, Source

_EMPTY = Text("", "")
_DIALOG = frozenset({"question", "choices", "hint"})


def read_screen(rules: Rules, rows: Sequence[str], title: str = "") -> Sign | None:
    """Say what a screen shows, from its rows of text and the pane's title; None where no rule knows it: unsure."""
    screen = screen_of(rows, rules.marks)
    found = find_dialog(screen, rules.manner)
    texts: dict[str, Text] = {**screen.texts, **(found.texts if found else {}), "title": Text.of([plain(title)])}
    for rule in rules.rules:
        evidence = _held(rule, texts)
        if evidence is None:
            continue
        if rule.state is AgentState.UNSURE:
            return None
        dialog = None
        if found is not None and _DIALOG & rule.when.keys():
            dialog = Dialog(found.question, found.choices, found.free)
        elif rule.answers:
            dialog = Dialog(evidence, rule.answers)
        return Sign(Source.SCREEN, rule.state, f"{rule.says}: {one_line(evidence)}", dialog, _resets(rule, texts))
    return read_notice(rules, "title", title)


def read_notice(rules: Rules, signal: str, body: str) -> Sign | None:
    """Say what a title (`title`) or a notification (`9`, `99`, `777`: the OSC's number) tells; None where nothing."""
    text = Text.of([plain(body)])
    for notice in rules.notices:
        if signal in notice.signals and all(pattern.found(text) is not None for pattern in notice.text):
            if notice.state is AgentState.UNSURE:
                return None
            return Sign(Source.NOTICE, notice.state, f"{notice.says}: {one_line(text.line)}")
    return None


def _held(rule: Rule, texts: Mapping[str, Text]) -> str | None:
    """Hold a rule against the parts of a screen; give what its first pattern matched, None where it does not fit."""
    evidence: str | None = None
    for place, patterns in rule.when.items():
        text = texts.get(place, _EMPTY)
        for pattern in patterns:
            matched = pattern.found(text)
            if matched is None:
                return None
            evidence = matched if evidence is None else evidence
    for place, patterns in rule.unless.items():
        text = texts.get(place, _EMPTY)
        if any(pattern.found(text) is not None for pattern in patterns):
            return None
    return evidence


def _resets(rule: Rule, texts: Mapping[str, Text]) -> str:
    """Read when a limit ends from the first part that the rule speaks of."""
    text = texts.get(next(iter(rule.when)), _EMPTY)
    found = (pattern.rest(text) for pattern in rule.resets)
    return next((one_line(rest).strip(" .") for rest in found if rest), "")
