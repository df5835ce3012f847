"""What several commands have in common on their command lines."""

from collections.abc import Callable
from typing import Any

import click

from hiveui.cli import offers

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def command(example: str, **settings: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of a function, with an example under its help."""
    return click.command(epilog=f"\b\nExample: {example}", context_settings=settings or None)


as_json: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
in_workspace: Decorator = click.option(
    "-w",
    "--workspace",
    metavar="NAME",
    help="The workspace; else the current folder's.",
    shell_complete=offers.workspaces,
)
agree: Decorator = click.option("-y", "--yes", is_flag=True, help="Answer every question with yes.")
of_role: Decorator = click.argument("role", shell_complete=offers.roles)
