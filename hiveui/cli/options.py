"""What several commands have in common on their command lines."""

import math
import re
from collections.abc import Callable
from typing import Any

import click

from hiveui.cli import offers
from hiveui.errors import UsageError

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_UNITS = {"": 1, "m": 1, "h": 60, "d": 24 * 60}
"""Minutes of a unit of time."""


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


class Number(click.FloatRange):
    """A number within a range: `nan` is in none, and `inf` is no number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it. Raises click.BadParameter."""
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value!r} is no number.", param, ctx)
        return float(found)


def length(text: str, *, never: bool = False) -> int:
    """Read a length of time in minutes; 0 is one only where that means never. Raises UsageError."""
    found = re.fullmatch(r"(\d{1,4})(m|h|d|)", text.strip())
    if found is None or not (int(found[1]) or never):
        raise UsageError(f"{text!r} is no length of time.", "Write 30m, 2h or 7d.")
    return int(found[1]) * _UNITS[found[2]]
