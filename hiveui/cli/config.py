"""`hive config`: what was chosen, where, and how it is changed."""

import dataclasses
import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click

from hiveui.cli import output
from hiveui.cli.choices import configuration, projects
from hiveui.cli.options import agree, as_json
from hiveui.cli.reach import find_paths, here
from hiveui.config.files import Config
from hiveui.config.options import json_schema, options
from hiveui.config.reading import read_bytes
from hiveui.config.settings import Settings
from hiveui.errors import ConfigError, UsageError
from hiveui.paths import Paths, project_config
from hiveui.storage.layouts import layout_hash
from hiveui.tui.commands.every import TITLES

DEFAULT = "default"


@click.group(epilog="\b\nExample: hive config show", invoke_without_command=True)
@as_json
@click.pass_context
def config(ctx: click.Context, *, as_json: bool) -> None:
    """Show what you have chosen, where it stands, and change it.

    Nearest last: defaults, your config.yaml, .hive/config.yaml of the project, HIVE_ variables.
    """
    if ctx.invoked_subcommand is None:
        ctx.exit(ctx.invoke(show, as_json=as_json))


@config.command("show", epilog="\b\nExample: hive config show --json")
@as_json
def show(*, as_json: bool) -> int:
    """Tell every choice that holds here, and where it was made; exit code 2 where a file cannot be used."""
    choices = configuration(here())
    choices.look()
    found = choices.config
    if as_json:
        output.document(
            settings=_json(found.settings),
            origins={name: found.origins.get(name, DEFAULT) for name in _names(found)},
            problems=[str(error) for error in found.problems],
            withheld=list(found.withheld),
        )
    else:
        output.table(("choice", "value", "from"), [_row(found, name) for name in _names(found)])
        for error in found.problems:
            output.talk(" ".join(filter(None, (str(error), error.hint))))
        if found.withheld:
            output.talk(f"The project's file also sets {', '.join(found.withheld)}: `hive config trust` allows it.")
    return 2 if found.problems else 0


@config.command("path", epilog='\b\nExample: cat "$(hive config path)"')
@click.option("--project", is_flag=True, help="The file of this folder's project.")
@as_json
def path(*, project: bool, as_json: bool) -> None:
    """Print where the file is, or would be."""
    file = _file(find_paths(), project=project)
    if as_json:
        output.document(path=str(file), exists=file.exists())
    else:
        output.line(str(file))


@config.command("edit", epilog="\b\nExample: EDITOR=vi hive config edit")
@click.option("--project", is_flag=True, help="The file of this folder's project.")
@as_json
def edit(*, project: bool, as_json: bool) -> int:
    """Open the file in $VISUAL or $EDITOR, and check it after; an open `hive` takes it within a second.

    Where there is none yet, one is written that names every choice, with a JSON Schema beside it.
    """
    file = _file(find_paths(), project=project)
    _begin(file, project=project)
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        code = subprocess.run([*words, str(file)], check=False).returncode
    except OSError as error:
        raise UsageError(f"{words[0]} cannot be run: {error.strerror}.", f"Set EDITOR, or edit {file}.") from error
    if code:
        raise UsageError(f"{words[0]} ended with {code}.", f"The file is {file}.")
    choices = configuration(here())
    choices.look()
    problems = choices.config.problems
    for problem in problems:
        output.talk(" ".join(filter(None, (str(problem), problem.hint))))
    if as_json:
        output.document(path=str(file), problems=[str(problem) for problem in problems])
    elif not problems:
        output.talk(f"{file} is in order.")
    return 2 if problems else 0


@config.command("trust", epilog="\b\nExample: hive config trust")
@agree
@as_json
def trust(*, yes: bool, as_json: bool) -> None:
    """Let this project's file decide on programs, as it reads now; any change to it asks again."""
    paths = find_paths()
    file = project_config(here())
    data = read_bytes(file)
    if not (yes or as_json):
        for text in data.decode("utf-8", "replace").splitlines():
            output.line(text)
    if not output.agreed("Trust this?", yes=yes, hint="`--yes` agrees."):
        raise UsageError("Nothing was changed.")
    kept = projects(paths.state)
    (paths.state / "projects").mkdir(mode=0o700, parents=True, exist_ok=True)
    kept.remember(layout_hash(data))
    if as_json:
        output.document(path=str(file), trusted=True)


def _file(paths: Paths, *, project: bool) -> Path:
    return project_config(here()) if project else paths.config_file


def _begin(file: Path, *, project: bool) -> None:
    """Write a file that chooses nothing yet and names everything, and its schema, where there is none."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        schema = file.with_name("config.schema.json")
        if not project:
            schema.write_text(json.dumps(json_schema(TITLES), indent=1) + "\n", "utf-8")
        if not file.exists():
            file.write_text(template(project=project), "utf-8")
    except OSError as error:
        raise ConfigError(
            f"it cannot be written: {error.strerror}.", "Make the folder yours.", file=str(file)
        ) from error


def template(*, project: bool = False) -> str:
    """Write a file in which every choice stands as a comment with its default."""
    from hiveui.config.options import Project  # noqa: PLC0415  only here

    lines = [
        "# What this project chooses. Yours come first."
        if project
        else "# yaml-language-server: $schema=config.schema.json\n# What you choose; an open `hive` takes it at once."
    ]
    defaults = {**_json(Settings()), "prefix": "ctrl+b", "quiet_hours": "22:00-07:00"}
    for key, option in options(TITLES).items():
        if project and option.project is Project.NEVER:
            continue
        lines += ["", f"# {option.help}", f"# {key}: {_said(defaults[key])}"]
    return "\n".join([*lines, ""])


def _names(found: Config) -> list[str]:
    names = [f.name for f in dataclasses.fields(Settings) if f.name != "keys"]
    return [*names, *(f"keys.{id_}" for id_ in found.settings.keys)]


def _row(found: Config, name: str) -> tuple[str, str, str]:
    values = _json(found.settings)
    value = values["keys"][name.removeprefix("keys.")] if name.startswith("keys.") else values[name]
    return name, _said(value), found.origins.get(name, DEFAULT)


def _json(settings: Settings) -> dict[str, Any]:
    values = dataclasses.asdict(settings)
    values["motion"] = "full" if settings.motion else "reduced"
    values["quiet_hours"] = str(settings.quiet_hours or "none")
    return values


def _said(value: Any) -> str:
    """Write a value as the file has it."""
    if value is None or value == {}:
        return "{}" if value == {} else "the preset's"
    if isinstance(value, bool):
        return "on" if value else "off"
    return json.dumps(value) if isinstance(value, list | tuple | dict) else str(value)
