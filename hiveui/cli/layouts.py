"""`hive layouts`: what there is, and keeping it in order."""

import contextlib
from pathlib import Path
from typing import Any

import click

from hiveui.agents.catalog import catalog
from hiveui.cli import offers, output
from hiveui.cli.drafting import dry_run, force, in_project, tell, tell_difference, write
from hiveui.cli.editing import edit_layout, read_here, shelf_here
from hiveui.cli.options import agree, as_json, in_workspace
from hiveui.cli.reach import find_paths, here, pick, reach, state_of
from hiveui.errors import HiveError, UsageError
from hiveui.gateway.blocking import BlockingClient
from hiveui.model.ownership import overlapping, overlaps
from hiveui.model.state import Workspace
from hiveui.storage.shelf import Shelved

SHOWN = 60
"""Columns of roles in the list."""


@click.group(epilog="\b\nExample: hive layouts", invoke_without_command=True)
@as_json
@click.pass_context
def layouts(ctx: click.Context, *, as_json: bool) -> None:
    """List the layouts of this project, yours and those that came with HiveUI, nearest first.

    One that has a nearer one of its name is shadowed: `hive up` opens the nearer.
    """
    if ctx.invoked_subcommand is not None:
        return
    found = shelf_here().every(read_here)
    if as_json:
        from hiveui.hive.layouts import shelved_to_json  # noqa: PLC0415  it loads what the list does without

        output.document(layouts=[shelved_to_json(one) for one in found])
        return
    rows = [(one.name, _agents(one), one.origin, "shadowed" if one.shadowed else _about(one)) for one in found]
    output.table(("name", "agents", "from", ""), rows)
    for one in found:
        if one.wrong:
            output.talk(one.wrong)


@layouts.command("show", epilog="\b\nExample: hive layouts show services")
@click.argument("name", shell_complete=offers.layouts)
@as_json
def show(name: str, *, as_json: bool) -> None:
    """Print the layout NAME; services are filled in."""
    from hiveui.hive.services import read_for  # noqa: PLC0415  it loads what most commands do without

    shelf = shelf_here()
    file = shelf.find(name)
    data, layout = read_for(here(), file, tuple(catalog(find_paths().kinds)))
    text, found = data.decode("utf-8-sig"), overlaps(layout.agents)
    if as_json:
        shared = [overlap._asdict() for overlap in found]
        output.document(name=name, file=str(file), origin=shelf.origin(file) or None, text=text, overlaps=shared)
        return
    for line in text.splitlines():
        output.line(line)
    if found:
        output.talk(overlapping(found))


@layouts.command("edit", epilog="\b\nExample: EDITOR=vi hive layouts edit team")
@click.argument("name", shell_complete=offers.layouts)
@as_json
def edit(name: str, *, as_json: bool) -> int:
    """Open the layout NAME in $VISUAL or $EDITOR, and check it after; one that came with HiveUI is copied first."""
    file, kept, wrong = edit_layout(name)
    if as_json:
        output.document(name=file.stem, file=str(file), kept=str(kept) if kept else None, error=wrong)
    elif kept is not None:
        output.talk(f"The version before is {kept}.")
    return 2 if wrong is not None else 0


@layouts.command("diff", epilog="\b\nExample: hive layouts diff")
@click.argument("name", required=False, shell_complete=offers.layouts)
@in_workspace
@as_json
def diff(name: str | None, workspace: str | None, *, as_json: bool) -> None:
    """Compare a running workspace with its layout's file, or with your layout NAME: what `hive save` would change."""
    with reach() as client:
        found = pick(state_of(client), workspace)
        wanted: dict[str, Any] = {"workspace": found.id} | ({"name": name} if name else {})
        shown = client.call("layout/diff", **wanted)
        changes = _changes(client, found)
    if as_json:
        output.document(**shown, changes=changes)
        return
    tell_difference(shown)
    for change in changes:
        if change["do"] == "restart":
            output.talk(f"{change['role']} runs otherwise than the file says: `hive up` asks about it.")
    if shown["same"]:
        output.talk(f"{shown['file']} says what runs.")


@layouts.command("rm", epilog="\b\nExample: hive layouts rm old")
@click.argument("name", shell_complete=offers.layouts)
@agree
@as_json
def remove(name: str, *, yes: bool, as_json: bool) -> None:
    """Remove the project's or your layout NAME; it is kept where it is said."""
    shelf = shelf_here()
    file = shelf.own(name)
    if not output.agreed(f"Remove {file}?", yes=yes, hint="`--yes` removes it."):
        raise UsageError("Nothing was removed.")
    kept = shelf.remove(file)
    if as_json:
        output.document(name=name, file=str(file), kept=str(kept))
    else:
        output.talk(f"Removed {file}. It is kept as {kept}.")


@layouts.command("mv", epilog="\b\nExample: hive layouts mv team crew")
@click.argument("name", shell_complete=offers.layouts)
@click.argument("new")
@agree
@as_json
def rename(name: str, new: str, *, yes: bool, as_json: bool) -> None:
    """Rename the project's or your layout NAME to NEW, in its file too."""
    shelf = shelf_here()
    file = shelf.own(name)
    target = shelf.renamed(file, new)
    if not output.agreed(f"Rename {file} to {target.name}?", yes=yes, hint="`--yes` renames it."):
        raise UsageError("Nothing was renamed.")
    shelf.rename(file, new)
    if as_json:
        output.document(name=new, file=str(target))
    else:
        output.talk(f"Renamed to {target}.")


@layouts.command("import", epilog="\b\nExample: hive layouts import ~/.config/tmuxp/shop.yaml --dry-run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-n", "--name", default="", help="Name of the layout; else the session's.")
@in_project
@dry_run
@force
@as_json
def import_(file: Path, name: str, *, project: bool, dry_run: bool, force: bool, as_json: bool) -> None:
    """Write the session of tmuxp (YAML, JSON) or tmuxinator in FILE as a layout of yours; it is read and never run.

    Windows become tabs, panes shells with their commands. What a layout cannot say is listed.
    """
    from hiveui.foreign.importing import imported  # noqa: PLC0415  see `show`
    from hiveui.model.names import one_line  # noqa: PLC0415
    from hiveui.storage import revise  # noqa: PLC0415
    from hiveui.storage.layouts import parse_layout  # noqa: PLC0415

    shelf = shelf_here()
    layout, remarks = imported(file, name)
    target = shelf.place(layout.name, project=project)
    text = revise.fresh(layout, [f"Imported from {one_line(file.name)}."])
    parse_layout(text, str(target), tuple(catalog(find_paths().kinds)))
    written = not dry_run and write(shelf, target, text, yes=force)
    agents = [spec.role for spec in layout.agents]
    tell(target, text, remarks, written=written, as_json=as_json, agents=agents)


def _changes(client: BlockingClient, found: Workspace) -> list[dict[str, str]]:
    """Ask what opening the workspace's layout again would start, end or restart; nothing where that cannot be said."""
    with contextlib.suppress(HiveError):
        plan = client.call("workspace/plan", folder=found.path, layout=found.layout, name=found.name)
        changes: list[dict[str, str]] = plan["changes"]
        return changes
    return []


def _agents(one: Shelved) -> str:
    roles = ", ".join(spec.role for spec in one.layout.agents) if one.layout else "-"
    return roles if len(roles) <= SHOWN else roles[: SHOWN - 1] + "…"


def _about(one: Shelved) -> str:
    return one.layout.description if one.layout else "cannot be used"
