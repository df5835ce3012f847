"""Commands that act on agents."""

import shlex
from collections.abc import Sequence
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import agree, as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.state import Workspace


@command("hive press backend ctrl+c")
@of_role
@click.argument("keys", nargs=-1, required=True)
@in_workspace
@as_json
def press(role: str, keys: tuple[str, ...], workspace: str | None, *, as_json: bool) -> None:
    """Press KEYS in ROLE's pane: `enter`, `ctrl+c`, `alt+shift+up`, `f5`, `a`."""
    _call("agent/keys", workspace, role, keys=list(keys))
    if as_json:
        output.document(role=role, keys=list(keys))


@command("hive restart backend --anew")
@of_role
@click.option("--anew", is_flag=True, help="With a new conversation.")
@click.option("--resume", metavar="ID", help="With this conversation of its earlier ones.")
@in_workspace
@as_json
def restart(role: str, workspace: str | None, *, anew: bool, resume: str | None, as_json: bool) -> None:
    """End ROLE's program if it runs, and start it again; it goes on with its conversation."""
    wished = {"conversation": ""} if anew else {"conversation": resume} if resume else {}
    _tell_agent(_call("agent/restart", workspace, role, **wished)["agent"], as_json=as_json)


@command("hive stop backend")
@of_role
@in_workspace
@as_json
def stop(role: str, workspace: str | None, *, as_json: bool) -> None:
    """End ROLE's program; its pane and what it shows stay."""
    _tell_agent(_call("agent/stop", workspace, role)["agent"], as_json=as_json)


@command("hive down demo")
@click.argument("name", required=False, shell_complete=offers.workspaces)
@click.option("--all", "everything", is_flag=True, help="Every workspace that runs; with --forget, every one.")
@click.option("--forget", is_flag=True, help="Forget how it stood too: nothing is there to restore.")
@in_workspace
@agree
@as_json
def down(name: str | None, workspace: str | None, *, everything: bool, forget: bool, yes: bool, as_json: bool) -> None:
    """End the agents of the workspace NAME, else of this folder's. At a terminal you are asked while any runs.

    How it stood is kept: `hive restore`, or `hive` in its folder, brings it back with its conversations. --forget
    keeps nothing of it but its layout; the demo, whose repository is removed, is always forgotten.
    """
    with reach() as client:
        state = state_of(client)
        everyone = [found for found in state.workspaces.values() if forget or not found.note]
        chosen = everyone if everything else [pick(state, name or workspace)]
        if output.at_terminal() and not _may_end(chosen, forget=forget, yes=yes):
            raise UsageError("Nothing was ended.")
        closed = [_close(client, found, forget=forget) for found in chosen]
    if as_json:
        output.document(workspaces=closed)
        return
    for found in closed:
        output.line(f"{found['name']}  ended {', '.join(found['ended']) or 'nothing'}")
    kept = [shlex.quote(found["name"]) for found in closed if found["kept"]]
    if kept:
        output.talk(f"hive restore {kept[0] if len(kept) == 1 else '--all'} brings it back.")


def _may_end(workspaces: Sequence[Workspace], *, forget: bool, yes: bool) -> bool:
    """Ask whether agents that run may be ended, or whether what was saved may be forgotten."""
    running = [agent.role for workspace in workspaces for agent in workspace.agents if agent.pid is not None]
    names = ", ".join(workspace.name for workspace in workspaces)
    question = f"{'End and forget' if forget else 'End'} {names}?"
    if running:
        question += f" Running: {', '.join(running)}."
    return output.agreed(question, yes=yes or not (running or (forget and names)), hint="")


def _close(client: BlockingClient, workspace: Workspace, *, forget: bool) -> dict[str, Any]:
    answer = client.call("workspace/close", patience=60, workspace=workspace.id, forget=forget)
    return {"name": workspace.name, "path": workspace.path, "ended": answer["ended"], "kept": answer["kept"]}


def _call(method: str, workspace: str | None, role: str, **params: Any) -> Any:
    with reach() as client:
        return client.call(method, workspace=pick(state_of(client), workspace).id, role=role, **params)


def _tell_agent(agent: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.document(agent=agent)
    else:
        output.line(f"{agent['role']}  {agent['reading']['state']}  pid {agent['pid'] or '-'}")
