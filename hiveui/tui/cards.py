"""Texts that may be laid over the panes: every key, and why an agent has its state."""

import itertools
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len

from hiveui.model.checks import Outcome, Status
from hiveui.model.codec import from_json
from hiveui.model.text import visible
from hiveui.tui.commands.helping import HELPED
from hiveui.tui.commands.table import Command, Place, label, places
from hiveui.tui.widgets.card import ALONE, Ends, Page
from hiveui.tui.widgets.line import Words
from hiveui.tui.words import age

Table = Sequence[Command]
_KEYS_WIDTH = 18
_COLUMN = 58
"""Cells of one column of help, at least."""
_CARD = 72
"""Cells of a card beside the panes."""
_VALUE = 17
"""Cells before what a line of "why" tells."""


def help_page(table: Table, columns: int) -> Page:
    """List every key by the place where it works; side by side where the screen has the columns.

    A place that shows its own keys is only named.
    """
    wide = columns >= 2 * _COLUMN
    width = columns // 2 if wide else columns if columns < ALONE else _CARD
    first, *others = [
        [
            (((f" {place.value}", "strong"),)),
            *(line for c in table if c.place is place and c.keys for line in _row(c, width - 1)),
        ]
        for place in places(table)
        if place not in HELPED
    ]
    rest: list[Words] = [((" ? shows the keys of what it is pressed in:", "strong"),)]
    rest += [((f"   {place.value}", "plain"),) for place in HELPED]
    rest.append(())
    rest += [line for section in others for line in (*section, ())]
    rest.append(((" In Interact every other key goes to the agent.", "quiet"),))
    rest.append(((" A bar, or a title below a pane, is dragged to resize.", "quiet"),))
    body = _beside(first, rest, width) if wide else [*first, (), *rest]
    return Page(((" Keys", "lit"),), [(line, ()) for line in body], wide)


def keys_page(table: Table, place: Place, columns: int) -> Page:
    """List the keys of one place."""
    width = columns if columns < ALONE else _CARD
    rows = [line for c in table if c.place is place and c.keys for line in _row(c, width - 1)]
    return Page(((f" {place.value}", "lit"),), [(line, ()) for line in rows])


def _beside(left: Sequence[Words], right: Sequence[Words], column: int) -> list[Words]:
    lines = []
    for one, other in itertools.zip_longest(left, right, fillvalue=()):
        length = sum(cell_len(text) for text, _ in one)
        lines.append((*one, (" " * (column - length), "plain"), *other))
    return lines


def _row(command: Command, width: int) -> list[Words]:
    """Give a command's keys and title; what does not fit beside the keys goes on below."""
    keys = " ".join(map(label, command.keys))
    if len(keys) >= _KEYS_WIDTH:
        keys = command.shown or " ".join(map(label, command.keys[:2]))
    before = f"   {keys:<{_KEYS_WIDTH}}"
    title, *more = textwrap.wrap(command.title, width - len(before))
    below = " " * len(before)
    return [((before, "key"), (title, "plain")), *(((below, "plain"), (line, "plain")) for line in more)]


def why_page(number: int, role: str, answer: Mapping[str, Any], now: datetime, columns: int) -> Page:
    """Tell what a state rests on, from the answer of `agent/why`."""
    reading, agent = answer["reading"], answer["agent"]
    ago = age(reading["since"], now)
    facts = [
        ("state", f"{reading['state']}, {reading['confidence']}"),
        ("source", reading["source"]),
        ("since", f"{reading['since']}, {ago} ago" if ago else ""),
        ("evidence", reading["evidence"]),
        ("asks", (reading.get("dialog") or {}).get("question")),
        ("resets", reading.get("resets")),
        ("note", agent.get("note")),
        ("budget", answer.get("budget")),
        ("check", _checked(agent)),
        ("runs", " ".join(agent.get("argv") or ())),
        ("in", agent.get("dir")),
        ("pid", agent.get("pid")),
        ("pane", agent.get("pane")),
        ("exit status", agent.get("exit_status")),
        ("conversation", agent.get("conversation")),
        ("branch", agent.get("branch")),
    ]
    body: list[Ends] = []
    for name, value in facts:
        lines = textwrap.wrap(visible("" if value is None else str(value)), min(columns, _CARD) - _VALUE - 1)
        names = itertools.chain([name], itertools.repeat(""))
        body += [(((f"   {said:<14}", "quiet"), (line, "plain")), ()) for said, line in zip(names, lines, strict=False)]
    signs = answer.get("signs") or ()
    if signs:
        body += [((), ()), (((" What each source says, those that are believed first", "strong"),), ())]
    body += [(_sign(sign), ()) for sign in signs]
    body += [((), ()), (((" W says that it is wrong, and keeps the screen.", "quiet"),), ())]
    return Page(((f" Why {number} {visible(role)} is {visible(str(reading['state']))}", "lit"),), body)


def _checked(agent: Mapping[str, Any]) -> str:
    """Say what an agent's check came to; '' where none was run."""
    proof = from_json(Outcome, agent.get("proof") or {})
    said = f"{proof.status.value}{': ' * bool(proof.sentence)}{proof.sentence}"
    return "" if proof.status is Status.NONE else f"{said}{'; files changed since' * proof.stale}. E shows its output."


def _sign(sign: Mapping[str, Any]) -> Words:
    said = f"{visible(str(sign['state'])):<12} {sign['since']:>5.0f}s  "
    return (
        (f"   {visible(str(sign['source'])):<10} ", "quiet"),
        (said, "plain"),
        (visible(str(sign["evidence"])), "quiet"),
    )
