"""Texts that may be laid over the panes: every key, and why an agent has its state."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from hiveui.model.text import visible
from hiveui.tui.commands.table import Command, label, places
from hiveui.tui.widgets.card import Ends, Page
from hiveui.tui.widgets.line import Words

Table = Sequence[Command]
_KEYS_WIDTH = 18
_COLUMN = 58
"""Cells of one column of help."""
_ALONE = 100
"""Below so many columns help covers the panes: a strip of them beside it would tell nothing."""


def help_page(table: Table, columns: int) -> Page:
    """List every key by the place where it works; side by side where the screen has the columns."""
    first, *others = [
        [(((f" {place.value}", "strong"),))] + [_row(c) for c in table if c.place is place and c.keys]
        for place in places(table)
    ]
    rest: list[Words] = [line for section in others for line in (*section, ())]
    rest.append(((" In Interact every other key goes to the agent.", "quiet"),))
    rest.append(((" A bar, or a title below a pane, is dragged to resize.", "quiet"),))
    wide = columns >= 2 * _COLUMN
    body = _beside(first, rest) if wide else [*first, (), *rest]
    return Page(((" Keys", "lit"),), [(line, ()) for line in body], wide or columns < _ALONE)


def _beside(left: Sequence[Words], right: Sequence[Words]) -> list[Words]:
    lines = []
    for one, other in itertools.zip_longest(left, right, fillvalue=()):
        length = sum(cell_len(text) for text, _ in one)
        lines.append((*one, (" " * max(1, _COLUMN - length), "plain"), *other))
    return lines


def _row(command: Command) -> Words:
    keys = " ".join(map(label, command.keys))
    if len(keys) >= _KEYS_WIDTH:
        keys = command.shown or " ".join(map(label, command.keys[:2]))
    return ((f"   {keys:<{_KEYS_WIDTH}}", "key"), (command.title, "plain"))


def why_page(number: int, role: str, answer: Mapping[str, Any]) -> Page:
    """Tell what a state rests on, from the answer of `agent/why`."""
    reading, agent = answer["reading"], answer["agent"]
    facts = [
        ("state", f"{reading['state']}, {reading['confidence']}"),
        ("source", reading["source"]),
        ("since", reading["since"]),
        ("evidence", reading["evidence"]),
        ("note", agent.get("note")),
        ("budget", answer.get("budget")),
        ("runs", " ".join(agent.get("argv") or ())),
        ("in", agent.get("dir")),
        ("pid", agent.get("pid")),
        ("pane", agent.get("pane")),
        ("exit status", agent.get("exit_status")),
        ("conversation", agent.get("conversation")),
        ("branch", agent.get("branch")),
    ]
    body: list[Ends] = [
        (((f"   {label:<14}", "quiet"), (visible(str(value)), "plain")), ())
        for label, value in facts
        if value not in (None, "")
    ]
    return Page(((f" Why {number} {visible(role)} is {visible(str(reading['state']))}", "lit"),), body)
