"""Commands on agents' checkouts."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import agree, as_json, in_workspace
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import UsageError

PATIENCE = 300.0
"""Seconds that a look at all files of several checkouts may take."""


@click.group("checkouts", invoke_without_command=True, epilog="\b\nExample: hive checkouts --json")
@in_workspace
@as_json
@click.pass_context
def checkouts(ctx: click.Context, workspace: str | None, *, as_json: bool) -> None:
    """List where each agent works: form, folder, branch, commits before and behind, files that differ."""
    if ctx.invoked_subcommand is not None:
        return
    with reach() as client:
        found = client.call("checkout/list", patience=PATIENCE, workspace=pick(state_of(client), workspace).id)
    if as_json:
        output.document(**found)
        return
    output.table(
        ("role", "form", "branch", "commits", "files", "folder", ""),
        [
            (one["role"] or "-", one["form"], *_standing(one), one.get("there") or one["folder"], one["problem"])
            for one in found["checkouts"]
        ],
    )


def _standing(one: Mapping[str, Any]) -> Sequence[str]:
    commits = f"+{one['ahead']} -{one['behind']}" if one["ahead"] is not None else ""
    parts = [
        f"{one['changed']} changed" if one["changed"] else "",
        f"{one['untracked']} new" if one["untracked"] else "",
    ]
    return (one["branch"] or one["head"][:12], commits, ", ".join(part for part in parts if part))


@checkouts.command("clean", epilog="\b\nExample: hive checkouts clean backend --dry-run")
@click.argument("role", required=False, shell_complete=offers.roles)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@in_workspace
@agree
@as_json
def clean(role: str | None, workspace: str | None, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Remove the worktree or clone of ROLE, else of every agent, where nothing in it would be lost.

    It stays while its agent runs, and where anything is not committed or tracked, is on no other branch, stashed, in
    progress or locked; what that is, is said. Ignored files go with it. Its branch goes where another has its commits.
    """
    with reach() as client:
        asked: dict[str, Any] = {"workspace": pick(state_of(client), workspace).id}
        asked |= {"role": role} if role is not None else {}
        found = client.call("checkout/clean", patience=PATIENCE, **asked, dry=True)["checkouts"]
        free = [one for one in found if not one["losses"]]
        if free and not dry_run:
            names = ", ".join(one["role"] or one["folder"] for one in free)
            if not output.agreed(f"Remove the checkouts of {names}?", yes=yes, hint="`--yes` removes them."):
                raise UsageError("Nothing was removed.")
            found = client.call("checkout/clean", patience=PATIENCE, **asked)["checkouts"]
    if as_json:
        output.document(checkouts=found)
        return
    output.table(
        ("role", "", "folder", ""), [(one["role"] or "-", _done(one), one["folder"], _why(one)) for one in found]
    )


def _done(one: Mapping[str, Any]) -> str:
    return "removed" if one["removed"] else "kept" if one["losses"] else "would go"


def _why(one: Mapping[str, Any]) -> str:
    if one["removed"]:
        return f"and its branch {one['branch']}" if one["branch_removed"] and one["branch"] else ""
    return "; ".join(one["losses"])
