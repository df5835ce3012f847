"""Commands that tell what was: since the person looked last, and in which conversations."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.reach import pick, reach, state_of
from hiveui.model.morning import old
from hiveui.model.text import counted
from hiveui.model.wording import quoted, receipt

PATIENCE = 60
"""Seconds that an answer may take where a model is asked."""


@command("hive since --minutes 45")
@click.option("-m", "--minutes", type=click.IntRange(1, 100_000), help="In the last minutes.")
@click.option("--last", is_flag=True, help="Since you were last away, for five minutes or more: the default.")
@click.option("--all", "everyone", is_flag=True, help="Agents too that did nothing.")
@in_workspace
@as_json
def since(minutes: int | None, workspace: str | None, *, last: bool, everyone: bool, as_json: bool) -> None:
    """Tell what changed while you were away, in one sentence for each agent.

    Where `summary` of config.yaml names a model, also in its words.
    """
    if minutes is not None and last:
        raise click.UsageError("--minutes and --last do not go together; name one.")
    chosen: dict[str, Any] = {"minutes": minutes} if minutes is not None else {}
    with reach() as client:
        state = state_of(client)
        if workspace is not None:
            chosen["workspace"] = pick(state, workspace).id
        with output.waiting("Looking back…"):
            found = client.call("events/since", patience=PATIENCE, words=True, **chosen)
    names = {w.id: w.name for w in state.workspaces.values()}
    if as_json:
        output.document(**found)
        return
    told = [agent for agent in found["agents"] if everyone or not agent["quiet"]]
    began = datetime.fromisoformat(found["since"]).astimezone().strftime("%Y-%m-%d %H:%M")
    output.talk(f"Since {began}" + (":" if found["whole"] else ", as far as the log goes back:"))
    for agent in told:
        where = f"{names[agent['workspace']]}: " if len(names) > 1 and agent["workspace"] in names else ""
        output.line(where + agent["sentence"])
        if agent["words"]:
            output.line(f"  {quoted(found['model'], agent['words'])}")
    quiet = len(found["agents"]) - len(told)
    if quiet:
        output.talk(f"{counted(quiet, 'agent')} did nothing new.")
    if said := receipt(found):
        output.talk(said)


@command("hive conversations backend")
@click.argument("role", required=False, default="", shell_complete=offers.roles)
@in_workspace
@as_json
def conversations(role: str, workspace: str | None, *, as_json: bool) -> None:
    """List the conversations that agents have had, or those of ROLE: how old, what about, which is current (*)."""
    with reach() as client:
        found = client.call("agent/conversations", workspace=pick(state_of(client), workspace).id, role=role)
    if as_json:
        output.document(**found)
        return
    now = datetime.now(UTC)
    rows = [
        (agent["role"], "*" if one["current"] else "", one["id"], _age(one, now), one["title"])
        for agent in found["agents"]
        for one in agent["conversations"]
    ]
    if not rows:
        output.talk("No conversation is known yet.")
        return
    output.table(("role", "", "conversation", "changed", "about"), rows)
    if any(agent["resumes"] for agent in found["agents"]):
        output.talk("`hive restart ROLE --resume ID` goes on with one.")


def _age(conversation: Mapping[str, Any], now: datetime) -> str:
    return old(conversation["changed"] or "", now) if conversation["kept"] else "not kept"
