"""Commands that open a workspace and show it."""

import os
import shlex
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.looking import detail
from hiveui.cli.options import agree, as_json, command
from hiveui.cli.reach import at_folder, ensure, find_paths, here, pick, reach_current, state_of
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.agent import WorkspaceId
from hiveui.model.ownership import Overlap, overlapping

OPENS_WITHIN = 120.0
"""Seconds that many agents may take to start."""
CHECKOUT = 300.0
"""Seconds that the files of one worktree may take besides."""

_UP_DETACHED = "`hive up --detach` opens it without showing it."

FEW = 4
"""Agents that are named one by one."""

detached = click.option("-d", "--detach", is_flag=True, help="Open it and leave it in the background.")


def enter() -> int:
    """Do what `hive` alone does; gives the exit code."""
    need_terminal("`hive status` tells what runs; `hive --help` lists the commands.")
    with reach_current(yes=False) as client:
        state = state_of(client)
        if at_folder(list(state.workspaces.values()), here()):
            return show(client, pick(state, None).id)
    from hiveui.cli import welcome  # noqa: PLC0415  only where nothing runs here yet

    do, _, name = welcome.ask(state).partition(":")
    if not do:
        return 0
    with reach_current(yes=False) as client:
        if do == welcome.WORKSPACE:
            return show(client, name)
        if do == welcome.DEMO:
            return show(client, _demo(client))
        wanted: dict[str, Any] = {"folder": str(here()), "layout": name}
        return show(client, _open(client, wanted, client.call("workspace/plan", **wanted), yes=False))


@command("hive up team --detach")
@click.argument("layout", required=False, shell_complete=offers.layouts)
@click.option("-n", "--name", help="Name of the workspace; else the folder's.")
@click.option("--dry-run", is_flag=True, help="Say what would run, and do nothing.")
@detached
@agree
@as_json
def up(layout: str | None, name: str | None, *, dry_run: bool, detach: bool, yes: bool, as_json: bool) -> int:
    """Open LAYOUT in this folder, or return to the workspace that is here.

    A layout that you have not run before is shown and asked about. On a running workspace the layout's new agents
    are started; those it no longer has are ended only if you agree. Where its agents are gone, LAYOUT begins anew;
    without LAYOUT you are shown what `hive restore` would bring back. --json implies --detach.
    """
    shown = not (detach or dry_run or as_json)
    if shown and layout is None:
        need_terminal(_UP_DETACHED)
    with reach_current(yes=yes) as client:
        gone = _gone_here(client, name) if shown and layout is None else None
        if gone is not None:
            return show(client, gone)
        wanted = _wanted(client, layout, name)
        plan = client.call("workspace/plan", **wanted)
        if dry_run:
            output.document(plan=plan) if as_json else _tell(plan)
            return 0
        if shown:
            need_terminal(_UP_DETACHED)
        workspace = _open(client, wanted, plan, yes=yes)
        if as_json:
            output.document(workspace=workspace, name=plan["name"], path=str(here()))
        return show(client, workspace) if shown else 0


@command("hive attach shop")
@click.argument("name", required=False, shell_complete=offers.workspaces)
@agree
@as_json
def attach(name: str | None, *, yes: bool, as_json: bool) -> int:
    """Return to the running workspace NAME, else to this folder's; with --json, say which one that is."""
    if not as_json:
        need_terminal("`hive status` and `hive read` work without one.")
    with reach_current(yes=yes) as client:
        found = pick(state_of(client), name)
        if as_json:
            output.document(workspace={"id": found.id, "layout": found.layout, **detail(found)})
            return 0
        return show(client, found.id)


@command("hive demo")
@detached
@agree
@as_json
def demo(*, detach: bool, yes: bool, as_json: bool) -> int:
    """Open four rehearsal agents on a scratch repository; `hive down demo` removes both.

    The agents follow a script: no key is needed and nothing leaves this machine. --json implies --detach.
    """
    if not (detach or as_json):
        need_terminal("`hive demo --detach` opens it without showing it.")
    with reach_current(yes=yes) as client:
        workspace = _demo(client)
        if as_json:
            output.document(workspace=workspace, name="demo")
        return 0 if detach or as_json else show(client, workspace)


def _demo(client: BlockingClient) -> str:
    return _request(client, "four rehearsal agents", layout="demo", name="demo", scratch=True)


def need_terminal(hint: str) -> None:
    """Raise UsageError where there is no terminal to show a workspace on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("There is no terminal to show a workspace on.", hint)


def _wanted(client: BlockingClient, layout: str | None, name: str | None) -> dict[str, Any]:
    """Give the parameters that a plan and its opening share; the running layout where none is named."""
    if layout is None:
        running = [w for w in state_of(client).workspaces.values() if Path(w.path) == here()]
        same = [w for w in running if w.name == (name or here().name)]
        layout = same[0].layout if same else default_layout()
    given = {"folder": str(here()), "layout": layout, "name": name}
    return {key: value for key, value in given.items() if value is not None}


def _gone_here(client: BlockingClient, name: str | None) -> WorkspaceId | None:
    """Find the workspace of this folder whose agents are gone: its screen asks whether to restore it."""
    everyone = state_of(client).workspaces.values()
    return next((w.id for w in everyone if w.note and Path(w.path) == here() and w.name == (name or here().name)), None)


def default_layout() -> str:
    """Give the layout that this folder is opened with where none is named. Raises ConfigError."""
    from hiveui.cli.choices import configuration  # noqa: PLC0415  only where nothing runs here yet

    choices = configuration(here())
    choices.look()
    for problem in choices.config.problems:
        raise problem
    return choices.config.settings.layout


def _open(client: BlockingClient, wanted: dict[str, Any], plan: dict[str, Any], *, yes: bool) -> str:
    """Ask what is to be asked, and open what was planned; gives the workspace's id."""
    if not plan["known"]:
        _tell(plan)
        if not output.agreed("Run this?", yes=yes, hint="`--yes` runs it; `--dry-run` shows it."):
            raise UsageError("Nothing was started.")
    remove = False
    if any(change["do"] != "start" for change in plan["changes"]):
        _tell_changes(plan["changes"])
        if yes or output.at_terminal():
            remove = output.agreed("End what the layout no longer has?", yes=yes, hint="")
    fresh = sum(1 for agent in plan["agents"] if not (agent.get("worktree") or {"exists": True})["exists"])
    patience = OPENS_WITHIN + CHECKOUT * fresh
    return _request(client, _starts(plan), patience, **wanted, hash=plan["hash"], remove=remove)


def _starts(plan: dict[str, Any]) -> str:
    """Name what opening a plan will start."""
    fresh = [str(change["role"]) for change in plan["changes"] if change["do"] == "start"]
    return f"{len(fresh)} agents" if len(fresh) > FEW else ", ".join(fresh) or plan["name"]


def _request(client: BlockingClient, what: str, patience: float = OPENS_WITHIN, **wanted: Any) -> str:
    size = shutil.get_terminal_size((120, 40))
    place = {"env": dict(os.environ), "size": [size.columns, size.lines]}
    with output.waiting(f"Starting {what}…"):
        answer = client.call("workspace/open", patience=patience, **place, **wanted)
    for remark in answer.get("notes", ()):
        output.talk(remark)
    return str(answer["workspace"])


def _tell(plan: dict[str, Any]) -> None:
    """Print what a layout would run."""
    output.line(f"{plan['name']}  {plan['layout']}  {plan['file']}")
    rows = [(agent["role"], agent["kind"], agent["dir"], shlex.join(agent["argv"])) for agent in plan["agents"]]
    output.table(("role", "kind", "folder", "command"), rows)
    for agent in plan["agents"]:
        _tell_worktree(agent["role"], agent.get("worktree"))
        for name, value in agent.get("env", {}).items():
            output.line(f"{agent['role']}: {name}={value}")
        for remark in agent["notes"]:
            output.line(f"{agent['role']}: {remark}")
    for host in plan.get("hosts", ()):
        output.line(f"host {host['name']}: {host['way']} {shlex.join(host['argv'])}")
    overlap = overlapping(Overlap(**one) for one in plan.get("overlaps", ()))
    if overlap:
        output.line(overlap)
    if plan["running"]:
        _tell_changes(plan["changes"])


def _tell_worktree(role: str, tree: dict[str, Any] | None) -> None:
    """Print where an agent has its worktree, and what is done in it first."""
    if tree is None:
        return
    known = ", new" if tree["exists"] is False else ""
    output.line(f"{role}: {tree['form']} {tree['path']}, branch {tree['branch'] or 'none'}{known}")
    for what in ("copy", "link"):
        if tree[what]:
            output.line(f"{role}: {what} {', '.join(tree[what])}")
    for argv in tree["setup"]:
        output.line(f"{role}: set-up $ {shlex.join(argv)}")


def _tell_changes(changes: list[dict[str, str]]) -> None:
    for change in changes:
        output.talk(f"{change['do']:>8}  {change['role']}")


def show(client: BlockingClient, workspace: str) -> int:
    """Show a workspace until the person leaves; gives the exit code."""
    from hiveui.cli.choices import configuration  # noqa: PLC0415  only what is shown needs it
    from hiveui.tui.launcher import run_tui  # noqa: PLC0415  the same

    folder = state_of(client).workspaces[WorkspaceId(workspace)].path
    agent = os.environ.get("SSH_AUTH_SOCK")
    client.call("workspace/attach", env={"SSH_AUTH_SOCK": agent} if agent else {})
    client.socket.close()
    paths = find_paths()
    choices = configuration(Path(folder))
    return run_tui(paths.hive_socket, WorkspaceId(workspace), lambda: ensure(paths), version("hiveui"), choices)
