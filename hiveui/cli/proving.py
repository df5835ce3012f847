"""The command about checks: run them, wait for them, and read what they printed."""

import os
import shlex
from collections.abc import Iterator
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.attending import agent_of
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.reach import pick, reach, state_of
from hiveui.cli.waiting import MISSED
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.checks import Outcome, Status
from hiveui.model.codec import from_json
from hiveui.model.text import visible

DAY = 86_400.0
"""Seconds that a check is waited for, at most."""


@command("hive check backend --wait")
@click.argument("role", required=False, shell_complete=offers.roles)
@click.option("--wait", is_flag=True, help="Until it is over.")
@click.option("--output", "printed", is_flag=True, help="Print the end of what the last one printed, and run none.")
@click.option("--stop", is_flag=True, help="End the one that runs.")
@in_workspace
@as_json
def check(role: str | None, workspace: str | None, *, wait: bool, printed: bool, stop: bool, as_json: bool) -> int:
    """Run ROLE's check where it works, or those of all agents that have one; in an agent's pane, its own.

    One runs at a time, unless you chose more (`checks` of `hive config`). With --wait the exit code is 0 where all
    passed and 4 where one did not.
    """
    with reach() as client:
        if printed or stop:
            if role is None:
                raise UsageError("Of whom?", "hive check ROLE --output")
            return (_output if printed else _stop)(client, workspace, role, as_json=as_json)
        own: list[dict[str, Any]] = [{"role": role} if role else {}]
        calls = own if os.environ.get("HIVE_TOKEN") else list(_named(client, workspace, role))
        patience = {"patience": DAY} if wait else {}
        found = client.call_all("check/run", [{**call, "wait": wait} for call in calls], **patience)
    outcomes = [(one["role"], from_json(Outcome, one["outcome"])) for one in found]
    if as_json:
        output.document(checks=[{"role": one["role"], **one["outcome"]} for one in found])
    else:
        output.table(("role", "check", ""), [(name, one.status.value, _said(one)) for name, one in outcomes])
    return 0 if not wait or all(one.status is Status.PASSED for _, one in outcomes) else MISSED


def _named(client: BlockingClient, name: str | None, role: str | None) -> Iterator[dict[str, Any]]:
    """Give whose checks are meant."""
    found = pick(state_of(client), name)
    agents = (
        [agent_of(found, role)]
        if role is not None
        else [a for a in found.agents if a.spec and a.spec.check and not a.person]
    )
    if not agents:
        raise UsageError(f"No agent of {found.name} has a check.", "Write one into its layout: `check: [make, test]`.")
    yield from ({"workspace": found.id, "role": agent.role} for agent in agents)


def _said(outcome: Outcome) -> str:
    return f"{outcome.sentence}{'; files changed since' if outcome.stale else ''}"


def _output(client: BlockingClient, name: str | None, role: str, *, as_json: bool) -> int:
    found = pick(state_of(client), name)
    agent = agent_of(found, role)
    answer = client.call("check/output", workspace=found.id, role=role)
    if as_json:
        output.document(role=role, status=agent.proof.status.value, **answer)
        return 0
    for line in answer["text"].splitlines():
        output.line(visible(line))
    argv = shlex.join(agent.spec.check) if agent.spec and agent.spec.check else "It has no check."
    output.talk(f"{argv}: {_said(agent.proof) or agent.proof.status.value}")
    return 0


def _stop(client: BlockingClient, name: str | None, role: str, *, as_json: bool) -> int:
    client.call("check/stop", workspace=pick(state_of(client), name).id, role=role)
    if as_json:
        output.document(role=role)
    return 0
