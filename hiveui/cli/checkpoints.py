"""Commands on agents' checkouts and on the checkpoints of their files."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import agree, as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import HiveError, UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.checkpoint import reason

PATIENCE = 600.0
"""Seconds that a look at all files of a checkout may take."""
SHOWN = 20
"""Paths that a person is shown before they are asked."""


@command("hive checkpoints backend")
@click.argument("role", required=False, shell_complete=offers.roles)
@in_workspace
@as_json
def checkpoints(role: str | None, workspace: str | None, *, as_json: bool) -> None:
    """List the checkpoints of ROLE's files, the newest first; the number of each agent's without ROLE.

    One is made as each turn of an agent begins and ends, where a file changed. Ignored files, files over 50 MiB and
    repositories inside of the checkout are not in it.
    """
    with reach() as client:
        found = pick(state_of(client), workspace)
        roles = [role] if role is not None else [agent.role for agent in found.agents if not agent.person]
        listed = {name: _of(client, found.id, name, alone=role is not None) for name in roles}
    if as_json:
        output.document(agents=[{"role": name, **answer} for name, answer in listed.items()])
    elif role is not None:
        _tell(role, listed[role])
    else:
        rows = [(name, *_brief(answer)) for name, answer in listed.items()]
        output.table(("role", "checkpoints", "the newest", "files", "lines"), rows)


def _of(client: BlockingClient, workspace: str, role: str, *, alone: bool) -> dict[str, Any]:
    """Ask for an agent's checkpoints; of one among several it is a note where it can have none."""
    try:
        answer: dict[str, Any] = client.call("checkpoint/list", workspace=workspace, role=role)
    except HiveError as error:
        if alone:
            raise
        return {"checkpoints": [], "note": str(error)}
    return answer


def _brief(answer: Mapping[str, Any]) -> Sequence[str]:
    found = answer["checkpoints"]
    if not found:
        return ("0", answer["note"], "", "")
    return (str(len(found)), found[0]["time"], str(found[0]["files"]), _lines(found[0]))


def _tell(role: str, answer: Mapping[str, Any]) -> None:
    rows = [
        (str(one["number"]), one["time"], str(one["files"]), _lines(one), _story(one)) for one in answer["checkpoints"]
    ]
    if rows:
        output.table(("number", "time", "files", "lines", ""), rows)
        left = answer["checkpoints"][0]
        for path in left["left_out"]:
            output.talk(f"not in the newest: {path}")
        if left["lacking"] > len(left["left_out"]):
            output.talk(f"not in the newest: {left['lacking'] - len(left['left_out'])} more")
    else:
        output.talk(f"{role} has no checkpoint yet.")
    if answer["note"]:
        output.talk(answer["note"])


def _lines(one: Mapping[str, Any]) -> str:
    return f"+{one['added']} −{one['removed']}"


def _story(one: Mapping[str, Any]) -> str:
    return f"{reason(one)}{': ' if one['prompt'] else ''}{one['prompt']}"


@command("hive rollback backend 12 --dry-run")
@of_role
@click.argument("number", required=False, type=click.IntRange(1))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@in_workspace
@agree
@as_json
def rollback(role: str, number: int | None, workspace: str | None, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Put ROLE's files back as checkpoint NUMBER has them, else the newest that differs from what is there.

    What is there now becomes a checkpoint first, so that this can be undone. In a checkout that others use too, only
    files that ROLE wrote since are put back. Branches and commits stay as they are. The agent is told.
    """
    with reach() as client:
        found = pick(state_of(client), workspace)
        asked: dict[str, Any] = {"workspace": found.id, "role": role}
        asked |= {"number": number} if number is not None else {}
        answer = client.call("checkpoint/rollback", patience=PATIENCE, **asked, dry=True)
        if not dry_run and answer["steps"]:
            _agree(answer, yes=yes)
            asked["number"] = answer["checkpoint"]["number"]
            answer = client.call("checkpoint/rollback", patience=PATIENCE, **asked)
    if as_json:
        output.document(**answer)
        return
    for step in answer["steps"]:
        output.line(_sentence(step))
    if not answer["steps"]:
        output.talk(f"Nothing differs from checkpoint {answer['checkpoint']['number']}.")
    elif answer["before"] is not None:
        output.talk(f"hive rollback {role} {answer['before']} undoes it.")


def _sentence(step: Mapping[str, Any]) -> str:
    words = {"write": "put back", "delete": "delete", "keep": "left as it is"}
    return f"{words[step['deed']]:<13}  {step['path']}{'  ' if step['why'] else ''}{step['why']}"


def _agree(answer: Mapping[str, Any], *, yes: bool) -> None:
    steps = [step for step in answer["steps"] if step["deed"] != "keep"]
    one = answer["checkpoint"]
    if not yes and output.at_terminal():
        for step in answer["steps"][:SHOWN]:
            output.talk(_sentence(step))
        if len(answer["steps"]) > SHOWN:
            output.talk(f"and {len(answer['steps']) - SHOWN} more")
    files = "1 file" if len(steps) == 1 else f"{len(steps)} files"
    question = f"Roll {answer['role']} back to checkpoint {one['number']} ({one['time']}): {files}?"
    question += " It works at this moment: what it writes meanwhile stays." if answer["working"] else ""
    if not output.agreed(question, yes=yes, hint="`--yes` does it; `--dry-run` shows it."):
        raise UsageError("Nothing was changed.")
