"""Texts that may be laid over the panes: every key, and why an agent has its state."""

from collections.abc import Mapping, Sequence
from typing import Any

from hiveui.model.text import visible
from hiveui.tui.commands import Command, Place
from hiveui.tui.widgets.card import Card, Ends

Table = Sequence[Command]
_KEYS_WIDTH = 22


def help_card(table: Table) -> Card:
    """List every key by the place where it works."""
    body: list[Ends] = []
    for place in Place:
        rows = [command for command in table if command.place is place and command.keys]
        if rows:
            body += [((), ())] if body else []
            body.append((((f" {place.value}", "strong"),), ()))
        body += [(_row(command), ()) for command in rows]
    body += [((), ()), (((" In Interact every other key goes to the agent.", "quiet"),), ())]
    return Card(((" Keys", "lit"),), body)


def _row(command: Command) -> tuple[tuple[str, str], ...]:
    keys = command.shown or " ".join(command.keys)
    return ((f"   {keys:<{_KEYS_WIDTH}}", "key"), (command.title, "plain"))


def why_card(number: int, role: str, answer: Mapping[str, Any]) -> Card:
    """Tell what a state rests on, from the answer of `agent/why`."""
    reading, agent = answer["reading"], answer["agent"]
    facts = [
        ("state", f"{reading['state']}, {reading['confidence']}"),
        ("source", reading["source"]),
        ("since", reading["since"]),
        ("evidence", reading["evidence"]),
        ("note", agent.get("note")),
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
    return Card(((f" Why {number} {visible(role)} is {visible(str(reading['state']))}", "lit"),), body)
