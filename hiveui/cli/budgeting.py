"""The command about budgets: what of them is used, and who may use more."""

from collections.abc import Iterator
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import Number, as_json, command, in_workspace
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import UsageError
from hiveui.model.budget import own, whole
from hiveui.model.state import Workspace
from hiveui.model.usage import dollars, money, together


@command("hive budget allow backend 5")
@click.argument("do", type=click.Choice(["ls", "allow"]), default="ls")
@click.argument("role", required=False, shell_complete=offers.roles)
@click.argument("usd", type=Number(0.01, 100_000), required=False)
@in_workspace
@as_json
def budget(do: str, role: str | None, usd: float | None, workspace: str | None, *, as_json: bool) -> None:
    """Show what of each budget is used; or let ROLE, else the whole workspace, use more from now on.

    \b
    hive budget                    list budgets, the workspace's own first
    hive budget allow              let the workspace use as much as its budget again
    hive budget allow ROLE         let ROLE, likewise
    hive budget allow ROLE 5       let ROLE use $5.00 more

    What waits for an agent is held once its budget, or its workspace's, is used up. What you type yourself, and
    `hive send --now`, is not.
    """  # noqa: D301  click's mark for lines that stay as they are
    with reach() as client:
        found = pick(state_of(client), workspace)
        if do == "allow":
            named: dict[str, Any] = {"role": role} if role else {}
            more = {"cents": round(usd * 100)} if usd is not None else {}
            client.call("budget/allow", workspace=found.id, **named, **more)
            found = pick(state_of(client), found.id)
        elif role is not None:
            raise UsageError("`hive budget ls` takes no role.", "hive budget allow ROLE lets it use more.")
    budgets = list(_budgets(found))
    if as_json:
        output.document(workspace=found.name, budgets=budgets)
    elif not budgets:
        output.talk(f"{found.name} has no budgets: they stand in its layout.")
    else:
        output.table(("", "used", "budget", "", "waiting"), [_row(one) for one in budgets])


def _budgets(workspace: Workspace) -> Iterator[dict[str, Any]]:
    """Give the budgets that there are, the workspace's first (`role` null)."""
    spends = together(agent.spend for agent in workspace.agents)
    waiting = {agent.role: len(workspace.queues.get(agent.role, ())) for agent in workspace.agents}
    parts = [
        (None, workspace.name, spends, whole(workspace), sum(waiting.values())),
        *((a.role, a.role, a.spend, own(workspace, a), waiting[a.role]) for a in workspace.agents),
    ]
    for role, name, spend, usd, prompts in parts:
        if usd is not None:
            facts = {"role": role, "name": name, "usd": round(spend.usd, 6), "unpriced": spend.unpriced}
            yield facts | {"used": money(spend), "budget": usd, "holds": spend.usd >= usd, "prompts": prompts}


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    said = "used up" if one["holds"] else f"{100 * one['usd'] / one['budget']:.0f} %"
    prompts = f"{one['prompts']} held" if one["holds"] and one["prompts"] else ""
    return one["name"], one["used"], dollars(one["budget"]), said, prompts
