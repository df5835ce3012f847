"""Commands that bring agents' work together: commit it, merge it one by one, roll back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import agree, as_json, command, in_workspace, of_role
from hiveui.cli.reach import pick, reach, state_of
from hiveui.cli.waiting import MISSED, applied
from hiveui.errors import UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.agent import WorkspaceId
from hiveui.model.codec import to_json
from hiveui.model.merging import Status, Train, Way, newest, summary
from hiveui.model.state import State

PATIENCE = 600.0
"""Seconds that git may take with all of a large repository."""


@command("hive commit backend -m 'Take orders' src/orders.py")
@of_role
@click.argument("paths", nargs=-1)
@click.option("-m", "--message", required=True, help="The message; the line `Agent: ROLE` is put below it.")
@in_workspace
@as_json
def commit(role: str, paths: tuple[str, ...], message: str, workspace: str | None, *, as_json: bool) -> None:
    """Commit what ROLE changed, or PATHS of it below the top of its checkout; you are the author.

    Where several work in one checkout, only what is known to be ROLE's is committed. What is staged stays staged. No
    hook is run. For an agent on another host it is made there.
    """
    with reach() as client:
        chosen = pick(state_of(client), workspace).id
        words = {"message": message, "paths": list(paths)}
        made = client.call("merge/commit", workspace=chosen, role=role, patience=PATIENCE, **words)
    if as_json:
        output.document(role=role, **made)
    else:
        output.line(f"{made['commit'][:12]}  {role}: {len(made['files'])} changed in {made['place']}")


@command("hive merge backend frontend --into integration --wait")
@click.argument("roles", nargs=-1, shell_complete=offers.roles)
@click.option("--into", default="", metavar="BRANCH", help="Merge into BRANCH; else into the one of your checkout.")
@click.option("--squash", "way", flag_value="squash", help="Make one commit of each branch.")
@click.option("--rebase", "way", flag_value="rebase", help="Put each branch's commits behind the last one, anew.")
@click.option("-m", "--message", default="", help="The message of squashed commits.")
@click.option("--no-check", is_flag=True, help="Do not run the roles' checks.")
@click.option("--dry-run", is_flag=True, help="Say what it would come to, and do nothing.")
@click.option("--again", "go_on", flag_value="again", help="Go on with the step that stopped.")
@click.option("--skip", "go_on", flag_value="skip", help="Go on without the step that stopped.")
@click.option("--stop", "go_on", flag_value="stop", help="End the check that runs for it.")
@click.option("--undo", "go_on", flag_value="undo", help="Put the branch back to before the last merge.")
@click.option("--wait", is_flag=True, help="Wait for its end; of one that is under way, if there is one.")
@agree
@in_workspace
@as_json
def merge(
    roles: tuple[str, ...],
    *,
    into: str,
    way: str | None,
    message: str,
    no_check: bool,
    dry_run: bool,
    go_on: str | None,
    wait: bool,
    yes: bool,
    workspace: str | None,
    as_json: bool,
) -> int:
    """Merge the branches of ROLES one by one, in this order; else of all, those with the fewest conflicts first.

    Each role's check is run on what the merge gives before the branch is moved, and the first one that fails stops
    it. Nothing is merged in your checkout: it follows in the end, where none of your changes would be lost.

    Exit code 4 where it stopped at a conflict or a check that failed.
    """
    with reach() as client:
        chosen = pick(state_of(client), workspace).id
        asked: dict[str, Any] = {"workspace": chosen, "roles": list(roles), "into": into}
        under_way = _train(state_of(client), chosen)
        if go_on == "undo":
            return _undone(client, chosen, as_json=as_json)
        if go_on == "stop" and under_way is not None:
            client.call("merge/stop", workspace=chosen)
            id_ = under_way.id
        elif go_on is not None:
            id_ = client.call("merge/resume", workspace=chosen, skip=go_on == "skip", patience=PATIENCE)["train"]
        elif dry_run:
            return _foreseen(client.call("merge/plan", patience=PATIENCE, **asked), as_json=as_json)
        elif wait and not roles and under_way is not None and under_way.running:
            id_ = under_way.id
        else:
            plan = client.call("merge/plan", patience=PATIENCE, **asked)
            _agree(plan, yes=yes)
            asked["roles"] = [one["role"] for one in plan["chosen"]]
            more = {"way": way or Way.MERGE.value, "check": not no_check, "message": message}
            id_ = client.call("merge/start", patience=PATIENCE, **asked, **more)["train"]
    train = _followed(chosen, id_, wait=wait, quiet=as_json)
    if as_json:
        output.document(**_fields(train))
    else:
        output.line(summary(train))
        if not wait and train.running:
            output.talk("`hive merge --wait` tells how it goes on.")
    return MISSED if train.trouble is not None else 0


def _train(state: State, workspace: WorkspaceId) -> Train | None:
    found = state.workspaces.get(workspace)
    return newest(found.trains) if found is not None else None


def _fields(train: Train) -> dict[str, Any]:
    fields: dict[str, Any] = to_json(train)
    return fields | {"tip": train.tip, "running": train.running, "stopped": train.trouble is not None}


def _undone(client: BlockingClient, workspace: str, *, as_json: bool) -> int:
    undone = client.call("merge/undo", workspace=workspace, patience=PATIENCE)
    if as_json:
        output.document(**undone)
    else:
        where = undone["before"][:12] or "before there was one"
        output.line(f"{undone['into']} is back at {where}.")
    return 0


def _agree(plan: Mapping[str, Any], *, yes: bool) -> None:
    """Show what would be merged, and ask. Raises UsageError where there is nothing."""
    if not plan["chosen"]:
        _foreseen(plan, as_json=False)
        raise UsageError("No agent has commits to merge.", "`hive commit ROLE -m MESSAGE` makes one.")
    if not yes:
        _foreseen(plan, as_json=False)
        if not output.agreed(f"Merge into {plan['into']}?", yes=False, hint="`--yes` merges."):
            raise click.Abort


def _foreseen(plan: Mapping[str, Any], *, as_json: bool) -> int:
    if as_json:
        output.document(**plan)
        return 0
    rows = [_row(str(number), one) for number, one in enumerate(plan["chosen"], 1)]
    rows += [_row("", one) for one in plan["left"]]
    output.table(("", "role", "branch", "ahead", "behind", "changed", "check", f"into {plan['into']}"), rows)
    return 0


def _row(number: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    said = one["why"] or ", ".join(f"{c['path']}: {c['what']}" for c in one["conflicts"]) or _clean(number, one)
    counts = (str(one[key] or "") for key in ("ahead", "behind", "dirty"))
    return number, one["role"], one["branch"], *counts, "yes" if one["check"] else "", said


def _clean(number: str, one: Mapping[str, Any]) -> str:
    return "clean" if number else "" if one["ahead"] else "nothing new"


def _followed(workspace: WorkspaceId, id_: str, *, wait: bool, quiet: bool) -> Train:
    """Give a train as it is, or once it runs no more, and tell of each step meanwhile. Raises UsageError."""
    told: Sequence[Status] = ()
    train = None
    for train in _readings(workspace, id_):
        now = [step.status for step in train.steps]
        for i, step in enumerate(train.steps):
            if wait and not quiet and (i >= len(told) or told[i] is not now[i]) and now[i] is not Status.WAITING:
                output.talk(f"{step.role}: {step.status}{f', {step.note}' if step.note else ''}")
        told = now
        if not wait or not train.running:
            return train
    if train is None:
        raise UsageError("That merge is not known any more.")
    return train


def _readings(workspace: WorkspaceId, id_: str) -> Iterator[Train]:
    """Give a train as it is, and again whenever anything happens; a daemon that is started anew is waited for."""
    while True:
        with reach() as client:
            state = state_of(client)
            found = _find(state, workspace, id_)
            if found is not None:
                yield found
            for news in client.news():
                if news.method == "event":
                    state = applied(state, news.params["event"])
                    found = _find(state, workspace, id_)
                    if found is not None:
                        yield found
            if found is None:
                return


def _find(state: State, workspace: WorkspaceId, id_: str) -> Train | None:
    known = state.workspaces.get(workspace)
    return next((train for train in known.trains if train.id == id_), None) if known else None
