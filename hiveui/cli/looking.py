"""Commands that tell and change nothing."""

import shlex
from dataclasses import asdict
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, reach_if_there, state_of
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.agent import Agent
from hiveui.model.attention import needing
from hiveui.model.checks import Outcome
from hiveui.model.claims import claim, standing
from hiveui.model.codec import from_json
from hiveui.model.collisions import Collision
from hiveui.model.hosts import HostLink, Hosts, Standing
from hiveui.model.layout import roles
from hiveui.model.names import one_line
from hiveui.model.signs import NEEDS_PERSON, Dialog
from hiveui.model.state import State, Workspace, tally
from hiveui.model.text import visible

PAGE = 200
"""Events asked for at a time."""


@command("hive ls --json")
@as_json
def ls(*, as_json: bool) -> None:
    """List the workspaces that are open."""
    workspaces, _ = _seen(None)
    if as_json:
        output.document(workspaces=[_summary(w) for w in workspaces])
    elif workspaces:
        rows = [(w.name, w.path, w.layout, str(len(w.agents)), str(_calling(w)), _counts(w)) for w in workspaces]
        output.table(("name", "path", "layout", "agents", "need you", "state"), rows)
    else:
        output.talk("No workspace is open.")


@command("hive status -w shop")
@in_workspace
@as_json
def status(workspace: str | None, *, as_json: bool) -> None:
    """Tell what every agent of every workspace does; of one with -w."""
    workspaces, hosts = _seen(workspace)
    if as_json:
        output.document(workspaces=[detail(w) for w in workspaces], hosts=host_facts(hosts))
        return
    if not workspaces:
        output.talk("No workspace is open.")
    for found in workspaces:
        output.line(f"{found.name}  {found.path}")
        rows = [
            (a.role, a.kind, _state(a), a.reading.since, str(a.pid or "-"), a.branch or "-", a.note or _away(a, hosts))
            for a in found.agents
        ]
        output.table(("role", "kind", "state", "since", "pid", "branch", ""), rows)


@command("hive read backend -n 40")
@of_role
@click.option("-n", "--lines", type=click.IntRange(1), help="The last N lines.")
@click.option("--ansi", is_flag=True, help="With colours.")
@click.option("--history", is_flag=True, help="All of the scrollback.")
@in_workspace
@as_json
def read(role: str, workspace: str | None, lines: int | None, *, ansi: bool, history: bool, as_json: bool) -> None:
    """Print what stands in ROLE's pane."""
    with reach() as client:
        agent = _agent(client, workspace, role) | {"ansi": ansi}
        found = _pages(client, **agent, history=history)
        written = _written(found)
        if lines is not None and lines > len(written):
            written = _written(_pages(client, **agent, lines=lines + len(found) - len(written)))
    shown = written[-(lines or len(written)) :]
    if as_json:
        output.document(role=role, lines=shown)
        return
    for text in shown:
        (output.painted if ansi else output.line)(text)


def _proof(agent: dict[str, Any]) -> str:
    """Say what an agent's check came to, from the answer of `agent/why`."""
    argv, proof = (agent.get("spec") or {}).get("check"), from_json(Outcome, agent.get("proof") or {})
    said = "; files changed since" if proof.stale else ""
    return f"{shlex.join(argv)}: {proof.sentence or proof.status.value}{said}" if argv else ""


def _pages(client: BlockingClient, **params: Any) -> list[str]:
    """Read every page of what an agent printed."""
    page = client.call("agent/read", **params)
    lines: list[str] = page["lines"]
    while page["next"] is not None:
        page = client.call("agent/read", **params, start=page["next"])
        lines += page["lines"]
    return lines


def _written(lines: list[str]) -> list[str]:
    """Leave out the blank lines below what was printed; with colours, a blank line is one that only resets them."""
    kept = len(lines)
    while kept and lines[kept - 1] in {"", "\x1b[0m"}:
        kept -= 1
    return lines[:kept]


@command("hive why backend --env")
@of_role
@click.option("--env", is_flag=True, help="Where each variable of its environment comes from.")
@click.option("--brief", is_flag=True, help="What its program was given to read, and by which way.")
@in_workspace
@as_json
def why(role: str, workspace: str | None, *, env: bool, brief: bool, as_json: bool) -> None:
    """Explain ROLE's state: what it is, and what that rests on."""
    with reach() as client:
        found = client.call("agent/why", **_agent(client, workspace, role), env=env, brief=brief)
    if brief and not as_json:
        output.talk(
            f"{role} was given this {found['brief']['way']}:" if found["brief"]["text"] else f"{role} has none."
        )
        for line in found["brief"]["text"].splitlines():
            output.line(visible(line))
        return
    reading, agent = found["reading"], found["agent"]
    if as_json:
        output.document(role=role, **found)
        return
    asked = reading["dialog"]["question"] if reading.get("dialog") else ""
    facts = {
        **reading,
        "dialog": asked,
        "command": shlex.join(agent["argv"]),
        "folder": agent["dir"],
        "note": agent["note"],
        "budget": found.get("budget"),
        "check": _proof(agent),
        "sandbox": one_line(" ".join((found.get("sandbox") or {}).get("notes", ())), 2000),
    }
    for name, value in facts.items():
        if value:
            output.line(f"{name:>10}  {value}")
    if found["signs"]:
        signs = [(s["source"], s["state"], f"{s['since']:.0f}s", s["evidence"]) for s in found["signs"]]
        output.table(("source", "says", "for", "because"), signs)
    if env:
        rows = [(v["name"], "(hidden)" if v["value"] is None else v["value"], v["origin"]) for v in found["env"]]
        output.table(("variable", "value", "from"), rows)


@command("hive events -f")
@click.option("-f", "--follow", is_flag=True, help="Go on with what happens.")
@click.option("-n", "--last", type=click.IntRange(0), default=50, show_default=True, help="Begin N events back.")
@as_json
def events(last: int, *, follow: bool, as_json: bool) -> None:
    """Print what happened, oldest first; with --json one document a line."""
    with reach() as client:
        seq: int = client.call("state/subscribe")["seq"]
        after: int | None = max(0, seq - last)
        while after is not None:
            page = client.call("events/list", after=after, limit=PAGE)
            for record in page["records"]:
                if record["seq"] <= seq:
                    _tell_event(record, as_json=as_json)
            after = page["next"] if page["next"] is not None and page["next"] < seq else None
        for news in client.news() if follow else ():
            if news.method == "event":
                _tell_event(news.params, as_json=as_json)


def _tell_event(record: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.record(**record)
        return
    event = dict(record["event"])
    kind = event.pop("type")
    for part in (event.get("agent") or {}, event.get("reading") or {}):
        event |= {name: part[name] for name in ("role", "state") if name in part}
    facts = " ".join(f"{name}={value}" for name, value in event.items() if isinstance(value, str | int) and value != "")
    output.line(f"{record['seq']:>6}  {record['time']}  {kind:<16}  {facts}")


def _away(agent: Agent, hosts: Hosts) -> str:
    """Say which other host an agent is on, and that it is not reached."""
    link = hosts[agent.host].link if agent.host in hosts else HostLink(Standing.UP)
    lost = "" if link.standing is Standing.UP else f", {link.standing}: {link.note}".removesuffix(": ")
    return "" if agent.here else f"on {agent.host}{lost}"


def host_facts(hosts: Hosts) -> list[dict[str, Any]]:
    """Give the other hosts that agents are on as `hive status --json` has them."""
    links = {name: facts.link for name, facts in hosts.items()}
    return [
        {"name": name, "standing": link.standing.value, "note": link.note or None, "since": link.since or None}
        for name, link in sorted(links.items())
    ]


def _seen(name: str | None) -> tuple[list[Workspace], Hosts]:
    """Give the workspace of a name, or all, and the other hosts."""
    client = reach_if_there()
    if client is None:
        state = State()
    else:
        with client:
            state = state_of(client)
    if name is not None:
        return [pick(state, name)], state.hosts
    return sorted(state.workspaces.values(), key=lambda w: (w.name, w.path)), state.hosts


def _agent(client: BlockingClient, workspace: str | None, role: str) -> dict[str, Any]:
    return {"workspace": pick(state_of(client), workspace).id, "role": role}


def _calling(workspace: Workspace) -> int:
    """Count the agents that need the person."""
    return len(needing(workspace.agents, output.now()))


def _counts(workspace: Workspace) -> str:
    counts = sorted(tally(workspace).items(), key=lambda item: (item[0] not in NEEDS_PERSON, item[0]))
    return ", ".join(f"{count} {state}" for state, count in counts)


def _summary(workspace: Workspace) -> dict[str, Any]:
    return {
        "name": workspace.name,
        "path": workspace.path,
        "layout": workspace.layout,
        "agents": len(workspace.agents),
        "attention": _calling(workspace),
        "states": {state.value: count for state, count in tally(workspace).items()},
    }


def detail(workspace: Workspace) -> dict[str, Any]:
    """Give one workspace as `hive status --json` has it."""
    return {
        "name": workspace.name,
        "path": workspace.path,
        "agents": [_facts(workspace, agent) for agent in workspace.agents],
        "attention": _calling(workspace),
        "collisions": [collision_facts(one) for one in workspace.radar.standing],
    }


def collision_facts(collision: Collision) -> dict[str, Any]:
    """Give one collision that stands as `hive status --json` has it."""
    return {
        "id": collision.id,
        "path": collision.path,
        "sort": collision.sort.value,
        "roles": [side.role or None for side in collision.sides],
        "lines": [list(span) for span in collision.lines],
        "calls": collision.calls,
        "since": collision.opened,
        "told": collision.told or None,
    }


def dialog_facts(dialog: Dialog | None) -> dict[str, Any] | None:
    """Give what an agent asks as JSON; `hive answer --dialog` takes the fingerprint."""
    if dialog is None:
        return None
    choices = [
        {"number": i, "label": choice.label, "lasting": choice.lasting} for i, choice in enumerate(dialog.choices, 1)
    ]
    return {"question": dialog.question, "choices": choices, "free": dialog.free, "fingerprint": dialog.fingerprint}


def proof_facts(agent: Agent) -> dict[str, Any] | None:
    """Give how far what an agent did is proven; null where it has no check."""
    argv = agent.spec.check if agent.spec is not None else ()
    if not argv:
        return None
    facts = {name: value for name, value in asdict(agent.proof).items() if name in _PROOF}
    return {"claim": claim(agent) or None, "standing": standing(agent.proof).value, "argv": list(argv), **facts}


_PROOF = frozenset({"status", "exit", "seconds", "commit", "tree", "time", "why", "stale", "tries"})


def _state(agent: Agent) -> str:
    """Say a state, when its limit ends, and that it was put off."""
    state = claim(agent) or agent.reading.state
    resets = f" (resets {agent.reading.resets})" if agent.reading.resets else ""
    hushed = "muted" if agent.muted else "snoozed" if agent.snoozed > output.now() else ""
    return f"{state}{resets}{f' ({hushed})' if hushed and agent.reading.state in NEEDS_PERSON else ''}"


def _facts(workspace: Workspace, agent: Agent) -> dict[str, Any]:
    """Give one agent as `hive status --json` has it; `tab` is the title of the first tab that shows it."""
    return {
        "id": agent.id,
        "role": agent.role,
        "kind": agent.kind,
        "host": agent.host,
        "pid": agent.pid,
        "pane": agent.pane,
        "tab": next((tab.title for tab in workspace.tabs if agent.role in roles(tab.root)), None),
        "state": agent.reading.state.value,
        "check": proof_facts(agent),
        "source": agent.reading.source,
        "confidence": agent.reading.confidence.value,
        "since": agent.reading.since or None,
        "exit_status": agent.exit_status,
        "branch": agent.branch or None,
        "cwd": agent.dir,
        "conversation": agent.conversation,
        "resets": agent.reading.resets or None,
        "dialog": dialog_facts(agent.reading.dialog),
        "snoozed": agent.snoozed or None,
        "muted": agent.muted,
    }
