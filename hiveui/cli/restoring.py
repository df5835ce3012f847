"""`hive restore`: bring back workspaces whose agents are gone, after a reboot for one."""

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.opening import OPENS_WITHIN, detached, need_terminal, show
from hiveui.cli.options import agree, as_json, command
from hiveui.cli.reach import pick, reach_current, state_of
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.codec import from_json
from hiveui.model.morning import ANEW, LEAVE, Step, condition, sentence
from hiveui.model.state import Workspace


@command("hive restore shop --anew tests --without docs")
@click.argument("name", required=False, shell_complete=offers.workspaces)
@click.option("--all", "everything", is_flag=True, help="Every workspace whose agents are gone.")
@click.option(
    "--anew",
    multiple=True,
    metavar="ROLE",
    shell_complete=offers.roles,
    help="Begin a new conversation; may be given again.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="ROLE",
    shell_complete=offers.roles,
    help="Leave this agent out; may be given again.",
)
@click.option("--resume", multiple=True, metavar="ROLE=ID", help="Go on with this conversation; may be given again.")
@click.option("--dry-run", is_flag=True, help="Say what would be started, and do nothing.")
@detached
@agree
@as_json
def restore(
    name: str | None,
    *,
    everything: bool,
    anew: Sequence[str],
    without: Sequence[str],
    resume: Sequence[str],
    dry_run: bool,
    detach: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Bring back the workspace NAME, else this folder's, as it was saved, each agent with its conversation.

    What will be done is shown and asked about; where there is no terminal to ask at, --yes is needed. One that runs
    is left as it is. --json implies --detach, and so does --all.
    """
    shown = not (everything or detach or dry_run or as_json)
    if shown:
        need_terminal("`hive restore --detach --yes` restores it without showing it.")
    wishes = dict.fromkeys(anew, ANEW) | dict.fromkeys(without, LEAVE) | dict(map(_chosen, resume))
    with reach_current(yes=yes) as client:
        chosen = _gone(client) if everything else [pick(state_of(client), name, gone=True)]
        wished = [{role: wish for role, wish in wishes.items() if not everything or w.role(role)} for w in chosen]
        plans = [_plan(client, w.id, mine) for w, mine in zip(chosen, wished, strict=True)]
        todo = [(plan, mine) for plan, mine in zip(plans, wished, strict=True) if not plan["running"]]
        if not as_json:
            for plan in plans:
                _tell(plan)
        if not (plans or as_json):
            output.talk("Nothing is to be restored.")
        if todo and not dry_run:
            _agree([plan for plan, _ in todo], yes=yes)
        answers = [] if dry_run else [_restore(client, plan, mine) for plan, mine in todo]
        if as_json:
            output.document(workspaces=plans, **({} if dry_run else {"restored": answers}))
        return show(client, chosen[0].id) if shown else 0


def _plan(client: BlockingClient, workspace: str, wishes: dict[str, str]) -> dict[str, Any]:
    plan: dict[str, Any] = client.call("workspace/morning", workspace=workspace, env=dict(os.environ), wishes=wishes)
    return plan


def _gone(client: BlockingClient) -> list[Workspace]:
    """Give the workspaces whose agents are gone, by name."""
    return sorted((w for w in state_of(client).workspaces.values() if w.note), key=lambda w: (w.name, w.path))


def _chosen(option: str) -> tuple[str, str]:
    role, _, conversation = option.rpartition("=")
    if not role or not conversation:
        raise UsageError(f"--resume {option!r} names no conversation.", "Write it as ROLE=ID; --dry-run lists the ids.")
    return role, conversation


def _agree(plans: Sequence[dict[str, Any]], *, yes: bool) -> None:
    names = ", ".join(plan["name"] for plan in plans)
    hint = "`--yes` restores; `--anew ROLE` and `--without ROLE` change what is done."
    if not output.agreed(f"Restore {names}?", yes=yes, hint=hint):
        raise UsageError("Nothing was started.", hint)


def _restore(client: BlockingClient, plan: dict[str, Any], wishes: dict[str, str]) -> dict[str, Any]:
    size = shutil.get_terminal_size((120, 40))
    place = {"env": dict(os.environ), "size": [size.columns, size.lines]}
    with output.waiting(f"Restoring {plan['name']}…"):
        answer: dict[str, Any] = client.call(
            "workspace/restore", patience=OPENS_WITHIN, workspace=plan["workspace"], wishes=wishes, **place
        )
    return answer


def _tell(plan: dict[str, Any]) -> None:
    """Print what restoring a workspace does."""
    if plan["running"]:
        output.talk(f"{plan['name']} runs; nothing is to be restored.")
        return
    known = f", generation {plan['generation']}" if plan.get("generation") else ""
    output.line(f"{plan['name']}  {plan['path']}  saved {plan['saved'] or 'at an unknown time'}{known}")
    now = datetime.now(UTC)
    steps: list[Step] = [from_json(Step, agent) for agent in plan["agents"]]
    rows = [(step.role, step.kind, sentence(step), condition(step, now), _others(step)) for step in steps]
    output.table(("role", "kind", "what is done", "", "other conversations"), rows)
    for note in plan["notes"]:
        output.talk(note)


def _others(step: Step) -> str:
    return " ".join(c for c in step.conversations if c != step.conversation)
