"""Commands that write layout files: from a repository, and from what runs."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from hiveui.cli import offers, output
from hiveui.cli.options import agree, as_json, command, in_workspace
from hiveui.cli.reach import find_paths, here, pick, reach, state_of
from hiveui.errors import UsageError
from hiveui.storage.shelf import Shelf

in_project = click.option("--project", is_flag=True, help="In the project's `.hive/layouts/`.")
dry_run = click.option("--dry-run", is_flag=True, help="Print it and write nothing.")
force = click.option("-f", "--force", is_flag=True, help="Write over a file that is there, unasked; it is kept.")


@command("hive init --dry-run")
@click.argument("name", required=False)
@dry_run
@force
@as_json
def init(name: str | None, *, dry_run: bool, force: bool, as_json: bool) -> None:
    """Look at this repository and write a layout with an agent for each service: `.hive/layouts/NAME.yaml`.

    Services are what compose files build, the workspaces of npm, pnpm, uv, cargo and go, and folders of services.
    Nothing of the repository is run. NAME is the folder's name where it is left out.
    """
    from hiveui.foreign.survey import role_name  # noqa: PLC0415  only here
    from hiveui.hive.services import draft  # noqa: PLC0415

    shelf = Shelf(find_paths(), here())
    name = name or role_name(here().name) or "services"
    file = shelf.place(name, project=True)
    text, found = draft(here(), name)
    written = not dry_run and write(shelf, file, text, yes=force)
    services = [{"name": s.name, "dir": s.dir, "run": list(s.run)} for s in found.services]
    tell(file, text, found.remarks, written=written, as_json=as_json, services=services)


@command("hive save team --project")
@click.argument("name", required=False, shell_complete=offers.layouts)
@in_project
@in_workspace
@agree
@as_json
def save(name: str | None, workspace: str | None, *, project: bool, yes: bool, as_json: bool) -> None:
    """Write a running workspace's tabs, sizes and roles to its layout's file; shows the difference and asks.

    With NAME, to your layout of that name. A layout that came with HiveUI is copied to your folder. Comments stay, and
    the version before is kept.
    """
    with reach() as client:
        wanted: dict[str, Any] = {"workspace": pick(state_of(client), workspace).id, "project": project}
        wanted |= {"name": name} if name else {}
        saved = client.call("layout/diff", **wanted) | {"kept": None, "notes": []}
        nothing = saved["same"]
        if not nothing:
            if not as_json:
                tell_difference(saved)
            if not output.agreed(f"Save {saved['file']}?", yes=yes, hint="`--yes` saves it."):
                raise UsageError("Nothing was saved.")
            saved = client.call("layout/save", **wanted, hash=saved["hash"])
    if as_json:
        output.document(**saved)
    elif nothing:
        output.talk(f"{saved['file']} says what runs: there is nothing to save.")
    else:
        before = f" The version before is {saved['kept']}." if saved["kept"] else ""
        output.talk("\n".join([f"Saved {saved['file']}.{before}", *saved["notes"]]))


def write(shelf: Shelf, file: Path, text: bytes, *, yes: bool) -> bool:
    """Write a layout; where a file is there it is asked about, and kept. Raises UsageError after a no."""
    if file.exists() and not output.agreed(f"Write over {file}?", yes=yes, hint="`--force` writes over it."):
        raise UsageError("Nothing was written.")
    kept = shelf.write(file, text)
    if kept is not None:
        output.talk(f"The version before is {kept}.")
    return True


def tell(file: Path, text: bytes, remarks: Sequence[str], *, written: bool, as_json: bool, **facts: Any) -> None:
    """Tell what was written, or would be, and what was left out."""
    if as_json:
        whole = {"name": file.stem, "file": str(file), "written": written, **facts, "remarks": list(remarks)}
        output.document(**whole, **({} if written else {"text": text.decode()}))
        return
    for remark in remarks:
        output.talk(remark)
    if written:
        output.talk(f"Written: {file}\n`hive up {shlex.quote(file.stem)}` opens it.")
    else:
        for line in text.decode().splitlines():
            output.line(line)


def tell_difference(shown: dict[str, Any]) -> None:
    """Print a difference, or where a copy that differs in nothing would stand."""
    for line in shown["diff"]:
        output.line(line)
    if shown["new"] and not shown["diff"]:
        output.talk(f"{shown['file']} would be a copy.")
