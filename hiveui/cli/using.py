"""Commands that tell what agents use."""

import time
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.options import Number, as_json, command, in_workspace
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


@command("hive top -w shop")
@click.option("-s", "--seconds", type=Number(0.1, 60), default=1.0, show_default=True, help="Measure for so long.")
@in_workspace
@as_json
def top(seconds: float, workspace: str | None, *, as_json: bool) -> None:
    """Tell what the programs of agents take of the machine, with all that they have started, the most busy first.

    CPU is in per cent of one core. Nothing is measured while nobody asks.
    """
    with reach() as client:
        chosen: dict[str, Any] = {"workspace": pick(state_of(client), workspace).id} if workspace is not None else {}
        began = time.monotonic()
        before = {agent["pid"]: agent["cpu"] for agent in client.call("usage/processes", **chosen)["agents"]}
        time.sleep(seconds)
        agents = client.call("usage/processes", **chosen)["agents"]
        took = time.monotonic() - began
    for agent in agents:  # what ended meanwhile took its time along
        agent["percent"] = max(0.0, round(100 * (agent["cpu"] - before.get(agent["pid"], agent["cpu"])) / took, 1))
    agents.sort(key=lambda agent: (-agent["percent"], -agent["memory"]))
    if as_json:
        output.document(agents=agents)
        return
    rows = [
        (a["name"], a["role"], a["kind"], f"{a['percent']:.1f}", f"{a['memory'] / (1 << 20):.0f}", str(a["processes"]))
        for a in agents
    ]
    whole = (f"{sum(a['percent'] for a in agents):.1f}", f"{sum(a['memory'] for a in agents) / (1 << 20):.0f}")
    output.table(("workspace", "role", "kind", "cpu %", "MiB", "processes"), [*rows, ("", "", "", *whole, "")])
