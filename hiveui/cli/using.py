"""Commands that tell what agents use."""

from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.reach import pick, reach, state_of
from hiveui.model.costs import HEAD, bounded, context, figures


@command("hive cost --by day")
@click.option(
    "--by", type=click.Choice(("agent", "day", "model")), default="agent", show_default=True, help="A line for each."
)
@in_workspace
@as_json
def cost(by: str, workspace: str | None, *, as_json: bool) -> None:
    """Tell what agents used and what that costs, in USD; of one workspace with -w.

    `?` is a model whose price is not known.
    """
    with reach() as client:
        chosen: dict[str, Any] = {"workspace": pick(state_of(client), workspace).id} if workspace is not None else {}
        found = client.call("usage/list", **chosen)
    if as_json:
        output.document(**found)
        return
    if not found["agents"]:
        output.talk("Nothing was used yet that is known of.")
        return
    total = figures(found["total"])
    if by == "agent":
        rows = [(a["name"], a["role"], a["model"] or "?", *figures(a), context(a), bounded(a)) for a in found["agents"]]
        output.table(("workspace", "role", "model", *HEAD, "context", "budget"), [*rows, ("", "", "", *total, "", "")])
    else:
        columns = len(HEAD) - (by == "day")  # a day has no "today"
        rows = [(line[by] or "?", *figures(line)[:columns]) for line in found[f"{by}s"]]
        output.table((by, *HEAD[:columns]), [*rows, ("", *total[:columns])])
    output.talk(f"Prices of {found['prices']}.")
