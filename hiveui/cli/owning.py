"""Commands about what roles own, and about contracts."""

from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import as_json, command, in_workspace
from hiveui.cli.reach import pick, reach, state_of
from hiveui.errors import UsageError
from hiveui.model.names import one_line


@command("hive owners ls planner")
@click.argument("do", type=click.Choice(["ls", "seen", "tell"]), default="ls")
@click.argument("word", required=False, metavar="[ROLE|ID]", shell_complete=offers.roles)
@in_workspace
@as_json
def owners(do: str, word: str | None, workspace: str | None, *, as_json: bool) -> None:
    """List what every role owns, how it is held to that, and what it wrote outside, the newest first.

    \b
    hive owners                    list all roles, and the last writes outside
    hive owners ls ROLE            list those of ROLE
    hive owners seen [ROLE]        take them as seen: their mark goes
    hive owners tell ID            tell the owner of that path who wrote there
    """  # noqa: D301  click's mark for lines that stay as they are
    with reach() as client:
        found = pick(state_of(client), workspace)
        if do == "tell":
            if word is None:
                raise UsageError("Say which write is meant.", "`hive owners` lists their ids.")
            client.call("owner/tell", workspace=found.id, trespass=word)
        elif do == "seen":
            client.call("owner/seen", workspace=found.id, role=word or "")
        roles: list[dict[str, Any]] = client.call("owner/list", workspace=found.id)["roles"]
    if do != "tell" and word is not None:
        roles = [role for role in roles if role["role"] == word]
        if not roles:
            raise UsageError(f"There is no role {word!r} in {found.name}.", "`hive owners` lists them.")
    if as_json:
        output.document(workspace=found.name, roles=roles)
        return
    output.table(("role", "owns", "mode", "held by", "outside"), [_row(role) for role in roles])
    for role in roles:
        for note in role["notes"]:
            output.line(f"{role['role']}: {one_line(note, 2000)}")
    written = sorted((t for role in roles for t in role["trespasses"]), key=lambda t: t["time"], reverse=True)
    if written:
        output.line("")
        output.table(("id", "time", "role", "did", "path", "of", ""), [_written(t) for t in written[:20]])


def _row(role: dict[str, Any]) -> tuple[str, ...]:
    owns = "anything" if role["owns"] is None else " ".join(role["owns"]) or "nothing"
    held = role["enforced"] or ("not enforced" if role["mode"] in {"ask", "block"} else "")
    held = ", ".join(filter(None, (held, f"the sandbox {role['sandbox']}" if role.get("sandbox") else "")))
    count = len(role["trespasses"])
    unseen = f" ({role['unseen']} new)" if role["unseen"] else ""
    return role["role"], owns, role["mode"] or "", held, f"{count}{unseen}" if count else ""


def _written(trespass: dict[str, Any]) -> tuple[str, ...]:
    whose = ", ".join(trespass["owners"])
    clock = trespass["time"][11:19]
    path, note = one_line(trespass["path"]), one_line(trespass["note"])
    return trespass["id"], clock, trespass["role"], trespass["deed"], path, whose, note


@command("hive contracts c-1a2b3c")
@click.argument("change", required=False, metavar="[ID]")
@in_workspace
@as_json
def contracts(change: str | None, workspace: str | None, *, as_json: bool) -> None:
    """List the files that agents agreed on, their changes, and who has taken note; or show the change ID."""
    with reach() as client:
        found = pick(state_of(client), workspace)
        if change is not None:
            lines = client.call("contract/difference", workspace=found.id, change=change)["lines"]
            output.document(change=change, lines=lines) if as_json else output.script("\n".join(lines))
            return
        told = client.call("contract/list", workspace=found.id)
    if as_json:
        output.document(workspace=found.name, **told)
    elif not told["contracts"]:
        output.talk(f"{found.name} has no contracts: they stand in its layout.")
    else:
        rows = [(one["glob"], ", ".join(one["roles"]) or "everybody") for one in told["contracts"]]
        output.table(("contract", "depend on it"), rows)
        if told["changes"]:
            output.line("")
            output.table(("id", "time", "by", "file", "", "noted"), [_changed(one) for one in told["changes"]])


def _changed(change: dict[str, Any]) -> tuple[str, ...]:
    notes = ", ".join(f"{role}: {note}" for role, note in change["notes"].items())
    lines = f"+{change['added']} −{change['removed']}"
    return change["id"], change["time"][11:19], change["by"] or "?", one_line(change["path"]), lines, notes


@command("hive noted c-1a2b3c")
@click.argument("change", metavar="ID")
@click.option("--role", help="Who has taken note, where you say it for an agent.", shell_complete=offers.roles)
@as_json
def noted(change: str, role: str | None, *, as_json: bool) -> None:
    """Say that you have taken note of the change ID of a contract. Agents call it; a person names the role."""
    with reach() as client:
        told = client.call("contract/noted", change=change, role=role or "")
    if as_json:
        output.document(**told)
    else:
        output.talk(f"Noted for {told['role']}: {one_line(told['path'])}.")
