"""Commands that send prompts."""

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import Number, as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import HiveError, UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.agent import Agent
from hiveui.model.layout import roles
from hiveui.model.names import nearest, quoted
from hiveui.model.state import Workspace
from hiveui.model.templates import filled, of_agent, variables
from hiveui.model.weighing import RESTING

TIMEOUT = 600.0
"""Seconds that `--wait` waits where no other time is asked for."""

_by_name = click.option("--prompt", "name", metavar="NAME", help="A prompt of the library: see `hive prompts`.")
_values = click.option("--var", "values", metavar="NAME=VALUE", multiple=True, help="Fill a variable of it.")
_wait = click.option("--wait", is_flag=True, help="Wait until it has arrived.")
_timeout = click.option("--timeout", metavar="SECONDS", type=Number(min=0), default=TIMEOUT, show_default=True)


@command("hive send backend 'Run the tests again.' --wait", ignore_unknown_options=True)
@of_role
@click.argument("text", required=False)
@_by_name
@_values
@click.option("--now", is_flag=True, help="Type it at once, whatever ROLE does.")
@click.option("--no-enter", is_flag=True, help="Type it at once, and leave it in the prompt.")
@_wait
@_timeout
@in_workspace
@as_json
def send(
    role: str,
    text: str | None,
    *,
    workspace: str | None,
    name: str | None,
    values: tuple[str, ...],
    timeout: float,
    now: bool,
    no_enter: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Have TEXT delivered to ROLE when it is at rest; `-` reads it from standard input.

    It waits in ROLE's queue, which `hive queue` shows. Programs that nothing tells the state of get it at once.
    `--wait` fails (exit code 1) where it was not delivered in time, and where it needs you.
    """
    whole = _read(text, name)
    with reach() as client:
        found = pick(state_of(client), workspace)
        whole = written(client, found, whole, name, values)
        whole = _complete(filled(whole, _values_of(found, role, values)), name) if name else whole
        if now or no_enter:
            answer = client.call("agent/send", workspace=found.id, role=role, text=whole, enter=not no_enter)
            sent = {"prompt": "", "delivered": True, "why": "", **answer}
        else:
            answer = client.call("prompt/queue", workspace=found.id, role=role, text=whole)
            sent = {"delivered": not answer["prompt"], **answer}
            if wait and answer["prompt"]:
                sent |= follow(client, {answer["prompt"]: role}, timeout)[answer["prompt"]]
    if as_json:
        output.document(role=role, **sent)
    else:
        _tell(role, sent)
    if wait and not sent["delivered"]:
        raise HiveError(f"{role} has not got it: {sent['why']}.", f"It waits: hive queue {role!r}.")


@command("hive broadcast 'Commit what you have.' --all --wait")
@click.argument("text", required=False)
@click.argument("roles_", metavar="[ROLE]...", nargs=-1, shell_complete=offers.roles)
@click.option("--all", "everyone", is_flag=True, help="To every agent but shells.")
@click.option("--at-rest", is_flag=True, help="To every agent that is done or idle.")
@click.option("--tab", metavar="TITLE", help="To every agent in that tab.")
@_by_name
@_values
@click.option("--dry-run", is_flag=True, help="Show what each would get, and send nothing.")
@_wait
@_timeout
@in_workspace
@as_json
def broadcast(
    text: str | None,
    roles_: tuple[str, ...],
    *,
    workspace: str | None,
    tab: str | None,
    name: str | None,
    values: tuple[str, ...],
    timeout: float,
    everyone: bool,
    at_rest: bool,
    dry_run: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Send TEXT to several agents, each when it is at rest; `-` reads it from standard input.

    `{{role}}`, `{{branch}}`, `{{dir}}` and `{{workspace}}` are filled for each. With `--prompt` all words name roles.
    """
    named = roles_ if name is None or text is None else (text, *roles_)
    whole = _read(text if name is None else None, name)
    with reach() as client:
        found = pick(state_of(client), workspace)
        whole = written(client, found, whole, name, values)
        chosen = addressed(found, named, everyone=everyone, at_rest=at_rest, tab=tab)
        texts = {role: filled(whole, _values_of(found, role, values)) for role in chosen}
        for each in texts.values():
            _complete(each, name)
        report = (
            [{"role": role, "text": each} for role, each in texts.items()]
            if dry_run
            else _send_all(client, found, texts, timeout if wait else None)
        )
    if as_json:
        output.document(prompts=report)
    elif dry_run:
        for one in report:
            output.line(f"{one['role']}:")
            output.script("\n".join(f"  {part}" for part in one["text"].split("\n")))
    else:
        output.table(("role", "", "why"), [(one["role"], _word(one), one["why"]) for one in report])
    if wait and not dry_run and not all(one["delivered"] for one in report):
        raise HiveError("Not every agent has got it.", "What waits still: hive queue ROLE.")


def addressed(
    workspace: Workspace, named: Sequence[str], *, everyone: bool, at_rest: bool, tab: str | None
) -> Sequence[str]:
    """Give the roles that are meant, in the order of their numbers. Raises UsageError where there are none."""
    there = [agent.role for agent in workspace.agents]
    for role in named:
        if role not in there:
            raise UsageError(f"There is no agent {quoted(role)} here.", nearest(role, there))
    shown = next((tab_ for tab_ in workspace.tabs if tab_.title == tab), None)
    if tab is not None and shown is None:
        raise UsageError(f"There is no tab {quoted(tab)}.", nearest(tab, [one.title for one in workspace.tabs]))
    inside = roles(shown.root) if shown is not None else ()
    chosen = [
        agent.role
        for agent in workspace.agents
        if agent.role in named
        or (not agent.person and (everyone or (at_rest and _rests(agent)) or agent.role in inside))
    ]
    if not chosen:
        raise UsageError("That is no agent.", "Name roles, or say --all, --at-rest or --tab TITLE.")
    return chosen


def _rests(agent: Agent) -> bool:
    return agent.pid is not None and agent.reading.state in RESTING


def _send_all(
    client: BlockingClient, workspace: Workspace, texts: Mapping[str, str], timeout: float | None
) -> list[dict[str, Any]]:
    """Queue a text for each role, and wait for all where a time is given; what became of each."""
    report: list[dict[str, Any]] = []
    for role, text in texts.items():
        try:
            answer = client.call("prompt/queue", workspace=workspace.id, role=role, text=text)
        except HiveError as error:
            report.append({"role": role, "prompt": "", "delivered": False, "why": str(error).rstrip(".")})
        else:
            report.append({"role": role, "delivered": not answer["prompt"], **answer})
    if timeout is None:
        return report
    waiting = {one["prompt"]: one["role"] for one in report if one["prompt"]}
    ends = follow(client, waiting, timeout)
    return [one | ends.get(one["prompt"], {}) for one in report]


def follow(client: BlockingClient, waiting: Mapping[str, str], timeout: float) -> Mapping[str, dict[str, Any]]:
    """Wait until prompts, by id with their roles, have left or need the person; what became of each."""
    ends: dict[str, dict[str, Any]] = {}
    until = time.monotonic() + timeout
    for event in _events(client, until):
        if event["type"] == "PromptLeft" and event["id"] in waiting:
            why = event["proof"] if event["delivered"] else "it was deleted"
            ends[event["id"]] = {"delivered": event["delivered"], "why": why}
        elif event["type"] == "PromptStepped" and event["note"] and event["id"] in waiting:
            ends[event["id"]] = {"delivered": False, "why": event["note"]}
        if len(ends) == len(waiting):
            return ends
    late = {"delivered": False, "why": f"it still waits after {timeout:g} s"}
    return {id_: ends.get(id_, late) for id_ in waiting}


def _events(client: BlockingClient, until: float) -> Iterable[Mapping[str, Any]]:
    """Give the events that come until a time, what has come already first."""
    for news in client.news(until=until):
        if news.method == "event":
            yield news.params["event"]


def written(client: BlockingClient, workspace: Workspace, text: str, name: str | None, values: Sequence[str]) -> str:
    """Give the text that is meant: as it was written, or of the library. Raises UsageError where that has none."""
    if name is None:
        if values:
            raise UsageError("`--var` fills a prompt of the library.", "Name it: --prompt NAME.")
        return text
    shelf = {one["name"]: one for one in client.call("prompt/library", workspace=workspace.id)["prompts"]}
    found = shelf.get(name)
    if found is None:
        raise UsageError(f"There is no prompt {quoted(name)}.", nearest(name, shelf))
    if found["error"]:
        raise UsageError(f"{found['file']}: {found['error']}", "Mend it in your editor.")
    defaults = {one["name"]: one["default"] for one in found["variables"] if one["default"]}
    given = _split(values)
    unknown = next((name_ for name_ in given if name_ not in variables(found["text"])), None)
    if unknown is not None:
        raise UsageError(f"{name} has no variable {quoted(unknown)}.", nearest(unknown, variables(found["text"])))
    return filled(found["text"], {**defaults, **given})


def _split(values: Sequence[str]) -> Mapping[str, str]:
    pairs = [value.partition("=") for value in values]
    wrong = next((name for name, equals, _ in pairs if not equals), None)
    if wrong is not None:
        raise UsageError(f"{quoted(wrong)} is no variable with its value.", "Write it as NAME=VALUE.")
    return {name: value for name, _, value in pairs}


def _values_of(workspace: Workspace, role: str, values: Sequence[str]) -> Mapping[str, str]:
    agent = workspace.role(role)
    return {**(of_agent(agent, workspace.name) if agent is not None else {}), **_split(values)}


def _complete(text: str, name: str | None) -> str:
    """Refuse a prompt of the library that has variables left. Raises UsageError."""
    left = variables(text) if name else ()
    if left:
        raise UsageError(f"{name} needs {', '.join(left)}.", f"Fill it: --var {left[0]}=…")
    return text


def _read(text: str | None, name: str | None) -> str:
    if (text is None) == (name is None):
        raise UsageError("Give a text, or the name of a prompt: one of the two.", "hive send ROLE TEXT")
    return sys.stdin.read() if text == "-" else text or ""


def _word(sent: Mapping[str, Any]) -> str:
    return "delivered" if sent["delivered"] else "waits" if sent.get("prompt") else "not sent"


def _tell(role: str, sent: Mapping[str, Any]) -> None:
    """Say what became of a prompt where that is not plain."""
    if sent["receipt"]["removed"]:
        output.talk(f"{sent['receipt']['removed']} control characters were left out.")
    if not sent["delivered"] and sent.get("ahead"):
        output.talk(f"It waits for {role}, behind {sent['ahead']} more.")
    elif not sent["delivered"] and sent["why"]:
        output.talk(f"It waits for {role}: {sent['why']}.")
