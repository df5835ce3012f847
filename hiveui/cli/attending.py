"""Commands about who needs the person: the attention queue, answers, and what is put off."""

from collections.abc import Iterator
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.looking import collision_facts, dialog_facts
from hiveui.cli.options import as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, reach_if_there, state_of
from hiveui.errors import UsageError
from hiveui.model.agent import Agent
from hiveui.model.attention import Need, overview
from hiveui.model.collisions import WORDS, Collision
from hiveui.model.names import nearest, quoted
from hiveui.model.state import State, Workspace

CALLED = 3
"""Exit code where somebody needs the person."""
TEN_MINUTES = 10


@command("hive attention && echo nobody waits")
@as_json
def attention(*, as_json: bool) -> int:
    """List who needs you in all workspaces, the most urgent first; exit code 3 where anybody does."""
    client = reach_if_there()
    state = State()
    if client is not None:
        with client:
            state = state_of(client)
    found = overview(state, output.now())
    parts = {name: getattr(found, name) for name in _TITLES}
    if as_json:
        met = [{"workspace": need.workspace.name, **collision_facts(need.meets)} for need in found.met if need.meets]
        beyond = [fact for need in found.outside for fact in _written(need)]
        lists = {name: [_facts(need) for need in part] for name, part in parts.items()}
        output.document(**lists, collisions=met, outside=beyond)
    elif not any(parts.values()) and not found.met and not found.outside:
        output.talk("Nobody needs you.")
    else:
        rows = [row for need in found.needs for row in _rows(_TITLES["needs"], need)]
        rows += [_met(need.workspace, need.meets) for need in found.met if need.meets is not None]
        rows += [_outside(need) for need in found.outside]
        del parts["needs"]
        rows += [row for name, part in parts.items() for need in part for row in _rows(_TITLES[name], need)]
        output.table(("", "workspace", "role", "state", "since", "asks"), rows)
    return CALLED if found.needs or found.held or found.met else 0


_TITLES = {"needs": "needs you", "held": "held", "unread": "unread", "snoozed": "snoozed", "muted": "muted"}


@command("hive answer frontend 1")
@of_role
@click.argument("choice", type=click.IntRange(1))
@click.option("--text", default="", help="Type this after it: for an answer that takes a text.")
@click.option("--lasting", is_flag=True, help="An answer that holds for times to come too is meant so.")
@click.option("--dialog", metavar="FP", help="Only what was seen: the fingerprint of `hive status --json`.")
@in_workspace
@as_json
def answer(
    role: str, choice: int, workspace: str | None, *, text: str, lasting: bool, dialog: str | None, as_json: bool
) -> None:
    """Give ROLE the answer of that number, of those that `hive attention` shows."""
    with reach() as client:
        found = pick(state_of(client), workspace)
        standing = agent_of(found, role).reading.dialog
        if dialog is None and standing is None:
            raise UsageError(f"{role} asks nothing that can be answered from here.", "`hive read ROLE` shows its pane.")
        seen = dialog if dialog is not None or standing is None else standing.fingerprint
        params: dict[str, Any] = {"dialog": seen, "choice": choice, "lasting": lasting}
        given = client.call("agent/answer", workspace=found.id, role=role, **params | ({"text": text} if text else {}))
    if as_json:
        output.document(role=role, dialog=seen, choice=choice, **given)
        return
    output.line(f"{role}  {given['answered']}")
    if not given["gone"]:
        output.talk("It still stands there: `hive read ROLE` shows its pane.")


@command("hive snooze frontend 30")
@of_role
@click.argument("minutes", type=click.IntRange(0), default=TEN_MINUTES)
@click.option("--mute", is_flag=True, help="For good.")
@in_workspace
@as_json
def snooze(role: str, minutes: int, workspace: str | None, *, mute: bool, as_json: bool) -> None:
    """Put off what ROLE asks now for MINUTES, 10 unless you say; 0 hears of it again, also where it was muted."""
    with reach() as client:
        found = pick(state_of(client), workspace)
        hushed: dict[str, Any] = {"muted": True} if mute else {"minutes": minutes}
        client.call("agent/hush", workspace=found.id, role=role, **hushed)
        agent = agent_of(pick(state_of(client), found.id), role)
    if as_json:
        output.document(role=role, snoozed=agent.snoozed or None, muted=agent.muted)


@command("hive seen backend")
@of_role
@in_workspace
@as_json
def seen(role: str, workspace: str | None, *, as_json: bool) -> None:
    """Take what ROLE did as read; where it is stuck, let it go on: that is not said again in this turn."""
    with reach() as client:
        found = pick(state_of(client), workspace)
        before = agent_of(found, role).reading.state
        client.call("agent/seen", workspace=found.id, role=role)
    if as_json:
        output.document(role=role, was=before.value)


def agent_of(workspace: Workspace, role: str) -> Agent:
    """Find an agent. Raises UsageError."""
    agent = workspace.role(role)
    if agent is None:
        names = [agent.role for agent in workspace.agents]
        raise UsageError(f"{workspace.name} has no agent {quoted(role)}.", nearest(role, names))
    return agent


def _facts(need: Need) -> dict[str, Any]:
    reading = need.agent.reading
    return {
        "workspace": need.workspace.name,
        "path": need.workspace.path,
        "role": need.agent.role,
        "kind": need.agent.kind,
        "state": reading.state.value,
        "since": reading.since or None,
        "evidence": reading.evidence or None,
        "dialog": dialog_facts(reading.dialog),
        "held": need.held or None,
        "snoozed": need.agent.snoozed or None,
        "muted": need.agent.muted,
    }


def _met(workspace: Workspace, one: Collision) -> tuple[str, ...]:
    roles = ", ".join(side.role for side in one.named)
    return "collision", workspace.name, roles, WORDS[one.sort], one.grown, f"{one.path}  (hive collisions)"


def _outside(need: Need) -> tuple[str, ...]:
    last = need.outside[-1]
    return "outside", need.workspace.name, need.agent.role, "wrote", last.time, f"{last.path}  (hive owners)"


def _written(need: Need) -> Iterator[dict[str, Any]]:
    """Tell what an agent wrote outside of what its role owns."""
    for one in need.outside:
        who = {"workspace": need.workspace.name, "role": need.agent.role}
        yield {**who, "path": one.path, "owners": list(one.owners), "time": one.time}


def _rows(title: str, need: Need) -> Iterator[tuple[str, ...]]:
    """Give one line for an agent, and one for each answer that it offers."""
    reading = need.agent.reading
    asks = need.held or (reading.dialog.question if reading.dialog else "") or reading.evidence
    yield title, need.workspace.name, need.agent.role, reading.state.value, reading.since, asks
    for i, choice in enumerate(reading.dialog.choices if reading.dialog else (), 1):
        yield "", "", "", "", "", f"  {i}  {choice.label}{'  (for times to come too)' if choice.lasting else ''}"
